import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct DunnettTests {
  /// Blood counts of Dunnett (1955): a control and two drugs.
  static let blood = [
    [7.40, 8.50, 7.20, 8.24, 9.84, 8.32], [9.76, 8.80, 7.68, 9.36], [12.80, 9.68, 12.16, 9.20, 10.55],
  ].map { moments([$0]) }

  /// R 4.2, multcomp 1.4 with mvtnorm: right to some 1e-5, by simulation.
  @Test func agreesWithMultcomp() throws {
    let result = Dunnett.equalVariances(control: Self.blood[0], variants: Array(Self.blood[1...]))
      .comparisons()
    let lines = try referenceLines("comparisons/pairs.csv").filter { $0[0] == "dunnett" }
    #expect(result.comparisons.count == 2 && lines.count == 2)
    for (comparison, line) in zip(result.comparisons, lines) {
      let r = line[2...].map { Double($0) ?? .nan }
      #expect(near(comparison.difference, r[0], 1e-11))
      #expect(near(comparison.standardError, r[1], 1e-11))
      #expect(abs(comparison.adjustedPValue - r[2]) < 2e-4)
      #expect(abs(comparison.interval.lower - r[3]) < 2e-3 && abs(comparison.interval.upper - r[4]) < 2e-3)
      #expect(comparison.degreesOfFreedom == 12)
      #expect(comparison.control == 0)
    }
    #expect(result.comparisons.map { $0.variant } == [1, 2])
  }

  @Test(arguments: Alternative.allCases)
  func intervalsDecideAsThePValues(_ alternative: Alternative) {
    let family = Dunnett(
      differences: [1, 0.4, -0.9, 0.02, 0.7], standardErrors: [0.4, 0.3, 0.35, 0.5, 0.31],
      controlStandardError: 0.22, degreesOfFreedom: 40)
    for confidence in [0.5, 0.8, 0.9, 0.95, 0.99] {
      for comparison in family.comparisons(confidence: confidence, alternative: alternative).comparisons {
        #expect((comparison.adjustedPValue <= 1 - confidence) == !comparison.interval.contains(0))
        #expect(comparison.adjustedPValue >= comparison.pValue)
      }
    }
    // An interval at confidence 1 − p ends at 0.
    for comparison in family.comparisons().comparisons where comparison.adjustedPValue < 0.9 {
      let at = family.comparisons(confidence: 1 - comparison.adjustedPValue).comparisons[
        comparison.variant - 1]
      let end = min(abs(at.interval.lower), abs(at.interval.upper))
      #expect(end < 1e-9)
    }
  }

  /// With own variances, p-values and degrees of freedom of each comparison alone are Welch's.
  @Test func ownVariancesAreWelchs() {
    let family = Dunnett.ownVariances(control: Self.blood[0], variants: Array(Self.blood[1...])).comparisons()
    for (comparison, arm) in zip(family.comparisons, Self.blood[1...]) {
      let welch = TwoMeans(control: Self.blood[0], variant: arm).effect()
      #expect(near(comparison.pValue, welch.pValue, 1e-12))
      #expect(near(comparison.degreesOfFreedom ?? .nan, welch.degreesOfFreedom ?? .nan, 1e-12))
      #expect(comparison.adjustedPValue > comparison.pValue)
      #expect(comparison.adjustedPValue < 2 * comparison.pValue)
    }
  }

  @Test func oneVariantIsAPlainTest() {
    let one = Dunnett.equalVariances(control: Self.blood[0], variants: [Self.blood[2]]).comparisons()
    let comparison = one.comparisons[0]
    #expect(near(comparison.adjustedPValue, comparison.pValue, 1e-12))
    #expect(near(comparison.criticalValue, StudentT(degreesOfFreedom: 9).upperQuantile(0.025), 1e-12))
  }

  /// With equal sizes and variances both versions have λ = √½, and differ by their degrees of freedom.
  @Test func ownVariancesInLargeSamples() {
    let arms = [10.0, 10.2, 10.5].map { Moments(count: 5000, means: [$0], crossProducts: [4 * 4999]) }
    let own = Dunnett.ownVariances(control: arms[0], variants: Array(arms[1...])).comparisons()
    let equal = Dunnett.equalVariances(control: arms[0], variants: Array(arms[1...])).comparisons()
    for (a, b) in zip(own.comparisons, equal.comparisons) {
      #expect(near(a.standardError, b.standardError, 1e-12))
      #expect(near(a.criticalValue, b.criticalValue, 1e-3))
      #expect(near(a.degreesOfFreedom ?? .nan, 9998, 1e-10))
    }
    // Far out nothing is 0 or negative.
    let far = Dunnett(differences: [30, 1], standardErrors: [1, 1], controlStandardError: 0.7).comparisons()
    #expect(far.comparisons[0].adjustedPValue > 1e-197 && far.comparisons[0].adjustedPValue < 1e-195)
  }

  @Test func anEmptyArmLeavesTheFamily() {
    let arms = Self.blood + [Moments(columns: 1)]
    let four = Dunnett.equalVariances(control: arms[0], variants: [arms[3], arms[1], arms[2]]).comparisons()
    let three = Dunnett.equalVariances(control: arms[0], variants: [arms[1], arms[2]]).comparisons()
    #expect(four.leftOut == [1])
    #expect(four.comparisons.map { $0.variant } == [2, 3])
    #expect(four.comparisons.map { $0.adjustedPValue } == three.comparisons.map { $0.adjustedPValue })
    let constant = (0..<3).map { Moments(count: 9, means: [Double($0)], crossProducts: [0]) }
    let none = Dunnett.ownVariances(control: constant[0], variants: Array(constant[1...])).comparisons()
    #expect(none.comparisons.isEmpty && none.leftOut == [1, 2])
  }
}
