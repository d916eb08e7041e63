import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach
import Testing

@Suite("Customers' own time zones")
struct CustomerZonesTests {
  private func plan(_ zone: String?, send: SendSlot, quiet: QuietHours? = .night) throws -> OutreachPlan {
    OutreachPlan(
      channels: [Channel("letter", consent: nil, quiet: quiet)],
      actions: [
        Action(
          id: "news", kind: .content, when: try Expression(parsing: "true"), channels: ["letter"], send: send)
      ], timeZone: try zone.map { try Expression(parsing: $0) },
      timeZoneSource: zone.map { ExpressionSource($0) })
  }

  private func event(_ id: String, _ zone: String?, days: Int64 = 9, at now: Instant) -> Event {
    Event(
      customer: id, kind: "consent", time: Instant(microseconds: now.microseconds - days * GeneratedShop.day),
      attributes: zone.map { ["time_zone": .category($0)] } ?? [:])
  }

  /// When each customer's message goes out, as the list says it.
  private func sends(
    _ plan: OutreachPlan, _ zones: [(id: String, zone: String?)], now: String, shop: String = "UTC"
  ) throws -> (texts: [String], notes: [String]) {
    let calendar = try CivilCalendar(timeZone: shop)
    let moment = GeneratedShop.instant(now, calendar)
    let events = zones.map { event($0.id, $0.zone, at: moment) }
    let outreach = try Outreach(plan, log: EventLog(events: events, calendar: calendar), at: moment)
    let list = outreach.actionList()
    #expect(list.withheld.isEmpty)
    return (list.planned.map(outreach.sendText), outreach.notes)
  }

  private static let everywhere: [(id: String, zone: String?)] = [
    ("a", "Asia/Shanghai"), ("b", "America/New_York"), ("c", nil), ("d", "Asia/Kolkata"),
    ("e", "Asia/Shangai"),
  ]

  @Test("An hour is the customer's, and is printed with its distance from UTC")
  func slots() throws {
    let noon = try plan("latest(consent.time_zone)", send: .at(.day, minute: 12 * 60))
    let (texts, notes) = try sends(noon, Self.everywhere, now: "2026-03-04T06:00", shop: "Europe/Berlin")
    #expect(
      texts == [
        // 06:00 in Berlin is 13:00 in Shanghai: noon there is tomorrow's.
        "2026-03-05T12:00:00+08:00", "2026-03-04T12:00:00-05:00", "2026-03-04T12:00:00+01:00",
        "2026-03-04T12:00:00+05:30", "2026-03-04T12:00:00+01:00",
      ])
    #expect(
      notes == [
        "1 customer without a time zone: the shop's, Europe/Berlin, is taken",
        "no time zone: \"Asia/Shangai\" (1 customer, perhaps Asia/Shanghai): the shop's, Europe/Berlin, is taken",
      ])
    let shops = try plan(nil, send: .at(.day, minute: 12 * 60))
    let all = try sends(shops, Self.everywhere, now: "2026-03-04T06:00", shop: "Europe/Berlin")
    #expect(Set(all.texts) == ["2026-03-04T12:00:00+01:00"])
    #expect(all.notes.isEmpty)
  }

  @Test("Quiet hours are the customer's")
  func quietHours() throws {
    let soon = try plan("latest(consent.time_zone)", send: .now)
    let (texts, _) = try sends(soon, Self.everywhere, now: "2026-03-04T13:30")
    #expect(
      texts == [
        // Half past nine in the evening; half past eight and nine in the morning; noon; seven in the evening.
        "2026-03-05T09:00:00+08:00", "2026-03-04T09:00:00-05:00", "2026-03-04T13:30:00+00:00",
        "2026-03-04T19:00:00+05:30", "2026-03-04T13:30:00+00:00",
      ])
  }

  @Test("Clocks change in the customer's zone, and not in the shop's")
  func clockChanges() throws {
    func text(_ now: String, _ zone: String, minute: Int, quiet: String? = nil) throws -> String {
      var plan = try plan(
        "latest(consent.time_zone)", send: .at(.day, minute: minute), quiet: quiet.flatMap { QuietHours($0) })
      // A slot that is quiet on every channel would be refused.
      plan.channels?.append(Channel("parcel", consent: nil, quiet: nil))
      plan.actions?[0].channels.append("parcel")
      return try sends(plan, [("a", zone)], now: now, shop: "Asia/Shanghai").texts[0]
    }
    // 02:00 → 03:00 in Berlin: half past two does not exist, and comes an hour later.
    #expect(try text("2025-03-30T05:00", "Europe/Berlin", minute: 150) == "2025-03-30T03:30:00+02:00")
    // 03:00 → 02:00: of the two the first is meant.
    #expect(try text("2025-10-26T05:00", "Europe/Berlin", minute: 150) == "2025-10-26T02:30:00+02:00")
    // Quiet from two to three: twice as long on that night, and not at all on the other.
    #expect(
      try text("2025-10-26T05:00", "Europe/Berlin", minute: 150, quiet: "02:00-03:00")
        == "2025-10-26T03:00:00+01:00")
    #expect(
      try text("2025-03-30T05:00", "Europe/Berlin", minute: 150, quiet: "02:00-03:00")
        == "2025-03-30T03:30:00+02:00")
    // Half an hour is all that Lord Howe moves.
    #expect(try text("2026-04-04T20:00", "Australia/Lord_Howe", minute: 600) == "2026-04-05T10:00:00+10:30")
    #expect(try text("2026-04-03T20:00", "Australia/Lord_Howe", minute: 600) == "2026-04-04T10:00:00+11:00")
    // Samoa had no 30th of December 2011.
    #expect(try text("2011-12-30T17:00", "Pacific/Apia", minute: 600) == "2011-12-31T10:00:00+14:00")
  }

  @Test("The zone may be a feature of the project's, and the latest counts")
  func features() throws {
    let now = GeneratedShop.instant("2026-03-04T12:00", .utc)
    let zone = FeatureDefinition(
      name: "home", expression: try Expression(parsing: "latest(consent.time_zone, last 30d)"))
    let events = [
      event("a", "Asia/Tokyo", days: 20, at: now), event("a", "Europe/Paris", days: 2, at: now),
      event("b", "Asia/Tokyo", days: 40, at: now), event("b", nil, days: 4, at: now),
    ]
    let outreach = try Outreach(
      try plan("home", send: .at(.day, minute: 9 * 60)), log: EventLog(events: events), at: now,
      inputs: .init(features: [zone]))
    #expect(
      outreach.actionList().planned.map(outreach.sendText)
        == ["2026-03-05T09:00:00+01:00", "2026-03-05T09:00:00+00:00"])
  }

  @Test("What gives the zone has to exist, and to be a text")
  func mistakes() throws {
    let now = GeneratedShop.instant("2026-03-04T12:00", .utc)
    let log = EventLog(events: [event("a", "Asia/Tokyo", at: now)])
    func refusal(_ zone: String) throws -> Diagnostic? {
      #expect(throws: Diagnostic.self) { try Outreach(try plan(zone, send: .now), log: log, at: now) }
    }
    let misspelled = try #require(try refusal("latest(consent.time_zon)"))
    #expect(misspelled.code == "RK0321" && misspelled.hint == "did you mean time_zone?")
    #expect(misspelled.place?.column == 16)
    #expect(try refusal("count(consent)")?.code == "RK1009")
    #expect(try refusal("latest(visit.time_zone)")?.code == "RK0320")
  }

  @Test("Names that do not exist are counted, the most frequent first, and only some are said")
  func manyUnknown() throws {
    let soon = try plan("latest(consent.time_zone)", send: .now)
    let zones = (0..<12).map { ("c\($0 + 10)", "Nowhere/\($0 < 5 ? 0 : $0)" as String?) }
    let (_, notes) = try sends(soon, zones, now: "2026-03-04T12:00")
    #expect(
      notes == [
        "no time zone: \"Nowhere/0\" (5 customers), \"Nowhere/10\" (1 customer), \"Nowhere/11\" (1 customer) and 5 other names: the shop's, UTC, is taken"
      ])
  }
}
