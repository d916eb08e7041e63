internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleLifecycle
internal import RekindleStatistics

extension LifecycleChoice {
  /// The section `lifecycle:`.
  init(_ value: YAMLValue?) throws(Diagnostic) {
    self.init()
    guard let value, !value.isEmpty else { return }
    let mapping = try value.mapping()
    try mapping.allowOnly([
      "occasion", "scope", "habit", "strong", "window", "slack", "dormant", "lost", "stages", "rfm",
      "bands", "value", "retention", "follow_ups", "promotions",
    ])
    occasion = try mapping["occasion"]?.choice(of: OccasionUnit.self) ?? occasion
    stages.habit = try mapping["habit"]?.integer(atLeast: 2) ?? stages.habit
    stages.dormantAfter = try mapping["dormant"]?.days() ?? stages.dormantAfter
    stages.lostAfter = try mapping["lost"]?.days() ?? stages.lostAfter
    guard stages.dormantAfter < stages.lostAfter else {
      throw mapping.conflict(
        "RK0911",
        "dormant begins after \(stages.dormantAfter) days and lost after \(stages.lostAfter): nobody would be dormant",
        at: "dormant", against: "lost", otherwise: "\(LifecycleChoice().stages.lostAfter)d",
        help: "choose a longer silence for lost than for dormant")
    }
    stages.overrides = try Self.overrides(mapping["stages"])
    grades = GradeRules(
      scope: try mapping["scope"]?.choice(of: GradeRules.Scope.self) ?? grades.scope, occasion: occasion,
      weakFrom: stages.habit,
      strongFrom: try mapping["strong"]?.integer(atLeast: stages.habit + 1)
        ?? max(grades.strongFrom, 2 * stages.habit),
      window: try mapping["window"]?.days() ?? grades.window,
      margin: try mapping["slack"]?.integer(atLeast: 0) ?? grades.margin)
    guard grades.margin < grades.weakFrom else {
      throw mapping.conflict(
        "RK0913",
        "a slack of \(grades.margin) leaves nothing of a habit of \(grades.weakFrom): a grade once held would never be lost",
        at: "slack", against: "habit", otherwise: "\(LifecycleChoice().stages.habit)",
        help: "choose a slack below the habit")
    }
    scores = try Scores(mapping["rfm"])
    activity = try Self.activity(mapping["bands"])
    self.value = try Value(mapping["value"])
    if let periods = mapping["retention"], try periods.text() != "calendar" {
      retention = .rolling(days: try periods.days())
    }
    for item in try mapping["follow_ups"]?.list() ?? [] { followUps.append(try Self.followUp(item)) }
    for item in try mapping["promotions"]?.list() ?? [] { promotions.append(try Promotion(item)) }
  }

  private static func overrides(_ value: YAMLValue?) throws(Diagnostic) -> [Stage: ExpressionSource] {
    var overrides: [Stage: ExpressionSource] = [:]
    let names = Stage.allCases.map(\.rawValue)
    for entry in try value?.mapping().entries ?? [] {
      guard let stage = Stage(rawValue: entry.name) else {
        throw Diagnostic(
          "RK0602", "\"\(entry.name)\" is not a stage", at: entry.value.document.place(of: entry.key),
          hint: nearMatch(of: entry.name, among: names).map { "did you mean \"\($0)\"?" },
          notes: ["stages: \(names.joined(separator: ", "))"], help: "fix the name or remove the line")
      }
      overrides[stage] = try entry.value.expressionSource()
    }
    return overrides
  }

  private static func activity(_ value: YAMLValue?) throws(Diagnostic) -> ActivityRules {
    var rules = ActivityRules()
    guard let value else { return rules }
    let mapping = try value.mapping()
    try mapping.allowOnly(["low", "silent", "low_ratio", "silent_ratio"])
    rules.lowDays = Double(try mapping["low"]?.days() ?? Int(rules.lowDays))
    rules.silentDays = Double(try mapping["silent"]?.days() ?? Int(rules.silentDays))
    rules.lowRatio = try mapping["low_ratio"]?.number() ?? rules.lowRatio
    rules.silentRatio = try mapping["silent_ratio"]?.number() ?? rules.silentRatio
    guard rules.lowDays < rules.silentDays, 0 < rules.lowRatio, rules.lowRatio < rules.silentRatio else {
      throw value.refusal(
        "RK0603", "\(value.path) must have low < silent and 0 < low_ratio < silent_ratio",
        help: "such as {low: 90d, silent: 180d, low_ratio: 1.5, silent_ratio: 3}")
    }
    return rules
  }

  /// `{durable: water purifier, consumable: filter, after: 180d, remind: 150d}`.
  private static func followUp(_ value: YAMLValue) throws(Diagnostic) -> FollowUpRule {
    let mapping = try value.mapping()
    try mapping.allowOnly(["durable", "consumable", "after", "remind"])
    let form = "write {durable: water purifier, consumable: filter, after: 180d, remind: 150d}"
    let after = try mapping.require("after", help: form).days()
    let remind = try mapping["remind"]?.days() ?? after
    guard remind <= after else {
      throw value.refusal(
        "RK0603", "\(value.path) reminds after the consumable is needed", help: "choose remind ≤ after")
    }
    return FollowUpRule(
      durable: try mapping.require("durable", help: form).text(),
      consumable: try mapping.require("consumable", help: form).text(), after: after, remindAfter: remind)
  }
}

extension LifecycleChoice.Scores {
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    guard let mapping = try value?.mapping() else { return }
    try mapping.allowOnly(["recency", "frequency", "money", "days"])
    recency = try Self.cut(mapping["recency"]) ?? recency
    frequency = try Self.cut(mapping["frequency"]) ?? frequency
    money = try Self.cut(mapping["money"]) ?? money
    days = try mapping["days"]?.days()
  }

  /// `quintile`, `median`, `mean`, or the values at which to cut.
  private static func cut(_ value: YAMLValue?) throws(Diagnostic) -> RFMCut? {
    guard let value else { return nil }
    guard value.isList else {
      switch try value.text() {
      case "quintile", "quintiles": return .quintiles
      case "median": return .median
      case "mean": return .mean
      default: throw value.mismatch("quintile, median, mean or a list of values")
      }
    }
    var values: [Double] = []
    for item in try value.list() { values.append(try item.number()) }
    guard !values.isEmpty, zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw value.refusal(
        "RK0603", "\(value.path) must be values in ascending order", help: "such as [2, 3, 5, 9]")
    }
    return .at(values)
  }
}

extension LifecycleChoice.Value {
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    guard let mapping = try value?.mapping() else { return }
    try mapping.allowOnly(["model", "unit", "months", "discount", "margin"])
    model = try mapping["model"]?.choice(of: LifecycleChoice.ValueModel.self) ?? model
    unit = try mapping["unit"]?.choice(of: TimeUnit.self) ?? unit
    months = try mapping["months"]?.integer(atLeast: 1) ?? months
    yearlyDiscount = try mapping["discount"]?.share() ?? yearlyDiscount
    margin = try mapping["margin"]?.share() ?? margin
  }
}

extension LifecycleChoice.Promotion {
  fileprivate init(_ value: YAMLValue) throws(Diagnostic) {
    let mapping = try value.mapping()
    try mapping.allowOnly(["from", "to"])
    let form = "write {from: 2026-06-01, to: 2026-06-18}, both days included"
    first = try mapping.require("from", help: form).date()
    last = try mapping.require("to", help: form).date()
    guard first <= last else {
      throw value.refusal("RK0603", "\(value.path) ends before it begins", help: form)
    }
  }
}
