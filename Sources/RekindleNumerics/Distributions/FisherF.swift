internal import CBoostMath

/// The F distribution with `numerator` > 0 and `denominator` > 0 degrees of freedom (real, not only
/// whole); NaN otherwise.
///
/// Source: Boost.Math, `fisher_f_distribution`.
public struct FisherF: Sendable, Hashable {
  public let numerator: Double
  public let denominator: Double

  public init(numerator: Double, denominator: Double) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// `P(X ≤ x)`.
  public func cdf(_ x: Double) -> Double { rk_f_cdf(x, numerator, denominator) }

  /// `P(X > x)`.
  public func upperTail(_ x: Double) -> Double { rk_f_upper(x, numerator, denominator) }

  /// The `x` with `P(X ≤ x) = p`.
  public func quantile(_ p: Double) -> Double { rk_f_quantile(p, numerator, denominator) }

  /// The `x` with `P(X > x) = q`.
  public func upperQuantile(_ q: Double) -> Double { rk_f_upper_quantile(q, numerator, denominator) }
}
