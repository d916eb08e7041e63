internal import RekindleBehaviour
internal import RekindleChurn
internal import RekindleCore
internal import RekindleLifecycle

/// What rules of a playbook may name besides features: where a customer stands, and the scores.
enum LifecycleColumn: String, CaseIterable {
  case stage, grade, segment, group, activity, timing
  case recencyScore = "recency_score"
  case frequencyScore = "frequency_score"
  case moneyScore = "money_score"
  case coolingCount = "cooling_count"
  case replenishmentCategory = "replenishment_category"
  case replenishmentLateness = "replenishment_lateness"
  case expectedPurchases = "expected_purchases"
  case expectedSpend = "expected_spend_per_purchase"
  case lifetimeMargin = "lifetime_margin"
  case churnProbability = "churn_probability"
  case riskBand = "risk_band"
  case valueAtRisk = "value_at_risk"

  var type: ValueType {
    switch self {
    case .stage, .grade, .segment, .group, .activity, .timing, .riskBand, .replenishmentCategory: .text
    default: .number
    }
  }

  /// Which part of a report it is read from, of those that are not always made.
  var part: SegmentParts {
    switch self {
    case .coolingCount: .cooling
    case .replenishmentCategory, .replenishmentLateness: .replenishment
    case .expectedPurchases, .expectedSpend, .lifetimeMargin, .valueAtRisk: .values
    default: []
    }
  }

  /// The values that a text can have; `nil` of a number.
  var words: [String]? {
    switch self {
    case .stage: Stage.allCases.map(\.rawValue)
    case .grade: RelationshipGrade.allCases.map(\.rawValue)
    case .segment: ClassicalSegment.allCases.map(\.rawValue)
    case .group: RFMGroup.allCases.map(\.rawValue)
    case .activity: ActivityBand.allCases.map(\.rawValue)
    case .timing: Activity.Timing.allCases.map(\.rawValue)
    case .riskBand: RiskBand.allCases.map(\.rawValue)
    default: nil
    }
  }

  /// What there is of it without data, so that a rule can be checked.
  /// - Parameter features: names that the project already has, which keep their meaning.
  static func types(without features: Set<String>) -> [String: ValueType] {
    Dictionary(
      uniqueKeysWithValues: allCases.filter { !features.contains($0.rawValue) }.map { ($0.rawValue, $0.type) }
    )
  }

  static func words(without features: Set<String>) -> [String: [String]] {
    var words: [String: [String]] = [:]
    for column in allCases where !features.contains(column.rawValue) { words[column.rawValue] = column.words }
    return words
  }
}

extension SegmentReport {
  /// The columns that a plan asks for, one value a customer of the log, and why some are missing.
  func ruleColumns(
    _ asked: [LifecycleColumn], bands: RiskBands?
  ) -> (columns: [FeatureColumn], dropped: [FeatureSet.Availability.Dropped]) {
    var columns: [FeatureColumn] = []
    var dropped: [FeatureSet.Availability.Dropped] = []
    for column in asked {
      if let values = values(of: column, bands) {
        columns.append(FeatureColumn(name: column.rawValue, values: values))
      } else {
        dropped.append(.init(name: column.rawValue, reason: lack(of: column)))
      }
    }
    return (columns, dropped)
  }

  private func values(of column: LifecycleColumn, _ bands: RiskBands?) -> FeatureValues? {
    switch column {
    case .stage: return words(column) { stages[$0].map(Stage.allCases.place) }
    case .grade: return words(column) { grades[$0].map(RelationshipGrade.allCases.place) }
    case .segment:
      guard let scores else { return nil }
      let segments = scores.classicalSegments
      return words(column) { segments[$0].map(ClassicalSegment.allCases.place) }
    case .group:
      guard let groups else { return nil }
      return words(column) { RFMGroup.allCases.place(groups[$0]) }
    case .activity: return words(column) { activities[$0].map { ActivityBand.allCases.place($0.band) } }
    case .timing:
      return words(column) { activities[$0]?.timing(choice.activity).map(Activity.Timing.allCases.place) }
    case .recencyScore: return score(\.recency)
    case .frequencyScore: return score(\.frequency)
    case .moneyScore: return score(\.money)
    case .coolingCount: return cooling.map { .number($0.counts.map(Double.init)) }
    case .replenishmentCategory:
      guard let replenishment else { return nil }
      return words(replenishment.categories.map(\.name)) { replenishment.mostOverdue(of: $0)?.category }
    case .replenishmentLateness:
      guard let replenishment else { return nil }
      return .number(log.customers.indices.map { replenishment.mostOverdue(of: $0)?.lateness ?? .nan })
    case .expectedPurchases: return values.map { .number($0.columns.expectedPurchases) }
    case .expectedSpend: return values.flatMap { $0.spend == nil ? nil : .number($0.columns.expectedSpend) }
    case .lifetimeMargin:
      guard let values, values.spend != nil else { return nil }
      return .number(log.customers.indices.map { lifetimeMargin($0, values) })
    case .churnProbability: return churnProbabilities.map { .number($0) }
    case .riskBand:
      guard let churnProbabilities, let bands else { return nil }
      let all = RiskBand.allCases
      return words(column) { row in
        churnProbabilities[row].isNaN ? nil : all.place(bands.band(churnProbabilities[row]))
      }
    case .valueAtRisk:
      guard churnProbabilities != nil, let values, values.spend != nil else { return nil }
      return .number(log.customers.indices.map { valueAtRisk($0) })
    }
  }

  private func lack(of column: LifecycleColumn) -> String {
    switch column {
    case .churnProbability, .riskBand: "no model was given (--model)"
    case .valueAtRisk where churnProbabilities == nil: "no model was given (--model)"
    case .segment, .group, .recencyScore, .frequencyScore, .moneyScore:
      "purchases carry no value, or the scores are not of five"
    case .replenishmentCategory, .replenishmentLateness: "purchases carry no category"
    default: "no model of value could be fitted"
    }
  }

  private func words(_ column: LifecycleColumn, _ place: (Int) -> Int?) -> FeatureValues {
    words(column.words ?? [], place)
  }

  private func words(_ words: [String], _ place: (Int) -> Int?) -> FeatureValues {
    .category(codes: log.customers.indices.map { Int32(place($0) ?? -1) }, dictionary: words)
  }

  private func score(_ part: KeyPath<RFM.Scores, Int>) -> FeatureValues? {
    scores.map { scores in .number(scores.scores.map { $0.map { Double($0[keyPath: part]) } ?? .nan }) }
  }
}
