import RekindleCore
import RekindleExperiments
import RekindleStatistics
import Testing

@Suite struct SimultaneousTests {
  private let units = MadeUpUnits(count: 8000, arms: ["a", "b", "c", "d"], effects: [0, 0.03, 0, 0.02])

  private func rows(_ correction: Experiment.Correction) throws -> [ReportRow] {
    var experiment = MadeUpUnits.experiment(arms: ["a", "b", "c", "d"])
    experiment.metrics = [Metric("revenue", kind: .mean), Metric("prior", role: .secondary, kind: .mean)]
    experiment.correction = correction
    // The columns in the order of this experiment's schema.
    var batch = try #require(units.batches().batches.first)
    batch.numbers = [units.revenue, units.prior]
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    return try analyze(moments, of: experiment).rows.filter {
      $0.metric == "revenue" && $0.segment == "overall" && $0.section == .comparison
    }
  }

  @Test func manyArmsAgainstTheControlPayLessThanBonferroni() throws {
    let (dunnett, bonferroni) = (try rows(.dunnett), try rows(.bonferroni))
    #expect(dunnett.map(\.correction) == ["dunnett", "dunnett", "dunnett"])
    for (a, b) in zip(dunnett, bonferroni) {
      #expect(a.adjustedP <= b.adjustedP + 1e-3)
      #expect(a.adjustedP >= a.effect.pValue)
      let isOut = !a.effect.differenceInterval.contains(0)
      #expect(isOut == (a.adjustedP <= 0.05))
    }
  }

  @Test func allPairsAreSixOfFourArms() throws {
    for correction in [Experiment.Correction.tukey, .gamesHowell] {
      let rows = try rows(correction)
      #expect(rows.count == 6)
      #expect(rows.contains { $0.control == "c" && $0.variant == "d" })
      for row in rows {
        #expect(row.adjustedP >= row.effect.pValue)
        #expect(!row.effect.differenceInterval.contains(0) == (row.adjustedP <= 0.05))
      }
    }
  }

  /// The column `method` names the law that the row's p-value and interval come from.
  @Test func theMethodIsTheOneThatDecided() throws {
    for (correction, name) in [
      (Experiment.Correction.dunnett, "dunnett"), (.tukey, "tukey_kramer"), (.gamesHowell, "games_howell"),
    ] {
      let rows = try rows(correction)
      #expect(rows.allSatisfy { $0.effect.method == name && $0.correction == name }, "\(name)")
    }
    #expect(try rows(.holm).allSatisfy { $0.effect.method == "welch" && $0.correction == "holm" })
  }

  @Test func smallArmsKeepTheirOwnDegreesOfFreedom() throws {
    let small = MadeUpUnits(count: 60, arms: ["a", "b", "c"], effects: [0])
    var experiment = MadeUpUnits.experiment(arms: ["a", "b", "c"])
    experiment.metrics = [Metric("revenue", kind: .mean)]
    experiment.correction = .dunnett
    var batch = try #require(small.batches().batches.first)
    batch.numbers = [small.revenue]
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    let rows = try analyze(moments, of: experiment).rows.filter {
      $0.section == .comparison && $0.segment == "overall"
    }
    let overall = moments.metrics[0].overall
    let expected = Dunnett.ownVariances(control: overall[0], variants: [overall[1], overall[2]])
      .comparisons()
    for (row, own) in zip(rows, expected.comparisons) {
      #expect(abs(row.adjustedP - own.adjustedPValue) < 1e-12)
      #expect(row.effect.degreesOfFreedom == own.degreesOfFreedom)
      #expect(try #require(own.degreesOfFreedom) < 60)
    }
  }
}
