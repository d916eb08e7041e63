internal import RekindleNumerics

/// How many of some units did the thing: the sufficient numbers of a proportion.
public struct ProportionCounts: Sendable, Hashable {
  public let successes: Int
  public let count: Int

  /// - Precondition: 0 ≤ successes ≤ count.
  public init(successes: Int, count: Int) {
    precondition(0 <= successes && successes <= count, "successes outside 0...count")
    self.successes = successes
    self.count = count
  }

  public var failures: Int { count - successes }

  /// successes / count; NaN of no unit.
  public var rate: Double { count > 0 ? Double(successes) / Double(count) : .nan }

  /// p (1 − p) / n of the observed rate; NaN of no unit.
  var rateVariance: Double {
    let n = Double(count)
    return count > 0 ? Double(successes) / n * (Double(failures) / n) / n : .nan
  }

  /// Wilson's interval: the rates that the score test does not reject.
  ///
  /// ```
  /// (p̂ − p)² = z² p (1 − p) / n
  /// ```
  /// `confidence` is two-sided. No continuity correction. Of no unit: [0, 1].
  ///
  /// Source: E. B. Wilson, 1927; `prop.test(correct = FALSE)` of R.
  public func wilson(confidence: Double = 0.95) -> Interval {
    wilson(critical: Normal().upperQuantile((1 - confidence) / 2))
  }

  func wilson(critical z: Double) -> Interval {
    guard count > 0 else { return Interval(0, 1) }
    // Each end from the tail that it is near: no digit is lost where the rate is near 0 or 1.
    let lower = Self.wilsonLower(successes, failures, z)
    let upper = 1 - Self.wilsonLower(failures, successes, z)
    return Interval(lower, upper)
  }

  /// The smaller root of (n + z²) p² − (2x + z²) p + x²/n = 0, as the quotient that cancels nothing.
  private static func wilsonLower(_ x: Int, _ y: Int, _ z: Double) -> Double {
    guard x > 0 else { return 0 }
    let (x, y, square) = (Double(x), Double(y), z * z)
    let n = x + y
    let root = z * (square + 4 * x * (y / n)).squareRoot()
    return 2 * x * (x / n) / (2 * x + square + root)
  }

  /// Clopper and Pearson's interval: the rates that neither exact binomial tail rejects.
  ///
  /// ```
  /// P(X ≥ x | lower) = α/2,   P(X ≤ x | upper) = α/2
  /// ```
  /// `confidence` 1 − α is two-sided and never undershot. Of no unit: [0, 1].
  ///
  /// Source: C. J. Clopper and E. S. Pearson, 1934; `binom.test` of R.
  public func clopperPearson(confidence: Double = 0.95) -> Interval {
    let tail = (1 - confidence) / 2
    let (x, y) = (Double(successes), Double(failures))
    return Interval(
      successes == 0 ? 0 : Beta(x, y + 1).quantile(tail),
      failures == 0 ? 1 : Beta(x + 1, y).upperQuantile(tail))
  }
}
