internal import RekindleNumerics

/// What becomes of a group-sequential test under one true effect.
public struct GroupSequentialOutcome: Sendable, Hashable {
  /// At each look: stop for an effect, in the direction of the alternative (two-sided: above).
  public let crossing: [Double]
  /// At each look of a two-sided test: stop for an effect below; else 0.
  public let crossingBelow: [Double]
  /// At each look but the last: stop for futility.
  public let futile: [Double]
  /// The expected share of the planned information at the stop.
  public let expectedShare: Double

  /// The chance of stopping for an effect with the right sign.
  public var power: Double { crossing.reduce(0, +) }
}

/// Bounds at every look, as the walk meets them.
struct GroupSequentialBounds: Sendable {
  let shares: [Double]
  let critical: [Double]
  let isTwoSided: Bool
  /// `nil`: none are obeyed.
  var futility: [Double]?

  init(shares: [Double], critical: [Double], isTwoSided: Bool, futility: [Double]? = nil) {
    self.shares = shares
    self.critical = critical
    self.isTwoSided = isTwoSided
    self.futility = futility
  }

  /// Of the places at look `k`, in the walk's scale S = Z √t, those from which the test goes on.
  func inside(_ k: Int, futility bound: Double?) -> [Interval] {
    let root = shares[k].squareRoot()
    let upper = critical[k] * root
    if !isTwoSided { return [Interval((bound ?? -.infinity) * root, upper)] }
    guard let bound, bound > 0 else { return [Interval(-upper, upper)] }
    return [Interval(-upper, -bound * root), Interval(bound * root, upper)]
  }

  func outcome(drift: Double) -> GroupSequentialOutcome {
    guard drift.isFinite else {
      let missing = [Double](repeating: .nan, count: shares.count)
      return GroupSequentialOutcome(
        crossing: missing, crossingBelow: missing, futile: missing, expectedShare: .nan)
    }
    var walk = GaussianWalk()
    var (crossing, below, futile): ([Double], [Double], [Double]) = ([], [], [])
    var (share, expected, going) = (0.0, 0.0, 1.0)
    for k in shares.indices {
      let step = shares[k] - share
      let root = shares[k].squareRoot()
      let mu = drift * step
      expected += step * going
      crossing.append(walk.upperTail(above: critical[k] * root, step: step, drift: mu))
      below.append(
        isTwoSided ? walk.lowerTail(below: -critical[k] * root, step: step, drift: mu) : 0)
      let isLast = k + 1 == shares.count
      futile.append(isLast ? 0 : futileMass(walk, k, bound: futility?[k], step: step, drift: mu))
      going -= crossing[k] + below[k] + futile[k]
      if isLast { break }
      walk.advance(
        step: step, drift: mu, inside: inside(k, futility: futility?[k]), next: shares[k + 1] - shares[k])
      share = shares[k]
    }
    return GroupSequentialOutcome(
      crossing: crossing, crossingBelow: below, futile: futile, expectedShare: expected)
  }

  /// The drift at which the test has its power if it stops for futility as `spending` says, and the
  /// bounds that do so; the last meets the critical value.
  func futility(spending beta: [Double]) -> (drift: Double, bounds: [Double]) {
    // The higher the drift, the less is missed.
    let drift = monotoneRoot(from: 0.1, outwards: 2) { drift in
      futility(spending: beta, drift: drift).missed - beta[beta.count - 1]
    }
    return (drift, futility(spending: beta, drift: drift).bounds)
  }

  /// - Returns: the bounds, and the chance that there is an effect of `drift` and none is found.
  private func futility(spending beta: [Double], drift: Double) -> (bounds: [Double], missed: Double) {
    var walk = GaussianWalk()
    var bounds: [Double] = []
    var (share, spent) = (0.0, 0.0)
    for k in shares.indices {
      let step = shares[k] - share
      let mu = drift * step
      let mass = { (z: Double) in futileMass(walk, k, bound: z, step: step, drift: mu) }
      if k + 1 == shares.count { return (bounds + [critical[k]], spent + mass(critical[k])) }
      let bound = bound(between: isTwoSided ? 0 : -37, and: critical[k]) { mass($0) - (beta[k] - spent) }
      bounds.append(bound)
      // What a look could not spend (two-sided bounds begin at 0), the next may.
      spent += mass(bound)
      walk.advance(
        step: step, drift: mu, inside: inside(k, futility: bound), next: shares[k + 1] - shares[k])
      share = shares[k]
    }
    return (bounds, spent)
  }

  private func bound(
    between least: Double, and most: Double, excess: (Double) -> Double
  ) -> Double {
    if excess(least) >= 0 { return least }
    let top = min(most, 37)
    return excess(top) <= 0 ? top : monotoneRoot(from: least, to: top, of: excess)
  }

  /// `P(futile at look k, going until then)`.
  private func futileMass(
    _ walk: GaussianWalk, _ k: Int, bound: Double?, step: Double, drift: Double
  ) -> Double {
    guard let bound, bound > (isTwoSided ? 0 : -.infinity) else { return 0 }
    let place = bound * shares[k].squareRoot()
    let under = walk.lowerTail(below: place, step: step, drift: drift)
    return isTwoSided ? under - walk.lowerTail(below: -place, step: step, drift: drift) : under
  }
}
