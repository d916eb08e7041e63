internal import RekindleCore
internal import RekindleExperiments
internal import Testing

@Suite struct ExperimentSetTests {
  static func experiment(_ id: String, _ lower: Double, _ upper: Double, holdout: Double = 0.1) -> Experiment
  {
    AssignerTests.experiment(id, holdout: holdout, layer: .init(name: "inbox", lower: lower, upper: upper))
  }

  @Test func experimentsMustGoTogether() throws {
    let a = Self.experiment("a", 0, 0.5)
    let b = Self.experiment("b", 0.5, 1)
    try Experiment.validate(together: [a, b, AssignerTests.experiment("c", holdout: 0.3)])
    func code(_ other: Experiment) -> String? {
      thrownCode { try Experiment.validate(together: [a, other]) }
    }
    #expect(code(a) == "RK0815")
    #expect(code(Self.experiment("b", 0.4, 1)) == "RK0815")
    #expect(code(Self.experiment("b", 0.5, 1, holdout: 0.2)) == "RK0815")
    var salted = b
    salted.salt = "a"
    #expect(code(salted) == "RK0815")
    var elsewhere = Self.experiment("b", 0.4, 1, holdout: 0.2)
    elsewhere.layer?.name = "web"
    #expect(code(elsewhere) == nil)
    #expect(code(Self.experiment("b", 0.7, 0.6)) == "RK0808")
  }
}
