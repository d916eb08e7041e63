internal import RekindleNumerics

/// Whether a share is the same in every arm: Pearson's chi-square.
///
/// ```
/// X² = Σ_k (x_k − n_k p)² / (n_k p (1 − p)),   p = Σ x_k / Σ n_k,   arms − 1 degrees of freedom
/// ```
/// x_k of the n_k units of arm k have the mark. Arms without units say nothing. NaN where the share is 0
/// or 1 everywhere, or there is one arm.
struct HomogeneityTest {
  let share: Double
  let statistic: Double
  let pValue: Double

  init(marked: [Int], of totals: [Int]) {
    let arms = totals.indices.filter { totals[$0] > 0 }
    let total = arms.reduce(0) { $0 + totals[$1] }
    let p = Double(arms.reduce(0) { $0 + marked[$1] }) / Double(total)
    share = p
    guard arms.count > 1, p > 0, p < 1 else {
      statistic = .nan
      pValue = .nan
      return
    }
    statistic = arms.reduce(0) { sum, arm in
      let expected = Double(totals[arm]) * p
      let excess = Double(marked[arm]) - expected
      return sum + excess * excess / (expected * (1 - p))
    }
    pValue = ChiSquared(degreesOfFreedom: Double(arms.count - 1)).upperTail(statistic)
  }
}
