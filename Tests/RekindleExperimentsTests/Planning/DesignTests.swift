import RekindleCore
import RekindleExperiments
import RekindleStatistics
import RekindleTables
import Testing

@Suite struct DesignTests {
  @Test func twoArmsNeedWhatRSays() throws {
    // power.prop.test(p1 = 0.1, p2 = 0.12, power = 0.8): 3840.85 an arm.
    let report = try design(conversion(effect: .absolute(0.02)), with: input(0.1, units: 5000))
    let row = try #require(report.comparisons.first)
    #expect(row.armUnits == [3841, 3841] && row.units == 7682)
    #expect(row.inflation == 1 && row.alpha == 0.05 && row.lift == 0.02 / 0.1)
    // power.prop.test(n = 2500, p1 = 0.1, p2 = 0.12): 0.6219…; and what 2,500 an arm find.
    #expect(abs(row.powerAtHand - ProportionPower(control: 0.1).power(variant: 0.12, units: 5000)) < 1e-12)
    let found = ProportionPower(control: 0.1).detectable(units: 5000, power: 0.8)
    #expect(abs(row.detectable - (found - 0.1)) < 1e-9)
    #expect(!report.isFeasible && report.findings.map(\.name) == ["too_few_units"])
  }

  @Test func aMeanNeedsWhatWelchSays() throws {
    var experiment = conversion(effect: .relative(0.05))
    experiment.metrics = [Metric("spend", kind: .mean)]
    let history = DesignInput(baselines: ["spend": MetricBaseline(value: 40, variance: PlannedVariance(900))])
    let row = try #require(try design(experiment, with: history).comparisons.first)
    let units = MeanPower(controlDeviation: 30).units(difference: 2, power: 0.8)
    #expect(abs(Double(row.units ?? 0) - units) < 2)
    // Half the variance explained: half the units.
    var adjusted = history
    adjusted.baselines["spend"]?.explained = 0.5
    let less = try #require(try design(experiment, with: adjusted).comparisons.first?.units)
    #expect(abs(Double(less) / units - 0.5) < 0.005)
    // Stores of 21 customers with a correlation of 0.05: twice the customers.
    var clustered = history
    clustered.clusters = DesignInput.Clusters(meanSize: 21, correlation: 0.05)
    let more = try #require(try design(experiment, with: clustered).comparisons.first?.units)
    #expect(abs(Double(more) / units - 2) < 0.005)
  }

  /// coupon × slot: the two main effects need what two arms need; the interaction four times that.
  @Test func interactionsNeedFourTimesTheUnits() throws {
    let experiment = try factorial(effect: .relative(0.1))
    var history = DesignInput(baselines: ["spend": MetricBaseline(value: 40, variance: PlannedVariance(900))])
    history.units = 4000
    let report = try design(experiment, with: history)
    let main = report.comparisons.filter { $0.kind == .mainEffect }.compactMap(\.units)
    let interaction = report.comparisons.filter { $0.kind == .interaction }.compactMap(\.units)
    #expect(main.count == 2 && interaction.count == 1 && report.comparisons.count == 6)
    #expect(abs(Double(interaction[0]) / Double(main[0]) - 4) < 0.02)
    let finding = try #require(report.findings.first)
    #expect(finding.name == "interactions_too_small" && report.isFeasible)
    #expect(finding.text.hasSuffix("are at hand): run it as main effects only"))
  }

  @Test func correctionsRaiseTheBar() throws {
    var experiment = conversion(effect: .absolute(0.02))
    experiment.arms = ["a", "b", "c", "d"].map { Experiment.Arm($0, weight: 0.25) }
    experiment.control = "a"
    func units(_ correction: Experiment.Correction) throws -> Int {
      experiment.correction = correction
      return try #require(try design(experiment, with: input(0.1)).comparisons.first?.units)
    }
    let (plain, dunnett, holm, tukey) = (
      try units(.none), try units(.dunnett), try units(.holm), try units(.tukey)
    )
    #expect(plain < dunnett && dunnett < holm && holm < tukey)
    #expect(plain == 4 * 3841)
    let bonferroni = ProportionPower(control: 0.1, alpha: 0.05 / 3).units(variant: 0.12, power: 0.8)
    #expect(abs(Double(holm) - 2 * bonferroni) < 4)
  }

  @Test func looksCostTheirInflation() throws {
    var experiment = conversion(effect: .absolute(0.02))
    experiment.plan.looking = .groupSequential(
      shares: [0.25, 0.5, 0.75, 1], spending: .pocock, futility: nil)
    let report = try design(experiment, with: input(0.1, perDay: 500))
    let row = try #require(report.comparisons.first)
    // rpact: 1.19631; the score test's two variances move it a little.
    #expect(abs(row.inflation - 1.19631) < 0.002)
    #expect(report.looks.count == 4 && abs(report.looks[0].criticalValue - 2.36832770) < 1e-6)
    #expect(abs((report.looks.last?.powerSoFar ?? 0) - 0.8) < 1e-3)
    #expect(report.looks.last?.units == row.units && report.looks[3].day == row.days)
    #expect(report.duration?.enrolmentDays == 19 && report.duration?.recommendedDays == 21)

    experiment.plan.looking = .alwaysValid(tunedAt: 12_000)
    let always = try design(experiment, with: input(0.1))
    let units = try #require(always.comparisons.first?.units)
    let critical = AsymptoticConfidenceSequence(tunedAt: 12_000).criticalValue(units: Double(units))
    #expect(abs((always.comparisons.first?.inflation ?? 0) / pow2((critical + 0.8416) / 2.8016) - 1) < 0.01)
    #expect(abs((always.looks.last?.powerSoFar ?? 0) - 0.8) < 1e-3)
  }

  @Test func aGuardrailIsPlannedForItsMargin() throws {
    var experiment = conversion(effect: .absolute(0.02))
    experiment.metrics.append(
      Metric("unsubscribed", role: .guardrail, kind: .proportion, better: .lower, margin: .absolute(0.005)))
    var history = input(0.1, units: 20_000)
    history.baselines["unsubscribed"] = MetricBaseline(value: 0.02)
    let row = try #require(try design(experiment, with: history).comparisons.last)
    // (1.96 + 0.8416)² · 2 · 0.02 · 0.98 / 0.005² an arm.
    let arm = pow2(1.959964 + 0.841621) * 2 * 0.0196 / pow2(0.005)
    #expect(abs(Double(row.units ?? 0) - 2 * arm) < 3)
    #expect(row.effect == 0.005 && row.alternative == .greater && row.alpha == 0.025)
  }

  @Test func holdoutLayerAndCoverageTakeTheirShare() throws {
    var experiment = conversion(effect: .absolute(0.02))
    experiment.holdout = 0.1
    experiment.layer = Experiment.Layer(name: "coupons", lower: 0, upper: 0.5)
    experiment.ramp = [Experiment.Phase(coverage: 0.1), Experiment.Phase(coverage: 0.8)]
    experiment.start = CivilDate("2026-03-01")
    experiment.end = CivilDate("2026-03-29")
    let report = try design(experiment, with: input(0.1, perDay: 1000))
    #expect(report.unitsAtHand == 10_080)
    #expect(report.duration?.enrolmentDays == 22)
  }

  @Test func whatCannotBePlannedIsRefused() throws {
    func code(_ input: DesignInput, _ change: (inout Experiment) -> Void = { _ in }) -> String? {
      var experiment = conversion(effect: .absolute(0.02))
      change(&experiment)
      do {
        _ = try design(experiment, with: input)
        return nil
      } catch {
        return error.code
      }
    }
    #expect(code(DesignInput(baselines: [:])) == "RK0870")
    #expect(
      code(input(0.1)) { $0.metrics = [] } == "RK0870" || code(input(0.1)) { $0.metrics = [] } == "RK0811")
    #expect(code(input(0)) == "RK0871")
    #expect(code(input(1.2)) == "RK0871")
    #expect(code(input(40)) { $0.metrics = [Metric("buy", kind: .mean)] } == "RK0871")
    #expect(code(DesignInput(baselines: ["buy": MetricBaseline(value: 0.1, explained: 1)])) == "RK0871")
    #expect(code(input(0.1, units: 0)) == "RK0872")
    #expect(code(DesignInput(baselines: ["buys": MetricBaseline(value: 0.1)])) == "RK0874")
    var clustered = input(0.1)
    clustered.clusters = DesignInput.Clusters(meanSize: 0.5, correlation: 0)
    #expect(code(clustered) == "RK0873")
  }

  /// Half of a 2³ design: copy goes with coupon × slot, and is told so once.
  /// The primary metric is answered, the secondary and the guardrail are not: both are told.
  @Test func furtherRowsThatTheUnitsDoNotAnswerAreTold() throws {
    let experiment = Experiment(
      id: "test", arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a",
      metrics: [
        Metric("buy", kind: .proportion), Metric("spend", role: .secondary, kind: .mean),
        Metric("refund", role: .guardrail, kind: .proportion, better: .lower, margin: .absolute(0.001)),
      ], plan: Plan(effect: .relative(0.2)))
    func findings(units: Int) throws -> [DesignFinding] {
      try design(
        experiment,
        with: DesignInput(
          baselines: [
            "buy": MetricBaseline(value: 0.3),
            "spend": MetricBaseline(value: 40, variance: PlannedVariance(400 * 400)),
            "refund": MetricBaseline(value: 0.02),
          ], units: units)
      ).findings
    }
    let others = try findings(units: 5000).filter { $0.name == "too_few_for_others" }
    #expect(others.count == 2 && others.allSatisfy { $0.severity == .warning })
    #expect(others.contains { $0.text.hasPrefix("\"spend\"") })
    #expect(others.contains { $0.text.hasPrefix("\"refund\"") })
    #expect(try !findings(units: 5000).contains { $0.name == "too_few_units" })
    #expect(try !findings(units: 10_000_000).contains { $0.name == "too_few_for_others" })
  }

  @Test func aliasesAreNamed() throws {
    let factors = ["coupon", "slot", "copy"].map { Experiment.Factor($0, levels: ["a", "b"]) }
    let arms = try Experiment.Arm.factorial(factors, generators: ["copy = coupon*slot"])
    var experiment = try factorial(effect: .relative(0.1))
    experiment.factors = factors
    experiment.generators = ["copy = coupon*slot"]
    experiment.arms = arms
    experiment.control = arms[0].name
    let report = try design(experiment, with: spend(units: 100_000))
    let aliased = report.findings.filter { $0.name == "aliased" }
    #expect(aliased.count == 3)
    #expect(aliased.contains { $0.text.hasSuffix("copy b from coupon b × slot b") })
  }

  @Test func anUntunedSequenceIsToldWhere() throws {
    var experiment = conversion(effect: .absolute(0.02))
    experiment.plan.looking = .alwaysValid(tunedAt: nil)
    let report = try design(experiment, with: input(0.1))
    let units = try #require(report.comparisons.first?.units)
    #expect(report.findings.contains { $0.name == "not_tuned" && $0.text.contains("tuned_at \(units)") })
    #expect(report.looks.count == 5 && report.looks.allSatisfy { $0.alphaSpent.isNaN })
  }

  /// Three times four levels by two: 24 cells, sequential, in well under a second of release.
  @Test func manyCellsArePlanned() throws {
    let factors = [
      Experiment.Factor("coupon", levels: ["a", "b", "c"]),
      Experiment.Factor("slot", levels: ["a", "b", "c", "d"]), Experiment.Factor("copy", levels: ["a", "b"]),
    ]
    var experiment = try factorial(effect: .relative(0.1))
    experiment.factors = factors
    experiment.arms = try Experiment.Arm.factorial(factors)
    experiment.control = experiment.arms[0].name
    experiment.correction = .holm
    experiment.plan.looking = .groupSequential(shares: [0.5, 1], spending: .obrienFleming, futility: nil)
    let report = try design(experiment, with: spend(units: 20_000))
    let counts = PlannedComparison.Kind.allCases.map { kind in report.comparisons.count { $0.kind == kind } }
    #expect(counts == [23, 6, 11])
    let main = try #require(report.comparisons.first { $0.kind == .mainEffect })
    #expect(abs(main.alpha - 0.05 / 6) < 1e-15)
    // One of three levels against another: ⅔ of the units take part, 1.5 times as many are needed.
    let coded = report.comparisons.filter { $0.kind == .mainEffect }.compactMap(\.units)
    #expect(abs(Double(coded[0]) / Double(coded[5]) - 1.5) < 0.02)
    #expect(report.armUnitsTable().rows.count == 24 * 40)
  }

  @Test func impossibleEffectsAreTold() throws {
    let report = try design(conversion(effect: .absolute(0.95)), with: input(0.1, units: 1000))
    #expect(report.findings.map(\.name) == ["effect_impossible"] && report.comparisons[0].units == nil)
  }

  @Test func everyRenderingHoldsTheNumbers() throws {
    let experiment = try factorial(effect: .relative(0.1))
    let history = DesignInput(
      baselines: ["spend": MetricBaseline(value: 40, variance: PlannedVariance(900))], units: 4000,
      unitsPerDay: 100)
    let report = try design(experiment, with: history)
    for text in [report.text(of: experiment), report.markdown(of: experiment)] {
      #expect(text.contains("main effects only") && text.contains("Power curve"))
    }
    #expect(
      report.json().hasPrefix("{\n\"experiment\": \"campaign\"")
        && report.json().contains("\"feasible\": true"))
    #expect(report.comparisonTable().csv().split(separator: "\n").count == 1 + report.comparisons.count)
    #expect(report.json() == (try design(experiment, with: history)).json())
  }

  private func spend(units: Int) -> DesignInput {
    DesignInput(
      baselines: ["spend": MetricBaseline(value: 40, variance: PlannedVariance(900))], units: units)
  }

  private func pow2(_ x: Double) -> Double { x * x }

  private func conversion(effect: Metric.Margin?) -> Experiment {
    Experiment(
      id: "coupon", arms: [Experiment.Arm("200-50", weight: 0.5), Experiment.Arm("300-80", weight: 0.5)],
      control: "200-50", metrics: [Metric("buy", kind: .proportion)], plan: Plan(effect: effect))
  }

  private func factorial(effect: Metric.Margin) throws -> Experiment {
    let factors = [
      Experiment.Factor("coupon", levels: ["200-50", "300-80"]),
      Experiment.Factor("slot", levels: ["weekday_20", "weekend_12"]),
    ]
    return Experiment(
      id: "campaign", arms: try Experiment.Arm.factorial(factors), factors: factors,
      control: "200-50/weekday_20", metrics: [Metric("spend", kind: .mean)], plan: Plan(effect: effect),
      correction: .none)
  }

  private func input(_ rate: Double, units: Int? = nil, perDay: Double? = nil) -> DesignInput {
    DesignInput(baselines: ["buy": MetricBaseline(value: rate)], units: units, unitsPerDay: perDay)
  }
}
