internal import CBoostMath

/// The beta distribution on [0, 1] with shapes `a` > 0 and `b` > 0; NaN otherwise.
///
/// ```
/// f(x) = x^(a − 1) (1 − x)^(b − 1) / B(a, b)
/// ```
/// Source: Boost.Math, `beta_distribution`.
public struct Beta: Sendable, Hashable {
  public let a: Double
  public let b: Double

  public init(_ a: Double, _ b: Double) {
    self.a = a
    self.b = b
  }

  /// `f(x)`.
  public func density(_ x: Double) -> Double { rk_beta_density(x, a, b) }

  /// `P(X ≤ x)`.
  public func cdf(_ x: Double) -> Double { rk_beta_cdf(x, a, b) }

  /// `P(X > x)`.
  public func upperTail(_ x: Double) -> Double { rk_beta_upper(x, a, b) }

  /// The `x` with `P(X ≤ x) = p`.
  public func quantile(_ p: Double) -> Double { rk_beta_quantile(p, a, b) }

  /// The `x` with `P(X > x) = q`.
  public func upperQuantile(_ q: Double) -> Double { rk_beta_upper_quantile(q, a, b) }
}
