/// Which column is the customer, the time, the value and the kind: by the words that shops use in
/// their headers, and by what the columns hold.
struct RoleGuess {
  let columns: [SniffedSource.Column]
  let rows: [[String]]
  let fileName: String
  var decisions = SourceSniffer.Decisions()

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
  /// What the column of a standard attribute may hold.
  private enum Holding { case words, numbers, flags }
  /// The standard attributes, and the words that stand for them; the first that fits is taken, so a
  /// product's category is a category.
  private static let attributes: [(name: String, words: [String], holding: Holding)] = [
    ("category", ["category", "department", "品类", "类目", "分类"], .words),
    ("order", ["order_id", "order_no", "order", "invoice", "transaction_id", "订单"], .words),
    ("product", ["product_id", "item_id", "sku", "product", "item", "stock_code", "商品"], .words),
    ("quantity", ["quantity", "qty", "units", "pieces", "pcs", "cds", "数量"], .numbers),
    ("channel", ["channel", "渠道"], .words),
    ("discount", ["discount", "优惠", "折扣"], .numbers),
    ("gross", ["gross", "原价"], .numbers),
    ("coupon", ["coupon", "voucher", "promo"], .flags),
  ]

  /// The standard attribute that a column is, by its name and by what it holds: `ordered`, yes or
  /// no, is not an order.
  private static func standardAttribute(_ column: SniffedSource.Column) -> String? {
    attributes.first { _, words, holding in
      guard rank(column.name, words) != nil else { return false }
      switch (holding, column.content) {
      case (.words, .text), (.words, .number), (.numbers, .number), (.flags, .flag): return true
      case (.words, _), (.numbers, _), (.flags, _): return false
      }
    }?.name
  }
  private static let kindWords: [(kind: String, words: [String])] = [
    ("refund", ["refund", "return", "退款", "退货"]),
    ("cart", ["cart", "basket", "加购"]),
    ("purchase", ["purchase", "buy", "order", "paid", "sale", "transaction", "购买", "下单", "订单"]),
    ("visit", ["visit", "view", "pv", "browse", "click", "session", "浏览", "点击"]),
    ("message", ["message", "email", "sms", "push", "短信"]),
    ("coupon", ["coupon", "voucher", "优惠券"]),
    ("points", ["points", "积分"]),
    ("consent", ["consent", "opt"]),
    ("delivery", ["delivery", "deliveries", "shipment", "配送"]),
    ("tier", ["tier", "tiers"]),
    ("ticket", ["ticket", "complaint", "support", "客服"]),
  ]

  /// The place of a name in a list of words: an exact match before any other, then the earliest word
  /// that it holds.
  private static func rank(_ name: String, _ words: [String]) -> Int? {
    let name = name.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
    if let exact = words.firstIndex(of: name) { return exact }
    return words.firstIndex { word in
      word.utf8.count <= 4 && word.first?.isASCII == true
        ? name.split(separator: "_").contains {
          $0 == word.trimmingPrefix("_") || $0 == word.trimmingPrefix("_") + "s"
        } : name.contains(word)
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
    if let column = decided(decisions.customers) { return .init(column.name, evidence: "as was asked") }
    return best(RoleGuess.customers) { column in
      if case .time = column.content { return false }
      return column.content != .blank
    }
  }

  func time() -> (guess: SniffedSource.Guess<String>, formats: [String?])? {
    let candidates = decided(decisions.times).map { [$0] } ?? columns
    let found = candidates.compactMap { column in formats(of: column).map { (column.name, $0) } }
    let names = found.map(\.0)
    let guess =
      decided(decisions.times).map { .init($0.name, evidence: "as was asked") }
      ?? best(RoleGuess.times) { names.contains($0.name) }
      ?? names.first.map {
        .init($0, evidence: names.count == 1 ? "the only column of times" : "the first column of times")
      }
    guard let guess, let formats = found.first(where: { $0.0 == guess.finding })?.1 else { return nil }
    return (guess, formats)
  }

  /// The formats under which a column holds times: one that was asked for, where it fits.
  private func formats(of column: SniffedSource.Column) -> [String?]? {
    if let place = columns.firstIndex(of: column) {
      let cells = rows.map { $0[place] }.filter { !$0.allSatisfy(\.isWhitespace) }
      let fitting = decisions.timeFormats.first { !cells.isEmpty && ColumnGuess.areTimes(cells, under: $0) }
      if let fitting { return [fitting] }
    }
    if case .time(let formats) = column.content { return formats }
    return nil
  }

  private func decided(_ names: [String]) -> SniffedSource.Column? {
    names.lazy.compactMap { name in columns.first { $0.name == name } }.first
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
      // Words that stand for no kind are steps within the kind that the file is of.
      if let kind = RoleGuess.kindName(of: fileName), words.allSatisfy({ RoleGuess.kindName(of: $0) == nil })
      {
        return .init(.constant(kind), evidence: "the file is called \(fileName)")
      }
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

  /// A word as a name of the expression language and of the project file: ASCII letters, digits and
  /// underscores, a letter first.
  private static func identifier(_ word: String) -> String {
    let name = String(
      word.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    let core = name.drop { $0 == "_" }
    if core.isEmpty {
      // Nothing of it is ASCII: its code points still tell it from the others.
      return "x_" + word.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: "_")
    }
    return core.first?.isNumber == true ? "x_" + core : String(core)
  }

  /// The columns that are left, as attributes where they can be of use.
  func attributes(
    _ taken: Set<String>
  ) -> (attributes: [SourceDefinition.Attribute], leftOut: [SniffedSource.Guess<String>]) {
    var found: [SourceDefinition.Attribute] = []
    var leftOut: [SniffedSource.Guess<String>] = []
    var names: Set<String> = ["value"]
    for column in columns where !taken.contains(column.name) {
      let standard = RoleGuess.standardAttribute(column)
      var name = standard ?? RoleGuess.identifier(column.name)
      if names.contains(name) { name = RoleGuess.identifier(column.name) }
      var type: AttributeType?
      switch column.content {
      case .blank: leftOut.append(.init(column.name, evidence: "every cell is blank"))
      case .number:
        type = ["category", "order", "product", "channel"].contains(standard) ? .category : .number
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
      guard let type else { continue }
      if names.insert(name).inserted {
        found.append(.init(name, column: column.name, type: type))
      } else {
        leftOut.append(.init(column.name, evidence: "another column already has the name \(name)"))
      }
    }
    return (found, leftOut)
  }
}
