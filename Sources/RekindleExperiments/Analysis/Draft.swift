internal import RekindleCore
internal import RekindleStatistics

/// A comparison on its way into the report: its row, and how to compute it again at another confidence.
struct Draft {
  var row: ReportRow
  let metric: Metric
  let estimator: Estimator
  let control: Int
  let variant: Int
  /// At which it was computed.
  let confidence: Double
  var estimate: Estimate

  /// Takes the interval at the confidence that agrees with the adjusted p-value.
  mutating func settle(
    adjustedP: Double, confidence wanted: Double, correction: String
  ) throws(Diagnostic) {
    row.adjustedP = adjustedP
    row.correction = correction
    guard wanted.isFinite, wanted != confidence else { return }
    estimate = try estimator.estimate(
      control: control, variant: variant, confidence: wanted, knownP: estimate.effect.pValue)
    row.effect = estimate.effect
  }
}

/// The comparisons whose p-values are read together, adjusted together.
/// - Parameter looks: of a plan with several looks.
func adjust(
  _ drafts: inout [Draft], family: [Int], by method: PValueAdjustment, alpha: Double,
  _ looks: PlannedLooks? = nil
) throws(Diagnostic) {
  let plain = family.map { drafts[$0].estimate.effect.pValue }
  let adjusted = AdjustedPValues(looks.map { plain.map($0.pValue) } ?? plain, by: method)
  var confidences = adjusted.confidences(alpha: alpha)
  var label = adjusted.familySize > 1 ? method.rawValue : PValueAdjustment.none.rawValue
  if let looks {
    for place in confidences.indices { confidences[place] = try looks.confidence(confidences[place]) }
    label = adjusted.familySize > 1 ? "group_sequential_\(label)" : "group_sequential"
  }
  for (place, draft) in family.enumerated() {
    try drafts[draft].settle(
      adjustedP: adjusted.adjusted[place], confidence: confidences[place], correction: label)
  }
}
