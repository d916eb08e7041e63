internal import RekindleNumerics

/// How many units each arm got, against the shares that were planned: when the two do not fit, units were
/// lost or sent elsewhere, and every comparison of the arms is in doubt.
public struct SampleRatio: Sendable, Hashable {
  public let counts: [Int]
  /// Planned shares, in the order of `counts`; they need not add up to 1.
  public let weights: [Double]

  /// - Precondition: as many weights as counts; none negative.
  public init(counts: [Int], weights: [Double]) {
    precondition(counts.count == weights.count, "one weight a count")
    precondition(counts.allSatisfy { $0 >= 0 } && weights.allSatisfy { $0 >= 0 && $0 < .infinity })
    self.counts = counts
    self.weights = weights
  }

  /// Which test gave the p-value.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Pearson's, with the planned arms − 1 degrees of freedom.
    case chiSquare = "chi_square"
    /// The mass of all allocations that are no likelier than the one seen; with two arms `binom.test` of R.
    case exactMultinomial = "exact_multinomial"
    /// The smallest exact binomial p-value of one arm against the rest, times the number of arms.
    case exactArms = "exact_arms"
  }

  /// What the test found.
  public struct Test: Sendable, Hashable {
    public var method: Method
    /// Pearson's Σ (count − expected)² / expected over the planned arms, whatever the method.
    public var statistic: Double
    /// Planned arms − 1.
    public var degreesOfFreedom: Int
    /// Over the planned arms alone; NaN without any unit in them, 1 of a single arm.
    public var pValue: Double
    /// Of every arm, in units; 0 where the weight is 0.
    public var expected: [Double]
    /// Arms of weight 0 that have units all the same: no chance explains them.
    public var unplannedArms: [Int]

    /// Whether there is a mismatch: a p-value below `alpha`, or any unit in an arm of weight 0.
    public func fails(alpha: Double = 0.001) -> Bool { pValue < alpha || !unplannedArms.isEmpty }
  }

  /// Below this many units the test is exact.
  public static let exactBelow = 1000

  /// The test of the planned shares.
  ///
  /// Arms of weight 0 take no part: they bring no degree of freedom, and any unit in them is named in
  /// `unplannedArms`. From 1,000 units on it is Pearson's test. Below it is exact as long as two million
  /// products do: up to four arms always, six arms up to 226 units, eight up to 80, twelve up to 30. Beyond
  /// that it is Pearson's test again if at least 5 units are expected in each arm, and else the exact
  /// binomial tests of each arm with Bonferroni's correction. No method draws random numbers.
  public func test() -> Test {
    let planned = counts.indices.filter { weights[$0] > 0 }
    let seen = planned.map { counts[$0] }
    let total = seen.reduce(0, +)
    let sum = planned.reduce(0) { $0 + weights[$1] }
    let shares = planned.map { weights[$0] / sum }
    let expected = shares.map { Double(total) * $0 }
    let statistic = zip(seen, expected).reduce(0.0) { sum, cell in
      let distance = Double(cell.0) - cell.1
      return cell.1 > 0 ? sum + distance * distance / cell.1 : sum
    }
    var all = [Double](repeating: 0, count: counts.count)
    for (position, arm) in planned.enumerated() { all[arm] = expected[position] }
    var test = Test(
      method: .chiSquare, statistic: statistic, degreesOfFreedom: max(0, planned.count - 1), pValue: .nan,
      expected: all, unplannedArms: counts.indices.filter { weights[$0] == 0 && counts[$0] > 0 })
    guard total > 0 else { return test }
    guard planned.count > 1 else {
      test.pValue = 1
      return test
    }
    if total < Self.exactBelow {
      if MultinomialTest.work(units: total, arms: planned.count) <= 2e6 {
        test.method = .exactMultinomial
        test.pValue = MultinomialTest(counts: seen, shares: shares).pValue
        return test
      }
      if expected.contains(where: { $0 < 5 }) {
        test.method = .exactArms
        let smallest = zip(seen, shares).map { count, share in
          MultinomialTest(counts: [count, total - count], shares: [share, 1 - share]).pValue
        }.min()
        test.pValue = min(1, (smallest ?? .nan) * Double(planned.count))
        return test
      }
    }
    test.pValue = ChiSquared(degreesOfFreedom: Double(test.degreesOfFreedom)).upperTail(statistic)
    return test
  }
}
