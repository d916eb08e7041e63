internal import CBoostMath

/// Student's t distribution with `degreesOfFreedom` > 0 (real, not only whole); NaN otherwise.
///
/// Source: Boost.Math, `students_t_distribution`.
public struct StudentT: Sendable, Hashable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// `P(T ≤ t)`.
  public func cdf(_ t: Double) -> Double { rk_student_t_cdf(t, degreesOfFreedom) }

  /// `P(T > t)`.
  public func upperTail(_ t: Double) -> Double { rk_student_t_upper(t, degreesOfFreedom) }

  /// The `t` with `P(T ≤ t) = p`.
  public func quantile(_ p: Double) -> Double { rk_student_t_quantile(p, degreesOfFreedom) }

  /// The `t` with `P(T > t) = q`.
  public func upperQuantile(_ q: Double) -> Double { rk_student_t_upper_quantile(q, degreesOfFreedom) }
}
