import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct MonitorTests {
  /// Ten days of units, of which `count` a day.
  private func history(
    _ experiment: Experiment, effect: Double, count: Int = 2000, days: Int = 10
  ) throws -> [(day: CivilDate, moments: ExperimentMoments)] {
    var units = MadeUpUnits(count: count * days, arms: ["a", "b"], effects: [0, effect])
    for row in units.day.indices { units.day[row] = Int32(20_000 + row / count) }
    return try collectMoments(of: experiment, from: units.batches()).history()
  }

  private func experiment(_ looking: Plan.Looking, effect: Metric.Margin? = nil) -> Experiment {
    var experiment = MadeUpUnits.experiment()
    experiment.start = CivilDate(daysSinceEpoch: 20_000)
    experiment.end = CivilDate(daysSinceEpoch: 20_020)
    experiment.plan = Plan(effect: effect, looking: looking)
    return experiment
  }

  @Test func historyGrowsToTheWhole() throws {
    let experiment = experiment(.once)
    let history = try history(experiment, effect: 0)
    #expect(
      history.map(\.moments.metrics[0].overall[0].count)
        == history.indices.map {
          history[0...$0].reduce(0) { $0 + ($1.moments.metrics[0].days.last?[0].count ?? 0) }
        })
    #expect(history.last?.moments.tally.assigned.reduce(0, +) == 20_000)
  }

  @Test func onceShowsNoEffect() throws {
    let experiment = experiment(.once)
    let report = try monitor(history(experiment, effect: 0.05), of: experiment)
    #expect(report.advice == .goOn && report.daysLeft == 10)
    #expect(report.looks.allSatisfy { $0.difference.isNaN && $0.verdict == .hidden })
    #expect(report.reason == "Healthy, about 10 days left.")
  }

  @Test func anEffectStopsWhatMayBeLookedAtAnyTime() throws {
    let experiment = experiment(.alwaysValid(tunedAt: 20_000))
    let report = try monitor(history(experiment, effect: 0.05), of: experiment)
    #expect(report.advice == .stop && report.reason.contains("b is better in converted"))
    let p = report.looks.filter { $0.metric == "converted" }.map(\.alwaysValidP)
    #expect(zip(p, p.dropFirst()).allSatisfy { $0 >= $1 })
    let none = try monitor(history(experiment, effect: 0), of: experiment)
    #expect(none.advice == .goOn)
    let worse = try monitor(history(experiment, effect: -0.05), of: experiment)
    #expect(worse.advice == .stop && worse.nextStep.contains("roll back"))
  }

  @Test func plannedLooksComeAtTheirShares() throws {
    let experiment = experiment(
      .groupSequential(shares: [0.25, 0.5, 1], spending: .obrienFleming, futility: nil))
    let report = try monitor(history(experiment, effect: 0.05), of: experiment)
    let made = report.looks.filter { $0.metric == "converted" && $0.boundary.isFinite }
    #expect(made.map(\.information) == [0.25, 0.5])
    // Lan and DeMets' bounds of two sides at 5 %, by rpact 3.3.4: getDesignGroupSequential.
    #expect(abs((made.first?.boundary ?? 0) - 4.3326) < 1e-3)
    #expect(abs((made.last?.boundary ?? 0) - 2.9631) < 1e-3)
    #expect(report.advice == .stop)
  }

  @Test func anEffectThatIsRuledOutIsFutile() throws {
    let experiment = experiment(.alwaysValid(tunedAt: 20_000), effect: .absolute(0.06))
    let report = try monitor(history(experiment, effect: 0), of: experiment)
    #expect(report.advice == .stop && report.reason.contains("effect worth finding"))
  }

  @Test func aGuardrailBeyondItsMarginStops() throws {
    var experiment = experiment(.alwaysValid(tunedAt: 20_000))
    experiment.metrics.append(
      Metric(
        "bought", role: .guardrail, kind: .proportion, column: "converted", margin: .relative(0.05)))
    let report = try monitor(history(experiment, effect: -0.05), of: experiment)
    let rail = try #require(report.looks.last { $0.metric == "bought" })
    #expect(rail.verdict == .worse && report.advice == .stop)
    let fine = try monitor(history(experiment, effect: 0), of: experiment)
    #expect(fine.looks.last { $0.metric == "bought" }?.verdict == .open)
  }

  @Test func noDayIsAnError() {
    let experiment = experiment(.once)
    let error = #expect(throws: Diagnostic.self) { try monitor([], of: experiment) }
    #expect(error?.code == "RK0865")
  }
}
