internal import RekindleCore
internal import RekindleStatistics

/// The effect on those who took the treatment up because they were given it.
extension Analyzer {
  func complianceRows() throws(Diagnostic) -> [ReportRow] {
    var rows: [ReportRow] = []
    for (place, metric) in experiment.metrics.enumerated() {
      let slice = slice(place)
      guard let taken = slice.plan.place(.complied), metric.kind == .mean || metric.kind == .proportion
      else { continue }
      for pair in pairs {
        let found = ComplianceEffect(
          control: slice.arms[pair.control], variant: slice.arms[pair.variant], outcome: slice.outcome,
          taken: taken, confidence: 1 - alpha)
        let interval: Interval =
          switch found.confidenceSet {
          case .interval(let interval): interval
          case .outside, .everything: .unbounded
          case .undefined: .undefined
          }
        let effect = Effect(
          control: .nan, variant: .nan, difference: found.effect, standardError: found.standardError,
          differenceInterval: interval, lift: .nan, liftInterval: .undefined,
          method: "instrumental_variable", degreesOfFreedom: found.degreesOfFreedom,
          statistic: found.statistic, pValue: found.pValue)
        let shares =
          "took it up: \(shownShare(found.takenVariant)) against \(shownShare(found.takenControl))"
        rows.append(
          row(
            .compliance, metric, slice, segment: "overall", pair: pair,
            estimate: Estimate(effect: effect, warnings: [shares] + found.findings.map(\.message))))
      }
    }
    return rows
  }
}
