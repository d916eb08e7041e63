internal import RekindleNumerics

/// What a group-sequential test that has stopped says, honest about the stopping.
public struct GroupSequentialResult: Sendable, Hashable {
  /// Two-sided for a two-sided test.
  public let pValue: Double
  /// As likely too high as too low; the plain estimate of a test that stopped early is too far from 0.
  public let estimate: Double
  /// With confidence 1 − α; open on one side for a one-sided test.
  public let interval: Interval
}

extension GroupSequentialDesign {
  /// p-value, median-unbiased estimate and interval after the stop at a look, by the stagewise ordering:
  /// an earlier crossing is stronger evidence than any later one.
  ///
  /// ```
  /// p(θ) = P_θ( cross above before look k, or go on until k and Z_k ≥ z )
  /// p-value: p(0) (two-sided: twice the smaller tail);  estimate: p(θ) = ½;  interval: p(θ) = α/2 and 1 − α/2
  /// ```
  /// It depends only on the looks up to the stop. Futility bounds, being non-binding, have no part in it.
  ///
  /// Source: A. A. Tsiatis, G. L. Rosner, C. R. Mehta, "Exact confidence intervals following a group
  /// sequential test", Biometrics 40, 1984.
  /// - Parameters:
  ///   - look: index of the look at which the test stopped.
  ///   - estimate: of the effect, at the stop.
  ///   - standardError: of the estimate, > 0.
  /// - Returns: `nil` for a look that is not there, or a standard error that is none.
  public func result(look: Int, estimate: Double, standardError: Double) -> GroupSequentialResult? {
    guard looks.indices.contains(look), standardError > 0, estimate.isFinite else { return nil }
    let sign = alternative == .less ? -1.0 : 1.0
    let z = sign * estimate / standardError
    guard z.isFinite else { return nil }
    // One unit of drift, in the unit of the effect.
    let unit = sign * standardError * looks[look].share.squareRoot()
    let root = { (tail: Double) -> Double in
      // θ = z / √t is the plain estimate; the orderings differ from it by a few units at most.
      let start = z / self.looks[look].share.squareRoot()
      let gap = { (drift: Double) in self.stagewiseTails(look: look, z: z, drift: drift).above - tail }
      return monotoneRoot(from: start, outwards: gap(start) > 0 ? -1 : 1, of: gap) * unit
    }
    let atNull = stagewiseTails(look: look, z: z, drift: 0)
    let middle = root(0.5)
    switch alternative {
    case .twoSided:
      return GroupSequentialResult(
        pValue: min(1, 2 * min(atNull.above, atNull.below)), estimate: middle,
        interval: Interval(root(alpha / 2), root(1 - alpha / 2)))
    case .greater:
      return GroupSequentialResult(
        pValue: atNull.above, estimate: middle, interval: Interval(root(alpha), .infinity))
    case .less:
      return GroupSequentialResult(
        pValue: atNull.above, estimate: middle, interval: Interval(-.infinity, root(alpha)))
    }
  }

  /// An interval at any look, stopped or not, that holds the truth at all looks at once with 1 − α.
  ///
  /// ```
  /// estimate ± c_k SE
  /// ```
  /// Source: C. Jennison, B. W. Turnbull, "Interim analyses: the repeated confidence interval approach",
  /// JRSS B 51, 1989.
  public func repeatedInterval(look: Int, estimate: Double, standardError: Double) -> Interval {
    guard looks.indices.contains(look), standardError > 0 else { return .undefined }
    let reach = looks[look].criticalValue * standardError
    return switch alternative {
    case .twoSided: Interval(estimate - reach, estimate + reach)
    case .greater: Interval(estimate - reach, .infinity)
    case .less: Interval(-.infinity, estimate + reach)
    }
  }

  /// The smallest α with which the test, otherwise the same, would have stopped at this look. Valid at all
  /// looks at once; NaN for a look that is not there, at most 1.
  public func repeatedPValue(look: Int, estimate: Double, standardError: Double) -> Double {
    guard looks.indices.contains(look), standardError > 0, estimate.isFinite else { return .nan }
    let sides: Double = isTwoSided ? 2 : 1
    let signed = estimate / standardError
    let z = alternative == .twoSided ? abs(signed) : alternative == .less ? -signed : signed
    let shares = looks.map(\.share)
    let gap = { (logAlpha: Double) -> Double in
      let spent = Self.alphaSpent(
        exponential(logAlpha), shares: shares, spending: self.spending, sides: sides)
      let critical = Self.criticalValues(
        shares: Array(shares.prefix(look + 1)), spent: Array(spent.prefix(look + 1)),
        isTwoSided: self.isTwoSided)
      // What has no bound is out of reach.
      return min(critical[look], 50) - z
    }
    let largest = logarithm(0.999_999 * (isTwoSided ? 1 : 0.5))
    if gap(largest) >= 0 { return 1 }
    return exponential(monotoneRoot(from: -600, to: largest, tolerance: 1e-12, of: gap))
  }

  /// The chances, under `drift`, of an outcome as far up as `z` at `look`, or as far down.
  func stagewiseTails(look: Int, z: Double, drift: Double) -> (above: Double, below: Double) {
    let bounds = GroupSequentialBounds(
      shares: looks.map(\.share), critical: looks.map(\.criticalValue), isTwoSided: isTwoSided)
    var walk = GaussianWalk()
    var (share, above, below) = (0.0, 0.0, 0.0)
    for k in 0...look {
      let step = looks[k].share - share
      let root = looks[k].share.squareRoot()
      let mu = drift * step
      let place = (k == look ? z : looks[k].criticalValue) * root
      above += walk.upperTail(above: place, step: step, drift: mu)
      if k == look {
        below += walk.lowerTail(below: place, step: step, drift: mu)
        break
      }
      if isTwoSided { below += walk.lowerTail(below: -place, step: step, drift: mu) }
      walk.advance(
        step: step, drift: mu, inside: bounds.inside(k, futility: nil),
        next: looks[k + 1].share - looks[k].share)
      share = looks[k].share
    }
    return (above, below)
  }
}
