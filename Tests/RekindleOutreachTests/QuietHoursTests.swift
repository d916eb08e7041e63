import RekindleCore
import RekindleOutreach
import Testing

@Suite("Quiet hours")
struct QuietHoursTests {
  private func allowed(_ quiet: String, _ zone: String, from text: String) throws -> String? {
    let calendar = try CivilCalendar(timeZone: zone)
    let start = GeneratedShop.instant(text, calendar)
    let last = calendar.adding(days: 1, to: start).microseconds
    let hours = try #require(QuietHours(quiet))
    return hours.firstAllowed(from: start.microseconds, through: last, calendar: calendar)
      .map { calendar.text(Instant(microseconds: $0)) }
  }

  @Test("A message in the night waits for the morning, over midnight and over the year's end")
  func night() throws {
    #expect(try allowed("21:00-09:00", "UTC", from: "2026-03-04T20:59") == "2026-03-04T20:59:00")
    #expect(try allowed("21:00-09:00", "UTC", from: "2026-03-04T21:00") == "2026-03-05T09:00:00")
    #expect(try allowed("21:00-09:00", "UTC", from: "2026-03-05T08:59") == "2026-03-05T09:00:00")
    #expect(try allowed("21:00-09:00", "UTC", from: "2025-12-31T23:30") == "2026-01-01T09:00:00")
    #expect(try allowed("12:00-14:00", "UTC", from: "2026-03-05T13:00") == "2026-03-05T14:00:00")
  }

  @Test("Local time is meant on the days when clocks change")
  func clockChanges() throws {
    // 02:00 → 03:00: what ends at 02:30 ends when the clock jumps.
    #expect(try allowed("21:00-02:30", "Europe/Berlin", from: "2025-03-29T22:00") == "2025-03-30T03:00:00")
    #expect(try allowed("21:00-09:00", "Europe/Berlin", from: "2025-03-29T22:00") == "2025-03-30T09:00:00")
    // 03:00 → 02:00: the hour from two is quiet twice.
    let calendar = try CivilCalendar(timeZone: "Europe/Berlin")
    let quiet = try #require(QuietHours("02:00-03:00"))
    let start = GeneratedShop.instant("2025-10-26T01:59", calendar).microseconds + 60_000_000
    let end = try #require(
      quiet.firstAllowed(from: start, through: start + GeneratedShop.day, calendar: calendar))
    #expect(end - start == 2 * GeneratedShop.hour)
  }

  @Test("A day that skips the only allowed hour has none")
  func none() throws {
    #expect(try allowed("03:00-02:00", "Europe/Berlin", from: "2025-03-29T03:00") == nil)
    #expect(try allowed("03:00-02:00", "Europe/Berlin", from: "2025-03-28T03:00") == "2025-03-29T02:00:00")
  }

  @Test("Texts are read, and written back")
  func texts() {
    #expect(QuietHours("21:00-09:00")?.description == "21:00-09:00")
    #expect(QuietHours("22-6")?.description == "22:00-06:00")
    #expect(QuietHours("21:00") == nil)
    #expect(QuietHours("25:00-09:00") == nil)
    for text in ["now", "auto", "weekend_auto", "weekday_20", "weekend_12", "day_9:30"] {
      #expect(SendSlot(text)?.description == text)
    }
    for text in ["weekday", "weekday_24", "monday_9", "day_9:60"] { #expect(SendSlot(text) == nil) }
  }
}
