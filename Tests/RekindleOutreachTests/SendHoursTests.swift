import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleExperiments
import RekindleOutreach
import RekindleTables
import Testing

@Suite("The hour at which a customer is there")
struct SendHoursTests {
  /// A Wednesday.
  private static let now = GeneratedShop.instant("2026-03-04T00:00", .utc)

  private func plan(
    send: SendSlot = .auto(.day), quiet: QuietHours? = .night, zone: String? = nil
  ) throws -> OutreachPlan {
    OutreachPlan(
      channels: [Channel("letter", consent: nil, quiet: quiet)],
      actions: [
        Action(
          id: "news", kind: .content, when: try Expression(parsing: "true"), channels: ["letter"], send: send,
          reason: "because")
      ], guards: Guards(frequency: nil), timeZone: try zone.map { try Expression(parsing: $0) })
  }

  /// Days before now, at an hour.
  private func event(
    _ id: String, _ kind: String, day: Int, hour: Int, minute: Int = 7,
    _ attributes: [String: Event.Value] = [:]
  ) -> Event {
    let back = Int64(day) * GeneratedShop.day - Int64(hour) * GeneratedShop.hour - Int64(minute) * 60_000_000
    return Event(
      customer: id, kind: kind, time: Instant(microseconds: Self.now.microseconds - back),
      attributes: attributes)
  }

  private func visits(_ id: String, _ count: Int, hour: Int) -> [Event] {
    (0..<count).map { event(id, "visit", day: $0 + 1, hour: hour) }
  }

  /// When each goes out (in the plan's list), and the words of the hour.
  private func sends(
    _ plan: OutreachPlan, _ events: [Event], _ inputs: Outreach.Inputs = .init()
  ) throws -> (times: [String: String], words: [String: String]) {
    let outreach = try Outreach(
      plan, log: EventLog(events: events), at: Self.now, inputs: inputs, workers: Workers(2))
    var times: [String: String] = [:]
    var words: [String: String] = [:]
    for row in outreach.actionList().planned {
      times[outreach.customers[row.customer]] = outreach.sendText(row)
      words[outreach.customers[row.customer]] = outreach.hourText(row)
    }
    return (times, words)
  }

  @Test("One's own rhythm, drawn to the shop's by five events")
  func shrinkage() throws {
    let others = (0..<9).flatMap { visits("b\($0)", 4, hour: 10) }
    func sent(_ count: Int) throws -> (String?, String?) {
      let (times, words) = try sends(try plan(), others + visits("a", count, hour: 15))
      #expect(times["b3"] == "2026-03-04T10:00:00+00:00")
      #expect(words["b3"] == "10:00 is the hour of 4 of their 4 visits")
      return (times["a"], words["a"])
    }
    // P(10) = 0.9 and P(15) = 0.1: 3 + 0.5 is less than 4.5, and 5 + 0.5 is more.
    #expect(
      try sent(3) == (
        "2026-03-04T10:00:00+00:00", "10:00 is the shop's usual hour, their own 3 visits tell no better one"
      ))
    #expect(try sent(5) == ("2026-03-04T15:00:00+00:00", "15:00 is the hour of 5 of their 5 visits"))
    // Of equals the earlier.
    #expect(try sent(4).0 == "2026-03-04T10:00:00+00:00")
  }

  @Test("A customer who visits a thousand times weighs as much in the shop's usual hour as any other")
  func population() throws {
    let often = (0..<1000).map { event("b", "visit", day: 1 + $0 / 30, hour: 19, minute: $0 % 30) }
    let (times, _) = try sends(
      try plan(),
      often + visits("c", 1, hour: 11) + visits("d", 1, hour: 11)
        + [event("a", "tier", day: 3, hour: 8)])
    #expect(times["a"] == "2026-03-04T11:00:00+00:00")
    #expect(times["b"] == "2026-03-04T19:00:00+00:00")
  }

  @Test("Quiet hours of the channel cannot be learned, whether the guard is asked or not")
  func quiet() throws {
    let events = visits("a", 9, hour: 22) + visits("a", 2, hour: 20)
    var strict = try plan()
    #expect(try sends(strict, events).times["a"] == "2026-03-04T20:00:00+00:00")
    #expect(try sends(strict, events).words["a"] == "20:00 is the hour of 2 of their 11 visits")
    strict.guards.quietHours = false
    #expect(try sends(strict, events).times["a"] == "2026-03-04T20:00:00+00:00")
    #expect(try sends(try plan(quiet: nil), events).times["a"] == "2026-03-04T22:00:00+00:00")
  }

  @Test("Visits before purchases, and no answers: the shop chose when to write")
  func sources() throws {
    let bought = (0..<8).map { event("a", "purchase", day: $0 + 1, hour: 18) }
    func words(_ events: [Event]) throws -> String? { try sends(try plan(), events).words["a"] }
    #expect(try words(bought) == "18:00 is the hour of 8 of their 8 purchases")
    let seen = bought + visits("a", 7, hour: 13)
    #expect(try words(seen) == "13:00 is the hour of 7 of their 7 visits")
    let answered = (1...30).map {
      event("a", "message", day: $0, hour: 9 + $0 % 2, ["clicked": .flag(true), "opened": .flag(true)])
    }
    #expect(try words(seen + answered) == "13:00 is the hour of 7 of their 7 visits")
    // Of more than a year ago nothing is known.
    #expect(
      try words([event("a", "visit", day: 370, hour: 12), event("a", "purchase", day: 3, hour: 14)])
        == "14:00 is the hour of 1 of their 1 purchases")
  }

  @Test("Midnight is a day without an hour, and the lines of an order are one purchase")
  func coarseTimes() throws {
    let lines = (0..<5).map { _ in event("a", "purchase", day: 2, hour: 20) }
    let orders = (0..<2).map { event("a", "purchase", day: 4 + $0, hour: 12) }
    let days = (0..<6).map { event("a", "purchase", day: 8 + $0, hour: 0, minute: 0) }
    let (times, words) = try sends(try plan(quiet: nil), lines + orders + days)
    #expect(times["a"] == "2026-03-04T12:00:00+00:00")
    #expect(words["a"] == "12:00 is the hour of 2 of their 3 purchases")
    let dated = try sends(try plan(quiet: nil), days)
    #expect(dated.times["a"] == "2026-03-04T10:00:00+00:00")
    #expect(dated.words["a"] == "10:00 for want of anything that tells their hour")
    let late = try sends(try plan(quiet: QuietHours("21:00-11:30")), days)
    #expect(late.times["a"] == "2026-03-04T12:00:00+00:00")
  }

  @Test("The hour is one of the customer's own day")
  func zones() throws {
    let zone = "latest(tier.time_zone)"
    let home = event("a", "tier", day: 30, hour: 3, ["time_zone": .category("Asia/Shanghai")])
    // Noon in UTC is eight in the evening there.
    let (times, words) = try sends(try plan(zone: zone), visits("a", 9, hour: 12) + [home])
    #expect(times["a"] == "2026-03-04T20:00:00+08:00")
    #expect(words["a"] == "20:00 is the hour of 9 of their 9 visits")
  }

  @Test("Days are kept to, and an hour that is written down or drawn comes first")
  func precedence() throws {
    let seen = visits("a", 9, hour: 19) + visits("b", 9, hour: 19)
    #expect(try sends(try plan(send: .auto(.weekend)), seen).times["a"] == "2026-03-07T19:00:00+00:00")
    let given = try sends(try plan(send: .at(.day, minute: 570)), seen)
    #expect(given.times["a"] == "2026-03-04T09:30:00+00:00" && given.words["a"] == nil)
    // An experiment on the time: one arm has an hour, the other the customer's own.
    let experiment = Experiment(
      id: "hours", arms: [.init("own", weight: 0.5), .init("noon", weight: 0.5)], control: "own")
    let ids = (10..<60).map { "c\($0)" }
    let table = try experiment.assign(AssignmentList(ids: ids), at: Self.now).table
    var plan = try plan()
    plan.actions?[0].trial = .init("hours", arms: [.init("noon", send: .at(.day, minute: 720))])
    let outreach = try Outreach(
      plan, log: EventLog(events: ids.flatMap { visits($0, 9, hour: 19) }), at: Self.now,
      inputs: .init(assignments: [table]))
    var hours: [String: Set<String>] = [:]
    for row in outreach.plannedTable(outreach.actionList()).rows {
      guard case .text(let slot) = row[4], case .text(let reason) = row[5], case .text(let arm) = row[9]
      else { continue }
      hours[arm, default: []].insert("\(slot) \(reason)")
    }
    #expect(
      hours == [
        "own": [
          "2026-03-04T19:00:00+00:00 because; 19:00 is the hour of 9 of their 9 visits"
        ], "noon": ["2026-03-04T12:00:00+00:00 because"],
      ])
  }
}
