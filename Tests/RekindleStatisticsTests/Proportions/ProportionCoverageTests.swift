import Foundation
import RekindleNumerics
import RekindleStatistics
import Testing

/// How often the default test rejects and the default intervals hold the truth: added up over all pairs of
/// counts that two arms may show, so that there is no Monte-Carlo error.
///
/// With `REKINDLE_SIMULATION_RUNS` set the table goes up to 10,000 units an arm and is printed; it needs a
/// release build.
@Suite struct ProportionCoverageTests {
  static let rates = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]

  struct Rates {
    var size = 0.0
    var difference = 0.0
    var lift = 0.0
  }

  /// - Parameters p0, p1: The true rates; `size` is a false alarm only where they are the same.
  static func exactRates(_ n0: Int, _ n1: Int, _ p0: Double, _ p1: Double) -> Rates {
    let (low0, masses0) = band(n0, p0)
    let (low1, masses1) = band(n1, p1)
    let z = Normal().upperQuantile(0.025)
    let widened = z * (Double(n0 + n1) / Double(n0 + n1 - 1)).squareRoot()
    var rates = Rates()
    for (i, a) in masses0.enumerated() {
      for (j, b) in masses1.enumerated() where a * b > 1e-11 {
        let two = TwoProportions(
          control: ProportionCounts(successes: low0 + i, count: n0),
          variant: ProportionCounts(successes: low1 + j, count: n1))
        // An interval holds a value just when the statistic at that value is within its bound.
        if two.scoreTest().pValue <= 0.05 { rates.size += a * b }
        if abs(two.differenceStatistic(p1 - p0)) <= widened { rates.difference += a * b }
        if abs(two.ratioStatistic(p1 / p0)) <= widened { rates.lift += a * b }
      }
    }
    return rates
  }

  /// The masses but for some 10⁻¹⁰ on each side, and the count of the first.
  private static func band(_ n: Int, _ p: Double) -> (Int, [Double]) {
    let binomial = Binomial(trials: n, probability: p)
    let reach = 6.5 * (Double(n) * p * (1 - p)).squareRoot() + 12
    let range = max(0, Int(Double(n) * p - reach))...min(n, Int(Double(n) * p + reach))
    return (range.lowerBound, range.map { binomial.mass($0) })
  }

  /// From 200 units an arm on: 5 % of false alarms (at most a fifth of a point above), coverage within half a
  /// point of 95 % wherever 10 or more successes are expected in each arm. With fewer, counts are so coarse
  /// that no interval comes near everywhere: both then err to the safe side by more than that.
  @Test(arguments: rates) func smallArms(_ rate: Double) { check(200, rate) }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"] != nil,
      "set REKINDLE_SIMULATION_RUNS for the whole table"))
  func wholeTable() {
    for n in [1000, 10_000] {
      for rate in Self.rates { check(n, rate) }
    }
  }

  private func check(_ n: Int, _ rate: Double) {
    let same = Self.exactRates(n, n, rate, rate)
    let other = Self.exactRates(n, n, rate, min(0.95, 1.5 * rate))
    if ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"] != nil {
      print(n, rate, same, other)
    }
    #expect(same.size <= 0.052)
    #expect(same.difference >= 0.945 && same.lift >= 0.945)
    #expect(other.difference >= 0.945 && other.lift >= 0.945)
    guard Double(n) * rate >= 10 else { return }
    #expect(same.size >= 0.045)
    #expect(abs(same.difference - 0.95) <= 0.005 && abs(same.lift - 0.95) <= 0.005)
    #expect(abs(other.difference - 0.95) <= 0.005 && abs(other.lift - 0.95) <= 0.005)
  }
}
