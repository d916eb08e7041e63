internal import RekindleNumerics

/// Always-valid intervals and p-values for conversions, and for any outcome between two bounds, that hold
/// at every sample size: no normal approximation.
///
/// For outcomes in [0, 1], `n` of them with sum `s`, and a mean of `p`,
///
/// ```
/// M(p) = B(a + s, b + n − s) / B(a, b) / ( p^s (1 − p)^(n − s) )
/// ```
/// starts at 1 and does not grow in expectation when `p` is the truth (for 0/1 outcomes it is an exact
/// martingale: the likelihood ratio of a beta mixture against `p`; for others `xᵢ` the convexity of
/// `e^{λx}` bounds it by that of 0/1 outcomes). By Ville's inequality it ever reaches 1/α with probability
/// at most α, so the set of `p` with `M(p) < 1/α` holds the truth at all moments at once.
///
/// Of two arms the product `M_c(p_c) M_v(p_v)` is such a process, too. The difference's interval is the
/// shadow of `{M_c M_v < 1/α}`: each difference is judged by the pair of means that fits it best. That is
/// narrower than two intervals at α/2 each. Only `n` and `s` of the moment are needed, so daily totals do.
///
/// `a` and `b`, ½ each by default, only set where it is narrowest; like α they are fixed beforehand.
///
/// Source: H. Robbins, "Statistical methods related to the law of the iterated logarithm", 1970;
/// S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, "Time-uniform, nonparametric, nonasymptotic
/// confidence sequences", Ann. Stat. 49(2), 2021, section 3.2 (beta-binomial mixture, sub-Bernoulli).
public struct BoundedConfidenceSequence: Sendable, Hashable {
  /// What is known of one arm.
  public struct Arm: Sendable, Hashable {
    public var count: Double
    /// Of the outcomes; conversions, for 0/1.
    public var sum: Double

    public init(count: Int, sum: Double) {
      self.count = Double(count)
      self.sum = sum
    }
  }

  public let alpha: Double
  /// The least and the greatest value that an outcome can have, whatever was seen.
  public let bounds: ClosedRange<Double>
  public let a: Double
  public let b: Double

  public init(
    alpha: Double = 0.05, bounds: ClosedRange<Double> = 0...1, a: Double = 0.5, b: Double = 0.5
  ) {
    self.alpha = alpha
    self.bounds = bounds
    self.a = a
    self.b = b
  }

  /// The interval of the mean of one arm; of no unit, the bounds.
  public func interval(_ arm: Arm) -> Interval {
    guard let log = evidence(arm) else { return .undefined }
    let ends = ends(from: 0, about: log.peak, to: 1) { log(mean: $0) }
    let width = bounds.upperBound - bounds.lowerBound
    return Interval(bounds.lowerBound + ends.lower * width, bounds.lowerBound + ends.upper * width)
  }

  /// The interval of `variant − control`.
  public func differenceInterval(control: Arm, variant: Arm) -> Interval {
    guard let c = evidence(control), let v = evidence(variant) else { return .undefined }
    let width = bounds.upperBound - bounds.lowerBound
    let ends = ends(from: -1, about: v.peak - c.peak, to: 1) { d in
      leastEvidence(c, v, offset: d, slope: 1)
    }
    return Interval(ends.lower * width, ends.upper * width)
  }

  /// The interval of `variant / control − 1`, for outcomes that begin at 0: where the lower bound of
  /// `bounds` is another, undefined. Infinite above where the control's mean may be 0.
  public func liftInterval(control: Arm, variant: Arm) -> Interval {
    guard bounds.lowerBound == 0, let c = evidence(control), let v = evidence(variant) else {
      return .undefined
    }
    // By the share variant / (control + variant), whose two ends are finite.
    let sum = c.peak + v.peak
    let ends = ends(from: 0, about: sum > 0 ? v.peak / sum : 0.5, to: 1) { share in
      leastEvidence(c, v, offset: 0, slope: share / (1 - share))
    }
    func lift(_ share: Double) -> Double { share < 1 ? share / (1 - share) - 1 : .infinity }
    return Interval(lift(ends.lower), lift(ends.upper))
  }

  /// The always-valid p-value of no difference, two-sided; across moments the smallest so far is valid.
  ///
  /// ```
  /// p = max over m of 1 / (M_c(m) M_v(m)), at most 1
  /// ```
  public func pValue(control: Arm, variant: Arm) -> Double {
    guard let c = evidence(control), let v = evidence(variant) else { return .nan }
    return min(1, exponential(-leastEvidence(c, v, offset: 0, slope: 1)))
  }

  /// ln M of one arm, as a function of the mean on [0, 1].
  private struct Evidence {
    let successes: Double
    let failures: Double
    /// ln B(a + s, b + n − s) − ln B(a, b).
    let mixture: Double

    /// Where the evidence against a mean is least.
    var peak: Double { successes + failures > 0 ? successes / (successes + failures) : 0.5 }

    func callAsFunction(mean p: Double) -> Double {
      var value = mixture
      // 0 ln 0 is 0: no success is no evidence against a mean of 0.
      if successes > 0 { value -= successes * (p > 0 ? logarithm(p) : -.infinity) }
      if failures > 0 { value -= failures * (p < 1 ? logarithm(onePlus: -p) : -.infinity) }
      return value
    }

    /// The derivative by the mean.
    func slope(mean p: Double) -> Double {
      (failures > 0 ? failures / (1 - p) : 0) - (successes > 0 ? successes / p : 0)
    }
  }

  private func evidence(_ arm: Arm) -> Evidence? {
    let width = bounds.upperBound - bounds.lowerBound
    let successes = (arm.sum - arm.count * bounds.lowerBound) / width
    // Sums of many values end a rounding beyond the bounds.
    let slack = 1e-9 * max(1, arm.count)
    guard width > 0, alpha > 0, alpha < 1, a > 0, b > 0, arm.count >= 0, successes >= -slack,
      successes <= arm.count + slack
    else { return nil }
    let s = min(max(successes, 0), arm.count)
    return Evidence(
      successes: s, failures: arm.count - s, mixture: logBeta(a + s, b + arm.count - s) - logBeta(a, b))
  }

  /// Where ln M reaches ln 1/α below and above its least value, or the end where it never does.
  private func ends(
    from lower: Double, about centre: Double, to upper: Double, _ logM: (Double) -> Double
  ) -> Interval {
    func excess(_ x: Double) -> Double {
      let y = logM(x) + logarithm(alpha)
      // Squeezed into −1 … 1, so that the search can interpolate beside an infinite end.
      return y < .infinity ? y / (1 + abs(y)) : 1
    }
    return Interval(
      excess(lower) <= 0 ? lower : monotoneRoot(from: lower, to: centre, of: excess),
      excess(upper) <= 0 ? upper : monotoneRoot(from: centre, to: upper, of: excess))
  }

  /// The least of `ln M_c(m) + ln M_v(offset + slope m)` over the `m` for which both are means.
  ///
  /// The sum is convex in `m`: the root of its derivative, or an end, is the place.
  private func leastEvidence(_ c: Evidence, _ v: Evidence, offset: Double, slope: Double) -> Double {
    // 0 − offset, because −0 would turn the slope at 0 around.
    let low = slope > 0 ? min(1, max(0, (0 - offset) / slope)) : 0
    let high = slope > 0 ? max(low, min(1, (1 - offset) / slope)) : 1
    let derivative = { (m: Double) -> Double in
      let y = c.slope(mean: m) + slope * v.slope(mean: min(1, max(0, offset + slope * m)))
      return abs(y) < .infinity ? y / (1 + abs(y)) : y > 0 ? 1 : -1
    }
    let m =
      derivative(low) >= 0
      ? low : derivative(high) <= 0 ? high : monotoneRoot(from: low, to: high, of: derivative)
    return c(mean: m) + v(mean: min(1, max(0, offset + slope * m)))
  }
}
