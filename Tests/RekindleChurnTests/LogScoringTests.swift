import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleTables
import Testing

@Suite struct LogScoringTests {
  let outcome: ChurnTraining.Outcome

  init() throws {
    outcome = try ChurnTraining(
      plan: SnapshotPlan(horizon: .days(60)), definitions: LeakageAuditTests.definitions,
      trainer: ModelTrainer(specification: TrainingSpecification(lambda: 0.01))
    ).run(LeakageAuditTests.log)
  }

  @Test func evaluatingAtTheTestDateRepeatsTheTest() throws {
    let again = try Scorer(model: outcome.model).evaluate(
      LeakageAuditTests.log, asOf: outcome.model.windows.test.asOf, workers: Workers(2))
    #expect(again.outcomes == outcome.test.outcomes)
    #expect(again.evaluation.count == outcome.model.evaluation.outOfTime.count)
    #expect(close(again.evaluation.scores.logLoss, outcome.model.evaluation.outOfTime.scores.logLoss))
  }

  @Test func aLabelThatIsNotYetKnownIsRefused() {
    let late = Instant(microseconds: outcome.model.windows.test.asOf.microseconds + 86_400_000_000)
    #expect(
      code { _ = try Scorer(model: outcome.model).evaluate(LeakageAuditTests.log, asOf: late) } == "RK0406")
  }

  @Test func aDeclaredEndMakesALaterMomentKnown() throws {
    let windows = outcome.model.windows
    let end = Instant(microseconds: windows.logEnd.microseconds + 3 * 86_400_000_000)
    let latest = windows.latestMoment(before: end, .utc)
    #expect(latest.microseconds == windows.test.asOf.microseconds + 3 * 86_400_000_000)
    let later = try Scorer(model: outcome.model).evaluate(LeakageAuditTests.log, asOf: latest, logEnd: end)
    #expect(later.evaluation.count > 0)
  }

  @Test func theCardSaysWhatThereIs() {
    let card = outcome.model.card()
    for part in [
      "# Churn model", "count(purchase, next 60d) == 0", "days_since_last_order alone gives",
      "| recency_alone |",
      "Horizon 60 days", "| (Intercept) |", "penalty ridge, λ = 0.01",
      "- `orders_90`: `count(purchase, last 90d)`",
    ] {
      #expect(card.contains(part), "\(part)")
    }
    #expect(outcome.model.evaluationTable().rows.count == 15)
    #expect(
      outcome.model.calibrationTable().rows.count == outcome.model.evaluation.outOfTime.calibration.bins.count
    )
    #expect(outcome.model.liftTable().rows.count == 10)
  }
}
