internal import RekindleNumerics

extension TwoProportions {
  /// Miettinen and Nurminen's interval: the differences that the score test, its variance widened by
  /// N / (N − 1), does not reject.
  ///
  /// ```
  /// |p̂₁ − p̂₀ − δ| ≤ z √((p̃₀ (1 − p̃₀)/n₀ + p̃₁ (1 − p̃₁)/n₁) N / (N − 1))
  /// ```
  /// An empty arm leaves [−1, 1].
  ///
  /// Source: O. Miettinen and M. Nurminen, "Comparative analysis of two rates", 1985.
  func scoreDifferenceInterval(critical z: Double) -> Interval {
    guard control.count > 0, variant.count > 0 else { return Self.allDifferences }
    let bound = z * widening.squareRoot()
    let middle = difference
    let lower =
      middle <= -1
      ? -1 : bracketedRoot(from: -1, to: middle) { $0 <= -1 ? .infinity : differenceStatistic($0) - bound }
    let upper =
      middle >= 1
      ? 1 : bracketedRoot(from: middle, to: 1) { $0 >= 1 ? -.infinity : differenceStatistic($0) + bound }
    return Interval(lower, upper)
  }

  /// The same of the ratio p₁ / p₀, from 0 to ∞ where the data set no end.
  func scoreRatioInterval(critical z: Double) -> Interval {
    guard control.count > 0, variant.count > 0 else { return Interval(0, .infinity) }
    let bound = z * widening.squareRoot()
    // Where the search starts: with no success an arm is given half of one.
    let start =
      max(Double(variant.successes), 0.5) / Double(variant.count)
      / (max(Double(control.successes), 0.5) / Double(control.count))
    let lower =
      variant.successes == 0 ? 0 : Self.ratioEnd(from: start, step: 0.5) { ratioStatistic($0) - bound }
    let upper =
      control.successes == 0
      ? .infinity : Self.ratioEnd(from: start, step: 2) { -(ratioStatistic($0) + bound) }
    return Interval(lower, upper)
  }

  /// The φ where `f`, negative on the near side, becomes 0 as φ goes away in factors of `step`.
  private static func ratioEnd(from start: Double, step: Double, _ f: (Double) -> Double) -> Double {
    var near = start
    // With all successes in one arm the start itself may lie outside.
    while f(near) > 0 { near /= step }
    var far = near
    repeat {
      near = far
      far *= step
    } while f(far) <= 0
    return bracketedRoot(from: near, to: far, of: f)
  }

  /// N / (N − 1).
  private var widening: Double {
    let total = Double(control.count + variant.count)
    return total / (total - 1)
  }

  static var allDifferences: Interval { Interval(-1, 1) }
  static var allLifts: Interval { Interval(-1, .infinity) }
}
