internal import RekindleCore
internal import RekindleExperiments
internal import Testing

@Suite struct ExperimentValidationTests {
  static let sound = Experiment(
    id: "spring", arms: [.init("none", weight: 0.5), .init("200-50", weight: 0.5)], control: "none",
    metrics: [Metric("bought", kind: .proportion)])

  @Test func aSoundExperimentPasses() throws {
    try Self.sound.validate()
    var bare = Self.sound
    bare.metrics = []
    try bare.validate()
    #expect(throws: Diagnostic.self) { try bare.primaryMetrics() }
    #expect(try Self.sound.primaryMetrics().map(\.name) == ["bought"])
  }

  struct Flaw: Sendable, CustomTestStringConvertible {
    let code: String
    let key: String
    let change: @Sendable (inout Experiment) -> Void

    init(_ code: String, _ key: String, _ change: @escaping @Sendable (inout Experiment) -> Void) {
      self.code = code
      self.key = key
      self.change = change
    }

    var testDescription: String { "\(code) \(key)" }
  }

  static let flaws: [Flaw] = [
    Flaw("RK0800", "experiments") { $0.id = "" },
    Flaw("RK0800", "experiments.spring.salt") { $0.salt = " a" },
    Flaw("RK0800", "experiments.spring.strata") { $0.strata = ["city", "city"] },
    Flaw("RK0800", "experiments.spring.segments") { $0.segments = ["a", ""] },
    Flaw("RK0801", "experiments.spring.arms") { $0.arms = [] },
    Flaw("RK0801", "experiments.spring.arms") { $0.arms = [.init("none", weight: 1)] },
    Flaw("RK0801", "experiments.spring.arms") { $0.arms[1].name = "none" },
    Flaw("RK0801", "experiments.spring.arms") { $0.arms[1].name = "a\nb" },
    Flaw("RK0802", "experiments.spring.arms") { $0.arms[1].weight = 0.6 },
    Flaw("RK0802", "experiments.spring.arms") { $0.arms[1].weight = 0.5 + 2e-9 },
    Flaw("RK0802", "experiments.spring.arms") { $0.arms[1].weight = .nan },
    Flaw("RK0802", "experiments.spring.arms") {
      $0.arms[0].weight = 1.5
      $0.arms[1].weight = -0.5
    },
    Flaw("RK0806", "experiments.spring.control") { $0.control = "non" },
    Flaw("RK0806", "experiments.spring.control") {
      $0.arms[0].weight = 0
      $0.arms[1].weight = 1
    },
    Flaw("RK0804", "experiments.spring.factors") { $0.arms[1].levels = [0] },
    Flaw("RK0805", "experiments.spring.generators") { $0.generators = ["D = A*B"] },
    Flaw("RK0807", "experiments.spring.holdout") { $0.holdout = 1 },
    Flaw("RK0807", "experiments.spring.holdout") { $0.holdout = .nan },
    Flaw("RK0808", "experiments.spring.layer") { $0.layer = .init(name: "a", lower: 0.5, upper: 0.5) },
    Flaw("RK0808", "experiments.spring.layer") { $0.layer = .init(name: "a", lower: 0, upper: 1.5) },
    Flaw("RK0808", "experiments.spring.layer") { $0.layer = .init(name: "") },
    Flaw("RK0809", "experiments.spring.ramp") { $0.ramp = [] },
    Flaw("RK0809", "experiments.spring.ramp") { $0.ramp = [.init(coverage: 0)] },
    Flaw("RK0809", "experiments.spring.ramp") { $0.ramp = [.init(coverage: 0.4), .init(coverage: 0.3)] },
    Flaw("RK0809", "experiments.spring.ramp") { $0.ramp = [.init(coverage: 0.4), .init(coverage: 0.4)] },
    Flaw("RK0809", "experiments.spring.ramp") { $0.ramp = [.init(weights: [0.2, 0.3, 0.5])] },
    Flaw("RK0802", "experiments.spring.ramp") { $0.ramp = [.init(weights: [0.2])] },
    Flaw("RK0810", "experiments.spring.end") {
      $0.start = CivilDate("2025-03-02")
      $0.end = CivilDate("2025-03-01")
    },
    Flaw("RK0811", "experiments.spring.metrics") { $0.metrics[0].role = .secondary },
    Flaw("RK0811", "experiments.spring.metrics") { $0.metrics.append($0.metrics[0]) },
    Flaw("RK0812", "experiments.spring.metrics.bought.margin") { $0.metrics[0].margin = .absolute(0.1) },
    Flaw("RK0812", "experiments.spring.metrics.sent.margin") {
      $0.metrics.append(Metric("sent", role: .guardrail, kind: .mean, margin: .relative(-0.1)))
    },
    Flaw("RK0812", "experiments.spring.metrics.bought.cap") { $0.metrics[0].cap = 0.99 },
    Flaw("RK0812", "experiments.spring.metrics.spend.cap") {
      $0.metrics.append(Metric("spend", kind: .mean, cap: 1))
    },
    Flaw("RK0812", "experiments.spring.metrics.spend.at") {
      $0.metrics.append(Metric("spend", kind: .quantile(1)))
    },
    Flaw("RK0812", "experiments.spring.metrics.spend.adjustment") {
      $0.metrics.append(Metric("spend", kind: .mean, adjustment: .cuped))
    },
    Flaw("RK0812", "experiments.spring.metrics.spend.adjustment") {
      $0.metrics.append(Metric("spend", kind: .quantile(0.5), covariates: ["prior"]))
    },
    Flaw("RK0812", "experiments.spring.metrics.spend.covariates") {
      $0.metrics.append(Metric("spend", kind: .mean, covariates: ["spend"]))
    },
    Flaw("RK0812", "experiments.spring.metrics.spend.denominator") {
      $0.metrics.append(Metric("spend", kind: .ratio(denominator: "spend")))
    },
    Flaw("RK0812", "experiments.spring.metrics.spend") {
      $0.metrics.append(Metric("spend", kind: .mean, adjustment: .postStratified))
    },
    Flaw("RK0812", "experiments.spring.metrics.bought.mature_after") { $0.metrics[0].matureAfterDays = -1 },
    Flaw("RK0813", "experiments.spring.plan.alpha") { $0.plan.alpha = 0 },
    Flaw("RK0813", "experiments.spring.plan.power") { $0.plan.power = 1 },
    Flaw("RK0813", "experiments.spring.plan.effect") { $0.plan.effect = .absolute(0) },
    Flaw("RK0813", "experiments.spring.plan.looks") {
      $0.plan.looking = .groupSequential(shares: [0.5, 0.9], spending: .pocock, futility: nil)
    },
    Flaw("RK0813", "experiments.spring.plan.tuned_at") { $0.plan.looking = .alwaysValid(tunedAt: 0) },
  ]

  @Test(arguments: flaws)
  func aFlawIsFoundByCodeAndPlace(flaw: Flaw) {
    var experiment = Self.sound
    flaw.change(&experiment)
    #expect {
      try experiment.validate()
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.code == flaw.code && diagnostic?.key == flaw.key && diagnostic?.help != nil
        && diagnostic?.kind == .userError
    }
  }

  @Test func aNearNameIsOffered() {
    var experiment = Self.sound
    experiment.control = "20-50"
    #expect {
      try experiment.validate()
    } throws: { ($0 as? Diagnostic)?.hint == "did you mean \"200-50\"?" }
  }

  @Test func factorsMakeTheArms() throws {
    let factors: [Experiment.Factor] = [
      .init("coupon", levels: ["none", "200-50", "300-80"]),
      .init("slot", levels: ["weekday_20", "weekend_12"]),
    ]
    let arms = try Experiment.Arm.factorial(factors)
    #expect(
      arms.map(\.name) == [
        "none/weekday_20", "none/weekend_12", "200-50/weekday_20", "200-50/weekend_12", "300-80/weekday_20",
        "300-80/weekend_12",
      ])
    #expect(arms.map(\.levels) == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]])
    var experiment = Self.sound
    experiment.factors = factors
    experiment.arms = arms
    experiment.control = arms[0].name
    try experiment.validate()

    func code(_ change: (inout Experiment) -> Void) -> String? {
      var changed = experiment
      change(&changed)
      do throws(Diagnostic) { try changed.validate() } catch { return error.code }
      return nil
    }
    #expect(code { $0.factors[0].levels = ["none"] } == "RK0803")
    #expect(code { $0.factors[0].levels[1] = "none" } == "RK0803")
    #expect(code { $0.factors[0].name = "slot" } == "RK0803")
    #expect(code { $0.factors[0].name = "stratum" } == "RK0803")
    #expect(code { $0.arms[0].levels = [0, 2] } == "RK0804")
    #expect(code { $0.arms[0].levels = [0, 1] } == "RK0804")
    #expect(code { $0.arms[0].levels = [] } == "RK0804")
    #expect(
      code {
        $0.arms.removeLast()
        for index in $0.arms.indices { $0.arms[index].weight = 0.2 }
      } == "RK0804")
    #expect(throws: Diagnostic.self) {
      try Experiment.Arm.factorial((0..<13).map { .init("f\($0)", levels: ["a", "b"]) })
    }
  }
}
