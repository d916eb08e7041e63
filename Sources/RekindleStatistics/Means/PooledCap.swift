internal import RekindleNumerics

/// Winsorisation: values above one quantile of all arms together are set to it.
///
/// ```
/// x ↦ min(x, Q(p))
/// ```
/// One order of a thousand times the usual size decides a mean; a cap trades a small bias for a large
/// loss of variance. The cap is pooled, for a cap of each arm's own would hide a campaign that makes
/// large orders larger; it is found before the arms are looked at. What was capped is counted, and the
/// uncapped result belongs beside the capped one.
///
/// Q is the sample quantile of type 7.
public struct PooledCap: Sendable, Hashable {
  /// Whose quantile.
  public enum Population: String, Sendable, Hashable, Codable, CaseIterable {
    case all
    /// Of those that are not 0: where most are, the 99th percentile of all lies far down the tail.
    case nonZero = "non_zero"
  }

  /// Q(p); infinite where there is no value to take it from.
  public let limit: Double

  public init(limit: Double) { self.limit = limit }

  /// - Parameters:
  ///   - arms: the values of every arm; NaN is missing.
  ///   - probability: p, 0 < p < 1.
  public init(arms: [[Double]], at probability: Double, of population: Population = .all) {
    let values = arms.flatMap { population == .all ? $0 : $0.filter { $0 != 0 } }
    let limit = Quantiles(values)(probability)
    self.limit = limit.isNaN ? .infinity : limit
  }

  /// The value, capped; a missing one stays missing.
  public func callAsFunction(_ value: Double) -> Double { value > limit ? limit : value }

  /// How many of the values the cap changes.
  public func count(in values: [Double]) -> Int {
    var count = 0
    for value in values where value > limit { count += 1 }
    return count
  }
}
