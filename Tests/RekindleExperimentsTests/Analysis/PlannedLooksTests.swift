import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct PlannedLooksTests {
  private let shares = [0.5, 1.0]

  private func experiment(units: Int? = nil) -> Experiment {
    var experiment = MadeUpUnits.experiment()
    experiment.metrics = [Metric("converted", kind: .proportion, method: "wald")]
    experiment.segments = []
    experiment.start = CivilDate(daysSinceEpoch: 20_000)
    experiment.end = CivilDate(daysSinceEpoch: 20_020)
    experiment.plan = Plan(
      looking: .groupSequential(shares: shares, spending: .obrienFleming, futility: nil), units: units)
    return experiment
  }

  private func report(
    _ experiment: Experiment, effect: Double, count: Int = 4000, asOf day: Int32?
  ) throws -> ExperimentReport {
    let units = MadeUpUnits(count: count, arms: ["a", "b"], effects: [0, effect])
    var batch = try #require(units.batches().batches.first)
    batch.segments = []
    batch.numbers = [units.converted]
    return try analyze(
      collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment,
      options: AnalysisOptions(asOf: day.map { CivilDate(daysSinceEpoch: $0) }))
  }

  @Test func anEarlyStopHasTheLevelOfItsLook() throws {
    let report = try report(experiment(), effect: 0.08, asOf: 20_011)
    let row = try #require(report.rows.first)
    #expect(row.decision == "better" && report.status.kind == .ship)
    #expect(row.correction == "group_sequential")
    let design = try GroupSequentialDesign(shares: shares)
    let z = row.effect.difference / row.effect.standardError
    // The repeated p-value and interval of the first look.
    let p = design.repeatedPValue(
      look: 0, estimate: Normal().upperQuantile(row.effect.pValue / 2), standardError: 1)
    #expect(abs(row.adjustedP / p - 1) < 1e-6)
    #expect(row.adjustedP > row.effect.pValue)
    let critical = design.looks[0].criticalValue
    let reach = row.effect.differenceInterval.upper - row.effect.difference
    #expect(abs(reach / row.effect.standardError / critical - 1) < 0.02)
    // What the stop itself says.
    let stop = try #require(report.rows.first { $0.metric == "converted (looks accounted for)" })
    let result = try #require(
      design.result(
        look: 0, estimate: row.effect.difference, standardError: row.effect.standardError))
    #expect(z > critical && stop.effect.pValue == result.pValue)
    #expect(stop.effect.difference == result.estimate)
    #expect(stop.effect.differenceInterval == result.interval)
    #expect(stop.warnings == ["stopped at look 1 of 2"])
  }

  @Test func whatIsEnoughAtTheEndIsNotAtTheFirstLook() throws {
    let early = try report(experiment(), effect: 0.02, asOf: 20_011)
    let row = try #require(early.rows.first)
    #expect(row.effect.pValue < 0.04 && row.decision == "not yet" && early.status.kind == .running)
    #expect(early.status.words.contains("look 1"))
    #expect(!early.rows.contains { $0.metric.hasSuffix("(looks accounted for)") })
    let before = try report(experiment(), effect: 0.08, asOf: 20_009)
    #expect(before.rows.first?.decision == "not yet" && before.status.words == "About 11 days left")
    let end = try report(experiment(), effect: 0.02, asOf: 20_020)
    #expect(end.rows.first?.decision == "better")
  }

  @Test func plannedUnitsCountForTheShareOfInformation() throws {
    // 4,000 of 10,000 units are no look yet, 4,000 of 8,000 are the first, whatever the day.
    let none = try report(experiment(units: 10_000), effect: 0.08, asOf: 20_011)
    #expect(none.rows.first?.decision == "not yet")
    let first = try report(experiment(units: 8000), effect: 0.08, asOf: 20_003)
    #expect(first.rows.first?.decision == "better")
    let all = try report(experiment(units: 4000), effect: 0.02, asOf: 20_003)
    #expect(all.rows.first?.decision == "better" && all.status.kind == .ship)
    // Fewer than planned at the end: the last look spends what is left.
    let fewer = try report(experiment(units: 5000), effect: 0.02, asOf: 20_020)
    let design = try GroupSequentialDesign(shares: [0.5, 0.8])
    let row = try #require(fewer.rows.first)
    let reach = (row.effect.differenceInterval.upper - row.effect.difference) / row.effect.standardError
    #expect(abs(reach / design.looks[1].criticalValue - 1) < 0.01)
  }

  @Test func aFamilyDecidesAsThePlanForItsShareOfAlphaDoes() throws {
    var experiment = experiment()
    experiment.correction = .bonferroni
    experiment.metrics = [
      Metric("converted", kind: .proportion, method: "wald"), Metric("revenue", kind: .mean),
    ]
    let units = MadeUpUnits(count: 4000, arms: ["a", "b"], effects: [0, 0.04])
    var batch = try #require(units.batches().batches.first)
    batch.segments = []
    batch.numbers = [units.converted, units.revenue]
    let rows = try analyze(
      collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment,
      options: AnalysisOptions(asOf: CivilDate(daysSinceEpoch: 20_012))
    ).rows.filter { $0.section == .comparison }
    let half = try GroupSequentialDesign(alpha: 0.025, shares: shares)
    for row in rows {
      #expect(row.correction == "group_sequential_bonferroni")
      let crosses = Normal().upperQuantile(row.effect.pValue / 2) >= half.looks[0].criticalValue
      #expect(crosses == (row.adjustedP <= 0.05))
      #expect(crosses == !row.effect.differenceInterval.contains(0))
    }
  }
}
