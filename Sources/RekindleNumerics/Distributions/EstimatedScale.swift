/// What becomes of an upper tail of normal variables when their common standard deviation is estimated.
///
/// ```
/// E g(x s),   s = χ_ν / √ν
/// ```
/// `g` is the tail when the standard deviation is known, between 0 and 1 and falling; ν > 0 the degrees of
/// freedom, or infinite, when s = 1.
///
/// With u = log s the density is `exp(−ν (e²ᵘ − 1 − 2u) / 2)` up to a constant, the integrand is analytic
/// and falls off at both ends, and the trapezoidal rule on the whole line converges faster than any power
/// of its step. The constant is the rule's own sum of the density, which is exact to the same order and
/// has none of the cancellation of `log Γ(ν/2)` at large ν. Nothing is subtracted from 1, so a tail of
/// 1e-200 has as many digits as one of 0.05.
///
/// Source: of the rule's convergence, L. N. Trefethen and J. A. C. Weideman, "The exponentially convergent
/// trapezoidal rule", SIAM Review 56, 2014.
enum EstimatedScale {
  static func tail(at x: Double, degreesOfFreedom nu: Double, of g: (Double) -> Double) -> Double {
    guard nu > 0 else { return .nan }
    guard nu.isFinite else { return g(x) }
    // The bell over u has a standard deviation near 1/√(2ν); for few degrees of freedom the step is held
    // down by the distance of π/4 at which e²ᵘ turns the integrand over.
    let step = 0.7 / (2 * nu + 25).squareRoot()
    var mass = 0.0
    var sum = 0.0
    let weight = { (u: Double) in exponential(-0.5 * nu * (exponentialMinusOne(2 * u) - 2 * u)) }
    var place = 0
    while true {
      let u = Double(place) * step
      let w = weight(u)
      if w < 1e-20 { break }
      mass += w
      sum += w * g(x * exponential(u))
      place += 1
    }
    place = -1
    while true {
      let u = Double(place) * step
      let w = weight(u)
      // To the left g rises, to 1 at most; what is left of the sum is bounded by the density's.
      if w < 1e-18 * sum || w == 0 { break }
      mass += w
      sum += w * g(x * exponential(u))
      place -= 1
    }
    return sum / mass
  }

  /// Where a falling tail is `probability`: regula falsi on the logarithm of the tail over that of x, in
  /// which both a power and a Gaussian are nearly straight.
  /// - Parameters:
  ///   - lower: where the answer is looked for; the search leaves the bounds when it must.
  ///   - upper: likewise.
  /// - Returns: NaN for a probability that is not between 0 and the tail at 0.
  static func quantile(
    _ probability: Double, between lower: Double, and upper: Double, of tail: (Double) -> Double
  ) -> Double {
    guard probability > 0, probability < 1, tail(0) > probability else { return .nan }
    let goal = logarithm(probability)
    func excess(_ logX: Double) -> Double { logarithm(tail(exponential(logX))) - goal }
    // Opened a little: a bound that is the answer itself may be on either side of it by rounding.
    var high = upper > 0 && upper.isFinite ? logarithm(upper) + 1e-9 : 0
    var low = lower > 0 ? min(high, logarithm(lower)) - 2e-9 : high - 0.5
    var (atLow, atHigh) = (excess(low), excess(high))
    while atLow < 0 {
      guard low > -300 else { return .nan }
      (high, atHigh) = (low, atLow)
      low -= 0.5
      atLow = excess(low)
    }
    while atHigh > 0 {
      guard high < 300 else { return .nan }
      (low, atLow) = (high, atHigh)
      high += 0.5
      atHigh = excess(high)
    }
    // The Illinois way: an end that stays twice has its weight halved.
    for _ in 0..<100 {
      guard high - low > 1e-15 else { break }
      let place = atHigh.isFinite ? (low * atHigh - high * atLow) / (atHigh - atLow) : 0.5 * (low + high)
      guard place > low, place < high else { break }
      let value = excess(place)
      if abs(value) < 1e-13 { return exponential(place) }
      if value > 0 {
        (low, atLow) = (place, value)
        atHigh /= 2
      } else {
        (high, atHigh) = (place, value)
        atLow /= 2
      }
    }
    return exponential(0.5 * (low + high))
  }
}
