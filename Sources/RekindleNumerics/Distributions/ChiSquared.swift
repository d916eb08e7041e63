internal import CBoostMath

/// The χ² distribution with `degreesOfFreedom` > 0; NaN otherwise, and for a negative `x`.
///
/// Source: Boost.Math, `chi_squared_distribution`.
public struct ChiSquared: Sendable, Hashable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// `P(X ≤ x)`.
  public func cdf(_ x: Double) -> Double { rk_chi_squared_cdf(x, degreesOfFreedom) }

  /// `P(X > x)`.
  public func upperTail(_ x: Double) -> Double { rk_chi_squared_upper(x, degreesOfFreedom) }

  /// The `x` with `P(X ≤ x) = p`.
  public func quantile(_ p: Double) -> Double { rk_chi_squared_quantile(p, degreesOfFreedom) }

  /// The `x` with `P(X > x) = q`.
  public func upperQuantile(_ q: Double) -> Double {
    rk_chi_squared_upper_quantile(q, degreesOfFreedom)
  }
}
