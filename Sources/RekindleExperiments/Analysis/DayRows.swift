internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// The effect by day of exposure, and whether it fades.
extension Analyzer {
  func dayRows() throws(Diagnostic) -> [ReportRow] {
    guard moments.days.count > 1 else { return [] }
    var rows: [ReportRow] = []
    for (place, metric) in experiment.metrics.enumerated() where metric.role == .primary {
      if case .quantile = metric.kind { continue }
      // Small parts are compared by the plain estimator: it needs the fewest units.
      var plain = metric
      plain.adjustment = .none
      plain.method = nil
      for pair in pairs {
        var days: [ReportRow] = []
        for (day, cells) in zip(moments.days, moments.metrics[place].days) {
          let slice = MetricSlice(metric: plain, plan: moments.metrics[place].plan, arms: cells)
          guard cells[pair.control].count > 1, cells[pair.variant].count > 1 else { continue }
          let estimate = try Estimator(slice: slice, seed: options.seed)
            .daily(control: pair.control, variant: pair.variant, confidence: 1 - alpha)
          days.append(
            row(
              .day, metric, slice, segment: "day=\(CivilDate(daysSinceEpoch: day))", pair: pair,
              estimate: estimate))
        }
        rows += days
        if let trend = trend(days) { rows.append(trend) }
      }
    }
    return rows
  }

  /// Whether the effect wears off or builds up, as one row.
  private func trend(_ rows: [ReportRow]) -> ReportRow? {
    let days = rows.compactMap { row in
      CivilDate(String(row.segment.dropFirst(4))).map {
        EffectByDay.Day(
          Int($0.daysSinceEpoch), effect: row.effect.difference, standardError: row.effect.standardError)
      }
    }
    let trend = EffectByDay(days: days, alpha: alpha)
    guard trend.reading != .tooFewDays, var row = rows.first else { return nil }
    let slope = trend.slope
    let reach = Normal().upperQuantile(alpha / 2) * slope.standardError
    row.segment = "trend_by_day"
    row.controlCount = rows.reduce(0) { $0 + $1.controlCount }
    row.variantCount = rows.reduce(0) { $0 + $1.variantCount }
    row.effect = Effect(
      control: .nan, variant: .nan, difference: slope.estimate, standardError: slope.standardError,
      differenceInterval: Interval(slope.estimate - reach, slope.estimate + reach), lift: .nan,
      liftInterval: .undefined, method: "weighted_slope", degreesOfFreedom: nil,
      statistic: slope.statistic, pValue: slope.pValue)
    row.adjustedP = trend.pValue
    let reading =
      switch trend.reading {
      case .fading: "the effect fades by day of exposure: a novelty"
      case .growing: "the effect grows by day of exposure"
      case .noTrend, .tooFewDays: "no change by day of exposure found"
      }
    row.warnings = [reading]
    return row
  }
}

extension Estimator {
  /// As `estimate`, without exact tests: there are many days, and none decides.
  func daily(control: Int, variant: Int, confidence: Double) throws(Diagnostic) -> Estimate {
    guard slice.metric.kind == .proportion else {
      return try estimate(control: control, variant: variant, confidence: confidence)
    }
    var named = slice
    named.metric.method = ProportionMethod.miettinenNurminen.rawValue
    return try Estimator(slice: named, seed: seed)
      .estimate(control: control, variant: variant, confidence: confidence)
  }
}
