/// Means within strata, put together by the strata's sizes.
///
/// ```
/// m_k    = Σ_h w_h ȳ_hk,   w_h = N_h / N
/// Var_k  = Σ_h w_h² s_hk² / n_hk
/// ```
/// It takes away what chance put into one arm more of one stratum than into the other, and with it the
/// variance between strata. For strata that the assignment used it is the analysis that honours it.
///
/// A stratum with fewer than two units in an arm has no variance there. Such strata are put together,
/// with the smallest of the others where they still do not suffice; no unit is dropped, and the number
/// is told.
///
/// Degrees of freedom are Satterthwaite's over all cells. `estimatr::difference_in_means` with `blocks`
/// gives the same estimate and standard error and N − 2 · strata in their place.
///
/// Source: L. W. Miratrix, J. S. Sekhon, B. Yu, "Adjusting treatment effect estimates by
/// post-stratification in randomized experiments", JRSS B 75, 2013.
public struct PostStratification: Sendable, Hashable {
  /// The units of one stratum in the two arms.
  public struct Stratum: Sendable, Hashable {
    public var control: Moments
    public var variant: Moments

    public init(control: Moments, variant: Moments) {
      self.control = control
      self.variant = variant
    }

    fileprivate var count: Int { control.count + variant.count }
    fileprivate var suffices: Bool { control.count > 1 && variant.count > 1 }

    fileprivate mutating func merge(_ other: Stratum) {
      control.merge(other.control)
      variant.merge(other.variant)
    }
  }

  /// Those that are compared: each has at least two units in both arms, unless there is only one left.
  public let strata: [Stratum]
  private let mergedCount: Int
  private let column: Int
  private let whole: Stratum

  /// - Precondition: the moments have the column; there is at least one stratum.
  public init(strata: [Stratum], column: Int = 0) {
    precondition(!strata.isEmpty, "no stratum")
    let filled = strata.filter { $0.count > 0 }
    var full = filled.filter(\.suffices)
    let thin = filled.filter { !$0.suffices }
    var together = thin.first
    for stratum in thin.dropFirst() { together?.merge(stratum) }
    var count = thin.count
    if var rest = together {
      if !rest.suffices, let smallest = full.indices.min(by: { full[$0].count < full[$1].count }) {
        rest.merge(full.remove(at: smallest))
        count += 1
      }
      full.append(rest)
    }
    var whole = strata[0]
    for stratum in strata.dropFirst() { whole.merge(stratum) }
    self.strata = full.isEmpty ? [whole] : full
    mergedCount = count > 1 ? count : 0
    self.column = column
    self.whole = whole
  }

  public var estimates: EstimatedArms {
    let total = Double(whole.count)
    let weights = strata.map { Double($0.count) / total }
    let control = sums(strata.map(\.control), weights)
    let variant = sums(strata.map(\.variant), weights)
    let variance = control.variance + variant.variance
    return EstimatedArms(
      control: control.mean, variant: variant.mean, controlVariance: control.variance,
      variantVariance: variant.variance,
      reference: .student(variance * variance / (control.spread + variant.spread)),
      method: "post_stratified")
  }

  public var findings: [EstimateFinding] {
    EstimateFinding.of(control: whole.control, variant: whole.variant, column: column)
      + (mergedCount > 0 ? [.strataMerged(mergedCount)] : [])
  }

  /// The share of the difference's variance that the strata took away.
  public var varianceReduction: Double {
    let plain = TwoMeans(control: whole.control, variant: whole.variant, column: column)
    return reduction(from: plain.welch, to: estimates)
  }

  /// Mean, its variance, and the sum of squared parts over their degrees of freedom.
  private func sums(
    _ cells: [Moments], _ weights: [Double]
  ) -> (mean: Double, variance: Double, spread: Double) {
    var (mean, variance, spread) = (0.0, 0.0, 0.0)
    for (cell, weight) in zip(cells, weights) {
      let part = weight * weight * cell.variance(column) / Double(cell.count)
      mean += weight * (cell.count > 0 ? cell.means[column] : .nan)
      variance += part
      spread += part * part / Double(cell.count - 1)
    }
    return (mean, variance, spread)
  }
}
