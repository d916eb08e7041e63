import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleEvents
import RekindleStatistics
import Testing

/// What models of purchase timing expect, as features of a churn model.
@Suite struct ExpectationFeaturesTests {
  static let log = LeakageAuditTests.log
  static let names = ["p_no_purchase_60d", "expected_purchases_60d"]

  let outcome: ChurnTraining.Outcome

  init() throws {
    let own = [
      FeatureDefinition(
        name: Self.names[0], expression: try Expression(parsing: "p_none(purchase, 60d)"),
        transform: .logit),
      FeatureDefinition(
        name: Self.names[1], expression: try Expression(parsing: "expected_count(purchase, 60d)"),
        transform: .log1p),
    ]
    outcome = try ChurnTraining(
      plan: SnapshotPlan(horizon: .days(60)), definitions: LeakageAuditTests.definitions + own,
      trainer: ModelTrainer(specification: TrainingSpecification(lambda: 0.01))
    ).run(Self.log)
  }

  @Test func theirModelIsOfTheLatestTrainingDateAndInTheFile() throws {
    #expect(outcome.audit.passed)
    let latest = try #require(outcome.model.windows.training.map(\.asOf).max())
    let training = outcome.training.table
    #expect(latest == training.times.max())
    // From the whole log as it was known then, customers who were not eligible included.
    let everyone = Self.log.customers.indices.map { Moment(customer: Int32($0), time: latest) }
    let evaluator = Evaluator(log: Self.log, workers: Workers(1))
    let history = try evaluator.table(
      of: [
        FeatureDefinition(name: "days", expression: try Expression(parsing: "active_days(purchase)")),
        FeatureDefinition(name: "span", expression: try Expression(parsing: "span_days(purchase)")),
        FeatureDefinition(name: "age", expression: try Expression(parsing: "age_days(purchase)")),
      ], at: everyone)
    func column(_ name: String) -> [Double] {
      if case .number(let values)? = history.column(name)?.values { values } else { [] }
    }
    let histories = zip(column("days"), zip(column("span"), column("age"))).filter { $0.0 > 0 }.map {
      RepeatHistory(repeats: $0 - 1, lastAge: $1.0, age: $1.1, unit: .day)
    }
    let timing = try MBGNBD.fit(histories, unit: .day).model
    let read = try ChurnModel(document: try outcome.model.document())
    #expect(read.constants["mbg_nbd(purchase).r"] == timing.r)
    #expect(read.constants["mbg_nbd(purchase).alpha"] == timing.alpha)
    #expect(read.constants.count == 4)
    #expect(read.preparation.columns.map(\.name).contains("logit(p_no_purchase_60d)"))
  }

  /// The chance of no purchase is what the label asks: it must tell who will be gone.
  @Test func theyTellWhoWillBeGone() throws {
    guard case .number(let chance)? = outcome.test.table.column(Self.names[0])?.values,
      case .number(let count)? = outcome.test.table.column(Self.names[1])?.values
    else {
      Issue.record("no columns")
      return
    }
    #expect(chance.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(count.allSatisfy { $0 >= 0 })
    #expect(try AreaUnderCurve(scores: chance, outcomes: outcome.test.outcomes).area > 0.75)
    #expect(try AreaUnderCurve(scores: count.map { -$0 }, outcomes: outcome.test.outcomes).area > 0.75)
  }

  /// Scoring refits nothing: one customer alone gets the probability that all together get.
  @Test func oneCustomerAloneScoresAsAmongAll() throws {
    let at = outcome.model.windows.test.asOf
    let scorer = Scorer(model: outcome.model)
    let all = try scorer.score(Self.log, asOf: at)
    let name = all.table.customers[7]
    let index = try #require(Self.log.customers.firstIndex(of: name))
    let stream = try #require(Self.log.stream("purchase"))
    let range = Int(stream.offsets[index])..<Int(stream.offsets[index + 1])
    let alone = EventLog(
      events: range.map {
        Event(
          customer: name, kind: "purchase", time: stream.times[$0], attributes: ["value": .number(1)])
      })
    let own = try scorer.score(alone, asOf: at)
    #expect(own.probabilities.map(\.bitPattern) == [all.probabilities[7].bitPattern])
  }
}
