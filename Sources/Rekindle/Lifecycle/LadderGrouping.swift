internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleEvents
internal import RekindleLifecycle
internal import RekindleTables

/// By what customers are grouped: `cohort`, `first_discount`, `first_coupon`, an attribute of the first
/// purchase such as `channel`, or an expression as seen at the end of the day of the first purchase.
///
/// Whatever came later must not sort customers: a group of those who bought three times would have
/// climbed the ladder by its definition.
struct LadderGrouping {
  let text: String
  /// `nil` where the text is one of the words.
  let expression: Expression?

  private static let words = ["cohort", "first_discount", "first_coupon"]
  private static let mostGroups = 24

  /// - Throws: `RK03xx` where the text is neither a word, an attribute nor an expression that fits.
  init(_ text: String, in schema: EventSchema, _ selection: FeatureSelection) throws(Diagnostic) {
    self.text = text
    if Self.words.contains(text) || schema.kind("purchase")?.attribute(text)?.type == .category {
      expression = nil
    } else {
      let source = ExpressionSource(text, file: "--by")
      let parsed = try Expression(parsing: source)
      let checker = try FeatureGraph(selection.kept, schema: schema).checker
      do throws(Diagnostic) {
        try checker.check(parsed, as: .feature, source: source)
      } catch {
        guard case .name = parsed.node else { throw error }
        throw Self.unknown(text, error, in: schema, selection)
      }
      expression = selection.spelledOut(parsed)
    }
  }

  /// A name that means nothing, beside all that would: words and attributes as well as features.
  private static func unknown(
    _ text: String, _ error: Diagnostic, in schema: EventSchema, _ selection: FeatureSelection
  ) -> Diagnostic {
    let attributes = schema.kind("purchase")?.attributes.filter { $0.type == .category }.map(\.name) ?? []
    let features = selection.kept.map(\.name)
    var told = error
    told.hint = nearMatch(of: text, among: words + attributes + features).map { "did you mean \"\($0)\"?" }
    told.notes = [
      "words: " + words.joined(separator: ", "),
      "of the first purchase: " + (attributes.isEmpty ? "no category" : attributes.joined(separator: ", ")),
      "features: " + features.joined(separator: ", "),
    ]
    return told
  }

  /// The attributes of purchases that the words need.
  var attributes: [String] {
    switch text {
    case "cohort": []
    case "first_discount": ["discount"]
    case "first_coupon": ["coupon"]
    default: expression == nil ? [text] : []
    }
  }

  /// - Throws: `RK0912` when purchases lack what is asked for, `RK0921` for too many groups.
  func groups(
    of log: EventLog, _ occasions: Occasions, workers: Workers
  ) throws(Diagnostic) -> LadderGroups {
    if let expression { return try groups(by: expression, of: log, occasions, workers) }
    switch text {
    case "cohort": return .cohort(occasions)
    case "first_discount": return try .firstDiscount(of: log, occasions)
    case "first_coupon": return try firstCoupon(of: log, occasions)
    default: return try .first(text, of: log, occasions)
    }
  }

  private func firstCoupon(of log: EventLog, _ occasions: Occasions) throws(Diagnostic) -> LadderGroups {
    guard case .flag(let flags) = log.stream("purchase")?.attribute("coupon")?.column else {
      throw Diagnostic(
        "RK0912", "purchases carry no flag \"coupon\"",
        help: "map one to purchase.coupon, or group by first_discount")
    }
    return LadderGroups(
      names: ["without coupon", "coupon"],
      places: (0..<occasions.customerCount).map { customer in
        occasions.range(of: customer).first.flatMap { place in
          let flag = flags[Int(occasions.firstEvents[place])]
          return flag <= 1 ? Int(flag) : nil
        }
      })
  }

  private func groups(
    by expression: Expression, of log: EventLog, _ occasions: Occasions, _ workers: Workers
  ) throws(Diagnostic) -> LadderGroups {
    let buyers = (0..<occasions.customerCount).filter { !occasions.range(of: $0).isEmpty }
    let moments = buyers.map { customer in
      let day = occasions.days[occasions.offsets[customer]]
      return Moment(customer: Int32(customer), time: log.calendar.midnight(day: day + 1))
    }
    let feature = FeatureDefinition(name: "group", expression: expression)
    let evaluator = Evaluator(log: log, workers: workers)
    let constants = try evaluator.populationConstants(of: [feature], at: moments)
    let table = try evaluator.table(of: [feature], at: moments, constants: constants)
    var names: [String] = []
    var places: [Int?] = []
    switch table.columns[0].values {
    case .category(let codes, let dictionary):
      names = dictionary
      places = codes.map { $0 < 0 ? nil : Int($0) }
    case .flag(let values):
      names = ["no", "yes"]
      places = values.map { $0.isNaN ? nil : Int($0) }
    case .number(let values):
      let known = Set(values.filter { !$0.isNaN }).sorted()
      names = known.prefix(Self.mostGroups + 1).map { shortest($0) }
      var place: [Double: Int] = [:]
      for (index, value) in known.enumerated() { place[value] = index }
      places = values.map { place[$0] }
    }
    guard names.count <= Self.mostGroups else {
      throw Diagnostic(
        "RK0921", "--by \"\(text)\" makes more than \(Self.mostGroups) groups",
        help: "make few of it: a comparison, or if(…, \"low\", \"high\")")
    }
    var all = [Int?](repeating: nil, count: occasions.customerCount)
    for (customer, place) in zip(buyers, places) { all[customer] = place }
    return LadderGroups(names: names, places: all)
  }
}
