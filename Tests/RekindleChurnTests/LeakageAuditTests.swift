import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleEvents
import Testing

@Suite struct LeakageAuditTests {
  /// 300 customers with their own rhythm, most of whom stop one day.
  static let log: EventLog = {
    var numbers = Numbers(seed: 9)
    var events: [Event] = []
    let start = day("2023-01-01").microseconds / 1_000_000
    for customer in 0..<300 {
      let gap = 5 + numbers.next() * 25
      let stop = numbers.next() < 0.6 ? numbers.next() * 500 + 60 : 1000
      var at = numbers.next() * 30
      while at < min(stop, 540) {
        events.append(
          Event(
            customer: "c\(customer)", kind: "purchase",
            time: Instant(seconds: start + Int64(at * 86_400)),
            attributes: ["value": .number((numbers.next() * 100).rounded())]))
        at += gap * (0.5 + numbers.next())
      }
    }
    return EventLog(events: events)
  }()

  static let definitions = [
    FeatureDefinition(
      name: "days_since_last_order",
      expression: Expression(.aggregate(Aggregate(.daysSinceLast, "purchase"))),
      unit: "days", reason: "last order {value} days ago, usually every {gap}"),
    FeatureDefinition(
      name: "orders_90",
      expression: Expression(.aggregate(Aggregate(.count, "purchase", window: .last(.days(90))))),
      transform: .log1p),
    FeatureDefinition(
      name: "gap", expression: Expression(.aggregate(Aggregate(.gapMedian, "purchase"))), unit: "days"),
  ]

  func training(_ specification: TrainingSpecification = TrainingSpecification()) -> ChurnTraining {
    ChurnTraining(
      plan: SnapshotPlan(horizon: .days(60)), definitions: Self.definitions,
      trainer: ModelTrainer(specification: specification))
  }

  @Test func aLogBecomesATestedModelAndScores() throws {
    let outcome = try training().run(Self.log)
    #expect(outcome.audit.passed)
    #expect(outcome.audit.rows == outcome.model.windows.test.rows)
    #expect(outcome.model.windows.training.count == 5)
    #expect(outcome.model.evaluation.recency?.feature == "days_since_last_order")
    #expect(outcome.model.evaluation.outOfTime.area.area > 0.8)
    #expect(
      outcome.model.schema == [SchemaKind(kind: "purchase", attributes: [])])
    // Of what is defined, only what the model uses has to be there when it scores.
    let spend = FeatureDefinition(
      name: "spend", expression: Expression(.aggregate(Aggregate(.sum, "purchase", attribute: "value"))))
    var narrow = training(TrainingSpecification(features: ["orders_90"]))
    narrow.definitions.append(spend)
    #expect(try narrow.run(Self.log).model.schema == [SchemaKind(kind: "purchase", attributes: [])])
    let read = try ChurnModel(document: try outcome.model.document())
    let scores = try Scorer(model: read).score(Self.log, asOf: outcome.model.windows.test.asOf)
    #expect(scores.table.customers == outcome.test.table.customers)
    let evaluation = try Evaluation(probabilities: scores.probabilities, outcomes: outcome.test.outcomes)
    #expect(close(evaluation.area.area, outcome.model.evaluation.outOfTime.area.area))
    let top = scores.riskiest(1)[0]
    #expect(scores.reasons(top, words: scores.reasonWords())[0].contains("ago, usually every"))
  }

  @Test func theFutureIsDeletedBeforeFeaturesAreComparedAgain() throws {
    let time = day("2024-01-01")
    let customers = Self.log.customers.indices.map { Moment(customer: Int32($0), time: time) }
    let past = try LeakageAudit(
      log: Self.log, definitions: Self.definitions, moments: customers, at: time, constants: [:],
      workers: Workers(1))
    #expect(past.passed)
    let future = FeatureDefinition(
      name: "seer",
      expression: Expression(.aggregate(Aggregate(.count, "purchase", window: .next(.days(30))))))
    let found = try LeakageAudit(
      log: Self.log, definitions: Self.definitions + [future], moments: customers, at: time, constants: [:],
      workers: Workers(1))
    #expect(found.leaking == ["seer"])
  }

  @Test func whatLooksTheWrongWayIsRefused() {
    var plan = training()
    plan.plan.label = "count(purchase, last 60d) == 0"
    #expect(code { _ = try plan.run(Self.log) } != nil)
    var seer = training()
    seer.definitions[0].expression = Expression(
      .aggregate(Aggregate(.count, "purchase", window: .next(.days(3)))))
    #expect(code { _ = try seer.run(Self.log) } != nil)
    var nobody = training()
    nobody.plan.eligible = Expression(
      .binary(.greater, Expression(.aggregate(Aggregate(.count, "purchase"))), Expression(.number(1e9))))
    #expect(code { _ = try nobody.run(Self.log) } == "RK0408")
  }
}
