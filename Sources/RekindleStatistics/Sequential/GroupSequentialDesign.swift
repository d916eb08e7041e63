public import RekindleCore
internal import RekindleNumerics

/// A test that is looked at a few planned times and may stop at each of them.
///
/// At look `k` the share `t_k` of the planned information is in (units, if their variance is always the
/// same) and `Z_k` is the estimate over its standard error. Without an effect,
///
/// ```
/// P(Z crosses a bound at look 1 … k) = α(t_k)        the spending function
/// P(Z crosses at any look) = α
/// ```
/// However the true looks fall, the bounds follow from the shares alone: see `revised(shares:)`.
///
/// Two-sided tests have bounds ±c_k. All numbers are in the direction of the alternative: a one-sided test
/// of `less` stops at `Z_k ≤ −c_k`.
///
/// Futility, if wanted, spends β = 1 − power likewise: crossing its bound may stop the test, but need not;
/// the α bounds are computed as though there were none (non-binding). Two-sided, futility is `|Z_k|` below
/// its bound, and what is neither futile nor missed, 1 − β, includes the few crossings on the wrong side.
///
/// Source: C. Jennison, B. W. Turnbull, "Group Sequential Methods with Applications to Clinical Trials",
/// 2000, chapters 3, 4, 7, 19; bounds by recursive numerical integration (`GaussianWalk`).
public struct GroupSequentialDesign: Sendable, Hashable {
  /// One planned look.
  public struct Look: Sendable, Hashable {
    /// Of the planned information, 0 < share ≤ 1.
    public let share: Double
    /// c_k: stop for an effect at this Z, or more. Infinite where nothing may be spent yet.
    public let criticalValue: Double
    /// The p-value that just stops, two-sided for a two-sided test.
    public let nominalLevel: Double
    /// α(t_k).
    public let alphaSpent: Double
    /// Stop for want of one at this Z, or less; −∞ without futility, or where none can be spent
    /// (two-sided: 0).
    public let futility: Double
  }

  public let alpha: Double
  public let alternative: Alternative
  public let spending: SpendingFunction
  public let futilitySpending: SpendingFunction?
  /// At `drift`.
  public let power: Double
  public let looks: [Look]
  /// The expected Z at full information with which the test has its power: `effect · √information`.
  public let drift: Double
  /// How many times the units of a test with one look this one needs at most, for the same power.
  public let inflation: Double

  /// Looks nearer to one another are the same look; the integration would need too many points.
  private static let leastStep = 1e-6

  /// - Parameters:
  ///   - alpha: of the whole test; split between the sides of a two-sided one.
  ///   - shares: ascending; in a plan the last is 1. The last look spends all that is left, whatever its
  ///     share: a test that ended early, or ran over, keeps its α.
  ///   - futility: how β is spent; `nil`: no stop for futility.
  /// - Throws: `RK0890` for shares, `RK0891` for error rates that make no design.
  public init(
    alpha: Double = 0.05, alternative: Alternative = .twoSided, shares: [Double],
    spending: SpendingFunction = .obrienFleming, futility: SpendingFunction? = nil, power: Double = 0.8
  ) throws(Diagnostic) {
    guard let first = shares.first, first > 0, shares.allSatisfy(\.isFinite),
      zip(shares, shares.dropFirst()).allSatisfy({ $1 - $0 >= Self.leastStep })
    else {
      throw Diagnostic(
        "RK0890",
        "the shares of information at the looks do not ascend from above 0, a millionth a step at least",
        notes: ["found: \(shares.map { "\($0)" }.joined(separator: ", "))"],
        help: "give each look's share of all units, as in 0.25, 0.5, 0.75, 1")
    }
    guard alpha > 0, alpha < 0.5, power > alpha, power < 1 else {
      throw Diagnostic(
        "RK0891", "alpha \(alpha) and power \(power) make no test",
        help: "use an alpha between 0 and 0.5 and a power between alpha and 1")
    }
    let sides: Double = alternative == .twoSided ? 2 : 1
    let spent = Self.alphaSpent(alpha, shares: shares, spending: spending, sides: sides)
    let critical = Self.criticalValues(shares: shares, spent: spent, isTwoSided: sides == 2)
    let bounds = GroupSequentialBounds(shares: shares, critical: critical, isTwoSided: sides == 2)
    var futilityBounds = [Double](repeating: sides == 2 ? 0 : -.infinity, count: shares.count)
    if let futility {
      let beta = shares.dropLast().map { futility.spent(at: $0, of: 1 - power) } + [1 - power]
      (drift, futilityBounds) = bounds.futility(spending: beta)
    } else {
      drift = monotoneRoot(from: 0, outwards: 3) { bounds.outcome(drift: $0).power - power }
    }
    self.alpha = alpha
    self.alternative = alternative
    self.spending = spending
    self.futilitySpending = futility
    self.power = power
    looks = shares.indices.map { k in
      Look(
        share: shares[k], criticalValue: critical[k],
        nominalLevel: sides * Normal().upperTail(critical[k]), alphaSpent: spent[k],
        futility: futilityBounds[k])
    }
    let single = Normal().upperQuantile(alpha / sides) + Normal().quantile(power)
    inflation = (drift / single) * (drift / single)
  }

  /// What happens under a true effect, futility bounds obeyed.
  /// - Parameter drift: the expected Z at full information; 0 without an effect.
  public func outcome(drift: Double) -> GroupSequentialOutcome { bounds.outcome(drift: drift) }

  /// The same test with the looks as they came about, followed by those still planned. Bounds of looks that
  /// keep their shares stay as they are.
  /// - Throws: `RK0890`.
  public func revised(shares: [Double]) throws(Diagnostic) -> GroupSequentialDesign {
    try GroupSequentialDesign(
      alpha: alpha, alternative: alternative, shares: shares, spending: spending,
      futility: futilitySpending, power: power)
  }

  var isTwoSided: Bool { alternative == .twoSided }

  /// The bounds with futility.
  var bounds: GroupSequentialBounds {
    GroupSequentialBounds(
      shares: looks.map(\.share), critical: looks.map(\.criticalValue), isTwoSided: isTwoSided,
      futility: looks.map(\.futility))
  }

  /// α(t_k) of both sides, all of it at the last look.
  static func alphaSpent(
    _ alpha: Double, shares: [Double], spending: SpendingFunction, sides: Double
  ) -> [Double] {
    shares.dropLast().map { sides * spending.spent(at: $0, of: alpha / sides) } + [alpha]
  }

  /// The c_k that spend the error as told.
  static func criticalValues(shares: [Double], spent: [Double], isTwoSided: Bool) -> [Double] {
    var walk = GaussianWalk()
    var result: [Double] = []
    var (share, used) = (0.0, 0.0)
    for k in shares.indices {
      let step = shares[k] - share
      let root = shares[k].squareRoot()
      let wanted = spent[k] - used
      // By logarithms, for a tail falls like the exponential of a square.
      let c = monotoneRoot(from: 0, to: 37) { z in
        var tail = walk.upperTail(above: z * root, step: step, drift: 0)
        if isTwoSided { tail += walk.lowerTail(below: -z * root, step: step, drift: 0) }
        return max(-800, logarithm(tail)) - logarithm(wanted)
      }
      // No root: less is to be spent than the farthest bound spends.
      result.append(wanted > 0 && !c.isNaN ? c : .infinity)
      guard k + 1 < shares.count else { break }
      let bound = result[k] * root
      walk.advance(
        step: step, drift: 0, inside: [Interval(isTwoSided ? -bound : -.infinity, bound)],
        next: shares[k + 1] - shares[k])
      (share, used) = (shares[k], spent[k])
    }
    return result
  }
}
