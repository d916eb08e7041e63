import RekindleCore
import RekindleExperiments
import RekindleStatistics
import RekindleTables
import Testing

@Suite struct AnalyzeTests {
  private let units = MadeUpUnits(count: 6000, arms: ["a", "b"])

  private func report(
    _ units: MadeUpUnits, _ experiment: Experiment = MadeUpUnits.experiment(cap: 0.99)
  ) throws -> ExperimentReport {
    try analyze(try collectMoments(of: experiment, from: units.batches()), of: experiment)
  }

  private func row(_ report: ExperimentReport, _ metric: String, _ segment: String = "overall") throws
    -> ReportRow
  {
    try #require(report.rows.first { $0.metric == metric && $0.segment == segment })
  }

  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    a.isNaN && b.isNaN || a == b || abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-300)
  }

  @Test func rowsAndSumsGiveTheSameReport() throws {
    let experiment = MadeUpUnits.experiment(cap: 0.99)
    let moments = try collectMoments(of: experiment, from: units.batches())
    let fromRows = try analyze(moments, of: experiment)
    let sums = try ExperimentMoments(lines: moments.lines(of: experiment), of: experiment)
    let fromSums = try analyze(sums, of: experiment)
    #expect(fromRows.rows.count == fromSums.rows.count)
    for (a, b) in zip(fromRows.rows, fromSums.rows) {
      #expect(a.metric == b.metric && a.segment == b.segment && a.decision == b.decision)
      #expect(a.controlCount == b.controlCount && a.variantCount == b.variantCount)
      for path in [\Effect.control, \.variant, \.standardError, \.lift, \.pValue, \.liftInterval.lower] {
        #expect(isClose(a.effect[keyPath: path], b.effect[keyPath: path]))
      }
      #expect(abs(a.effect.difference - b.effect.difference) <= 1e-9 * abs(a.effect.standardError))
      #expect(isClose(a.varianceReduction, b.varianceReduction))
    }
    #expect(fromRows.health.checks.map(\.verdict).max() == fromSums.health.checks.map(\.verdict).max())
  }

  @Test func swappingTheArmsNegates() throws {
    let experiment = MadeUpUnits.experiment()
    var swapped = experiment
    swapped.control = "b"
    let there = try report(units, experiment)
    let back = try report(units, swapped)
    for metric in ["converted", "revenue", "revenue (unadjusted)"] {
      let (a, b) = (try row(there, metric), try row(back, metric))
      #expect(isClose(a.effect.difference, -b.effect.difference))
      #expect(isClose(a.effect.pValue, b.effect.pValue))
      #expect(isClose(a.effect.differenceInterval.lower, -b.effect.differenceInterval.upper, 1e-7))
    }
  }

  @Test func scalingRevenueScalesItsEffectAndNoP() throws {
    var dearer = units
    dearer.revenue = dearer.revenue.map { 8 * $0 }
    let (a, b) = (try report(units), try report(dearer))
    for (x, y) in zip(a.rows, b.rows) where x.metric.hasPrefix("revenue") && !x.metric.contains("share above")
    {
      #expect(isClose(8 * x.effect.difference, y.effect.difference))
      #expect(isClose(x.effect.pValue, y.effect.pValue))
      #expect(isClose(x.effect.lift, y.effect.lift, 1e-8))
    }
  }

  @Test func addingAConstantMovesTheValuesAlone() throws {
    var higher = units
    higher.revenue = higher.revenue.map { $0 + 1000 }
    let experiment = MadeUpUnits.experiment()
    let (a, b) = (
      try row(report(units, experiment), "revenue"), try row(report(higher, experiment), "revenue")
    )
    #expect(isClose(a.effect.control + 1000, b.effect.control))
    #expect(isClose(a.effect.difference, b.effect.difference, 1e-8))
    #expect(isClose(a.effect.standardError, b.effect.standardError))
  }

  @Test func twiceTheUnitsHalveTheVariance() throws {
    var twice = units
    for row in units.ids.indices {
      twice.ids.append("d\(row)")
      twice.arms.append(units.arms[row])
      twice.city.append(units.city[row])
      twice.day.append(units.day[row])
      twice.converted.append(units.converted[row])
      twice.revenue.append(units.revenue[row])
      twice.prior.append(units.prior[row])
    }
    let (once, both) = (try report(units), try report(twice))
    for metric in ["converted", "revenue"] {
      let ratio =
        try row(once, metric).effect.standardError / row(both, metric).effect.standardError
      #expect(abs(ratio - 2.0.squareRoot()) < 1e-3)
    }
  }

  @Test func covariateTakesVarianceAwayAndMissesNobody() throws {
    let report = try report(units, MadeUpUnits.experiment())
    let (adjusted, plain) = (try row(report, "revenue"), try row(report, "revenue (unadjusted)"))
    #expect(adjusted.effect.method == "lin")
    #expect(adjusted.varianceReduction > 0.01)
    let expected =
      1 - adjusted.effect.standardError * adjusted.effect.standardError
      / (plain.effect.standardError * plain.effect.standardError)
    #expect(isClose(adjusted.varianceReduction, expected))
    #expect(adjusted.controlCount + adjusted.variantCount == 6000)
  }

  @Test func contributionsAddUpToTheDifference() throws {
    let report = try report(units)
    let whole = try row(report, "revenue (raw)").effect.difference
    _ = whole
    let plain = try self.report(units, MadeUpUnits.experiment())
    let parts =
      try row(plain, "revenue (through the share)").effect.difference
      + row(plain, "revenue (through the mean of those above 0)").effect.difference
    #expect(isClose(parts, try row(plain, "revenue (unadjusted)").effect.difference))
    let share = try row(plain, "revenue (share above 0)").effect
    #expect(isClose(share.difference, try row(plain, "converted").effect.difference))
  }

  @Test func correctionsAreByFamilyAndIntervalsAgree() throws {
    let units = MadeUpUnits(count: 9000, arms: ["a", "b", "c", "d"], effects: [0, 0.03, 0, 0.01])
    let experiment = MadeUpUnits.experiment(arms: ["a", "b", "c", "d"])
    let report = try report(units, experiment)
    let primary = report.rows.filter { $0.metric == "converted" && $0.segment == "overall" }
    #expect(primary.map(\.correction) == ["holm", "holm", "holm"])
    let holm = PValueAdjustment.holm.adjusted(primary.map(\.effect.pValue))
    #expect(zip(primary, holm).allSatisfy { $0.adjustedP == $1 })
    for row in primary {
      let isOut = !row.effect.differenceInterval.contains(0)
      #expect(isOut == (row.adjustedP <= 0.05))
    }
    let segments = report.rows.filter { $0.section == .comparison && $0.segment.hasPrefix("city=") }
    #expect(segments.count == 2 * 3 * 3)
    #expect(segments.allSatisfy { $0.correction == "benjamini_hochberg" })
  }

  @Test func columnsAreTheContract() throws {
    let table = try report(units).longTable()
    let header = table.csv().split(separator: "\n").first.map(String.init)
    #expect(
      header
        == "experiment,metric,role,segment,control,variant,n_control,n_variant,value_control,"
        + "value_variant,diff,diff_se,diff_lower,diff_upper,lift,lift_lower,lift_upper,method,df,statistic,p,"
        + "p_adjusted,correction,always_valid_p,cs_lower,cs_upper,prob_better,loss,variance_reduction,"
        + "n_excluded,n_capped,srm_p,decision,warnings")
  }

  @Test func decisionsWaitForThePlannedEnd() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.start = CivilDate("2024-10-04")
    experiment.end = CivilDate("2024-10-20")
    let moments = try collectMoments(of: experiment, from: units.batches())
    let early = try analyze(
      moments, of: experiment, options: AnalysisOptions(asOf: CivilDate("2024-10-11")))
    #expect(early.status.kind == .running)
    #expect(early.status.words == "About 9 days left")
    #expect(early.rows[0].decision == "not yet")
    let late = try analyze(
      moments, of: experiment, options: AnalysisOptions(asOf: CivilDate("2024-10-20")))
    #expect(late.status.kind == .ship || late.status.kind == .review)
    #expect(late.rows[0].effect == early.rows[0].effect)
  }

  @Test func methodsAreChosenByNameAndUnknownOnesRefused() throws {
    var experiment = MadeUpUnits.experiment()
    experiment.metrics[0].method = "newcombe"
    #expect(try row(report(units, experiment), "converted").effect.method == "newcombe")
    experiment.metrics[0].method = "newcomb"
    let moments = try collectMoments(of: experiment, from: units.batches())
    let error = #expect(throws: Diagnostic.self) { try analyze(moments, of: experiment) }
    #expect(error?.code == "RK0860")
    #expect(error?.hint == "did you mean \"newcombe\"?")
    var other = experiment
    other.metrics.removeLast()
    let misfit = #expect(throws: Diagnostic.self) { try analyze(moments, of: other) }
    #expect(misfit?.code == "RK0861")
  }

  @Test func smallArmsGetTheExactTest() throws {
    let small = MadeUpUnits(count: 300, arms: ["a", "b"])
    let converted = try row(report(small), "converted")
    #expect(converted.effect.method == "boschloo")
    #expect(converted.effect.pValue > 0 && converted.effect.pValue <= 1)
  }
}
