/// A natural cubic spline with three degrees of freedom: four knots, linear beyond the outer two.
///
///     N₀(x) = x,   Nⱼ(x) = (dⱼ(x) − d₃(x)) / (k₄ − k₁)²,   j = 1, 2
///     dⱼ(x) = ((x − kⱼ)₊³ − (x − k₄)₊³) / (k₄ − kⱼ)
///
/// `k₁ < k₂ < k₃ < k₄` in the unit of `x`; the division keeps all three columns in that unit. Spans
/// the same functions as R's `ns(x, knots = c(k2, k3), Boundary.knots = c(k1, k4))`.
/// Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed., (5.4)-(5.5).
struct NaturalSpline: Sendable {
  let knots: [Double]

  /// Basis function `part` (0, 1, 2) at `x`.
  func value(_ part: Int, at x: Double) -> Double {
    guard part > 0 else { return x }
    let range = knots[3] - knots[0]
    return (ramp(part - 1, x) - ramp(2, x)) / (range * range)
  }

  private func ramp(_ knot: Int, _ x: Double) -> Double {
    let a = max(0, x - knots[knot])
    let b = max(0, x - knots[3])
    return (a * a * a - b * b * b) / (knots[3] - knots[knot])
  }
}
