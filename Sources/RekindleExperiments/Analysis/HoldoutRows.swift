internal import RekindleCore
internal import RekindleStatistics

/// All arms together against those who got nothing.
extension Analyzer {
  func holdoutRows() throws(Diagnostic) -> [ReportRow] {
    let holdout = moments.holdout
    guard moments.tally.assigned[holdout] > 0 else { return [] }
    var rows: [ReportRow] = []
    for (place, metric) in experiment.metrics.enumerated() {
      if case .quantile = metric.kind { continue }
      var slice = slice(place)
      slice.metric.method = nil
      slice.metric.adjustment = .none
      slice.clusters = []
      let treated = experiment.arms.indices.map { slice.arms[$0] }
      // The arms' units stand where the first arm was.
      slice.arms[0] = .pooled(treated, columns: slice.plan.columns.count)
      let estimate = try Estimator(slice: slice, seed: options.seed)
        .estimate(control: holdout, variant: 0, confidence: 1 - alpha)
      var row = row(
        .holdout, metric, slice, segment: "overall", pair: (control: holdout, variant: 0),
        estimate: estimate)
      row.variant = "all arms"
      row.excludedCount = 0
      row.cappedCount = 0
      row.sampleRatioP = .nan
      rows.append(row)
    }
    return rows
  }
}
