import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct StratifiedPermutationTests {
  /// Two strata far apart, unequally dealt: what is between them is no effect.
  private func report(strata: Bool, balance: Experiment.Balance? = nil) throws -> ExperimentReport {
    var stream = RandomStream(seed: 5)
    let count = 200
    let isNorth = (0..<count).map { $0 < 100 }
    let arms = (0..<count).map { ($0 % 10 < 8) == isNorth[$0] ? "a" : "b" }
    let spend = isNorth.map { ($0 ? 0 : 10) + stream.normal() }
    let experiment = Experiment(
      id: "test", arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a",
      batch: balance.map { .init(balance: $0) },
      metrics: [Metric("spend", kind: .mean, method: "permutation")])
    let batch = UnitBatch(
      rowCount: count, arms: CodedColumn(arms),
      stratum: strata ? CodedColumn(isNorth.map { $0 ? "north" : "south" }) : nil, numbers: [spend])
    return try analyze(
      collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment)
  }

  @Test func unitsChangePlacesWithinTheirStratum() throws {
    let free = try report(strata: false)
    let stratified = try report(strata: true)
    #expect(try #require(free.rows.first).effect.pValue < 0.001)
    #expect(try #require(stratified.rows.first).effect.pValue > 0.01)
    #expect(!stratified.health.checks.contains { $0.name == "permutation" })
  }

  @Test func aBalancedDealIsToldToBePermutedWithout() throws {
    let report = try report(strata: true, balance: .init(covariates: ["spend_before"]))
    #expect(report.health.checks.contains { $0.name == "permutation" && $0.verdict == .warn })
  }
}
