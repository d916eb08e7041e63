/// Gauss's hypergeometric function ₂F₁(a, b; c; z) for real arguments and z < 1.
///
/// ```
/// F(a, b; c; z) = Σₙ (a)ₙ (b)ₙ / (c)ₙ · zⁿ / n!
/// F(a, b; c; z) = (1 − z)^(c − a − b) F(c − a, c − b; c; z)          (Euler)
/// F(a, b; c; z) = (1 − z)^(−a) F(a, c − b; c; z / (z − 1))           (Pfaff)
/// ```
/// A negative z goes through Pfaff's transformation into (0, 1). There the series is summed for
/// whichever of Euler's two forms has the smaller parameters: its terms grow least before they fall, so
/// that little is lost to cancellation, and the power is taken outside the sum, where it cannot overflow.
///
/// Accuracy: relative error below 1e-12 for |a|, |b|, |c| up to 100 with c > 0, a + b > 0 and z up to
/// 0.999 (tested against 50-digit values); near a zero of F the error is absolute. The cost grows as
/// 1 / (1 − z), and beyond five million terms the answer is NaN. NaN also for z ≥ 1 and where c is 0 or
/// a negative integer.
///
/// Source: Abramowitz and Stegun, 15.1.1, 15.3.3, 15.3.4.
public func hypergeometric2F1(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double {
  guard z < 1, a.isFinite, b.isFinite, c.isFinite, !(c <= 0 && c == c.rounded()) else { return .nan }
  if z == 0 || a == 0 || b == 0 { return 1 }
  if z < 0 {
    return exponential(-a * logarithm(onePlus: -z)) * hypergeometric2F1(a, c - b, c, z / (z - 1))
  }
  if abs(c - a) + abs(c - b) < abs(a) + abs(b) {
    return exponential((c - a - b) * logarithm(onePlus: -z)) * hypergeometricSeries(c - a, c - b, c, z)
  }
  return hypergeometricSeries(a, b, c, z)
}

/// The series at 0 < z < 1, summed with compensation: thousands of terms would each leave a rounding.
private func hypergeometricSeries(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double {
  var term = 1.0
  var sum = 1.0
  var lost = 0.0
  for n in 0..<5_000_000 {
    let k = Double(n)
    term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
    let next = sum + term
    lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
    // What is left is at most about term · z / (1 − z), once the ratio of terms has come near z.
    if abs(term) <= 1e-17 * abs(sum) * (1 - z), k > abs(a) + abs(b) + abs(c) || term == 0 {
      return sum + lost
    }
  }
  return .nan
}
