internal import RekindleStatistics

extension MetricSlice {
  /// Lin's regressions of all arms that have units enough for one of their own.
  struct Regressions {
    let adjustment: LinAdjustment
    /// The arms, in the order of the regressions.
    let arms: [Int]
  }

  /// - Parameter needed: arms that take part however small they are.
  func regressions(needed: [Int] = []) -> Regressions {
    // An arm without units has no slope, and would take the covariates of all others with it.
    let all = adjustable
    let used = all.indices.filter { needed.contains($0) || all[$0].count > all[$0].columnCount }
    return Regressions(adjustment: LinAdjustment(arms: used.map { all[$0] }), arms: used)
  }
}

/// Gathers, unit by unit, what HC2 needs beside the moments.
///
/// Leverages are no moments, so the units are read a second time, with each arm's regression known.
struct ResidualSums: Sendable {
  private var sums: [LeveragedResiduals?]
  private let outcome: Int
  /// Of each covariate: its column, that of its indicator, and what a missing one is filled with.
  private let covariates: [(value: Int, missing: Int, filling: Double)]
  private let indicators: [Int]

  init(_ slice: MetricSlice) {
    let regressions = slice.regressions()
    sums = slice.arms.map { _ in nil }
    for (place, arm) in regressions.arms.enumerated() {
      sums[arm] = LeveragedResiduals(regressions.adjustment.regressions[place])
    }
    outcome = slice.outcome
    covariates = slice.fillings
    indicators = slice.fillings.filter { $0.filling != 0 }.map(\.missing)
  }

  /// - Parameter column: a value of the row by the column of the metric's plan.
  mutating func add(arm: Int, _ column: (Int) -> Double) {
    var values = [column(outcome)]
    for covariate in covariates {
      values.append(column(covariate.value) + covariate.filling * column(covariate.missing))
    }
    for indicator in indicators { values.append(column(indicator)) }
    sums[arm]?.add(values)
  }

  var products: [[Double]] { sums.map { $0?.products ?? [] } }
}
