import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct ExperimentSimulationTests {
  typealias Line = SimulationReport.Line

  private static func experiment(
    _ metrics: [Metric], weights: [Double] = [0.5, 0.5], plan: Plan = Plan(),
    correction: Experiment.Correction = .holm
  ) -> Experiment {
    Experiment(
      id: "test",
      arms: weights.enumerated().map { Experiment.Arm("arm\($0.offset)", weight: $0.element) },
      control: "arm0", metrics: metrics, plan: plan, correction: correction)
  }

  /// Revenue of which few pay, with a tail; conversion; a covariate.
  private static func units(_ count: Int, of experiment: Experiment, seed: UInt64 = 3) throws
    -> SimulationUnits
  {
    var stream = RandomStream(seed: seed)
    let names = UnitSchema(experiment).numbers
    var columns: [String: [Double]] = [:]
    for _ in 0..<count {
      let known = stream.normal()
      let buys = stream.bernoulli(0.15)
      columns["bought", default: []].append(buys ? 1 : 0)
      let spent = buys ? exponential(3 + known + stream.normal()) : 0
      columns["revenue", default: []].append(spent)
      columns["orders", default: []].append(Double(stream.poisson(mean: 2) + 1))
      columns["prior", default: []].append(10 + 4 * known)
      columns["even", default: []].append(20 + 3 * known + 3 * stream.normal())
    }
    return try SimulationUnits(
      of: experiment,
      from: UnitBatches([
        UnitBatch(
          rowCount: count,
          arms: CodedColumn(codes: [Int32](repeating: 0, count: count), dictionary: ["arm0"]),
          numbers: names.map { columns[$0] ?? [] })
      ]))
  }

  private func line(
    _ report: SimulationReport, _ estimator: String, _ measure: SimulationReport.Measure,
    metric: String? = nil
  ) throws -> Line {
    try #require(
      report.lines.first {
        $0.estimator == estimator && $0.measure == measure && (metric == nil || $0.metric == metric)
      }, "\(estimator) \(measure): \(report.lines.map { "\($0.estimator) \($0.measure)" })")
  }

  @Test func equalArmsOfRevenueHold() throws {
    let experiment = Self.experiment([
      Metric("revenue", kind: .mean, covariates: ["prior"]),
      Metric("bought", role: .secondary, kind: .proportion),
      Metric("basket", role: .secondary, kind: .ratio(denominator: "orders"), column: "revenue"),
      Metric("middle", role: .secondary, kind: .quantile(0.5), column: "even"),
    ])
    let report = try ExperimentSimulation(
      dealing: Self.units(400, of: experiment), of: experiment, options: .init(runs: 200)
    ).run(workers: Workers(2))
    for estimator in ["lin", "welch", "permutation", "boschloo", "miettinen_nurminen", "delta", "quantile"] {
      let alarms = try line(report, estimator, .falseAlarms)
      #expect(alarms.runs == 200)
      // 10 are expected, with a standard deviation of 3.1.
      #expect((0...0.11).contains(alarms.found), "\(estimator): \(alarms.found)")
      #expect(alarms.interval.contains(alarms.found))
      let coverage = try line(report, estimator, .differenceCoverage)
      #expect((0.89...1).contains(coverage.found), "\(estimator): \(coverage.found)")
    }
    // Where test and interval are one, what is not covered is what was rejected.
    let welch = try line(report, "welch", .falseAlarms)
    #expect(abs(welch.found + (try line(report, "welch", .differenceCoverage)).found - 1) < 1e-12)
    #expect(report.holds)
    #expect(report.words[0].hasPrefix("revenue: lin holds"))
  }

  /// Nine to one, and a tail: Welch rejects too often; the permutation test, which is put forward, does not.
  @Test func unequalArmsOfSkewedRevenueDoNotHold() throws {
    let experiment = Self.experiment([Metric("revenue", kind: .mean)], weights: [0.9, 0.1])
    let report = try ExperimentSimulation(
      dealing: Self.units(1000, of: experiment), of: experiment, options: .init(runs: 600)
    ).run(workers: Workers(2))
    let welch = try line(report, "welch", .falseAlarms)
    #expect(welch.verdict == .doesNotHold && welch.found > 0.08)
    #expect(try line(report, "permutation", .falseAlarms).verdict == .holds)
    #expect(!report.holds)
    #expect(report.failures.allSatisfy { $0.estimator == "welch" })
    #expect(report.words[0].contains("revenue: welch does not hold"))
    #expect(report.words[0].contains("unlike size"))
    #expect(report.words[0].contains("`method: permutation`"))
  }

  @Test func threadsChangeNothingAndSeedsDo() throws {
    let experiment = Self.experiment(
      [Metric("revenue", kind: .mean), Metric("bought", kind: .proportion)],
      plan: Plan(looking: .alwaysValid(tunedAt: 300)))
    func run(_ threads: Int, seed: UInt64) throws -> SimulationReport {
      try ExperimentSimulation(
        dealing: Self.units(150, of: experiment), of: experiment,
        options: .init(runs: 35, seed: seed, effects: ["bought": .relative(0.4)], looks: 4)
      ).run(workers: Workers(threads))
    }
    let one = try run(1, seed: 5)
    #expect(try run(3, seed: 5).json() == one.json())
    #expect(try run(3, seed: 6).json() != one.json())
  }

  /// What was put in is found again: the mean estimate is the effect, and the interval holds it.
  @Test func injectedEffectsAreFound() throws {
    let metrics = [
      Metric("even", kind: .mean, covariates: ["prior"]), Metric("bought", kind: .proportion),
      Metric("basket", kind: .ratio(denominator: "orders"), column: "revenue"),
    ]
    let experiment = Self.experiment(metrics)
    for (effects, sign) in [
      (["even": Metric.Margin.absolute(2), "bought": .relative(0.5), "basket": .relative(0.3)], 1.0),
      (["even": .relative(-0.1), "bought": .absolute(-0.05), "basket": .absolute(-0.5)], -1),
    ] {
      let report = try ExperimentSimulation(
        dealing: Self.units(600, of: experiment), of: experiment, options: .init(runs: 150, effects: effects)
      ).run(workers: Workers(2))
      for estimator in ["lin", "boschloo", "delta"] {
        let estimate = try line(report, estimator, .estimate)
        #expect(estimate.promised * sign > 0)
        #expect(abs(estimate.found - estimate.promised) < 4 * estimate.error, "\(estimator): \(estimate)")
        #expect(try line(report, estimator, .differenceCoverage).found > 0.88)
        #expect(try line(report, estimator, .liftCoverage).found > 0.88)
      }
      #expect(try line(report, "lin", .power).found > 0.9)
      #expect(report.heading.contains("A/B"))
      #expect(report.lines.allSatisfy { $0.measure != .falseAlarms && $0.measure != .familyWise })
    }
    let report = try ExperimentSimulation(
      dealing: Self.units(600, of: experiment), of: experiment,
      options: .init(runs: 10, effects: ["even": .absolute(2)])
    ).run()
    #expect(abs(try line(report, "lin", .estimate).promised - 2) < 1e-12)
  }

  @Test func familyIsCorrected() throws {
    let metrics = [
      Metric("even", kind: .mean), Metric("bought", kind: .proportion, method: "wald"),
    ]
    func found(_ correction: Experiment.Correction, arms: Int, runs: Int) throws -> Line {
      let experiment = Self.experiment(
        metrics, weights: [Double](repeating: 1 / Double(arms), count: arms), correction: correction)
      let report = try ExperimentSimulation(
        dealing: Self.units(800, of: experiment), of: experiment, options: .init(runs: runs)
      ).run(workers: Workers(2))
      return try line(report, correction.rawValue, .familyWise)
    }
    // Six comparisons, three of which share a control.
    let plain = try found(.none, arms: 4, runs: 200)
    #expect(plain.found > 0.13 && plain.promised.isNaN)
    let holm = try found(.holm, arms: 4, runs: 200)
    #expect(holm.found < 0.11 && holm.verdict != .doesNotHold)
    // Their joint law takes some milliseconds a run.
    for correction in [Experiment.Correction.dunnett, .gamesHowell] {
      let line = try found(correction, arms: 3, runs: 30)
      #expect(line.found < 0.2 && line.verdict != .doesNotHold, "\(correction) \(line.found)")
    }
  }

  @Test func looksHoldAndPeekingDoesNot() throws {
    for looking in [
      Plan.Looking.alwaysValid(tunedAt: nil),
      .groupSequential(shares: [0.25, 0.5, 0.75, 1], spending: .pocock, futility: nil),
    ] {
      let experiment = Self.experiment(
        [Metric("conversion", kind: .proportion)], plan: Plan(looking: looking))
      let report = try ExperimentSimulation(
        rate: 0.2, units: 4000, of: experiment, options: .init(runs: 400)
      ).run(workers: Workers(2))
      let crossing = try #require(report.lines.first { $0.measure == .anyLook })
      #expect(crossing.verdict != .doesNotHold && crossing.found < 0.085)
      let peeking = try line(report, "one look's test", .peeking)
      #expect(peeking.found > 0.09)
      #expect(report.words.contains { $0.contains("A test made for one look would in") })
    }
    // Looks over units, in the order of their arrival.
    let experiment = Self.experiment([Metric("even", kind: .mean, covariates: ["prior"])])
    let report = try ExperimentSimulation(
      dealing: Self.units(500, of: experiment), of: experiment, options: .init(runs: 100, looks: 10)
    ).run(workers: Workers(2))
    #expect(try line(report, "confidence_sequence", .anyLook).found <= 0.08)
    #expect(try line(report, "one look's test", .peeking).found > 0.08)
  }

  @Test func ratesHaveThePowerThatWasPlanned() throws {
    // 80 % power by statsmodels' NormalIndPower at 5 % against 7 %: 2213 an arm.
    let report = try ExperimentSimulation(
      rate: 0.05, lift: 0.4, units: 4426, options: .init(runs: 1000, seed: 2)
    ).run(workers: Workers(2))
    let power = try line(report, "miettinen_nurminen", .power)
    #expect(abs(power.found - 0.8) < 0.045)
    #expect(abs(try line(report, "miettinen_nurminen", .estimate).promised - 0.02) < 1e-15)
  }

  @Test func clustersAreDealtWhole() throws {
    let experiment = Self.experiment([Metric("even", kind: .mean)])
    var stream = RandomStream(seed: 8)
    let stores = (0..<40).map { _ in 4 * stream.normal() }
    let rows = 800
    let values = (0..<rows).map { stores[$0 % 40] + stream.normal() }
    let batch = UnitBatch(
      rowCount: rows, arms: CodedColumn(codes: [Int32](repeating: 0, count: rows), dictionary: ["arm0"]),
      cluster: CodedColumn((0..<rows).map { "store \($0 % 40)" }), numbers: [values])
    let units = try SimulationUnits(of: experiment, from: UnitBatches([batch]))
    let report = try ExperimentSimulation(dealing: units, of: experiment, options: .init(runs: 300))
      .run(workers: Workers(2))
    #expect(try line(report, "cr2", .falseAlarms).verdict == .holds)
    #expect(try line(report, "welch, clusters ignored", .falseAlarms).found > 0.4)
  }

  @Test func whoTakesPart() throws {
    let experiment = Self.experiment([Metric("bought", kind: .proportion)])
    let batch = UnitBatch(
      rowCount: 6, ids: UnitIDs(["a", "b", "a", "c", "d", "e"]),
      arms: CodedColumn(["arm0", "arm1", "arm0", "holdout", nil, "arm1"]),
      exposed: [true, false, true, true, true, true], numbers: [[1, 1, 1, 1, 1, 0]])
    let units = try SimulationUnits(of: experiment, from: UnitBatches([batch]))
    #expect(units.count == 2 && units.leftOut == 4)
    #expect(code { _ = try SimulationUnits(of: experiment, from: UnitBatches([])) } == "RK0880")
  }

  @Test func refusals() throws {
    let experiment = Self.experiment([Metric("bought", kind: .proportion)])
    let units = try Self.units(50, of: experiment)
    func refused(_ options: ExperimentSimulation.Options) -> String? {
      code { _ = try ExperimentSimulation(dealing: units, of: experiment, options: options) }
    }
    #expect(refused(.init(effects: ["bougth": .relative(0.1)])) == "RK0881")
    #expect(refused(.init(runs: 0)) == "RK0882")
    #expect(refused(.init(looks: 1)) == "RK0882")
    #expect(refused(.init(effects: ["bought": .absolute(0.95)])) == "RK0883")
    #expect(code { _ = try ExperimentSimulation(rate: 1.2, units: 100) } == "RK0884")
    #expect(code { _ = try ExperimentSimulation(rate: 0.1, units: 3) } == "RK0884")
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? Diagnostic)?.code
    }
  }
}
