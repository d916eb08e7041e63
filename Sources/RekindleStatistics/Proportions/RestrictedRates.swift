/// The most likely rates of two arms among those that differ as a hypothesis says.
///
/// Written for the arms in the order (0, 1): `x` successes, `y` failures, `n` units.
struct RestrictedRates {
  var p0: Double
  var p1: Double

  /// With p₁ − p₀ = δ, −1 < δ < 1.
  ///
  /// ```
  /// x₀/p₀ − y₀/(1 − p₀) + x₁/p₁ − y₁/(1 − p₁) = 0
  /// ```
  /// The left side falls in p₀, so there is one root, or none and the likelihood is largest at an end.
  /// The closed form through the arc cosine loses half of the digits where roots nearly meet; Newton's
  /// steps on the cubic, kept in a bracket, lose none.
  static func difference(
    _ delta: Double, control: ProportionCounts, variant: ProportionCounts
  ) -> RestrictedRates {
    if delta < 0 {
      let swapped = difference(-delta, control: variant, variant: control)
      return RestrictedRates(p0: swapped.p1, p1: swapped.p0)
    }
    let (x0, y0) = (Double(control.successes), Double(control.failures))
    let (x1, y1) = (Double(variant.successes), Double(variant.failures))
    let room = 1 - delta
    if delta == 0 {
      let pooled = (x0 + x1) / (x0 + y0 + x1 + y1)
      return RestrictedRates(p0: pooled, p1: pooled)
    }
    // The score times p₀ (1 − p₀) p₁ (1 − p₁): the same sign, no pole. And its derivative.
    func cubic(_ p0: Double) -> (value: Double, slope: Double) {
      let (q0, p1, q1) = (1 - p0, p0 + delta, room - p0)
      let a = x0 * q0 - y0 * p0
      let b = x1 * q1 - y1 * p1
      let (v0, v1) = (p0 * q0, p1 * q1)
      return (a * v1 + b * v0, -(x0 + y0) * v1 + a * (q1 - p1) - (x1 + y1) * v0 + b * (q0 - p0))
    }
    // At an end one arm's variance is 0, and the cubic with it; its sign just inside is what counts.
    if x0 == 0, x1 / delta - y0 - y1 / room <= 0 { return RestrictedRates(p0: 0, p1: delta) }
    if y1 == 0, x0 / room - y0 / delta + x1 >= 0 { return RestrictedRates(p0: room, p1: 1) }
    var (low, high) = (0.0, room)
    var p = min(max((x0 + x1 - (x1 + y1) * delta) / (x0 + y0 + x1 + y1), 0.01 * room), 0.99 * room)
    for _ in 0..<100 {
      let (value, slope) = cubic(p)
      if value > 0 { low = p } else { high = p }
      var next = p - value / slope
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      if abs(next - p) <= 2 * p.ulp { return RestrictedRates(p0: next, p1: next + delta) }
      p = next
    }
    return RestrictedRates(p0: p, p1: p + delta)
  }

  /// With p₁ = φ p₀, φ > 0.
  ///
  /// ```
  /// N p₀² − B p₀ + X/φ = 0,   B = X + y₁ + (X + y₀)/φ,   X = x₀ + x₁
  /// B² − 4 N X/φ = (X + y₁ − (X + y₀)/φ)² + 4 y₀ y₁/φ
  /// ```
  /// The second line is why the root is exact: the discriminant is a sum of what is not negative.
  static func ratio(
    _ phi: Double, control: ProportionCounts, variant: ProportionCounts
  ) -> RestrictedRates {
    if phi > 1 {
      let swapped = ratio(1 / phi, control: variant, variant: control)
      return RestrictedRates(p0: swapped.p1, p1: swapped.p0)
    }
    let X = Double(control.successes + variant.successes)
    let (y0, y1) = (Double(control.failures), Double(variant.failures))
    // Multiplied by φ, so that φ may be as small as it likes.
    let (a, b) = (phi * (X + y1), X + y0)
    let root = ((a - b) * (a - b) + 4 * phi * y0 * y1).squareRoot()
    let p0 = min(1, 2 * X / (a + b + root))
    return RestrictedRates(p0: p0, p1: phi * p0)
  }
}
