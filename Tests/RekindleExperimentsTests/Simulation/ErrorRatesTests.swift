import Foundation
import RekindleCore
import RekindleExperiments
import RekindleNumerics
import Testing

/// Error rates of whole experiments, each from the deal to its p-values, intervals and looks.
///
/// Without `REKINDLE_SIMULATION_RUNS` a few hundred seeded runs of some settings; with it (`make simulate`)
/// every setting is run that often and its table printed. `RekindleStatisticsTests` has the estimators alone:
/// those of proportions added up over all tables, without Monte-Carlo error.
@Suite struct ErrorRatesTests {
  private static let wanted = ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"].flatMap {
    Int($0)
  }
  private static let runs = wanted ?? 200
  private static let workers = Workers(ProcessInfo.processInfo.activeProcessorCount)

  static let rates = wanted == nil ? [0.02, 0.5] : [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]
  static let perArm = wanted == nil ? [200] : [200, 1000, 5000, 10_000]

  /// Conversion: 5 % of false alarms at every base rate and size, intervals that hold the truth in 95 %; where
  /// a count of fewer than 10 is expected both may err to the safe side.
  @Test func conversions() throws {
    for perArm in Self.perArm {
      for rate in Self.rates {
        // Its own in every setting: one lucky stream would else shift all of them alike.
        let seed = UInt64(1000 * perArm) + UInt64(1000 * rate)
        let none = try ExperimentSimulation(
          rate: rate, units: 2 * perArm, options: .init(runs: Self.runs, seed: 2 * seed)
        ).run(workers: Self.workers)
        Self.print(none, "\(perArm) an arm, \(rate)")
        check(none, from: ["miettinen_nurminen", "boschloo"])
        let some = try ExperimentSimulation(
          rate: rate, lift: rate < 0.5 ? 0.5 : 0.2, units: 2 * perArm,
          options: .init(runs: Self.runs, seed: 2 * seed + 1)
        ).run(workers: Self.workers)
        Self.print(some, "\(perArm) an arm, \(rate)")
        check(some, from: ["miettinen_nurminen", "boschloo"])
        if perArm >= 200, Double(perArm) * rate >= 10, Self.wanted != nil {
          for line in some.lines + none.lines
          where line.estimator == "miettinen_nurminen"
            && [.differenceCoverage, .liftCoverage].contains(line.measure)
          {
            // Half a point, and what 10,000 runs leave open.
            #expect(abs(line.found - 0.95) <= 0.005 + 3 * line.error, "\(perArm) \(rate) \(line)")
          }
        }
      }
    }
  }

  /// A confidence sequence looked at 50 times crosses in at most 5 %; planned looks spend 5 % in all.
  @Test func looks() throws {
    let plans: [(Plan.Looking, looks: Int?)] = [
      (.alwaysValid(tunedAt: nil), Self.wanted == nil ? 10 : 50),
      (.groupSequential(shares: [0.25, 0.5, 0.75, 1], spending: .obrienFleming, futility: nil), nil),
      (.groupSequential(shares: [0.2, 0.5, 0.65, 1], spending: .pocock, futility: nil), nil),
    ]
    for (looking, looks) in plans {
      for rate in Self.wanted == nil ? [0.1] : [0.02, 0.1, 0.5] {
        let experiment = Experiment(
          id: "looks", arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a",
          plan: Plan(looking: looking))
        let report = try ExperimentSimulation(
          rate: rate, units: 10_000, of: experiment,
          options: .init(runs: Self.runs, seed: 13, looks: looks)
        ).run(workers: Self.workers)
        Self.print(report, "5000 an arm, \(rate), \(looks ?? 4) looks")
        for line in report.lines where line.measure == .anyLook {
          #expect(line.verdict != .doesNotHold, "\(line)")
        }
        for line in report.lines where line.measure == .peeking { #expect(line.found > 0.08, "\(line)") }
      }
    }
  }

  /// Revenue of customers most of whom buy nothing, dealt again: the usual estimators keep their word in equal
  /// arms, and the permutation test in any.
  @Test func revenue() throws {
    for (units, control) in Self.wanted == nil
      ? [(400, 0.5)] : [(400, 0.5), (2000, 0.5), (10_000, 0.5), (400, 0.9), (2000, 0.9)]
    {
      let experiment = Experiment(
        id: "revenue", arms: [.init("a", weight: control), .init("b", weight: 1 - control)], control: "a",
        metrics: [Metric("revenue", kind: .mean, covariates: ["prior"])])
      var stream = RandomStream(seed: 5)
      var (revenue, prior): ([Double], [Double]) = ([], [])
      for _ in 0..<units {
        let known = stream.normal()
        revenue.append(
          stream.bernoulli(0.15) ? exponential(3 + (known + stream.normal()) / 2.0.squareRoot()) : 0)
        prior.append(stream.bernoulli(0.5) ? exponential(3 + known / 2.0.squareRoot()) : 0)
      }
      let batch = UnitBatch(
        rowCount: units, arms: CodedColumn(codes: [Int32](repeating: 0, count: units), dictionary: ["a"]),
        numbers: [revenue, prior])
      let report = try ExperimentSimulation(
        dealing: try SimulationUnits(of: experiment, from: UnitBatches([batch])), of: experiment,
        options: .init(runs: Self.runs, seed: 14)
      ).run(workers: Self.workers)
      Self.print(report, "\(units) units, \(control) in the control")
      if control == 0.5 { check(report, from: ["welch", "lin", "permutation"]) }
      for line in report.lines where line.estimator == "permutation" && line.measure == .falseAlarms {
        #expect(line.verdict == .holds, "\(line)")
      }
    }
  }

  private func check(_ report: SimulationReport, from estimators: [String]) {
    for line in report.lines where estimators.contains(line.estimator) {
      #expect(line.verdict != .doesNotHold, "\(report.heading): \(line)")
    }
  }

  private static func print(_ report: SimulationReport, _ setting: String) {
    guard wanted != nil else { return }
    func percent(_ value: Double) -> String { String(format: "%6.2f", 100 * value) }
    for line in report.lines where line.measure != .estimate {
      let promised = line.promised.isNaN ? "" : " of \(percent(line.promised)) promised"
      Swift.print(
        "\(setting) | \(line.estimator) | \(line.measure.rawValue) | \(percent(line.found)) ± \(percent(line.error))"
          + "\(promised) | \(line.verdict.rawValue)")
    }
  }
}
