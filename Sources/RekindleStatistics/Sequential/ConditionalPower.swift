internal import RekindleNumerics

/// Which effect is taken for true when one asks how the rest of a test will go.
public enum TrendAssumption: Sendable, Hashable {
  /// The effect that the test was planned for.
  case planned
  /// The effect as it is estimated now.
  case currentTrend
  /// Another: the expected Z at full information.
  case drift(Double)
}

extension GroupSequentialDesign {
  /// The chance that the test finds the effect at a later look, given where it stands.
  ///
  /// ```
  /// P( Z_j crosses its bound for some j > k | Z_k = z, θ )
  /// ```
  /// Futility bounds are not obeyed: the question is what going on could still give. A two-sided test is
  /// asked about the side that the assumed effect points to.
  ///
  /// Source: Jennison and Turnbull 2000, section 10.2.
  /// - Parameters:
  ///   - look: index of the look that has been made; at the last one nothing is to come: NaN.
  ///   - statistic: estimate / standard error, with its own sign.
  public func conditionalPower(look: Int, statistic: Double, assuming trend: TrendAssumption) -> Double {
    guard looks.indices.dropLast().contains(look), statistic.isFinite else { return .nan }
    let z = alternative == .less ? -statistic : statistic
    let drift =
      switch trend {
      case .planned: drift
      case .currentTrend: z / looks[look].share.squareRoot()
      case .drift(let value): alternative == .less ? -value : value
      }
    guard drift.isFinite else { return .nan }
    let side = isTwoSided && drift < 0 ? -1.0 : 1.0
    let later = looks[(look + 1)...]
    return Self.crossing(
      from: side * z * looks[look].share.squareRoot(), clock: looks[look].share,
      drift: side * drift, times: later.map(\.share),
      bounds: later.map { $0.criticalValue * $0.share.squareRoot() }, isTwoSided: isTwoSided)
  }

  /// Conditional power averaged over what is known of the effect now: the flat prior's posterior,
  /// N(z/√t, 1/t) on the scale of the drift.
  ///
  /// The posterior mean S/t is itself a Gaussian walk without drift, whose clock is −1/t, so that the
  /// average needs no integral of its own:
  ///
  /// ```
  /// S_j/t_j − S_k/t_k ~ N(0, 1/t_k − 1/t_j)
  /// ```
  /// A two-sided test is asked about the side on which it stands. Source: D. J. Spiegelhalter,
  /// L. S. Freedman, P. R. Blackburn, "Monitoring clinical trials: conditional or predictive power?",
  /// Controlled Clinical Trials 7, 1986.
  public func predictivePower(look: Int, statistic: Double) -> Double {
    guard looks.indices.dropLast().contains(look), statistic.isFinite else { return .nan }
    let z = alternative == .less ? -statistic : statistic
    let side = isTwoSided && z < 0 ? -1.0 : 1.0
    let now = looks[look].share
    let later = looks[(look + 1)...]
    return Self.crossing(
      from: side * z / now.squareRoot(), clock: -1 / now, drift: 0, times: later.map { -1 / $0.share },
      bounds: later.map { $0.criticalValue / $0.share.squareRoot() }, isTwoSided: isTwoSided)
  }

  /// `P(the walk from start crosses an upper bound)`, not having crossed a lower one before.
  private static func crossing(
    from start: Double, clock: Double, drift: Double, times: [Double], bounds: [Double], isTwoSided: Bool
  ) -> Double {
    var walk = GaussianWalk(start: start)
    var (time, sum) = (clock, 0.0)
    for k in times.indices {
      let step = times[k] - time
      sum += walk.upperTail(above: bounds[k], step: step, drift: drift * step)
      guard k + 1 < times.count else { break }
      walk.advance(
        step: step, drift: drift * step,
        inside: [Interval(isTwoSided ? -bounds[k] : -.infinity, bounds[k])],
        next: times[k + 1] - times[k])
      time = times[k]
    }
    return sum
  }
}
