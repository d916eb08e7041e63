internal import RekindleBehaviour
internal import RekindleChurn
internal import RekindleCore
internal import RekindleEvents
internal import RekindleLifecycle

extension Project {
  /// The stages of this project: the built-in rules, with those of the file in their places. A rule may
  /// name the project's features.
  /// - Throws: `RK03xx` for a rule that does not fit the sources, with the caret in the file; `RK0911`.
  func stageRules(
    in schema: EventSchema, _ selection: FeatureSelection
  ) throws(Diagnostic) -> StageRules {
    let choice = file.lifecycle.stages
    var rules = try located("lifecycle") { () throws(Diagnostic) in
      try StageRules.standard(
        loyalFrom: choice.habit, dormantAfter: choice.dormantAfter, lostAfter: choice.lostAfter)
    }
    let checker = try FeatureGraph(selection.kept, schema: schema).checker
    for stage in Stage.allCases {
      guard let source = choice.overrides[stage] else { continue }
      let parsed = try Expression(parsing: source)
      try checker.check(parsed, as: .eligibility, source: source)
      let condition = selection.spelledOut(parsed)
      if let place = rules.rules.firstIndex(where: { $0.stage == stage }) {
        rules.rules[place].condition = condition
      } else if let place = rules.rules.firstIndex(where: { $0.stage == .firstPurchase }) {
        // A loyalty of the project's own is asked before the count of purchases, which then leaves the
        // rest of the active to the nurture.
        rules.rules.insert(.init(stage, condition), at: place)
        rules.rules.removeAll { $0.stage == .repurchaseNurture && choice.overrides[$0.stage] == nil }
        rules.otherwise = .repurchaseNurture
      }
    }
    return rules
  }

  /// Checks the settings under `lifecycle:` against the sources, as `segments` and `ladder` would.
  /// - Returns: what a reader should know of them, each a sentence.
  func checkLifecycle(in schema: EventSchema, _ selection: FeatureSelection) throws(Diagnostic) -> [String] {
    guard schema.kind("purchase") != nil else { return [] }
    _ = try stageRules(in: schema, selection)
    try requireScope(in: schema)
    return [rowsForOrders(in: schema)].compactMap(\.self)
  }

  /// Fails where the scope of the grades asks for what purchases do not carry.
  func requireScope(in schema: EventSchema) throws(Diagnostic) {
    let attribute: String
    switch file.lifecycle.grades.scope {
    case .brand: return
    case .category: attribute = "category"
    case .item: attribute = "product"
    }
    guard let purchase = schema.kind("purchase"), purchase.attribute(attribute)?.type != .category else {
      return
    }
    throw Diagnostic(
      "RK0912",
      "scope: \(file.lifecycle.grades.scope.rawValue) asks for purchase.\(attribute), which no source gives",
      at: file.place(of: "lifecycle.scope"),
      notes: ["attributes of purchase: " + purchase.attributes.map(\.name).joined(separator: ", ")],
      help: "map a column to \(attribute) under attributes:, or choose scope: brand")
  }

  /// What to say where orders are to be counted and purchases carry no order id.
  func rowsForOrders(in schema: EventSchema) -> String? {
    guard file.lifecycle.occasion == .order, let purchase = schema.kind("purchase"),
      purchase.attribute("order")?.type != .category
    else { return nil }
    return "occasion is order and purchases carry none, so every row counts as an order"
  }

  /// Over how many days purchases are expected: what the model calls churn, else what the file does.
  func valueHorizon(_ model: ChurnModel?) -> Int {
    if let model { return model.windows.horizonDays }
    if case .days(let days) = file.churn.horizon { return days }
    return 90
  }

  /// Fails where the sources give no purchases, of which all of the lifecycle is made.
  func requirePurchases(in schema: EventSchema) throws(Diagnostic) {
    guard schema.kind("purchase") == nil else { return }
    throw Diagnostic(
      "RK0910", "no source gives events of the kind \"purchase\", of which stages and ladders are made",
      at: file.place(of: "sources"),
      notes: ["kinds: \(schema.kinds.map(\.name).joined(separator: ", "))"],
      help: "give the orders the kind purchase")
  }
}

extension FeatureSelection {
  /// An expression with the features that it names put in their places.
  func spelledOut(_ expression: Expression) -> Expression {
    var expression = expression
    while let name = expression.references.first(where: { name in kept.contains { $0.name == name } }),
      let feature = kept.first(where: { $0.name == name })
    {
      expression = expression.replacing(name, with: feature.expression)
    }
    return expression
  }
}

/// Parts of a report that the sources may not suffice for.
struct OptionalParts {
  /// A sentence for each part that was left out.
  private(set) var omitted: [String] = []

  /// Makes a part, or says why there is none: the log lacks an attribute, or a model cannot be fitted to
  /// it. Any other failure is one.
  mutating func make<Part>(
    _ name: String, _ body: () throws(Diagnostic) -> Part
  ) throws(Diagnostic) -> Part? {
    do throws(Diagnostic) {
      return try body()
    } catch {
      guard ["RK0901", "RK0903", "RK0904", "RK0912", "RK0914"].contains(error.code) else { throw error }
      omit(name, error.message)
      return nil
    }
  }

  mutating func add(_ other: OptionalParts) { omitted += other.omitted }

  mutating func omit(_ name: String, _ reason: String) {
    omitted.append("left out: \(name): \(reason)")
  }
}
