import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import RekindleTables
import Testing

/// Rows of segments, days, compliance, the holdout and margins.
@Suite struct ExplainingRowsTests {
  private let units = MadeUpUnits(count: 6000, arms: ["a", "b"])

  private func report(
    _ experiment: Experiment, _ change: (inout UnitBatch) -> Void = { _ in }
  ) throws -> ExperimentReport {
    var batch = try #require(units.batches().batches.first)
    change(&batch)
    return try analyze(
      collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment)
  }

  @Test func segmentsAreTestedForDifferenceBeforeTheyAreRead() throws {
    let rows = try report(MadeUpUnits.experiment()).rows
    let between = try #require(rows.first { $0.segment == "between city" && $0.metric == "converted" })
    #expect(between.effect.degreesOfFreedom == 2)
    let shrunken = rows.filter { $0.section == .segment && $0.metric == "converted" }.dropFirst()
    let own = rows.filter { $0.section == .comparison && $0.metric == "converted" && $0.segment != "overall" }
    #expect(shrunken.count == 3)
    for (near, far) in zip(shrunken, own) {
      let (mean, value) = (between.effect.difference, far.effect.difference)
      #expect(abs(near.effect.difference - mean) <= abs(value - mean) + 1e-12)
    }
  }

  @Test func daysHaveTheirOwnRowsAndATrend() throws {
    // The effect halves every day: the first days bring nearly all of it.
    let experiment = MadeUpUnits.experiment()
    let fading = try report(experiment) { batch in
      var stream = RandomStream(seed: 5)
      for row in 0..<batch.rowCount where batch.arms.dictionary[Int(batch.arms.codes[row])] == "b" {
        let day = (batch.days?[row] ?? 0) - 20_000
        if stream.bernoulli(0.5 * [1, 0.7, 0.4, 0.2, 0.1, 0, 0][Int(day)]) { batch.numbers[0][row] = 1 }
      }
    }
    let days = fading.rows.filter { $0.section == .day && $0.metric == "converted" }
    #expect(days.count == 8)
    #expect(days.first?.segment == "day=2024-10-04")
    #expect(days.last?.segment == "trend_by_day")
    #expect(days.last?.warnings == ["the effect fades by day of exposure: a novelty"])
  }

  @Test func effectOnThoseWhoOpenedIsWaldsQuotient() throws {
    let experiment = MadeUpUnits.experiment()
    let report = try report(experiment) { batch in
      batch.complied = (0..<batch.rowCount).map { row in
        batch.arms.dictionary[Int(batch.arms.codes[row])] == "b" && row % 5 != 0 ? 1 : 0
      }
    }
    let row = try #require(report.rows.first { $0.section == .compliance && $0.metric == "converted" })
    let whole = try #require(report.rows.first { $0.metric == "converted" })
    let variants = units.arms.indices.filter { units.arms[$0] == "b" }
    let share = Double(variants.count { $0 % 5 != 0 }) / Double(variants.count)
    #expect(abs(row.effect.difference - whole.effect.difference / share) < 1e-12)
    #expect(row.effect.method == "instrumental_variable")
  }

  /// Two arms that were both sent something say nothing of what opening does; who got nothing does.
  @Test func whereUnitsAreHeldOutOpenersAreComparedWithThem() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.holdout = 0.1
    let report = try report(experiment) { batch in
      batch.arms.dictionary.append("holdout")
      let code = Int32(batch.arms.dictionary.count - 1)
      for row in stride(from: 0, to: batch.rowCount, by: 10) { batch.arms.codes[row] = code }
      batch.complied = (0..<batch.rowCount).map { $0 % 10 == 0 ? .nan : $0 % 5 < 3 ? 1 : 0 }
    }
    let rows = report.rows.filter { $0.section == .compliance && $0.metric == "converted" }
    #expect(rows.map(\.variant) == ["all arms", "a", "b"])
    #expect(rows.allSatisfy { $0.control == "holdout" && $0.controlCount == 600 })
    let row = try #require(rows.first)
    #expect(row.variantCount == 5400)
    let holdout = try #require(report.rows.first { $0.section == .holdout && $0.metric == "converted" })
    let opened = Double((0..<6000).count { $0 % 10 != 0 && $0 % 5 < 3 }) / 5400
    #expect(abs(row.effect.difference - holdout.effect.difference / opened) < 1e-12)
    #expect(row.warnings == ["took it up: \(Int((opened * 100).rounded())) % against 0 %"])
    #expect(row.effect.differenceInterval.contains(row.effect.difference))
  }

  /// Guardrails have margins of their own: with one more of them, no segment of the others pays for it.
  @Test func guardrailsAreNotOfTheSegmentsFamily() throws {
    var experiment = MadeUpUnits.experiment()
    let plain = try report(experiment)
    experiment.metrics.append(
      Metric("prior", role: .guardrail, kind: .mean, better: .lower, margin: .absolute(5)))
    let guarded = try report(experiment)
    func segments(_ report: ExperimentReport) -> [ReportRow] {
      report.rows.filter { $0.section == .comparison && $0.segment != "overall" && $0.role != .guardrail }
    }
    #expect(segments(plain).map(\.adjustedP) == segments(guarded).map(\.adjustedP))
    #expect(segments(plain).contains { $0.adjustedP > $0.effect.pValue })
    let guards = guarded.rows.filter {
      $0.section == .comparison && $0.segment != "overall" && $0.role == .guardrail
    }
    #expect(guards.count == 3 && guards.allSatisfy { $0.correction == "non_inferiority" })
  }

  @Test func pStandsBesideTheAdjustedOne() throws {
    let table = try #require(
      report(MadeUpUnits.experiment()).tables().first { $0.title?.hasPrefix("Comparisons") == true })
    let names = table.columns.map(\.name)
    let place = try #require(names.firstIndex(of: "p"))
    #expect(names[place + 1] == "adjusted p")
  }

  @Test func theHoldoutIsComparedWithAllArms() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.holdout = 0.1
    let report = try report(experiment) { batch in
      batch.arms.dictionary.append("holdout")
      let code = Int32(batch.arms.dictionary.count - 1)
      for row in stride(from: 0, to: batch.rowCount, by: 10) { batch.arms.codes[row] = code }
    }
    let row = try #require(report.rows.first { $0.section == .holdout && $0.metric == "converted" })
    #expect(row.control == "holdout" && row.controlCount == 600 && row.variantCount == 5400)
    let rest = units.converted.indices.filter { $0 % 10 != 0 }
    let rate = rest.reduce(0) { $0 + units.converted[$1] } / 5400
    #expect(abs(row.effect.variant - rate) < 1e-12)
    #expect(try #require(report.rows.first).controlCount + #require(report.rows.first).variantCount == 5400)
  }

  @Test func guardrailsAreHeldBrokenOrUnclear() throws {
    func decision(_ margin: Metric.Margin, better: Metric.Direction) throws -> ReportRow {
      var experiment = MadeUpUnits.experiment()
      experiment.metrics.append(
        Metric(
          "rail", role: .guardrail, kind: .proportion, column: "converted", better: better, margin: margin))
      return try #require(report(experiment).rows.first { $0.metric == "rail" && $0.segment == "overall" })
    }
    // The difference is near +0.02, with a standard error near 0.009.
    let held = try decision(.absolute(0.02), better: .higher)
    #expect(held.decision == "held" && held.correction == "non_inferiority" && held.adjustedP < 0.025)
    #expect(try decision(.absolute(0.0001), better: .lower).decision != "held")
    #expect(try decision(.relative(0.9), better: .lower).decision == "held")
  }

  @Test func plannedLooksAreAccountedForAtTheEnd() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.plan.looking = .groupSequential(
      shares: [0.5, 1], spending: .obrienFleming, futility: nil)
    let rows = try report(experiment).rows
    let plain = try #require(rows.first)
    let row = try #require(rows.first { $0.metric == "converted (looks accounted for)" })
    #expect(row.effect.method == "stagewise")
    #expect(abs(row.effect.difference) <= abs(plain.effect.difference))
    // The last look's interval is wider than one at 95 %: 1.97 standard errors.
    let reach = plain.effect.differenceInterval.upper - plain.effect.differenceInterval.lower
    #expect(reach > 2 * 1.965 * plain.effect.standardError)
  }

  @Test func priorAddsTheProbabilityOfBetter() throws {
    let experiment = MadeUpUnits.experiment()
    let moments = try collectMoments(of: experiment, from: units.batches())
    let report = try analyze(
      moments, of: experiment, options: AnalysisOptions(posterior: .init()))
    let row = try #require(report.rows.first)
    #expect(abs(row.probabilityBetter - (1 - row.effect.pValue / 2)) < 2e-3)
    #expect(row.expectedLoss > 0 && row.expectedLoss < 1e-3)
    #expect(try analyze(moments, of: experiment).rows[0].probabilityBetter.isNaN)
  }

  @Test func clustersWidenTheInterval() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.metrics[1].covariates = []
    experiment.metrics[1].adjustment = .none
    experiment.segments = []
    var batch = try #require(units.batches().batches.first)
    batch.segments = []
    batch.numbers = Array(batch.numbers.prefix(2))
    // Sixty stores, thirty an arm; those of a store buy alike.
    let stores = units.arms.indices.map { row in "\(units.arms[row])\(row % 30)" }
    batch.cluster = CodedColumn(stores)
    for row in 0..<batch.rowCount { batch.numbers[1][row] += Double(row % 30) }
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    let clustered = try #require(
      analyze(moments, of: experiment).rows.first { $0.metric == "revenue" })
    batch.cluster = nil
    let plain = try #require(
      analyze(collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment).rows.first {
        $0.metric == "revenue"
      })
    #expect(clustered.effect.method == "cr2")
    #expect(abs(clustered.effect.difference - plain.effect.difference) < 1e-9)
    #expect(clustered.effect.standardError > 1.2 * plain.effect.standardError)
    #expect((clustered.effect.degreesOfFreedom ?? 0) < 60)
  }

  @Test func ratiosOfClustersAreRatiosAndCovariatesAreToldToBeUnused() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.segments = []
    experiment.metrics = [
      Metric("value", kind: .ratio(denominator: "converted"), column: "revenue"),
      Metric("revenue", kind: .mean, covariates: ["prior"]),
    ]
    let schema = UnitSchema(experiment)
    #expect(schema.numbers == ["revenue", "converted", "prior"])
    var batch = try #require(units.batches().batches.first)
    batch.segments = []
    batch.numbers = [batch.numbers[1], batch.numbers[0], batch.numbers[2]]
    // Every unit its own cluster: the ratio of units, but for the small-sample correction.
    batch.cluster = CodedColumn(units.ids)
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    let report = try analyze(moments, of: experiment)
    let clustered = try #require(report.rows.first { $0.metric == "value" })
    batch.cluster = nil
    let plain = try #require(
      analyze(collectMoments(of: experiment, from: UnitBatches([batch])), of: experiment).rows.first {
        $0.metric == "value"
      })
    #expect(clustered.effect.method == "cr2")
    #expect(abs(clustered.effect.control - plain.effect.control) < 1e-9)
    #expect(abs(clustered.effect.variant - plain.effect.variant) < 1e-9)
    #expect(abs(clustered.effect.standardError / plain.effect.standardError - 1) < 1e-3)

    let unused = report.health.checks.filter { $0.name == "unused_covariates" }
    #expect(unused.map(\.metric) == ["revenue"])
    #expect(unused.allSatisfy { $0.verdict == .warn && $0.sentence.contains("prior") })
    let revenue = try #require(report.rows.first { $0.metric == "revenue" })
    #expect(revenue.effect.method == "cr2" && revenue.warnings.contains { $0.contains("not adjusted") })

    experiment.metrics = [Metric("revenue", kind: .quantile(0.9))]
    batch.numbers = [batch.numbers[0]]
    batch.cluster = CodedColumn(units.ids)
    let values = try collectMoments(of: experiment, from: UnitBatches([batch]))
    let error = #expect(throws: Diagnostic.self) { try analyze(values, of: experiment) }
    #expect(error?.code == "RK0867")
  }

  /// 0 of 500 against 1 of 500 within a hundredth: Wald's test is sure (p 3e-05) where the score is not.
  @Test func aMarginOfRatesIsTestedByTheLawOfTheInterval() throws {
    let experiment = Experiment(
      id: "rail", arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a",
      metrics: [
        Metric("main", kind: .proportion),
        Metric("rail", role: .guardrail, kind: .proportion, better: .lower, margin: .absolute(0.01)),
      ])
    var lines: [MomentLine] = []
    for (arm, count) in [("a", 0.0), ("b", 1.0)] {
      for metric in ["main", "rail"] {
        lines.append(MomentLine(metric: metric, arm: arm, statistic: "n", amount: 500))
        lines.append(
          MomentLine(
            metric: metric, arm: arm, statistic: "sum", x: "y", amount: metric == "rail" ? count : 50))
      }
    }
    let report = try analyze(ExperimentMoments(lines: lines, of: experiment), of: experiment)
    let rail = try #require(report.rows.first { $0.metric == "rail" && $0.section == .comparison })
    let expected = TwoProportions(
      control: .init(successes: 0, count: 500), variant: .init(successes: 1, count: 500)
    ).scoreTest(difference: 0.01, alternative: .less).pValue
    #expect(rail.adjustedP == expected && expected > 0.01)
    #expect(!rail.warnings.contains { $0.hasPrefix("equivalent") })
  }
}
