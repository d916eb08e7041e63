/// The place between `a` and `b` where `f`, of opposite signs there, is 0.
///
/// Inverse quadratic interpolation where it is safe, bisection elsewhere: never more than a few times
/// the evaluations of bisection, whatever `f`. Ends when the bracket is as narrow as `a` and `b` can
/// tell, or narrower than `tolerance` (in the unit of `x`).
///
/// Source: T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm", 1997.
package func bracketedRoot(
  from a: Double, to b: Double, tolerance: Double = 0, of f: (Double) -> Double
) -> Double {
  var (x1, f1) = (b, f(b))
  var (x2, f2) = (a, f(a))
  if f1 == 0 { return x1 }
  if f2 == 0 { return x2 }
  var (x3, f3) = (x2, f2)
  var step = 0.5
  for _ in 0..<200 {
    let x = x2 + step * (x1 - x2)
    let value = f(x)
    if (value > 0) == (f2 > 0) {
      (x3, f3) = (x2, f2)
    } else {
      (x3, f3) = (x1, f1)
      (x1, f1) = (x2, f2)
    }
    (x2, f2) = (x, value)
    let (best, bestValue) = abs(f1) < abs(f2) ? (x1, f1) : (x2, f2)
    let narrow = max(2 * best.ulp, tolerance) / abs(x1 - x2)
    if bestValue == 0 || narrow >= 0.5 { return best }
    let xi = (x2 - x1) / (x3 - x1)
    let phi = (f2 - f1) / (f3 - f1)
    if phi * phi < xi, (1 - phi) * (1 - phi) < 1 - xi {
      step =
        f2 / (f1 - f2) * (f3 / (f1 - f3))
        + (x3 - x2) / (x1 - x2) * (f2 / (f3 - f2)) * (f1 / (f3 - f1))
    } else {
      step = 0.5
    }
    step = min(max(step, narrow), 1 - narrow)
  }
  return abs(f1) < abs(f2) ? x1 : x2
}
