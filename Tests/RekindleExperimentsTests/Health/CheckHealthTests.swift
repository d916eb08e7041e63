import RekindleCore
import RekindleExperiments
import RekindleStatistics
import Testing

@Suite struct CheckHealthTests {
  private let units = MadeUpUnits(count: 4000, arms: ["a", "b"])

  private func health(
    _ experiment: Experiment = MadeUpUnits.experiment(), _ change: (inout UnitBatch) -> Void = { _ in }
  ) throws -> HealthReport {
    var batch = try #require(units.batches().batches.first)
    change(&batch)
    return checkHealth(
      try collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment)
  }

  private func check(_ report: HealthReport, _ name: String) throws -> HealthCheck {
    try #require(report.checks.first { $0.name == name })
  }

  @Test func healthyUnitsPass() throws {
    let report = try health()
    #expect(report.verdict == .pass)
    #expect(try check(report, "sample_ratio").figure("p") ?? 0 > 0.01)
    #expect(try check(report, "balance").figure("df") == 2)
  }

  @Test func unitsWithoutIDsAreTold() throws {
    let nameless = try health { $0.ids = nil }
    #expect(try check(nameless, "unit_ids").verdict == .warn)
    #expect(!nameless.checks.contains { ["crossovers", "duplicates"].contains($0.name) })
    #expect(try !health().checks.contains { $0.name == "unit_ids" })
  }

  @Test func oneIsNotMany() throws {
    let one = try health { $0.arms.codes[0] = -1 }
    #expect(try check(one, "unassigned").sentence == "1 row names no arm and is left out.")
    let two = try health { batch in for row in 0..<2 { batch.arms.codes[row] = -1 } }
    #expect(try check(two, "unassigned").sentence == "2 rows name no arm and are left out.")
  }

  @Test func lostUnitsFailTheRatioAndInvalidateDecisionsWithoutHidingThem() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.arms[0].weight = 0.6
    experiment.arms[1].weight = 0.4
    let moments = try collectMoments(of: experiment, from: units.batches())
    let report = try analyze(moments, of: experiment)
    #expect(try check(report.health, "sample_ratio").verdict == .fail)
    #expect(!report.isHealthy && report.status.kind == .healthFailed)
    #expect(report.status.words == "Health failed: sample_ratio")
    let first = try #require(report.rows.first)
    #expect(first.decision == "invalid" && first.effect.pValue.isFinite && first.sampleRatioP < 0.001)
  }

  @Test func unitInAnArmOfWeightZeroFails() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.arms.append(.init("old", weight: 0))
    let report = try health(experiment) { batch in
      batch.arms.dictionary.append("old")
      batch.arms.codes[17] = Int32(batch.arms.dictionary.count - 1)
    }
    let ratio = try check(report, "sample_ratio")
    #expect(ratio.verdict == .fail && ratio.sentence.contains("old"))
  }

  @Test func fewUnitsAreTestedExactly() throws {
    let few = MadeUpUnits(count: 40, arms: ["a", "b"])
    let experiment = MadeUpUnits.experiment()
    let moments = try collectMoments(of: experiment, from: few.batches())
    let ratio = try check(checkHealth(moments, of: experiment), "sample_ratio")
    #expect(ratio.sentence.contains("exact"))
  }

  @Test func emptyArmAndConstantOutcomeFailByName() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.arms = [.init("a", weight: 0.4), .init("b", weight: 0.4), .init("c", weight: 0.2)]
    #expect(try check(health(experiment), "empty_arm").sentence.contains("c"))
    let constant = try health { $0.numbers[0] = $0.numbers[0].map { _ in 0 } }
    #expect(try check(constant, "constant_outcome").verdict == .fail)
    let secondary = try health { $0.numbers[1] = $0.numbers[1].map { _ in 12.5 } }
    #expect(try check(secondary, "constant_outcome").verdict == .warn)
  }

  @Test func armsThatDifferedBeforeTheExposureFail() throws {
    let report = try health { batch in
      for row in 0..<batch.rowCount where batch.arms.dictionary[Int(batch.arms.codes[row])] == "b" {
        batch.numbers[2][row] += 4
      }
    }
    let balance = try check(report, "balance")
    #expect(balance.verdict == .fail && balance.sentence.contains("prior"))
  }

  @Test func outcomesMissingInOneArmFail() throws {
    let report = try health { batch in
      for row in stride(from: 0, to: batch.rowCount, by: 20)
      where batch.arms.dictionary[Int(batch.arms.codes[row])] == "b" { batch.numbers[1][row] = .nan }
    }
    #expect(try check(report, "missing_outcome").verdict == .fail)
    let everywhere = try health { batch in
      for row in stride(from: 0, to: batch.rowCount, by: 20) { batch.numbers[1][row] = .nan }
    }
    #expect(try check(everywhere, "missing_outcome").verdict == .pass)
  }

  @Test func exposureThatDependsOnTheArmFails() throws {
    let report = try health { batch in
      batch.exposed = (0..<batch.rowCount).map { row in
        row % 10 != 0 || batch.arms.dictionary[Int(batch.arms.codes[row])] == "a"
      }
    }
    #expect(try check(report, "exposure").verdict == .fail)
  }

  @Test func crossoversAndDuplicatesWarnThenFail() throws {
    func moved(_ count: Int) throws -> HealthReport {
      try health { batch in
        var ids = units.ids
        for row in 0..<count { ids[row] = ids[batch.rowCount - 1 - row] }
        batch.ids = UnitIDs(ids)
      }
    }
    #expect(try check(moved(4), "crossovers").verdict == .warn)
    #expect(try check(moved(200), "crossovers").verdict == .fail)
    #expect(try check(moved(200), "duplicates").verdict == .fail)
  }

  @Test func phasesOfTheRampAreTestedByTheirOwnWeights() throws {
    var experiment = MadeUpUnits.experiment()
    // All units came in two halves: the first 9 to 1, the second 1 to 9; together they look like 1 to 1.
    experiment.ramp = [.init(coverage: 0.5, weights: [0.9, 0.1]), .init(coverage: 1, weights: [0.1, 0.9])]
    func ratio(_ second: String) throws -> HealthCheck {
      try check(
        try health(experiment) { batch in
          batch.stratum = CodedColumn(
            (0..<batch.rowCount).map { row in
              let isA = batch.arms.dictionary[Int(batch.arms.codes[row])] == "a"
              return isA == (row % 10 != 0) ? "phase 1" : second
            })
        }, "sample_ratio")
    }
    #expect(try ratio("phase 2").verdict == .pass)
    #expect(try ratio("phase 2").figure("df") == 2)
    #expect(try ratio("phase 1").verdict == .fail)
    // Without phases in the strata nothing can be tested, and that is told.
    #expect(try check(try health(experiment), "sample_ratio").verdict == .warn)
  }

  @Test func armsOfDifferentPhasesAreNotPooled() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.ramp = [.init(coverage: 0.5, weights: [0.9, 0.1]), .init(coverage: 1, weights: [0.1, 0.9])]
    #expect(try check(health(experiment), "phases").verdict == .fail)
    experiment.ramp[1].weights = [0.9, 0.1]
    #expect(try !health(experiment).checks.contains { $0.name == "phases" })
  }

  @Test func aSingleArmWithAWeightDoesNotHideTheOther() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.arms = [.init("a", weight: 1), .init("b", weight: 0)]
    #expect(try check(health(experiment), "sample_ratio").verdict == .fail)
  }

  @Test func storesAreCountedAsStores() throws {
    // As many stores an arm, but those of b have three times the units.
    let report = try health { batch in
      batch.cluster = CodedColumn(
        (0..<batch.rowCount).map { row in
          let isA = batch.arms.dictionary[Int(batch.arms.codes[row])] == "a"
          return isA ? "a\(row % 30)" : "b\(row % 30)"
        })
      for row in 0..<batch.rowCount where batch.arms.dictionary[Int(batch.arms.codes[row])] == "a" {
        if (row / 30) % 3 != 0 { batch.arms.codes[row] = -1 }
      }
    }
    #expect(try check(report, "sample_ratio").verdict == .pass)
  }

  @Test func anArmThatIsSentLaterOnlyWaits() throws {
    let report = try health { batch in
      batch.exposed = (0..<batch.rowCount).map { batch.arms.dictionary[Int(batch.arms.codes[$0])] == "a" }
    }
    let exposure = try check(report, "exposure")
    #expect(exposure.verdict == .warn && exposure.sentence.contains("No unit of b has been exposed yet"))
  }

  @Test func rowsWithoutAnArmAreTold() throws {
    let report = try health { batch in for row in 0..<7 { batch.arms.codes[row] = -1 } }
    #expect(try check(report, "unassigned").figure("rows") == 7)
  }
}
