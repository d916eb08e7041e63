internal import CBoostMath

/// The normal distribution.
///
/// ```
/// P(X ≤ x) = Φ((x − μ) / σ)
/// ```
/// `mean` μ and `standardDeviation` σ > 0 are in the unit of `x`; a σ that is not positive gives NaN
/// everywhere. Tails are computed as tails: `upperTail(18)` is 9.7e-73, not 0.
///
/// Source: Boost.Math, `normal_distribution`.
public struct Normal: Sendable, Hashable {
  public let mean: Double
  public let standardDeviation: Double

  public init(mean: Double = 0, standardDeviation: Double = 1) {
    self.mean = mean
    self.standardDeviation = standardDeviation > 0 ? standardDeviation : .nan
  }

  /// `P(X ≤ x)`.
  public func cdf(_ x: Double) -> Double { rk_normal_cdf((x - mean) / standardDeviation) }

  /// `P(X > x)`.
  public func upperTail(_ x: Double) -> Double { rk_normal_upper((x - mean) / standardDeviation) }

  /// The `x` with `P(X ≤ x) = p`; −∞ and +∞ at 0 and 1, NaN outside.
  public func quantile(_ p: Double) -> Double { mean + standardDeviation * rk_normal_quantile(p) }

  /// The `x` with `P(X > x) = q`.
  public func upperQuantile(_ q: Double) -> Double {
    mean + standardDeviation * rk_normal_upper_quantile(q)
  }
}
