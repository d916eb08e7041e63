import RekindleCore
import RekindleExperiments
import RekindleStatistics
import Testing

/// The mobile game's test of the first gate at level 30 or 40: 90,189 players, published.
@Suite struct CookieCatsTests {
  static let experiment = Experiment(
    id: "gate", arms: [.init("gate_30", weight: 0.5), .init("gate_40", weight: 0.5)],
    control: "gate_30",
    metrics: [
      Metric("retention_1", kind: .proportion), Metric("retention_7", kind: .proportion),
      Metric("rounds", role: .secondary, kind: .mean),
    ], correction: .none)

  /// The data's counts and sums. The player of most rounds is 6390605, with 49,854.
  static let lines: [MomentLine] = {
    var lines: [MomentLine] = []
    func add(_ metric: String, _ arm: String, n: Int, sum: Double, squares: Double) {
      lines.append(MomentLine(metric: metric, arm: arm, statistic: "n", amount: Double(n)))
      lines.append(MomentLine(metric: metric, arm: arm, statistic: "sum", x: "y", amount: sum))
      lines.append(
        MomentLine(metric: metric, arm: arm, statistic: "product", x: "y", y: "y", amount: squares))
    }
    add("retention_1", "gate_30", n: 44_700, sum: 20_034, squares: 20_034)
    add("retention_1", "gate_40", n: 45_489, sum: 20_119, squares: 20_119)
    add("retention_7", "gate_30", n: 44_700, sum: 8502, squares: 8502)
    add("retention_7", "gate_40", n: 45_489, sum: 8279, squares: 8279)
    add("rounds", "gate_30", n: 44_700, sum: 2_344_795, squares: 3_068_811_771)
    add("rounds", "gate_40", n: 45_489, sum: 2_333_530, squares: 605_052_202)
    lines.append(
      MomentLine(metric: "rounds", arm: "gate_30", statistic: "largest", x: "6390605", amount: 49_854))
    return lines
  }()

  @Test func figuresAreThePublishedOnes() throws {
    let moments = try ExperimentMoments(lines: Self.lines, of: Self.experiment)
    let report = try analyze(moments, of: Self.experiment)
    let day1 = try #require(report.rows.first { $0.metric == "retention_1" }).effect
    #expect(abs(day1.difference * 100 + 0.591) < 5e-4)
    #expect(abs(day1.pValue - 0.0744) < 5e-5)
    let day7 = try #require(report.rows.first { $0.metric == "retention_7" })
    #expect(abs(day7.effect.difference * 100 + 0.820) < 5e-4)
    #expect(abs(day7.effect.pValue - 0.00155) < 5e-6)
    #expect(day7.decision == "worse")
    let rounds = try #require(report.rows.first { $0.metric == "rounds" }).effect
    #expect(abs(rounds.difference + 1.157) < 1e-3)
    #expect(abs(rounds.pValue - 0.376) < 1e-3)
    #expect(report.status.kind == .rollBack)
    #expect(report.isHealthy)
  }

  @Test func splitIsAWarningAndTheOutlierIsNamed() throws {
    let moments = try ExperimentMoments(lines: Self.lines, of: Self.experiment)
    let report = try analyze(moments, of: Self.experiment)
    let ratio = try #require(report.health.checks.first { $0.name == "sample_ratio" })
    #expect(ratio.verdict == .warn)
    #expect(abs((ratio.figure("p") ?? 0) - 0.0086) < 5e-5)
    let outlier = try #require(report.health.checks.first { $0.name == "outlier" })
    #expect(outlier.verdict == .warn && outlier.sentence.contains("6390605"))
    #expect(abs((outlier.figure("diff_without") ?? 0) + 0.043) < 5e-4)
    let without = try #require(report.rows.first { $0.metric == "rounds (without unit 6390605)" })
    #expect(abs(without.effect.difference + 0.043) < 5e-4)
    #expect(without.controlCount == 44_699)
  }
}
