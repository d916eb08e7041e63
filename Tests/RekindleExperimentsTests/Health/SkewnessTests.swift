import RekindleCore
import RekindleExperiments
import RekindleNumerics
import Testing

@Suite struct SkewnessTests {
  /// Revenue of which 15 % is not 0, the rest lognormal of variance 1.
  private func checks(control: Int, variant: Int, seed: UInt64, cap: Double? = nil) throws -> [HealthCheck] {
    var stream = RandomStream(seed: seed)
    let count = control + variant
    let revenue = (0..<count).map { _ in
      stream.bernoulli(0.15) ? exponential(stream.normal()) : 0
    }
    let experiment = Experiment(
      id: "test",
      arms: [
        .init("a", weight: Double(control) / Double(count)),
        .init("b", weight: Double(variant) / Double(count)),
      ], control: "a", metrics: [Metric("revenue", kind: .mean, cap: cap)])
    let batch = UnitBatch(
      rowCount: count,
      arms: CodedColumn(codes: (0..<count).map { $0 < control ? 0 : 1 }, dictionary: ["a", "b"]),
      numbers: [revenue])
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    let m = moments.metrics[0].thirdMoments
    let values = revenue.prefix(control)
    let mean = values.reduce(0, +) / Double(control)
    let direct = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) } / Double(control)
    if cap == nil { #expect(abs(m[0] / direct - 1) < 1e-10) }
    return checkHealth(moments, of: experiment).checks.filter { $0.name == "skewness" }
  }

  @Test func nineToOneWarnsAndEqualArmsDoNot() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let unequal = try checks(control: 1800, variant: 200, seed: seed)
      #expect(unequal.map(\.verdict) == [.warn])
      #expect(unequal.first?.sentence.contains("permutation") == true)
      #expect(try checks(control: 200, variant: 200, seed: seed).isEmpty)
    }
  }

  @Test func aCapTakesTheTailAway() throws {
    let raw = try #require(try checks(control: 9000, variant: 1000, seed: 3).first?.figure("skewness"))
    #expect(raw > 0.2)
    #expect(try checks(control: 9000, variant: 1000, seed: 3, cap: 0.98).isEmpty)
  }
}
