import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach
import Testing

@Suite("The kind of day of a send slot")
struct SendDaysTests {
  /// When the news of a night-quiet channel go out.
  private func sent(
    _ slot: String, at local: String, zone: String = "UTC", messages: [String] = []
  ) throws -> String? {
    let calendar = try CivilCalendar(timeZone: zone)
    let now = GeneratedShop.instant(local, calendar)
    var events = [
      Event(
        customer: "a", kind: "consent", time: Instant(microseconds: now.microseconds - GeneratedShop.day),
        attributes: ["channel": .category("sms"), "granted": .flag(true)])
    ]
    for text in messages {
      events.append(
        Event(
          customer: "a", kind: "message", time: GeneratedShop.instant(text, calendar),
          attributes: ["channel": .category("email")]))
    }
    let plan = OutreachPlan(
      channels: [Channel("sms", consent: "sms"), Channel("email", consent: "email", quiet: nil)],
      actions: [
        Action(
          id: "news", kind: .content, when: try Expression(parsing: "true"), channels: ["sms", "email"],
          send: try #require(SendSlot(slot)))
      ])
    let outreach = try Outreach(plan, log: EventLog(events: events, calendar: calendar), at: now)
    return outreach.actionList().planned.first.map { calendar.text($0.sendAt) }
  }

  @Test("What quiet hours push over the end of the week waits for a day of the slot's kind")
  func quietHours() throws {
    // 2026-03-06 is a Friday.
    #expect(try sent("weekday_22", at: "2026-03-05T12:00") == "2026-03-06T09:00:00")
    #expect(try sent("weekday_22", at: "2026-03-06T12:00") == "2026-03-09T09:00:00")
    #expect(try sent("weekend_22", at: "2026-03-07T12:00") == "2026-03-08T09:00:00")
    #expect(try sent("weekend_22", at: "2026-03-08T12:00") == "2026-03-14T09:00:00")
    #expect(try sent("day_22", at: "2026-03-06T12:00") == "2026-03-07T09:00:00")
    // Before the night there is nothing to wait for.
    #expect(try sent("weekday_20", at: "2026-03-06T12:00") == "2026-03-06T20:00:00")
    // A clock that skips midnight.
    #expect(
      try sent("weekday_23:59", at: "2026-04-24T06:00", zone: "Africa/Cairo") == "2026-04-27T09:00:00")
    #expect(
      try sent("weekday_23:59", at: "2026-04-23T06:00", zone: "Africa/Cairo") == "2026-04-24T09:00:00")
  }

  @Test("So does what the frequency cap pushes")
  func frequency() throws {
    // The first of three leaves the window on a Saturday at ten.
    let full = ["2026-02-28T10:00", "2026-03-02T10:00", "2026-03-03T10:00"]
    #expect(try sent("day_20", at: "2026-03-06T12:00", messages: full) == "2026-03-07T10:01:00")
    #expect(try sent("weekday_20", at: "2026-03-06T12:00", messages: full) == "2026-03-09T09:00:00")
    #expect(try sent("weekend_9", at: "2026-03-06T12:00", messages: full) == "2026-03-07T10:01:00")
    // On Monday the window of the next is full still.
    let more = full + ["2026-03-06T10:00", "2026-03-06T11:00"]
    #expect(try sent("weekday_20", at: "2026-03-06T12:00", messages: more) == nil)
  }
}
