internal import RekindleCore
internal import RekindleStatistics

/// The effect on those who took the treatment up because they were given it.
///
/// Where units were held out the comparison is with them: who got nothing had nothing to open, and being sent
/// to is the only thing that was dealt. Two arms that were both sent something differ in what they were sent,
/// which works on those who open in either, and the effect of opening cannot be read off them. Without a
/// holdout the arms are compared with the control, as where the control got no message, or the same one
/// without the reminder.
extension Analyzer {
  func complianceRows() throws(Diagnostic) -> [ReportRow] {
    let holdout = moments.holdout
    let isHeldOut = moments.tally.assigned[holdout] > 0
    var rows: [ReportRow] = []
    for (place, metric) in experiment.metrics.enumerated() {
      var slice = slice(place)
      guard let taken = slice.plan.place(.complied), metric.kind == .mean || metric.kind == .proportion
      else { continue }
      guard isHeldOut else {
        rows += pairs.map { compliance(metric, slice, pair: $0, taken: taken) }
        continue
      }
      let arms = experiment.arms.indices.filter { moments.tally.assigned[$0] > 0 }
      var own = arms.map { compliance(metric, slice, pair: (control: holdout, variant: $0), taken: taken) }
      if arms.count > 1 {
        // All arms' units stand where the first arm was.
        slice.arms[0] = .pooled(
          experiment.arms.indices.map { slice.arms[$0] }, columns: slice.plan.columns.count)
        var all = compliance(metric, slice, pair: (control: holdout, variant: 0), taken: taken)
        all.variant = "all arms"
        own.insert(all, at: 0)
      }
      for place in own.indices {
        // Counted by arm, where the comparison of the arms stands.
        own[place].excludedCount = 0
        own[place].cappedCount = 0
        own[place].sampleRatioP = .nan
      }
      rows += own
    }
    return rows
  }

  private func compliance(
    _ metric: Metric, _ slice: MetricSlice, pair: (control: Int, variant: Int), taken: Int
  ) -> ReportRow {
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
    return row(
      .compliance, metric, slice, segment: "overall", pair: pair,
      estimate: Estimate(effect: effect, warnings: [shares] + found.findings.map(\.message)))
  }
}
