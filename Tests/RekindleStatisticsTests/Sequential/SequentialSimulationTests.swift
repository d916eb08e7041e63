import Foundation
import RekindleNumerics
import RekindleStatistics
import Testing

/// Error rates under many looks, on seeded data: a few hundred runs each. With `REKINDLE_SIMULATION_RUNS`
/// set (10,000 a release build affords) every setting is run that often, and the rates are printed.
@Suite struct SequentialSimulationTests {
  let runs = Int(ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"] ?? "") ?? 300

  /// Two arms without a difference, 50 looks of 50 units an arm.
  @Test(arguments: [0.5, 0.1, 0.03])
  func confidenceSequencesOfConversionsRarelyCross(rate: Double) {
    let asymptotic = AsymptoticConfidenceSequence(tunedAt: 2500)
    let bounded = BoundedConfidenceSequence()
    var (crossed, crossedBounded, crossedPlain) = (0, 0, 0)
    for run in 0..<runs {
      var stream = RandomStream(seed: 1).stream(UInt64(run))
      var sums = [0, 0]
      var (least, leastBounded, leastPlain) = (1.0, 1.0, 1.0)
      for look in 1...50 {
        let n = 50 * look
        for arm in 0..<2 { for _ in 0..<50 where stream.bernoulli(rate) { sums[arm] += 1 } }
        let effect = difference(sums, n)
        least = min(
          least,
          asymptotic.pValue(estimate: effect.estimate, standardError: effect.error, units: Double(2 * n)))
        leastPlain = min(leastPlain, 2 * Normal().upperTail(abs(effect.estimate / effect.error)))
        let arms = sums.map { BoundedConfidenceSequence.Arm(count: n, sum: Double($0)) }
        leastBounded = min(leastBounded, bounded.pValue(control: arms[0], variant: arms[1]))
      }
      crossed += least <= 0.05 ? 1 : 0
      crossedBounded += leastBounded <= 0.05 ? 1 : 0
      crossedPlain += leastPlain <= 0.05 ? 1 : 0
    }
    report("rate \(rate), 50 looks: asymptotic", crossed, "bounded", crossedBounded, "plain z", crossedPlain)
    #expect(share(crossed) <= 0.05 && share(crossedBounded) <= 0.05 && share(crossedPlain) > 0.2)
  }

  /// Skewed revenue: most spend nothing, the rest by a long-tailed law.
  @Test func confidenceSequencesOfRevenueRarelyCross() {
    let sequence = AsymptoticConfidenceSequence(tunedAt: 5000)
    var crossed = 0
    for run in 0..<runs {
      var stream = RandomStream(seed: 2).stream(UInt64(run))
      var (sums, squares) = ([0.0, 0.0], [0.0, 0.0])
      var least = 1.0
      for look in 1...50 {
        for arm in 0..<2 {
          for _ in 0..<100 where stream.bernoulli(0.2) {
            let value = exp(3 + stream.normal())
            sums[arm] += value
            squares[arm] += value * value
          }
        }
        let n = Double(100 * look)
        let error = (0..<2).reduce(0) { $0 + (squares[$1] / n - pow(sums[$1] / n, 2)) / (n - 1) }.squareRoot()
        least = min(
          least, sequence.pValue(estimate: (sums[1] - sums[0]) / n, standardError: error, units: 2 * n))
      }
      crossed += least <= 0.05 ? 1 : 0
    }
    report("revenue, 50 looks: asymptotic", crossed)
    #expect(share(crossed) <= 0.05)
  }

  @Test(arguments: SpendingFunction.allCases)
  func groupSequentialTestsKeepTheirWord(spending: SpendingFunction) throws {
    let design = try GroupSequentialDesign(shares: [0.2, 0.5, 0.65, 1], spending: spending, power: 0.8)
    var (falseAlarms, found) = (0, 0)
    for run in 0..<runs {
      var stream = RandomStream(seed: 3).stream(UInt64(run))
      let none = stop(design, drift: 0, &stream)
      falseAlarms += abs(none.z) >= design.looks[none.look].criticalValue ? 1 : 0
      let stopped = stop(design, drift: design.drift, &stream)
      if stopped.z >= design.looks[stopped.look].criticalValue { found += 1 }
    }
    report("\(spending): false alarms", falseAlarms, "found", found)
    #expect(abs(share(falseAlarms) - 0.05) < 4 * (0.05 * 0.95 / Double(runs)).squareRoot())
    #expect(abs(share(found) - 0.8) < 4 * (0.8 * 0.2 / Double(runs)).squareRoot())
  }

  /// Obeyed, non-binding futility only lowers the false alarms; the power is as planned.
  @Test func futilityKeepsThePower() throws {
    let design = try GroupSequentialDesign(
      alpha: 0.025, alternative: .greater, shares: [0.3, 0.6, 1], futility: .obrienFleming, power: 0.9)
    var (falseAlarms, found, early) = (0, 0, 0)
    for run in 0..<runs {
      var stream = RandomStream(seed: 5).stream(UInt64(run))
      let none = stop(design, drift: 0, &stream)
      falseAlarms += none.z >= design.looks[none.look].criticalValue ? 1 : 0
      early += none.look < 2 ? 1 : 0
      let some = stop(design, drift: design.drift, &stream)
      found += some.z >= design.looks[some.look].criticalValue ? 1 : 0
    }
    report("futility: false alarms", falseAlarms, "found", found, "early without an effect", early)
    #expect(share(falseAlarms) < 0.025 + 4 * (0.025 / Double(runs)).squareRoot())
    #expect(abs(share(found) - 0.9) < 4 * (0.9 * 0.1 / Double(runs)).squareRoot())
    #expect(share(early) > 0.5)
  }

  /// The interval after the stop holds the truth in 95 %, the median-unbiased estimate is above it in half;
  /// the plain ones do neither.
  @Test func afterTheStopTheIntervalStillCovers() throws {
    let design = try GroupSequentialDesign(shares: [0.25, 0.5, 1], spending: .pocock)
    let drift = 2.5
    var (covered, above, plainAbove, repeated) = (0, 0, 0, 0)
    for run in 0..<runs {
      var stream = RandomStream(seed: 6).stream(UInt64(run))
      let stopped = stop(design, drift: drift, &stream)
      let error = 1 / design.looks[stopped.look].share.squareRoot()
      let estimate = stopped.z * error
      let result = try #require(
        design.result(look: stopped.look, estimate: estimate, standardError: error))
      covered += result.interval.contains(drift) ? 1 : 0
      above += result.estimate > drift ? 1 : 0
      plainAbove += estimate > drift ? 1 : 0
      repeated +=
        design.repeatedInterval(look: stopped.look, estimate: estimate, standardError: error).contains(drift)
        ? 1 : 0
    }
    report(
      "covered", covered, "median estimate above", above, "plain estimate above", plainAbove,
      "repeated interval covers", repeated)
    #expect(abs(share(covered) - 0.95) < 4 * (0.95 * 0.05 / Double(runs)).squareRoot())
    #expect(abs(share(above) - 0.5) < 4 * 0.5 / Double(runs).squareRoot())
    #expect(share(repeated) > 0.95 - 4 * (0.95 * 0.05 / Double(runs)).squareRoot())
    #expect(plainAbove > above)
  }

  /// A run of the test until it stops, futility obeyed.
  private func stop(
    _ design: GroupSequentialDesign, drift: Double, _ stream: inout RandomStream
  ) -> (look: Int, z: Double) {
    var (score, share) = (0.0, 0.0)
    for (index, look) in design.looks.enumerated() {
      let step = look.share - share
      score += drift * step + stream.normal() * step.squareRoot()
      share = look.share
      let z = score / share.squareRoot()
      let isOut = design.alternative == .twoSided ? abs(z) >= look.criticalValue : z >= look.criticalValue
      let isFutile = design.futilitySpending != nil && z <= look.futility
      if isOut || isFutile || index + 1 == design.looks.count { return (index, z) }
    }
    return (0, 0)
  }

  /// Unpooled, as an estimate has it.
  private func difference(_ sums: [Int], _ n: Int) -> (estimate: Double, error: Double) {
    let rates = sums.map { Double($0) / Double(n) }
    let variance = rates.reduce(0) { $0 + $1 * (1 - $1) } / Double(n)
    return (rates[1] - rates[0], variance.squareRoot())
  }

  private func share(_ count: Int) -> Double { Double(count) / Double(runs) }

  private func report(_ parts: Any...) {
    guard ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"] != nil else { return }
    print(parts.map { ($0 as? Int).map { "\(share($0))" } ?? "\($0)" }.joined(separator: " "))
  }
}
