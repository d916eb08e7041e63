import RekindleBehaviour
import RekindleChurn
import RekindleCore
import Testing

@Suite struct ModelTrainerTests {
  let training = rows(4000, seed: 11, at: "2024-01-01")
  let test = rows(3000, seed: 12, at: "2024-03-01")
  let definitions = [definition("a"), definition("b"), definition("days", unit: "days")]

  func model(_ specification: TrainingSpecification) throws -> ChurnModel {
    try ModelTrainer(specification: specification).fit(
      training: training, test: test, definitions: definitions,
      context: .init(windows: windows, recency: "days"))
  }

  @Test func theTruthIsWithinTheIntervals() throws {
    let model = try model(TrainingSpecification(penalty: .none, preparation: .plain))
    #expect(model.coefficients.map(\.term) == ["(Intercept)", "a", "b", "days", "missing_days"])
    let truth = ["a": 1.2, "b": -0.8, "days": 0]
    for coefficient in model.coefficients {
      guard let value = truth[coefficient.term], let low = coefficient.low, let high = coefficient.high else {
        continue
      }
      #expect(low < value && value < high, "\(coefficient.term)")
    }
    #expect(model.fit.gradientNorm <= 1e-8)
    #expect(model.evaluation.outOfTime.area.area > 0.75)
    #expect((model.evaluation.recency?.ranking.area ?? 1) < 0.55)
  }

  @Test func standardisingChangesNoPredictionAndNoRawCoefficient() throws {
    let specification = TrainingSpecification(features: ["a", "b"], penalty: .none, preparation: .plain)
    let plain = try model(specification)
    // Winsorising moves values, so standardised columns alone are compared through the raw table.
    let ridge = try model(TrainingSpecification(features: ["a", "b"], penalty: .ridge, lambda: 1e-9))
    for (a, b) in zip(plain.coefficients, ridge.coefficients) {
      #expect(close(a.estimate, b.estimate, 0.02), "\(a.term)")
      #expect(close(a.standardError, b.standardError ?? .nan, 0.02), "\(a.term)")
      // The intercept's too, which on the raw scale takes the whole covariance.
      #expect(close(a.standardErrorPlain, b.standardErrorPlain ?? .nan, 0.02), "\(a.term)")
      #expect(close(a.standardErrorHC0, b.standardErrorHC0 ?? .nan, 0.02), "\(a.term)")
    }
  }

  @Test func aRowSeenTwiceByOneCustomerIsNoNews() throws {
    let once = try model(TrainingSpecification(penalty: .none, preparation: .plain))
    let twice = LabelledRows(
      table: FeatureTable(
        customers: training.table.customers + training.table.customers,
        times: training.table.times + training.table.times,
        columns: training.table.columns.map { column in
          guard case .number(let values) = column.values else { return column }
          return FeatureColumn(name: column.name, values: .number(values + values))
        }), outcomes: training.outcomes + training.outcomes)
    let doubled = try ModelTrainer(
      specification: TrainingSpecification(penalty: .none, preparation: .plain)
    ).fit(training: twice, test: test, definitions: definitions, context: .init(windows: windows))
    // DeLong's interval takes rows as independent too: where customers repeat there is none.
    #expect(once.evaluation.inSample.area.low != nil)
    #expect(doubled.evaluation.inSample.area.low == nil)
    #expect(doubled.evaluation.inSample.area.area == once.evaluation.inSample.area.area)
    for (a, b) in zip(once.coefficients, doubled.coefficients) {
      #expect(close(a.estimate, b.estimate, 1e-7))
      #expect(close(a.standardError, b.standardError ?? .nan, 1e-6))
      // Errors that take rows as independent shrink by √2.
      #expect(close((a.standardErrorPlain ?? 0) / (b.standardErrorPlain ?? 1), 2.0.squareRoot(), 1e-6))
    }
  }

  @Test func theFingerprintTellsOneChangedValue() throws {
    let first = try model(TrainingSpecification(lambda: 0.01))
    var changed = training
    guard case .number(var values) = changed.table.columns[0].values else {
      Issue.record("the first column is not a number")
      return
    }
    values[7] += 1e-9
    changed.table.columns[0] = FeatureColumn(
      name: changed.table.columns[0].name, values: .number(values))
    let other = try ModelTrainer(specification: TrainingSpecification(lambda: 0.01)).fit(
      training: changed, test: test, definitions: definitions, context: .init(windows: windows))
    #expect(first.inputFingerprint.count == 8)
    #expect(other.inputFingerprint != first.inputFingerprint)
  }

  @Test func lambdaIsChosenOnOtherCustomersAndShrinks() throws {
    let ridge = try model(TrainingSpecification())
    #expect(ridge.fit.validation.count == 25)
    #expect(ridge.fit.lambda < 0.1)
    #expect(ridge.fit.notes.contains { $0.contains("of least loss") })
    // Where nothing is to be learnt the strongest is best, and the search has not seen beyond it.
    var noise = training
    noise.outcomes = noise.outcomes.indices.map { $0 % 2 == 0 }
    let blind = try ModelTrainer(specification: TrainingSpecification(features: ["a"])).fit(
      training: noise, test: test, definitions: definitions, context: .init(windows: windows))
    #expect(
      blind.fit.notes.contains { $0.contains("strongest that was tried") }
        == (blind.fit.lambda == blind.fit.validation.first?.lambda))
    let strong = try model(TrainingSpecification(lambda: 100))
    #expect(abs(strong.coefficients[1].standardized) < abs(ridge.coefficients[1].standardized) / 50)
    #expect(try model(TrainingSpecification()) == ridge)
    let lasso = try model(TrainingSpecification(penalty: .lasso))
    #expect(lasso.coefficients.map { $0.standardized != 0 } == [true, true, true, false, false])
    #expect(lasso.coefficients[3].standardError == nil)
  }

  @Test func aliasedColumnsAreNamed() throws {
    func withCopy(_ rows: LabelledRows) -> LabelledRows {
      guard case .number(let a)? = rows.table.column("a")?.values else { return rows }
      var copy = rows
      copy.table.columns.append(FeatureColumn(name: "twin", values: .number(a.map { 3 - 2 * $0 })))
      return copy
    }
    let model = try ModelTrainer(specification: TrainingSpecification(penalty: .none, preparation: .plain))
      .fit(
        training: withCopy(training), test: withCopy(test), definitions: definitions + [definition("twin")],
        context: .init(windows: windows))
    #expect(model.fit.aliased == ["twin"])
    #expect(model.coefficients.first { $0.term == "twin" }?.standardError == nil)
  }

  @Test func littleDataTakesTheCore() throws {
    let few = rows(60, seed: 5, at: "2024-01-01")
    let specification = TrainingSpecification(lambda: 0.01, core: ["b"])
    let model = try ModelTrainer(specification: specification).fit(
      training: few, test: test, definitions: definitions, context: .init(windows: windows))
    #expect(model.preparation.columns.map(\.name) == ["b"])
    #expect(model.fit.notes.contains { $0.contains("only the core is used: b") })
    var named = specification
    named.features = ["a", "b", "days"]
    let asked = try ModelTrainer(specification: named).fit(
      training: few, test: test, definitions: definitions, context: .init(windows: windows))
    #expect(asked.preparation.columns.count == 4)
    #expect(asked.fit.notes.contains { $0.contains("fewer than 10 each") })
  }

  @Test func rowsThatTeachNothingAreRefused() {
    func fit(_ training: LabelledRows, _ specification: TrainingSpecification = TrainingSpecification())
      -> String?
    {
      code {
        _ = try ModelTrainer(specification: specification).fit(
          training: training, test: test, definitions: definitions, context: .init(windows: windows))
      }
    }
    var stayed = training
    stayed.outcomes = stayed.outcomes.map { _ in false }
    #expect(fit(stayed) == "RK0401")
    stayed.outcomes = stayed.outcomes.map { _ in true }
    #expect(fit(stayed) == "RK0402")
    var alone = training
    alone.table.customers = alone.table.customers.map { _ in "only" }
    #expect(fit(alone) == "RK0416")
    let nobody = LabelledRows(table: table([("a", .number([]))]), outcomes: [])
    #expect(fit(nobody) == "RK0408")
    #expect(fit(training, TrainingSpecification(features: ["aa"])) == "RK0411")
    #expect(fit(training, TrainingSpecification(lambda: -1)) == "RK0413")
    var separated = training
    if case .number(let a)? = training.table.column("a")?.values { separated.outcomes = a.map { $0 > 0 } }
    #expect(fit(separated, TrainingSpecification(penalty: .none)) == "RK0108")
  }
}
