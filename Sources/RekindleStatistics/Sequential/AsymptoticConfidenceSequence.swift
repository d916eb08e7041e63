internal import RekindleNumerics

/// Intervals and p-values of one estimate that stay valid however often, and whenever, one looks.
///
/// ```
/// estimate ± SE · c(n),    c(n) = √( (1 + 1/k) (ln(1 + k) − 2 ln α) ),   k = n ρ²
/// ```
/// `n` is the number of units so far (of both arms together, for a difference), `SE` the standard error
/// of the estimate at that moment, ρ a tuning number. With probability 1 − α the intervals of *all* moments
/// hold the truth at once; one looked at only at `n` would be `SE · z(α/2)` wide, so `c(n)` is the price
/// of looking. The price is lowest at `n = tunedAt`, where ρ solves
///
/// ```
/// k − ln(1 + k) = −2 ln α
/// ```
/// and rises slowly to both sides. `tunedAt` has to be fixed before the data are seen.
///
/// One-sided, the two logarithms are replaced by `2 ln(1 + √(1 + k) / (2α))`.
///
/// The guarantee is asymptotic, as that of a z interval: it wants the estimate to be near normal from the
/// first look on. With conversions of a few in a thousand wait for some tens of them an arm, or use
/// `BoundedConfidenceSequence`, which needs no such thing.
///
/// Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central limit
/// theory and asymptotic confidence sequences", Ann. Stat. 52(6), 2024, theorem 2.2 (two-sided),
/// proposition B.1 (one-sided), section 2.3 (tuning, here solved exactly).
public struct AsymptoticConfidenceSequence: Sendable, Hashable {
  public let alpha: Double
  public let alternative: Alternative
  /// The number of units at which the interval is narrowest, relative to a single look.
  public let tunedAt: Double
  /// ρ².
  package let rhoSquared: Double

  /// Where no plan says how many units there will be.
  public static let defaultTuning = 5000.0

  /// - Parameters:
  ///   - alpha: 0 < α < 1; outside everything is NaN. The one-sided tuning wants α < ½.
  ///   - units: > 0.
  public init(
    alpha: Double = 0.05, alternative: Alternative = .twoSided, tunedAt units: Double = defaultTuning
  ) {
    self.alpha = alpha
    self.alternative = alternative
    tunedAt = units
    // One-sided the exact minimum has no closed form; that of the two-sided interval at 2α is near it.
    let level = alternative == .twoSided ? alpha : min(2 * alpha, 0.999)
    guard level > 0, level < 1, units > 0 else {
      rhoSquared = .nan
      return
    }
    let target = -2 * logarithm(level)
    rhoSquared = monotoneRoot(from: 1e-9, outwards: 1) { $0 - logarithm(onePlus: $0) - target } / units
  }

  /// `c(n)`: how many standard errors the interval reaches to each side that it has.
  public func criticalValue(units n: Double) -> Double {
    let k = n * rhoSquared
    guard k > 0 else { return .nan }
    let price =
      alternative == .twoSided
      ? logarithm(onePlus: k) - 2 * logarithm(alpha)
      : 2 * logarithm(onePlus: (1 + k).squareRoot() / (2 * alpha))
    return ((1 + 1 / k) * price).squareRoot()
  }

  /// The interval at this moment. Across moments the intersection of all is valid, too.
  public func interval(estimate: Double, standardError: Double, units n: Double) -> Interval {
    let reach = standardError * criticalValue(units: n)
    guard reach.isFinite, !estimate.isNaN else { return .undefined }
    return switch alternative {
    case .twoSided: Interval(estimate - reach, estimate + reach)
    case .greater: Interval(estimate - reach, .infinity)
    case .less: Interval(-.infinity, estimate + reach)
    }
  }

  /// The smallest α whose interval, with the same ρ, leaves `null` out at this moment; at most 1.
  ///
  /// ```
  /// two-sided:  p = √(1 + k) exp(−u²/2),  one-sided:  p = √(1 + k) / (2 (exp(u²/2) − 1)),
  /// u² = z² k / (1 + k),   z = (estimate − null) / SE
  /// ```
  /// Across moments the smallest so far is valid: P(ever p ≤ α) ≤ α.
  public func pValue(estimate: Double, standardError: Double, units n: Double, null: Double = 0) -> Double {
    var z = (estimate - null) / standardError
    let k = n * rhoSquared
    guard k > 0, !z.isNaN else { return .nan }
    switch alternative {
    case .twoSided: break
    case .greater: z = max(z, 0)
    case .less: z = max(-z, 0)
    }
    let half = z * z * k / (1 + k) / 2
    let growth = logarithm(onePlus: k) / 2
    if alternative == .twoSided { return min(1, exponential(growth - half)) }
    // Above 40 the 1 is beyond the last digit; e^(u²/2) itself could overflow.
    if half > 40 { return min(1, exponential(growth - half) / 2) }
    let odds = exponential(half) - 1
    return odds > 0 ? min(1, exponential(growth) / (2 * odds)) : 1
  }
}
