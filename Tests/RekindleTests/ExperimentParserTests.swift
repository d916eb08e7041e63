import Rekindle
import Testing

@Suite struct ExperimentParserTests {
  /// The text of an experiment's settings, two spaces deep in `spring:`.
  private func parse(_ settings: String) throws -> ExperimentEntry {
    let lines = settings.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    let file = try ProjectFile(
      text: "rekindle: 1\nexperiments:\n  spring:\n" + lines.joined(separator: "\n") + "\n", path: "p.yaml")
    #expect(file.sources.isEmpty)
    return try #require(file.experiments.first)
  }

  private func refusal(
    _ settings: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Diagnostic {
    try #require(throws: Diagnostic.self, sourceLocation: sourceLocation) { try parse(settings) }
  }

  /// The text of a place's line that the caret stands under.
  private func underlined(_ diagnostic: Diagnostic) -> String? {
    guard let place = diagnostic.place, let text = place.text, let column = place.column else { return nil }
    return String(text.dropFirst(column - 1).prefix(place.length))
  }

  @Test func defaults() throws {
    let entry = try parse("arms: [control, treatment]")
    let experiment = entry.experiment
    #expect(
      experiment
        == Experiment(
          id: "spring", arms: [.init("control", weight: 0.5), .init("treatment", weight: 0.5)],
          control: "control"))
    #expect(entry.formulas.isEmpty && entry.key == "experiments.spring")
    #expect(experiment.salt == "spring" && experiment.plan == Plan() && experiment.correction == .holm)
  }

  @Test func everySetting() throws {
    let entry = try parse(
      """
      salt: s2
      unit: store
      arms: {none: 0.5, 200-50: 0.3, 300-80: 0.2}
      control: 200-50
      holdout: 0.1
      layer: {name: coupons, from: 0.25, to: 0.5}
      ramp: [{coverage: 0.1}, {coverage: 0.5, weights: {none: 0.2, 300-80: 0.8}}]
      strata: [tier, region]
      start: 2026-03-01
      end: 2026-03-15
      metrics:
        ordered_14d: {kind: proportion, formula: "count(purchase, next 14d) >= 1"}
        revenue_14d: {kind: mean, role: secondary, formula: "sum(purchase.value, next 14d)", covariates: [prior_28d], adjustment: cuped, cap: 0.99}
        opted_out: {kind: proportion, role: guardrail, column: unsubscribed, better: lower, margin: 0.005, method: newcombe, mature_after: 2w}
        basket: {kind: ratio, role: guardrail, formula: "sum(purchase.value, next 14d)", denominator: "count(purchase, next 28d)", margin: 5%}
        per_visit: {kind: ratio, denominator: visits}
        late: {kind: quantile, at: 0.9}
      covariates: {prior_28d: "sum(purchase.value, last 28d)"}
      segments: {tier: "latest(tier.level) >= 2"}
      plan: {alpha: 0.1, power: 0.9, effect: 5%, looks: [0.25, 0.5, 1], spending: pocock, futility: obrien_fleming}
      correction: dunnett
      """)
    let experiment = entry.experiment
    #expect(
      experiment
        == Experiment(
          id: "spring", salt: "s2", unit: "store",
          arms: [
            .init("none", weight: 0.5), .init("200-50", weight: 0.3), .init("300-80", weight: 0.2),
          ], control: "200-50", holdout: 0.1, layer: .init(name: "coupons", lower: 0.25, upper: 0.5),
          ramp: [.init(coverage: 0.1), .init(coverage: 0.5, weights: [0.2, 0, 0.8])],
          strata: ["tier", "region"], start: CivilDate("2026-03-01"), end: CivilDate("2026-03-15"),
          metrics: [
            Metric("ordered_14d", kind: .proportion, matureAfterDays: 14),
            Metric(
              "revenue_14d", role: .secondary, kind: .mean, covariates: ["prior_28d"], adjustment: .cuped,
              cap: 0.99, matureAfterDays: 14),
            Metric(
              "opted_out", role: .guardrail, kind: .proportion, column: "unsubscribed", better: .lower,
              method: "newcombe", margin: .absolute(0.005), matureAfterDays: 14),
            Metric(
              "basket", role: .guardrail, kind: .ratio(denominator: "basket_denominator"),
              margin: .relative(0.05), matureAfterDays: 28),
            Metric("per_visit", kind: .ratio(denominator: "visits")),
            Metric("late", kind: .quantile(0.9)),
          ], segments: ["tier"],
          plan: Plan(
            alpha: 0.1, power: 0.9, effect: .relative(0.05),
            looking: .groupSequential(
              shares: [0.25, 0.5, 1], spending: .pocock, futility: .obrienFleming)),
          correction: .dunnett))
    #expect(
      entry.formulas.map(\.column) == [
        "prior_28d", "tier", "ordered_14d", "revenue_14d", "basket", "basket_denominator",
      ])
    #expect(
      entry.formulas.map(\.use) == [.covariate, .segment, .metric, .metric, .metric, .metric])
    #expect(entry.formula("basket_denominator")?.expression.description == "count(purchase, next 28d)")
  }

  @Test func factorsMakeCells() throws {
    let experiment = try parse(
      """
      factors: {coupon: {none: 0.5, 200-50: 0.25, 300-80: 0.25}, slot: [weekday_20, weekend_12]}
      control: none/weekend_12
      """
    ).experiment
    #expect(
      experiment.factors == [
        .init("coupon", levels: ["none", "200-50", "300-80"]),
        .init("slot", levels: ["weekday_20", "weekend_12"]),
      ])
    #expect(
      experiment.arms == [
        .init("none/weekday_20", weight: 0.25, levels: [0, 0]),
        .init("none/weekend_12", weight: 0.25, levels: [0, 1]),
        .init("200-50/weekday_20", weight: 0.125, levels: [1, 0]),
        .init("200-50/weekend_12", weight: 0.125, levels: [1, 1]),
        .init("300-80/weekday_20", weight: 0.125, levels: [2, 0]),
        .init("300-80/weekend_12", weight: 0.125, levels: [2, 1]),
      ])
    #expect(experiment.control == "none/weekend_12")
  }

  @Test func aFractionIsAPartOfTheCells() throws {
    let experiment = try parse(
      "factors: {coupon: {a: 0.75, b: 0.25}, slot: [c, d], copy: [e, f]}\ngenerators: [copy=coupon*slot]"
    ).experiment
    #expect(experiment.arms.map(\.name) == ["a/c/f", "a/d/e", "b/c/e", "b/d/f"])
    #expect(experiment.arms.map(\.weight) == [0.375, 0.375, 0.125, 0.125])
    #expect(experiment.generators == ["copy=coupon*slot"])
  }

  @Test func columnsHaveNames() throws {
    var columns = UnitColumns()
    columns.id = "userid"
    columns.arm = "version"
    columns.declared = ["id", "arm"]
    #expect(try parse("arms: [a, b]\ncolumns: {id: userid, arm: version}").columns == columns)
    #expect(try refusal("arms: [a, b]\ncolumns: {armm: version}").hint == "did you mean \"arm\"?")
  }

  @Test func waysOfLooking() throws {
    func looking(_ plan: String) throws -> Plan.Looking {
      try parse("arms: [a, b]\nplan: {\(plan)}").experiment.plan.looking
    }
    #expect(try looking("") == .once)
    #expect(
      try looking("looks: 4")
        == .groupSequential(shares: [0.25, 0.5, 0.75, 1], spending: .obrienFleming, futility: nil))
    #expect(try looking("monitoring: always_valid") == .alwaysValid(tunedAt: nil))
    #expect(
      try looking("monitoring: always_valid, tuned_at: 5000") == .alwaysValid(tunedAt: 5000))
  }

  @Test func columnsOfAFlatFile() throws {
    let entry = try parse(
      """
      arms: [a, b]
      covariates: [prior]
      segments: [tier, region]
      metrics: {revenue: {kind: mean, covariates: [prior]}}
      """)
    #expect(entry.formulas.isEmpty)
    #expect(entry.experiment.segments == ["tier", "region"])
    #expect(entry.experiment.metrics.first?.column == "revenue")
  }

  /// A caret stands under what is wrong.
  @Test(arguments: [
    ("arm: [a, b]", "RK0602", "arm"), ("holdout: 0.1", "RK0602", nil),
    ("arms: [a, b]\nfactors: {x: [c, d]}", "RK0603", nil),
    ("arms: [a, b]\ngenerators: [D=A*B]", "RK0805", nil), ("arms: [a]", "RK0801", nil),
    ("arms: {a: 0.5, b: 0.4}", "RK0802", nil),
    ("factors: {x: [c], y: [d, e]}", "RK0803", nil),
    ("factors: {x: {c: 0.5, f: 0.4}, y: [d, e]}", "RK0802", nil),
    ("arms: [a, b]\ncontrol: c", "RK0806", "c"), ("arms: [a, b]\nholdout: 2", "RK0603", "2"),
    ("arms: [a, b]\nramp: [{coverage: 0.5}, {coverage: 0.1}]", "RK0809", nil),
    ("arms: [a, b]\nstart: 2026-03-02\nend: 2026-03-01", "RK0810", "2026-03-01"),
    ("arms: [a, b]\nmetrics: {m: {kind: mean, role: secondary}}", "RK0811", nil),
    ("arms: [a, b]\nmetrics: {m: {kind: proportion, cap: 0.9}}", "RK0812", "0.9"),
    ("arms: [a, b]\ncoverage: 0.5\nramp: [{coverage: 1}]", "RK0603", "0.5"),
    ("arms: [a, b]\nramp: [{coverage: 1, weights: {c: 1}}]", "RK0603", "1"),
    ("arms: [a, b]\nramp: [{share: 1}]", "RK0602", "share"),
    ("arms: [a, b]\nstart: tomorrow", "RK0603", "tomorrow"),
    ("arms: [a, b]\ncorrection: holmes", "RK0603", "holmes"),
    ("arms: [a, b]\nlayer: {from: 0.5}", "RK0602", nil),
    ("arms: [a, b]\nplan: {effect: -5%}", "RK0603", "-5%"),
    ("arms: [a, b]\nplan: {looks: [0.5, 0.25, 1]}", "RK0813", nil),
    ("arms: [a, b]\nplan: {looks: [0.5, 0.75]}", "RK0813", nil),
    ("arms: [a, b]\nplan: {spending: pocock}", "RK0603", "pocock"),
    ("arms: [a, b]\nplan: {monitoring: always_valid, looks: 3}", "RK0603", "3"),
    ("arms: [a, b]\nmetrics: {m: {}}", "RK0602", nil),
    ("arms: [a, b]\nmetrics: {m: {kind: median}}", "RK0603", "median"),
    ("arms: [a, b]\nmetrics: {m: {kind: mean, at: 0.5}}", "RK0603", "0.5"),
    ("arms: [a, b]\nmetrics: {m: {kind: quantile, at: 1}}", "RK0603", "1"),
    ("arms: [a, b]\nmetrics: {m: {kind: ratio}}", "RK0602", nil),
    ("arms: [a, b]\nmetrics: {m: {kind: mean, formula: count(x), column: y}}", "RK0603", "y"),
    ("arms: [a, b]\nmetrics: {m: {kind: mean, role: main}}", "RK0603", "main"),
    ("arms: [a, b]\ncovariates: [p]\nmetrics: {m: {kind: mean, covariates: [q]}}", "RK0603", "q"),
    ("arms: [a, b]\ncovariates: {m: count(x)}\nmetrics: {m: {kind: mean, formula: count(x)}}", "RK0603", nil),
  ])
  func whatIsWrongIsUnderlined(settings: String, code: String, under: String?) throws {
    let error = try refusal(settings)
    #expect(error.code == code, "\(error)")
    #expect(error.place?.line != nil)
    if let under { #expect(underlined(error) == under, "\(error)") }
  }

  @Test func aFormulaThatDoesNotParse() throws {
    let error = try refusal(
      "arms: [a, b]\nmetrics:\n  m: {kind: mean, formula: \"sum(purchase.value, next 14x)\"}")
    #expect(error.code.hasPrefix("RK03"))
    #expect(error.place?.line == 6)
    #expect(underlined(error)?.hasPrefix("14x") == true, "\(error)")
  }
}
