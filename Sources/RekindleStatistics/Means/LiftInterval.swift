internal import RekindleNumerics

extension EstimatedArms {
  /// The interval of the lift by one of its methods; see ``LiftMethod``.
  func liftInterval(
    _ method: LiftMethod, confidence: Double, alternative: Alternative
  ) -> Interval {
    // The value of d − λ a falls with λ for a positive control: "variant above" then means a lower end.
    let hasLower = alternative == .twoSided || (alternative == .greater) == (control > 0)
    let hasUpper = alternative == .twoSided || !hasLower
    let ends: Interval
    switch method {
    case .fieller:
      ends = FiellerSet(arms: self, confidence: confidence, alternative: alternative).interval
    case .delta, .logDelta:
      let critical = ReferenceLaw(degreesOfFreedom: degreesOfFreedom(lift: lift))
        .criticalValue(confidence: confidence, alternative: alternative)
      let error = variance(lift: lift).squareRoot() / abs(control)
      if method == .delta {
        ends = Interval(lift - critical * error, lift + critical * error)
      } else {
        let ratio = variant / control
        guard ratio > 0 else { return .undefined }
        let factor = exponential(critical * error / ratio)
        ends = Interval(ratio / factor - 1, ratio * factor - 1)
      }
    }
    return Interval(hasLower ? ends.lower : -.infinity, hasUpper ? ends.upper : .infinity)
  }
}

extension EstimatedArms {
  /// The lift λ whose test has the statistic t: (d − λ a) / √Var(d − λ a) = t. `nil` where the control
  /// is no further than that from 0.
  func lift(atStatistic t: Double) -> Double? {
    let (a, d) = (control, difference)
    let leading = a * a - t * t * controlVariance
    guard leading > 0 else { return nil }
    let C = covariance - controlVariance
    let V = variance(lift: 0)
    // B² − A D of the quadratic, with the squares that cancel taken out by hand.
    let inside =
      a * a * V - 2 * a * d * C + d * d * controlVariance - t * t * (controlVariance * V - C * C)
    let root = (a > 0 ? t : -t) * max(0, inside).squareRoot()
    return (a * d - t * t * C - root) / leading
  }
}

/// The lifts that the two-arm test does not reject: Fieller's set.
///
/// ```
/// { λ : (d − λ a)² ≤ t(ν(λ))² Var(d − λ a) }
/// Var(d − λ a) = V_d − 2 λ C_da + λ² V_a,   C_da = C − V_a
/// ```
/// With one t it is a quadratic in λ. Where the test of `a = 0` does not reject, the set has no end, or
/// has a hole in place of one: both are told as unbounded, for no finite interval is honest. With
/// Welch's reference the degrees of freedom change along λ: each end is then found on its own, so that
/// the test at an end gives exactly 1 − confidence. (Taking those of λ = 0 throughout is simpler and,
/// in small unequal arms, wrong away from 0.)
///
/// Worked in λ and not in the ratio 1 + λ, which would lose the digits of a small lift.
///
/// Source: E. C. Fieller, "Some problems in interval estimation", JRSS B 16, 1954; A. C. Tamhane and
/// B. R. Logan, "Finding the maximum safe dose level for heteroscedastic data", 2004 (Satterthwaite).
struct FiellerSet {
  let arms: EstimatedArms
  let confidence: Double
  let alternative: Alternative

  var interval: Interval {
    switch arms.reference {
    case .normal: return quadratic(critical(nil))
    case .student(let freedom): return quadratic(critical(freedom))
    case .welch(let controlFreedom, let variantFreedom):
      let own = critical(controlFreedom)
      guard arms.control * arms.control > own * own * arms.controlVariance else { return .unbounded }
      // The degrees of freedom of a sum lie between the smaller part's and both together.
      let inner = quadratic(critical(controlFreedom + variantFreedom))
      let outer = quadratic(critical(min(controlFreedom, variantFreedom)))
      return Interval(end(from: inner.lower, to: outer.lower), end(from: inner.upper, to: outer.upper))
    }
  }

  private func critical(_ freedom: Double?) -> Double {
    ReferenceLaw(degreesOfFreedom: freedom)
      .criticalValue(confidence: confidence, alternative: alternative)
  }

  private func quadratic(_ t: Double) -> Interval {
    guard let one = arms.lift(atStatistic: t), let other = arms.lift(atStatistic: -t) else {
      return .unbounded
    }
    return Interval(min(one, other), max(one, other))
  }

  /// The end of the set between `inside`, which is in it, and `outside`, which is not: regula falsi with
  /// the Illinois rule.
  private func end(from inside: Double, to outside: Double) -> Double {
    var (low, high) = (inside, outside)
    if !high.isFinite {
      let step = max(abs(inside - arms.lift), abs(inside) * 1e-3, 1e-3)
      var reach = high < 0 ? -step : step
      high = inside + reach
      while excess(high) < 0 {
        reach *= 2
        high = inside + reach
        guard abs(reach) < 1e12 else { return outside }
      }
    }
    var (atLow, atHigh) = (excess(low), excess(high))
    guard atLow < 0, atHigh > 0 else { return atLow < 0 ? high : low }
    for _ in 0..<200 {
      let place = (low * atHigh - high * atLow) / (atHigh - atLow)
      guard abs(high - low) > 4 * Double.ulpOfOne * max(1e-300, abs(place)) else { return place }
      let atPlace = excess(place)
      if atPlace == 0 || place == low || place == high { return place }
      if atPlace < 0 {
        (low, atLow) = (place, atPlace)
        atHigh /= 2
      } else {
        (high, atHigh) = (place, atPlace)
        atLow /= 2
      }
    }
    return (low + high) / 2
  }

  /// Above 0 where the test rejects the lift.
  private func excess(_ lift: Double) -> Double {
    abs(arms.difference - lift * arms.control)
      - critical(arms.degreesOfFreedom(lift: lift)) * arms.variance(lift: lift).squareRoot()
  }
}
