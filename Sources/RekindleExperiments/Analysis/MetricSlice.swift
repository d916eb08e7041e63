internal import RekindleStatistics

/// What was collected of one metric in one part of the units: everything an estimator may ask for.
struct MetricSlice {
  var metric: Metric
  let plan: MomentPlan
  /// By arm, the holdout last.
  var arms: [Moments]
  /// By stratum and arm; empty where the part is not split by them.
  var strata: [[Moments]] = []
  /// By cluster and arm.
  var clusters: [[Moments]] = []
  /// Outcomes by arm, ascending.
  var values: [[Double]] = []
  /// The same by stratum and arm; empty where the part is not split by them.
  var stratumValues: [[[Double]]] = []
  /// The units of a recorded deal with an outcome, where permutations deal them again.
  var dealt: DealtValues?

  /// Of each arm what HC2 needs beside the moments; empty where nobody asked for it.
  var residualProducts: [[Double]] = []
  /// Whether the outcome is meant as it is, cap or not.
  var isRaw = false

  /// The column that the metric decides by: capped where there is a cap.
  var outcome: Int { isRaw ? 0 : plan.place(.capped) ?? 0 }

  /// The place of a column that the metric's plan has.
  func column(_ column: MomentPlan.Column) -> Int {
    guard let place = plan.place(column) else { preconditionFailure("the plan is this metric's") }
    return place
  }

  /// The outcome (of a ratio linearised) followed by the covariates, missing ones set to the mean of those
  /// that are there, and by the indicators of the missing where there are any: what covariates adjust.
  ///
  /// Collected are x = 0 where missing and m = 1 there, so that x + c m is the column filled with c: the
  /// cross-products follow, whatever c is. Filling with the mean keeps the covariate in its place for
  /// arms where nobody misses it, and its indicator is therefore left out.
  var adjustable: [Moments] {
    var rows: [[(column: Int, weight: Double)]] = [[(outcome, 1)]]
    if case .ratio(let denominator) = metric.kind { rows.append([(column(.denominator(denominator)), 1)]) }
    let others = rows.count
    var indicators: [[(column: Int, weight: Double)]] = []
    for covariate in fillings {
      if covariate.filling == 0 {
        rows.append([(covariate.value, 1)])
      } else {
        rows.append([(covariate.value, 1), (covariate.missing, covariate.filling)])
        indicators.append([(covariate.missing, 1)])
      }
    }
    let all = arms.map { $0.mapped(rows + indicators) }
    guard others > 1 else { return all }
    return all.map {
      RatioLinearisation($0, numerator: 0, denominator: 1).moments(keeping: Array(others..<$0.columnCount))
    }
  }

  /// The column of each covariate, that of its indicator, and the mean of those that have it; 0 where
  /// nobody misses it (or everybody does), and the indicator says nothing.
  var fillings: [(value: Int, missing: Int, filling: Double)] {
    metric.covariates.compactMap { name in
      guard let x = plan.place(.covariate(name)), let m = plan.place(.missing(name)) else { return nil }
      var (sum, known, missing) = (0.0, 0.0, 0.0)
      for arm in arms where arm.count > 0 {
        let n = Double(arm.count)
        sum += n * arm.means[x]
        missing += n * arm.means[m]
        known += n * (1 - arm.means[m])
      }
      // Rounded: a mean of ones and zeros times n is a whole number.
      let isMissed = missing.rounded() > 0 && known.rounded() > 0
      return (x, m, isMissed ? sum / known : 0)
    }
  }
}
