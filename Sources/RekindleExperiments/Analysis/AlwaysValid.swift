internal import RekindleStatistics

/// The always-valid interval and p-value of a comparison, by the plan's kind of sequence.
struct AlwaysValid {
  let pValue: Double
  let interval: Interval

  /// - Returns: `nil` where the comparison has no standard error to lean on.
  init?(_ effect: Effect, of slice: MetricSlice, control: Int, variant: Int, plan: Plan, alpha: Double) {
    let arms = [slice.arms[control], slice.arms[variant]]
    if plan.sequence == .bounded, slice.isPlainProportion {
      let sequence = BoundedConfidenceSequence(alpha: alpha)
      let sides = arms.map {
        BoundedConfidenceSequence.Arm(count: $0.count, sum: Double($0.successes(slice.outcome)))
      }
      pValue = sequence.pValue(control: sides[0], variant: sides[1])
      interval = sequence.differenceInterval(control: sides[0], variant: sides[1])
      return
    }
    guard effect.standardError > 0 else { return nil }
    let sequence = AsymptoticConfidenceSequence(alpha: alpha, tunedAt: plan.tuning)
    let units = Double(arms[0].count + arms[1].count)
    pValue = sequence.pValue(
      estimate: effect.difference, standardError: effect.standardError, units: units)
    interval = sequence.interval(
      estimate: effect.difference, standardError: effect.standardError, units: units)
  }
}

extension MetricSlice {
  /// Whether all there is to know are counts of ones and zeros.
  var isPlainProportion: Bool {
    metric.kind == .proportion && metric.adjustment == .none && clusters.isEmpty
  }
}

extension Plan {
  /// The number of units at which confidence sequences are narrowest.
  fileprivate var tuning: Double {
    if case .alwaysValid(let tunedAt?) = looking { return Double(tunedAt) }
    return AsymptoticConfidenceSequence.defaultTuning
  }
}
