import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct StratifiedPermutationTests {
  /// Two strata far apart, unequally dealt: what is between them is no effect.
  private func report(
    strata: Bool, balance: Experiment.Balance? = nil, segment: Bool = false
  ) throws -> ExperimentReport {
    var stream = RandomStream(seed: 5)
    let count = 200
    let isNorth = (0..<count).map { $0 < 100 }
    let arms = (0..<count).map { ($0 % 10 < 8) == isNorth[$0] ? "a" : "b" }
    let spend = isNorth.map { ($0 ? 0 : 10) + stream.normal() }
    let experiment = Experiment(
      id: "test", arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a",
      batch: balance.map { .init(balance: $0) },
      metrics: [Metric("spend", kind: .mean, method: "permutation")],
      segments: segment ? ["club"] : [])
    let batch = UnitBatch(
      rowCount: count, arms: CodedColumn(arms),
      segments: segment ? [CodedColumn(arms.map { _ in "yes" })] : [],
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

  /// Every unit is of the one segment, so that the part is the whole.
  @Test func insideASegmentToo() throws {
    let whole = try report(strata: true, segment: true)
    let overall = try #require(whole.rows.first { $0.segment == "overall" }).effect
    let part = try #require(whole.rows.first { $0.segment == "club=yes" }).effect
    #expect(part.pValue == overall.pValue)
    #expect(
      try #require(report(strata: false, segment: true).rows.first { $0.segment == "club=yes" }).effect.pValue
        < 0.001)
  }

  @Test func aBalancedDealIsToldToBePermutedWithout() throws {
    let report = try report(strata: true, balance: .init(covariates: ["spend_before"]))
    #expect(report.health.checks.contains { $0.name == "permutation" && $0.verdict == .warn })
  }
}
