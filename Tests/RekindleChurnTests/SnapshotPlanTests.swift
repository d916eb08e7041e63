import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleEvents
import Testing

@Suite struct SnapshotPlanTests {
  /// One purchase every `step` days for `count` purchases, for each customer.
  func log(step: Int, count: Int, customers: Int = 3) -> EventLog {
    let start = day("2024-01-01")
    return EventLog(
      events: (0..<customers).flatMap { customer in
        (0..<count).map { index in
          Event(
            customer: "c\(customer)", kind: "purchase",
            time: Instant(seconds: start.microseconds / 1_000_000 + Int64(index * step) * 86_400 + 3600))
        }
      })
  }

  @Test func theHorizonComesFromTheGapsAndIsAWholeWeek() throws {
    let resolved = try SnapshotPlan().resolve(log(step: 20, count: 20))
    #expect(resolved.horizonDays == 21)
    #expect(resolved.notes[0].contains("horizon 21 d"))
    #expect(resolved.logEnd == day("2025-01-16"))  // the day after the last purchase, 380 days on
    #expect(resolved.test == day("2024-12-26"))
    #expect(resolved.training.last == day("2024-12-05"))
    #expect(resolved.training.count == 5)
    #expect(resolved.label.description == "count(purchase, next 21d) == 0")
  }

  @Test func noTrainingLabelReachesIntoTheTest() throws {
    let plan = SnapshotPlan(
      dates: .given([day("2024-03-01"), day("2024-05-01"), day("2024-05-20"), day("2024-06-01")]),
      horizon: .days(30))
    let resolved = try plan.resolve(log(step: 10, count: 20))
    #expect(resolved.training == [day("2024-03-01"), day("2024-05-01")])
    #expect(resolved.notes.contains { $0.contains("2024-05-20") })
  }

  @Test func aCensoredWindowIsRefused() {
    let log = log(step: 10, count: 20)  // ends with 2024-07-09
    let plan = SnapshotPlan(dates: .given([day("2024-03-01"), day("2024-07-01")]), horizon: .days(30))
    #expect(code { _ = try plan.resolve(log) } == "RK0406")
    var declared = plan
    declared.logEnd = day("2024-07-31")
    #expect(code { _ = try declared.resolve(log) } == nil)
    var ownLabel = SnapshotPlan(dates: .given([day("2024-03-01"), day("2024-06-20")]), horizon: .days(10))
    #expect(code { _ = try ownLabel.resolve(log) } == nil)
    ownLabel.label = "count(purchase, between 3d and 25d ahead) == 0"
    #expect(code { _ = try ownLabel.resolve(log) } == "RK0406")
  }

  @Test func whatTheLogCannotGiveIsRefused() {
    let short = log(step: 10, count: 3)
    #expect(code { _ = try SnapshotPlan(horizon: .days(90)).resolve(short) } == "RK0405")
    #expect(code { _ = try SnapshotPlan(horizon: .days(0)).resolve(short) } == "RK0405")
    #expect(code { _ = try SnapshotPlan(activity: "visit").resolve(short) } == "RK0409")
    #expect(code { _ = try SnapshotPlan().resolve(log(step: 10, count: 1)) } == "RK0409")
    let one = SnapshotPlan(dates: .given([day("2024-01-12")]), horizon: .days(7))
    #expect(code { _ = try one.resolve(short) } == "RK0407")
    #expect(code { _ = try one.resolve(EventLog(events: [])) } == "RK0409")
  }
}
