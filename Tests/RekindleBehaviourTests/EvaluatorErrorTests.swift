import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// What the evaluator is asked and cannot do, and values that come from outside the log.
@Suite struct EvaluatorErrorTests {
  static let log = EvaluatorGroupTests.log
  static let moment = Moment(customer: 0, time: EvaluatorFixture.instant(day: 20))

  static func table(
    _ formulas: [String: String], at moments: [Moment] = [moment], constants: PopulationConstants = [:],
    inputs: [String: [Double]] = [:]
  ) throws -> FeatureTable {
    let features = try formulas.keys.sorted().map { try EvaluatorFixture.feature($0, formulas[$0] ?? "") }
    return try Evaluator(log: log, workers: Workers(1)).table(
      of: features, at: moments, constants: constants, inputs: inputs)
  }

  @Test(arguments: [
    ("count(purchaze)", "RK0353"), ("sum(purchase.valu)", "RK0353"), ("recency + 1", "RK0351"),
    ("f + 1", "RK0352"), ("latest(purchase.category) + 1", "RK0354"),
    ("count(purchase by category)", "RK0355"),
    ("max(count(purchase by value))", "RK0355"), ("population_mean(count(purchase))", "RK0356"),
    ("clumpiness(purchase)", "RK0354"), ("count(purchase where categori == \"a\")", "RK0353"),
    ("sum(purchase.category)", "RK0354"),
  ])
  func refusals(formula: String, code: String) throws {
    let error = #expect(throws: Diagnostic.self) { try Self.table(["f": formula]) }
    #expect(error?.code == code, "\(formula): \(error.map { "\($0)" } ?? "")")
  }

  @Test func rowsThatDoNotFitAreRefused() throws {
    let stranger = Moment(customer: 99, time: Self.moment.time)
    #expect(throws: Diagnostic.self) { try Self.table(["f": "count(visit)"], at: [stranger]) }
    #expect(throws: Diagnostic.self) { try Self.table(["f": "score"], inputs: ["score": []]) }
  }

  @Test func inputsAndFeaturesMeetByName() throws {
    let table = try Self.table(
      ["a": "b * 2", "b": "count(visit) + score", "c": "if(a > 5, a, missing)"], inputs: ["score": [1.5]])
    #expect(table.columns.map { EvaluatorFixture.numbers($0)[0] } == [7, 3.5, 7])
  }

  @Test func populationStatisticsAreThoseOfTheRows() throws {
    let moments = [5, 10, 20, 20].map { Moment(customer: 0, time: EvaluatorFixture.instant(day: $0)) }
    let features = [
      try EvaluatorFixture.feature("relative", "count(purchase) / population_mean(count(purchase))"),
      try EvaluatorFixture.feature(
        "middle", "population_median(days_since_last(purchase) * population_mean(n))"),
      try EvaluatorFixture.feature("n", "count(purchase)"),
    ]
    let evaluator = Evaluator(log: Self.log, workers: Workers(1))
    let constants = try evaluator.populationConstants(of: features, at: moments)
    // Purchases 2, 4, 7, 7: mean 5. Days since the last: 2, 1, 6, 6: median 4.
    #expect(constants.values.sorted() == [5, 5, 20])
    let table = try evaluator.table(of: features, at: moments, constants: constants)
    #expect(EvaluatorFixture.numbers(table.columns[0]) == [0.4, 0.8, 1.4, 1.4])
    #expect(EvaluatorFixture.numbers(table.columns[1]) == [20, 20, 20, 20])
  }

  @Test func flagsAreFlags() throws {
    let table = try Self.table(["a": "any(visit, last 3d)", "b": "count(visit) > 1 and missing > 1"])
    guard case .flag(let a) = table.columns[0].values, case .flag(let b) = table.columns[1].values else {
      Issue.record("not flags")
      return
    }
    #expect(a == [0] && b[0].isNaN)
  }
}
