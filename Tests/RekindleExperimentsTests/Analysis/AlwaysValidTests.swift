import RekindleCore
import RekindleExperiments
import RekindleStatistics
import RekindleTables
import Testing

@Suite struct AlwaysValidTests {
  private let units = MadeUpUnits(count: 3000, arms: ["a", "b", "c"], effects: [0, 0.05, 0.02])

  @Test func boundedSequencesByName() throws {
    var experiment = MadeUpUnits.experiment(arms: ["a", "b", "c"])
    experiment.plan = Plan(looking: .alwaysValid(tunedAt: nil), sequence: .bounded)
    let moments = try collectMoments(of: experiment, from: units.batches())
    let row = try #require(analyze(moments, of: experiment).rows.first)
    let arms = moments.metrics[0].overall.map {
      BoundedConfidenceSequence.Arm(
        count: $0.count, sum: (Double($0.count) * $0.means[0]).rounded())
    }
    let sequence = BoundedConfidenceSequence()
    #expect(row.alwaysValidP == sequence.pValue(control: arms[0], variant: arms[1]))
    #expect(row.confidenceSequence == sequence.differenceInterval(control: arms[0], variant: arms[1]))
    experiment.plan.sequence = .asymptotic
    let usual = try #require(analyze(moments, of: experiment).rows.first)
    #expect(usual.confidenceSequence != row.confidenceSequence)
    // A mean has no bounds.
    experiment.plan.sequence = .bounded
    let revenue = try #require(
      analyze(moments, of: experiment).rows.first { $0.metric == "revenue" })
    #expect(revenue.confidenceSequence.lower.isFinite)

    let looks = try monitor(moments.history(), of: experiment).looks
    #expect(looks.contains { $0.metric == "converted" && $0.interval.lower.isFinite })
  }

  @Test func priorTellsWhichOfAllArmsIsTheBest() throws {
    var experiment = MadeUpUnits.experiment(arms: ["a", "b", "c"])
    experiment.metrics[1].role = .primary
    let moments = try collectMoments(of: experiment, from: units.batches())
    let plain = try analyze(moments, of: experiment)
    #expect(!plain.rows.contains { $0.section == .best })
    let report = try analyze(moments, of: experiment, options: AnalysisOptions(posterior: .init()))
    for metric in ["converted", "revenue"] {
      let rows = report.rows.filter { $0.section == .best && $0.metric == metric }
      #expect(rows.map(\.variant) == ["a", "b", "c"])
      #expect(abs(rows.reduce(0) { $0 + $1.probabilityBetter } - 1) < 1e-9)
      #expect(rows.allSatisfy { $0.expectedLoss >= 0 })
      #expect(rows[0].effect.method == (metric == "revenue" ? "normal_posterior" : "beta_binomial"))
    }
    let counts = moments.metrics[0].overall.prefix(3).map {
      ProportionCounts(successes: Int((Double($0.count) * $0.means[0]).rounded()), count: $0.count)
    }
    let best = BetaBinomial(Array(counts)).result()
    let found = report.rows.filter { $0.section == .best && $0.metric == "converted" }
    #expect(found.map(\.probabilityBetter) == best.probabilityBest)
    #expect(report.tables().contains { $0.title == "Which arm is the best" })
  }
}
