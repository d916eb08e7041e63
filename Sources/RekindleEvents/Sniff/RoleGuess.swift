/// Which column is the customer, the time, the value and the kind: by the words that shops use in
/// their headers, and by what the columns hold.
struct RoleGuess {
  let columns: [SniffedSource.Column]
  let rows: [[String]]
  let fileName: String

  /// Words, most telling first. A name counts as a word's when it is the word, or holds it.
  private static let customers = [
    "customer_id", "customer", "client_id", "member_id", "user_id", "buyer_id", "shopper_id", "client",
    "member", "user", "buyer", "shopper", "cust", "uid", "account", "email", "客户", "会员", "用户", "顾客",
    "买家", "客戶", "會員", "顧客",
  ]
  private static let times = [
    "event_time", "order_time", "order_date", "purchase_date", "created_at", "order_ts", "timestamp",
    "datetime", "date", "time", "_at", "_ts", "day", "created", "下单", "时间", "日期", "時間",
  ]
  private static let values = [
    "amount", "value", "revenue", "total", "sales", "spend", "paid", "price", "gmv", "实付", "金额", "总价",
    "金額",
  ]
  private static let kinds = [
    "event_type", "event_name", "event", "behavior_type", "behavior", "kind", "action", "activity", "行为",
    "事件", "type",
  ]
  /// The standard attributes, and the words that stand for them; the first that fits is taken, so a
  /// product's category is a category.
  private static let attributes: [(name: String, words: [String])] = [
    ("category", ["category", "department", "品类", "类目", "分类"]),
    ("order", ["order_id", "order_no", "order", "invoice", "transaction_id", "订单"]),
    ("product", ["product_id", "item_id", "sku", "product", "item", "stock_code", "商品"]),
    ("quantity", ["quantity", "qty", "units", "数量"]),
    ("channel", ["channel", "渠道"]),
    ("discount", ["discount", "优惠", "折扣"]),
    ("gross", ["gross", "原价"]),
    ("coupon", ["coupon", "voucher", "promo"]),
  ]
  private static let kindWords: [(kind: String, words: [String])] = [
    ("refund", ["refund", "return", "退款", "退货"]),
    ("cart", ["cart", "basket", "加购"]),
    ("purchase", ["purchase", "buy", "order", "paid", "sale", "transaction", "购买", "下单", "订单"]),
    ("visit", ["visit", "view", "pv", "browse", "click", "session", "浏览", "点击"]),
    ("message", ["message", "email", "sms", "push", "短信"]),
    ("coupon", ["coupon", "voucher", "优惠券"]),
    ("points", ["points", "积分"]),
    ("consent", ["consent", "opt"]),
    ("delivery", ["delivery", "shipment", "配送"]),
    ("ticket", ["ticket", "complaint", "support", "客服"]),
  ]

  /// The place of a name in a list of words: an exact match before any other, then the earliest word
  /// that it holds.
  private static func rank(_ name: String, _ words: [String]) -> Int? {
    let name = name.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
    if let exact = words.firstIndex(of: name) { return exact }
    return words.firstIndex { word in
      word.utf8.count <= 4 && word.first?.isASCII == true
        ? name.split(separator: "_").contains { $0 == word.trimmingPrefix("_") } : name.contains(word)
    }.map { $0 + words.count }
  }

  private func best(
    _ words: [String], where fits: (SniffedSource.Column) -> Bool
  ) -> SniffedSource.Guess<String>? {
    let ranked = columns.filter(fits).compactMap { column in
      RoleGuess.rank(column.name, words).map { (column.name, $0) }
    }
    return ranked.min { $0.1 < $1.1 }.map {
      .init($0.0, evidence: "the name \"\($0.0)\" says so")
    }
  }

  func customer() -> SniffedSource.Guess<String>? {
    best(RoleGuess.customers) { column in
      if case .time = column.content { return false }
      return column.content != .blank
    }
  }

  func time() -> (guess: SniffedSource.Guess<String>, formats: [String?])? {
    func formats(_ column: SniffedSource.Column) -> [String?]? {
      if case .time(let formats) = column.content { formats } else { nil }
    }
    let isTime: (SniffedSource.Column) -> Bool = { formats($0) != nil }
    let only = columns.filter(isTime)
    let guess =
      best(RoleGuess.times, where: isTime)
      ?? only.first.map {
        .init($0.name, evidence: only.count == 1 ? "the only column of times" : "the first column of times")
      }
    guard let guess, let column = columns.first(where: { $0.name == guess.finding }),
      let found = formats(column)
    else { return nil }
    return (guess, found)
  }

  func value(_ taken: Set<String>) -> SniffedSource.Guess<String>? {
    best(RoleGuess.values) { column in
      guard !taken.contains(column.name), case .number = column.content else { return false }
      return true
    }
  }

  func kind(_ taken: Set<String>, hasValue: Bool) -> SniffedSource.Guess<SourceDefinition.KindMapping> {
    let column = best(RoleGuess.kinds) {
      !taken.contains($0.name) && $0.content == .text && $0.distinct <= 50 && $0.blankRows == 0
    }
    if let column, let place = columns.firstIndex(where: { $0.name == column.finding }) {
      let words = Set(rows.map { $0[place] })
      var map: [String: String] = [:]
      for word in words { map[word] = RoleGuess.kindName(of: word) ?? RoleGuess.identifier(word) }
      return .init(
        .column(column.finding, map: map, other: .quarantine),
        evidence: "\(column.evidence); it holds \(words.sorted().prefix(8).joined(separator: ", "))")
    }
    if let kind = RoleGuess.kindName(of: fileName) {
      return .init(.constant(kind), evidence: "the file is called \(fileName)")
    }
    return hasValue
      ? .init(.constant("purchase"), evidence: "rows have a value and no column of kinds")
      : .init(.constant("visit"), evidence: "rows have no value and no column of kinds")
  }

  private static func kindName(of text: String) -> String? {
    kindWords.first { rank(text, $0.words) != nil }?.kind
  }

  /// A word as a name of the expression language.
  private static func identifier(_ word: String) -> String {
    let name = String(word.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    return name.first?.isNumber == true ? "_" + name : name
  }

  /// The columns that are left, as attributes where they can be of use.
  func attributes(
    _ taken: Set<String>
  ) -> (attributes: [SourceDefinition.Attribute], leftOut: [SniffedSource.Guess<String>]) {
    var found: [SourceDefinition.Attribute] = []
    var leftOut: [SniffedSource.Guess<String>] = []
    var names: Set<String> = ["value"]
    for column in columns where !taken.contains(column.name) {
      let standard = RoleGuess.attributes.first { RoleGuess.rank(column.name, $0.words) != nil }?.name
      var name = standard ?? RoleGuess.identifier(column.name)
      if names.contains(name) { name = RoleGuess.identifier(column.name) }
      var type: AttributeType?
      switch column.content {
      case .blank: leftOut.append(.init(column.name, evidence: "every cell is blank"))
      case .number: type = standard == "order" || standard == "product" ? .category : .number
      case .flag: type = .flag
      case .time(let formats):
        if formats == [nil] {
          type = .time
        } else {
          leftOut.append(.init(column.name, evidence: "a time attribute has to be ISO 8601"))
        }
      case .text:
        if standard != nil || column.distinct <= max(20, rows.count / 2) {
          type = .category
        } else {
          leftOut.append(.init(column.name, evidence: "nearly every row has another text"))
        }
      }
      if let type, names.insert(name).inserted {
        found.append(.init(name, column: column.name, type: type))
      }
    }
    return (found, leftOut)
  }
}
