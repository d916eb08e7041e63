internal import CBoostMath

/// The t statistic of a mean that is not 0: what the power of a t test is computed from.
///
/// ```
/// T = (Z + δ) / √(V / ν),   Z normal, V χ² with ν degrees of freedom
/// ```
/// Source: Boost.Math, `non_central_t_distribution`.
public struct NoncentralT: Sendable, Hashable {
  /// ν > 0.
  public let degreesOfFreedom: Double
  /// δ, the true mean in standard errors.
  public let noncentrality: Double

  public init(degreesOfFreedom: Double, noncentrality: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    self.noncentrality = noncentrality
  }

  /// `P(T ≤ t)`.
  public func cdf(_ t: Double) -> Double { rk_noncentral_t_cdf(t, degreesOfFreedom, noncentrality) }

  /// `P(T > t)`.
  public func upperTail(_ t: Double) -> Double { rk_noncentral_t_upper(t, degreesOfFreedom, noncentrality) }
}

/// The χ² statistic of a hypothesis that is false, with `degreesOfFreedom` > 0 and
/// `noncentrality` ≥ 0.
///
/// Source: Boost.Math, `non_central_chi_squared_distribution`.
public struct NoncentralChiSquared: Sendable, Hashable {
  public let degreesOfFreedom: Double
  public let noncentrality: Double

  public init(degreesOfFreedom: Double, noncentrality: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    self.noncentrality = noncentrality
  }

  /// `P(X ≤ x)`.
  public func cdf(_ x: Double) -> Double {
    rk_noncentral_chi_squared_cdf(x, degreesOfFreedom, noncentrality)
  }

  /// `P(X > x)`.
  public func upperTail(_ x: Double) -> Double {
    rk_noncentral_chi_squared_upper(x, degreesOfFreedom, noncentrality)
  }
}
