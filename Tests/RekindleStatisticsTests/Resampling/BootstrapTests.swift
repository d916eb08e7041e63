import RekindleCore
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct BootstrapTests {
  private let x: [Double] = [3, 5, 4, 9, 7.5, 1, 2, 6.5, 8, 5.5]
  private let y: [Double] = [6, 8, 11, 4, 9, 10, 7, 12]

  @Test func bcaAgreesWithSciPyOnItsReplicates() throws {
    let expected = try MeansFixture("resampling/expected.csv")
    func all(_ name: String) -> [Double] {
      expected.rows.filter { $0[0] == name }.map { Double($0[2]) ?? .nan }
    }
    func mean(_ v: [Double]) -> Double { v.reduce(0, +) / Double(v.count) }
    let (x, y) = (all("x"), all("y"))
    func without(_ i: Int, _ v: [Double]) -> Double { mean(v.enumerated().filter { $0.0 != i }.map(\.1)) }
    let distribution = BootstrapDistribution(
      estimate: mean(y) / mean(x) - 1, replicates: all("replicate"),
      jackknife: [
        x.indices.map { mean(y) / without($0, x) - 1 }, y.indices.map { without($0, y) / mean(x) - 1 },
      ])
    #expect(agrees(distribution.estimate, try expected.value("bca", "estimate")))
    let interval = distribution.interval(.bca)
    #expect(agrees(interval.lower, try expected.value("bca", "lower")))
    #expect(agrees(interval.upper, try expected.value("bca", "upper")))
    let less = distribution.interval(.bca, confidence: 0.9, alternative: .less)
    #expect(less.lower == -.infinity)
    #expect(agrees(less.upper, try expected.value("bca_less", "upper")))
  }

  @Test func standardErrorIsThatOfTheSamplesAsPopulations() {
    let effect = Bootstrap(control: x, variant: y).effect(replicates: 4000, seed: 3)
    func variance(_ v: [Double]) -> Double {
      let m = moments([v])
      return m.crossProduct(0, 0) / Double(m.count) / Double(m.count)
    }
    let truth = (variance(x) + variance(y)).squareRoot()
    #expect(abs(effect.standardError / truth - 1) < 0.04)
    #expect(effect.difference == Bootstrap.mean(y) - Bootstrap.mean(x))
    #expect(effect.pValue > 0 && effect.pValue < 0.05 && effect.liftInterval.lower > 0)
  }

  @Test func neitherThreadsNorOrderChangeDigits() {
    for method in BootstrapDistribution.IntervalMethod.allCases {
      let one = Bootstrap(control: x, variant: y).effect(method: method, replicates: 300, seed: 3)
      let turned = Bootstrap(control: x.reversed(), variant: y.reversed() + [.nan])
        .effect(method: method, replicates: 300, seed: 3, workers: Workers(3))
      // Not the whole, which holds a statistic that is NaN.
      #expect(turned.pValue == one.pValue && turned.standardError == one.standardError)
      #expect(turned.differenceInterval == one.differenceInterval)
      #expect(turned.liftInterval == one.liftInterval)
    }
  }

  @Test func pValuesInvertTheIntervals() {
    // Roots, so that few replicates are ties.
    let bootstrap = Bootstrap(
      control: x.map { ($0 * 7 + 1).squareRoot() }, variant: y.map { ($0 * 5 + 3).squareRoot() })
    let distribution = bootstrap.distribution(replicates: 4000, seed: 5, jackknife: true) {
      Bootstrap.mean($1) - Bootstrap.mean($0)
    }
    for method in BootstrapDistribution.IntervalMethod.allCases {
      let interval = distribution.interval(method, confidence: 0.9)
      for end in [interval.lower, interval.upper] {
        #expect(abs(distribution.pValue(at: end, method) - 0.1) < 0.005)
      }
    }
  }

  @Test func anyStatisticOfTwoSamplesWillDo() {
    let zeros = Bootstrap(control: [1, 2, 3], variant: [4, 4, 4])
    let distribution = zeros.distribution(replicates: 50, seed: 1) { ($1.max() ?? 0) - ($0.max() ?? 0) }
    #expect(distribution.estimate == 1 && distribution.replicates.allSatisfy { $0 >= 1 && $0 <= 3 })
    let median = zeros.effect(replicates: 99, seed: 1) { Quantiles($0).median }
    #expect(median.control == 2 && median.variant == 4)
  }

  @Test func whatHasNoIntervalIsSaid() {
    let around = Bootstrap(control: [-3, 2, 1, -1, 2], variant: y).effect(replicates: 500, seed: 1)
    #expect(around.liftInterval == .unbounded)
    let none = Bootstrap(control: [], variant: y)
    #expect(none.findings == [.noUnits(.control)])
    #expect(none.effect(replicates: 9, seed: 1).pValue.isNaN)
    let flat = Bootstrap(control: [2, 2], variant: [3, 3])
    #expect(flat.findings == [.constantArm(.control), .constantArm(.variant)])
    #expect(flat.effect(replicates: 9, seed: 1).pValue.isNaN)
  }
}
