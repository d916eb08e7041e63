internal import CBoostMath

/// The number of successes in `trials` ≥ 0 independent trials of one `probability`; NaN where either
/// is out of range.
///
/// Source: Boost.Math, `binomial_distribution`.
public struct Binomial: Sendable, Hashable {
  public let trials: Int
  public let probability: Double

  public init(trials: Int, probability: Double) {
    self.trials = trials
    self.probability = probability
  }

  /// `P(X = k)`.
  public func mass(_ k: Int) -> Double { rk_binomial_mass(Double(k), Double(trials), probability) }

  /// `P(X ≤ k)`.
  public func cdf(_ k: Int) -> Double { rk_binomial_cdf(Double(k), Double(trials), probability) }

  /// `P(X > k)`.
  public func upperTail(_ k: Int) -> Double { rk_binomial_upper(Double(k), Double(trials), probability) }
}
