internal import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
public import RekindleEvents
internal import RekindleLifecycle

/// The costlier parts of a report.
struct SegmentParts: OptionSet, Sendable {
  let rawValue: Int

  static let cooling = SegmentParts(rawValue: 1)
  /// Since when signs have shown.
  static let coolingDates = SegmentParts(rawValue: 2)
  /// What the models of timing and spend say.
  static let values = SegmentParts(rawValue: 4)
  /// Which category is the most overdue; signs of cooling ask it too.
  static let replenishment = SegmentParts(rawValue: 8)
  static let all: SegmentParts = [.cooling, .coolingDates, .values, .replenishment]
}

extension Project {
  /// Where every customer stands at a moment.
  /// - Parameters:
  ///   - time: `nil`: the end of the log, as declared or as its last event says.
  ///   - earlier: from where stage transitions are counted; `nil` for none.
  ///   - model: gives churn probabilities, and with them the value at risk.
  /// - Throws: `RK0910` without purchases, `RK0920` when the earlier date is not earlier; what reading
  ///   and the rules throw.
  public func segments(
    asOf time: Instant? = nil, since earlier: Instant? = nil, model: ChurnModel? = nil
  ) throws(Diagnostic) -> (report: SegmentReport, intake: Intake) {
    try segments(asOf: time, since: earlier, model: model, parts: .all, alsoReading: [])
  }

  /// The same with only the parts that are asked for.
  /// - Parameter further: expressions that somebody else will ask the report's log.
  func segments(
    asOf time: Instant?, since earlier: Instant?, model: ChurnModel?, parts asked: SegmentParts,
    alsoReading further: [Expression]
  ) throws(Diagnostic) -> (report: SegmentReport, intake: Intake) {
    let schema = try schema()
    try requirePurchases(in: schema)
    let rules = try stageRules(in: schema, try features(in: schema))
    try requireScope(in: schema)
    let scores = try rfmDefinition(in: schema)
    let signs = asked.contains(.cooling) ? try CoolingSigns(in: schema) : nil
    var definitions = ActivityRules.columns + (scores?.columns ?? []) + (signs?.definitions ?? [])
    var needed =
      further + lifecycleNeeds(in: schema, asked)
      + (definitions.map(\.expression) + rules.rules.map(\.condition))
    if let model { needed += model.features.map(\.expression) + [model.windows.eligible] }
    let (log, intake) = try readEvents(for: needed)
    guard let asOf = time ?? logEnd ?? log.end else { throw emptyLog }
    if let earlier, earlier >= asOf {
      throw Diagnostic(
        "RK0920", "transitions from \(calendar.text(earlier)) to \(calendar.text(asOf)) go back in time",
        help: "give --from a day before --as-of")
    }
    var parts = OptionalParts()
    if scores == nil {
      parts.omit("money scores, RFM segments and groups", "purchases carry no value; map `value:`")
    }
    let occasions = try stage("purchases") { () throws(Diagnostic) in
      try Occasions(of: log, asOf: asOf, unit: .day, workers: workers)
    }
    if let words = rowsForOrders(in: schema) { parts.omit("order ids", words) }
    let counted = try stage("grades") { () throws(Diagnostic) in
      try file.lifecycle.occasion == .day
        ? occasions : Occasions(of: log, asOf: asOf, unit: .order, workers: workers)
    }
    let grades = try stage("grades") { () throws(Diagnostic) in
      try file.lifecycle.grades.grades(in: log, at: asOf, known: counted, workers: workers)
    }
    definitions += rules.columns(in: log)
    let table = try stage("segments") { [definitions] () throws(Diagnostic) in
      try CustomerTable(of: definitions, in: log, at: asOf, workers: workers)
    }
    let rfm = scores.map { RFM($0, in: table) }
    let groups = try rfm.flatMap { (rfm) throws(Diagnostic) in
      try parts.make("the eleven groups") { () throws(Diagnostic) in try rfm.groups() }
    }
    let stages = rules.stages(in: table)
    let asksReplenishment = !asked.isDisjoint(with: [.cooling, .replenishment])
    let replenishment =
      try asksReplenishment && schema.kind("purchase")?.attribute("category")?.type == .category
      ? stage("replenishment") { () throws(Diagnostic) in
        try Replenishment(of: log, at: asOf, workers: workers)
      } : nil
    let cooling = try signs.map { (signs) throws(Diagnostic) in
      try stage("cooling") { () throws(Diagnostic) in
        try CoolingReport(
          signs, in: table, replenishment: replenishment,
          lookBack: asked.contains(.coolingDates) ? 2 : 0)
      }
    }
    for dropped in cooling?.dropped ?? [] { parts.omit(dropped.name, dropped.reason) }
    let horizon = valueHorizon(model)
    let values =
      try asked.contains(.values)
      ? stage("values") { () throws(Diagnostic) in
        try customerValues(occasions, horizonDays: horizon, parts: &parts)
      } : nil
    let transitions = try earlier.map { (earlier) throws(Diagnostic) in
      SegmentReport.Transitions(
        from: earlier,
        matrix: TransitionMatrix(
          classes: Stage.allCases, before: try rules.stages(in: log, at: earlier, workers: workers),
          after: stages))
    }
    if model == nil { parts.omit("churn probability and value at risk", "no model was given (--model)") }
    return (
      SegmentReport(
        asOf: asOf, log: log, rows: stages.indices.filter { stages[$0] != nil }.map(Int32.init),
        choice: file.lifecycle, stages: stages, grades: grades,
        thirdPurchases: counted.milestone(3), scores: rfm, groups: groups,
        activities: file.lifecycle.activity.activities(in: table), cooling: cooling,
        replenishment: replenishment, values: values,
        churnProbabilities: try model.map { (model) throws(Diagnostic) in
          try churnProbabilities(model, log, asOf)
        },
        transitions: transitions, omitted: parts.omitted),
      intake
    )
  }

  private func customerValues(
    _ occasions: Occasions, horizonDays: Int, parts: inout OptionalParts
  ) throws(Diagnostic) -> CustomerValues? {
    var inner = OptionalParts()
    let values = try parts.make("customer value") { () throws(Diagnostic) in
      try CustomerValues(
        occasions, file.lifecycle.value, horizonDays: horizonDays, parts: &inner, workers: workers)
    }
    parts.add(inner)
    return values
  }

  /// What recency, frequency and money are; `nil` where purchases carry no value.
  private func rfmDefinition(in schema: EventSchema) throws(Diagnostic) -> RFM.Definition? {
    guard schema.kind("purchase")?.attribute("value") != nil else { return nil }
    let choice = file.lifecycle.scores
    let window = choice.days.map { ", last \($0)d" } ?? ""
    return RFM.Definition(
      recency: try Expression(parsing: "days_since_last(purchase)"),
      frequency: try Expression(parsing: "active_days(purchase\(window))"),
      money: try Expression(parsing: "sum(purchase.value\(window))"), recencyCut: choice.recency,
      frequencyCut: choice.frequency, moneyCut: choice.money)
  }

  /// What parts are made of that are no expressions, and every kind: whoever has an event is known.
  private func lifecycleNeeds(in schema: EventSchema, _ asked: SegmentParts) -> [Expression] {
    let needed = schema.kinds.map { Expression(.aggregate(Aggregate(.count, $0.name))) }
    var attributes = ["value"]
    if !asked.isDisjoint(with: [.cooling, .replenishment]) { attributes += ["category", "quantity"] }
    if file.lifecycle.occasion == .order { attributes.append("order") }
    switch file.lifecycle.grades.scope {
    case .brand: break
    case .category: attributes.append("category")
    case .item: attributes.append("product")
    }
    return needed + purchaseAttributes(attributes, in: schema)
  }

  /// Expressions that ask for attributes of purchases, as far as the sources have them.
  func purchaseAttributes(_ names: [String], in schema: EventSchema) -> [Expression] {
    names.filter { schema.kind("purchase")?.attribute($0) != nil }.map { name in
      Expression(.aggregate(Aggregate(.count, "purchase", attribute: name)))
    }
  }

  private func churnProbabilities(
    _ model: ChurnModel, _ log: EventLog, _ asOf: Instant
  ) throws(Diagnostic) -> [Double] {
    let scores = try stage("scoring") { () throws(Diagnostic) in
      try Scorer(model: model).score(log, asOf: asOf, workers: workers)
    }
    // Both are in the log's order.
    var probabilities = [Double](repeating: .nan, count: log.customers.count)
    var row = 0
    for customer in log.customers.indices
    where row < scores.rowCount && scores.table.customers[row] == log.customers[customer] {
      probabilities[customer] = scores.probabilities[row]
      row += 1
    }
    return probabilities
  }
}
