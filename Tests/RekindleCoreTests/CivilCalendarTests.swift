import RekindleCore
import Testing

@Suite struct CivilCalendarTests {
  let hour: Int64 = 3_600_000_000

  @Test func datesAndDayNumbersAreInverse() throws {
    for day: Int32 in stride(from: -200_000, through: 200_000, by: 37) {
      let date = CivilDate(daysSinceEpoch: day)
      #expect(date.daysSinceEpoch == day)
      #expect(CivilDate(date.description) == date)
    }
    #expect(CivilDate(daysSinceEpoch: 0).description == "1970-01-01")
    #expect(CivilDate("2000-02-29")?.daysSinceEpoch == 11_016)
  }

  @Test func impossibleDatesAreRefused() {
    for text in [
      "2023-02-29", "2024-13-01", "2024-00-10", "1900-02-29", "24-01-01", "2024-1-1", "2024-01-01 ",
    ] {
      #expect(CivilDate(text) == nil)
    }
  }

  @Test func weekdaysFollowISO() {
    let utc = CivilCalendar.utc
    #expect(utc.weekday(of: Instant(seconds: 0)) == 4)  // a Thursday
    #expect(utc.weekday(of: Instant(seconds: -86_400)) == 3)
    #expect(utc.weekday(of: utc.midnight(day: 20_780)) == 1)  // Monday 2026-11-23
  }

  @Test func daylightSavingDaysHave23And25Hours() throws {
    let berlin = try CivilCalendar(timeZone: "Europe/Berlin")
    func length(_ text: String) throws -> Int64 {
      let day = try #require(CivilDate(text)).daysSinceEpoch
      return (berlin.midnight(day: day + 1).microseconds - berlin.midnight(day: day).microseconds) / hour
    }
    #expect(try length("2024-03-31") == 23)
    #expect(try length("2024-10-27") == 25)
    #expect(try length("2024-10-28") == 24)
  }

  @Test func skippedTimesMoveForwardAndRepeatedOnesMeanTheFirst() throws {
    let berlin = try CivilCalendar(timeZone: "Europe/Berlin")
    let spring = Int64(try #require(CivilDate("2024-03-31")).daysSinceEpoch) * 24 * hour
    let skipped = berlin.instant(local: spring + 2 * hour + hour / 2)
    #expect(berlin.local(skipped) == spring + 3 * hour + hour / 2)
    let autumn = Int64(try #require(CivilDate("2024-10-27")).daysSinceEpoch) * 24 * hour
    let repeated = berlin.instant(local: autumn + 2 * hour)
    #expect(repeated.microseconds == autumn)  // 02:00 at +2, not at +1
  }

  @Test func calendarDaysKeepTheWallClock() throws {
    let berlin = try CivilCalendar(timeZone: "Europe/Berlin")
    let noon = berlin.instant(
      local: Int64(try #require(CivilDate("2024-04-01")).daysSinceEpoch) * 24 * hour + 12 * hour)
    let before = berlin.adding(days: -2, to: noon)
    #expect(berlin.hour(of: before) == 12)
    #expect(noon.microseconds - before.microseconds == 47 * hour)
  }

  @Test func theDayOfAnInstantIsTheLocalOne() throws {
    let shanghai = try CivilCalendar(timeZone: "Asia/Shanghai")
    let evening = Instant(seconds: 16 * 3600 + 1)  // 1970-01-02 00:00:01 in Shanghai
    #expect(shanghai.day(of: evening) == 1)
    #expect(CivilCalendar.utc.day(of: evening) == 0)
    #expect(CivilCalendar.utc.day(of: Instant(microseconds: -1)) == -1)
  }

  @Test func textWithTheDistanceFromUTC() throws {
    func text(_ zone: String, _ seconds: Int64) throws -> String {
      try CivilCalendar(timeZone: zone).textWithOffset(Instant(microseconds: seconds * 1_000_000))
    }
    #expect(try text("UTC", 0) == "1970-01-01T00:00:00+00:00")
    #expect(try text("Asia/Kolkata", 1_772_600_400) == "2026-03-04T10:30:00+05:30")
    #expect(try text("America/St_Johns", 1_772_600_400) == "2026-03-04T01:30:00-03:30")
    // One hour of the clock, twice: only the distance tells them apart.
    #expect(try text("Europe/Berlin", 1_761_437_400) == "2025-10-26T02:10:00+02:00")
    #expect(try text("Europe/Berlin", 1_761_441_000) == "2025-10-26T02:10:00+01:00")
  }

  @Test func anUnknownZoneNamesItsNeighbour() {
    let failure = #expect(throws: Diagnostic.self) { try CivilCalendar(timeZone: "Europe/Berln") }
    #expect(failure?.code == "RK0001")
    #expect(failure?.hint == "did you mean \"Europe/Berlin\"?")
  }
}
