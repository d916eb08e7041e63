import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// The edges of windows, the project's days across a change of clocks, and what was not yet known.
@Suite struct EvaluatorWindowTests {
  static func event(_ seconds: Int64, recorded: Int64? = nil, _ attributes: [String: Event.Value] = [:])
    -> Event
  {
    Event(
      customer: "a", kind: "visit", time: Instant(seconds: seconds),
      recorded: recorded.map { Instant(seconds: $0) }, attributes: attributes)
  }

  static func values(_ formulas: [String], _ log: EventLog, at seconds: Int64) throws -> [Double] {
    let features = try formulas.enumerated().map { try EvaluatorFixture.feature("f\($0)", $1) }
    let table = try Evaluator(log: log, workers: Workers(1)).table(
      of: features, at: [Moment(customer: 0, time: Instant(seconds: seconds))])
    return table.columns.map { EvaluatorFixture.numbers($0)[0] }
  }

  @Test func windowsAreHalfOpen() throws {
    let log = EvaluatorFixture.log([Self.event(1_000_000), Self.event(1_003_600)])
    let formulas = [
      "count(visit, last 1h)", "count(visit, next 1h)", "count(visit, between 2h and 1h ago)",
      "count(visit, between 1h and 2h ahead)", "count(visit)",
    ]
    // At the first event: it is the future, the second is an hour ahead and outside the next hour.
    #expect(try Self.values(formulas, log, at: 1_000_000) == [0, 1, 0, 1, 0])
    // At the second: the first is just inside the last hour.
    #expect(try Self.values(formulas, log, at: 1_003_600) == [1, 1, 0, 0, 1])
    #expect(try Self.values(formulas, log, at: 1_003_601) == [1, 0, 1, 0, 2])
    #expect(try Self.values(formulas, log, at: 1_007_200) == [1, 0, 1, 0, 2])
  }

  /// In Berlin the night to 2023-03-26 had no hour from 2 to 3; that to 2023-10-29 had it twice.
  @Test func daysAreTheProjectsDays() throws {
    let berlin = try CivilCalendar(timeZone: "Europe/Berlin")
    let noon: Int64 = 1_679_824_800  // 2023-03-26T12:00 in Berlin
    // 23 hours before noon it was noon.
    let spring = EvaluatorFixture.log(
      [Self.event(noon - 23 * 3600), Self.event(noon - 23 * 3600 - 1)], berlin)
    #expect(
      try Self.values(["count(visit, last 1d)", "count(visit, last 24h)"], spring, at: noon) == [1, 2])
    let autumn: Int64 = 1_698_577_200  // 2023-10-29T12:00 in Berlin
    let fall = EvaluatorFixture.log([Self.event(autumn - 25 * 3600), Self.event(autumn - 3600)], berlin)
    #expect(
      try Self.values(["count(visit, last 1d)", "count(visit, last 24h)"], fall, at: autumn) == [2, 1])
    // 00:30 on the 27th in Berlin is still the 26th in UTC: days 26 and 27 give one gap of a day.
    let late = EvaluatorFixture.log(
      [Self.event(noon), Self.event(noon + 12 * 3600 + 1800), Self.event(noon + 13 * 3600)], berlin)
    #expect(
      try Self.values(
        [
          "active_days(visit)", "gap_mean(visit)", "count(visit where hour == 0)",
          "count(visit where weekend)",
          "sum(visit.day)", "max(visit.month)",
        ], late, at: noon + 86_400 * 9)
        == [2, 1, 1, 1, 26 + 27 + 27, 3])
  }

  @Test func anEventIsSeenOnceItIsRecorded() throws {
    let log = EvaluatorFixture.log([
      Self.event(1000, recorded: 5000, ["value": .number(1)]),
      Self.event(2000, recorded: 2000, ["value": .number(10)]),
      Self.event(3000, recorded: 9000, ["value": .number(100)]),
    ])
    let formulas = [
      "count(visit)", "sum(visit.value)", "latest(visit.value)", "sum(visit.value, latest 2)",
      "sum(visit.value, next 10h)",
    ]
    #expect(try Self.values(formulas, log, at: 5000) == [1, 10, 10, 10, 0])
    #expect(try Self.values(formulas, log, at: 5001) == [2, 11, 10, 11, 0])
    #expect(try Self.values(formulas, log, at: 9001) == [3, 111, 100, 110, 0])
    // Looking ahead, an event counts whenever it became known.
    #expect(try Self.values(["count(visit)", "sum(visit.value, next 10h)"], log, at: 500) == [0, 111])
  }

  @Test func timesReadAsDaysToTheMoment() throws {
    let day: Int64 = 86_400
    let log = EvaluatorFixture.log([
      Self.event(day, ["expires": .time(Instant(seconds: 5 * day))]),
      Self.event(2 * day, ["expires": .time(Instant(seconds: 20 * day))]),
      Self.event(3 * day),
    ])
    #expect(
      try Self.values(
        [
          "count(visit where expires > 0)", "count(visit where expires < 0)", "latest(visit.expires)",
          "count(visit where expires is missing)",
        ], log, at: 10 * day) == [1, 1, -10, 1])
  }
}
