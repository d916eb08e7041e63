import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics
import Testing

@Suite struct OccasionsTests {
  private func purchase(
    _ customer: String, _ time: Instant, _ value: Double = 1, order: String? = nil, recorded: Instant? = nil
  ) -> Event {
    var attributes: [String: Event.Value] = ["value": .number(value)]
    if let order { attributes["order"] = .category(order) }
    return Event(customer: customer, kind: "purchase", time: time, recorded: recorded, attributes: attributes)
  }

  private func hours(_ text: String, _ hours: Int64) -> Instant {
    Instant(microseconds: day(text).microseconds + hours * 3_600_000_000)
  }

  @Test func ordersOfADayAreOneOccasion() throws {
    let log = EventLog(events: [
      purchase("a", hours("2026-01-01", 1), 10), purchase("a", hours("2026-01-01", 23), 5),
      purchase("a", hours("2026-01-03", 0), 7), purchase("b", hours("2026-01-02", 5), 2),
    ])
    let days = try Occasions(of: log, asOf: day("2026-02-01"))
    #expect(days.range(of: 0).map { days.values[$0] } == [15, 7])
    #expect(days.range(of: 1).count == 1)
    #expect(days.days[1] - days.days[0] == 2)
    let rows = try Occasions(of: log, asOf: day("2026-02-01"), unit: .order)
    #expect(rows.range(of: 0).count == 3)
  }

  @Test func anOrdersLinesAreOneOccasion() throws {
    let log = EventLog(events: [
      purchase("a", hours("2026-01-01", 1), 10, order: "1"),
      purchase("a", hours("2026-01-01", 2), 5, order: "2"),
      purchase("a", hours("2026-01-01", 3), 1, order: "1"),
      purchase("a", hours("2026-01-05", 3), 4, order: "3"),
    ])
    let orders = try Occasions(of: log, asOf: day("2026-02-01"), unit: .order)
    #expect(orders.values == [11, 5, 4])
  }

  @Test func nothingIsKnownBeforeItHappensOrIsRecorded() throws {
    let log = EventLog(events: [
      purchase("a", day("2026-01-01"), recorded: day("2026-01-01")),
      purchase("a", day("2026-01-05"), recorded: day("2026-03-01")),
      purchase("a", day("2026-01-09"), recorded: day("2026-01-09")),
    ])
    #expect(try Occasions(of: log, asOf: day("2026-01-09")).days.count == 1)
    #expect(try Occasions(of: log, asOf: day("2026-02-01")).days.count == 2)
    #expect(
      try Occasions(of: log, asOf: Instant(microseconds: day("2026-03-01").microseconds + 1)).days.count == 3)
  }

  @Test func theDayIsThatOfTheShop() throws {
    let events = [purchase("a", hours("2026-01-01", 15)), purchase("a", hours("2026-01-01", 17))]
    let shanghai = EventLog(events: events, calendar: try CivilCalendar(timeZone: "Asia/Shanghai"))
    #expect(try Occasions(of: shanghai, asOf: day("2026-02-01")).days.count == 2)
    #expect(try Occasions(of: EventLog(events: events), asOf: day("2026-02-01")).days.count == 1)
  }

  @Test func historiesCountFromTheFirstDay() throws {
    let log = EventLog(events: [
      purchase("a", hours("2026-01-01", 1), 100), purchase("a", day("2026-01-08"), 10),
      purchase("a", day("2026-01-15"), 30), purchase("b", day("2026-01-20"), 9),
      Event(customer: "c", kind: "visit", time: day("2026-01-01")),
    ])
    let histories = try PurchaseHistories(of: log, asOf: day("2026-01-30"), unit: .week)
    #expect(histories.customers == [0, 1])
    #expect(histories.histories[0] == weeks(2, 2, 4))
    #expect(histories.spends[0] == SpendHistory(repeats: 2, mean: 20))
    #expect(histories.histories[1].repeats == 0)
    #expect(histories.spends[1].mean.isNaN)
    // At noon of a day the day counts as seen.
    let noon = try PurchaseHistories(of: log, asOf: hours("2026-01-30", 12), unit: .day)
    #expect(noon.histories[0].age == 29)
  }

  @Test func threadsChangeNothing() throws {
    let events = (0..<20_000).map { i in
      purchase("c\(i * 7 % 9001)", Instant(seconds: Int64(i % 97) * 50_000), Double(i % 13))
    }
    let log = EventLog(events: events)
    let one = try Occasions(of: log, asOf: day("1980-01-01"), workers: Workers(1))
    let three = try Occasions(of: log, asOf: day("1980-01-01"), workers: Workers(3))
    #expect(one.offsets == three.offsets && one.days == three.days && one.values == three.values)
  }

  @Test func aLogWithoutPurchasesIsRefused() throws {
    let log = EventLog(events: [Event(customer: "a", kind: "visit", time: day("2026-01-01"))])
    #expect { try Occasions(of: log, asOf: day("2026-02-01")) } throws: {
      ($0 as? Diagnostic)?.code == "RK0910"
    }
  }

  /// All 23,570 customers of the public log: repeat buyers by day and by row.
  @Test(.enabled(if: CDNOW.folder != nil, "\(CDNOW.words)")) func theWholeOfCDNOW() throws {
    let log = try CDNOW.log("master")
    let end = day("1998-07-01")
    let days = try Occasions(of: log, asOf: end)
    #expect(days.customers(withAtLeast: 1) == 23_570)
    #expect(days.customers(withAtLeast: 2) == 11_516)
    #expect(days.customers(withAtLeast: 3) == 7476)
    #expect(days.milestone(3).count == 7476)
    let rows = try Occasions(of: log, asOf: end, unit: .order)
    #expect(rows.customers(withAtLeast: 2) == 11_662)
    #expect(rows.customers(withAtLeast: 3) == 7583)
    // The snapshot to the end of September 1997.
    let snapshot = try PurchaseHistories(of: log, asOf: day("1997-10-01"), unit: .day)
    let histories = snapshot.histories
    #expect(histories.reduce(0) { $0 + $1.repeats } == 24_337)
    #expect(histories.count { $0.repeats > 0 } == 9451)
    func mean(_ value: (RepeatHistory) -> Double) -> Double {
      histories.reduce(0) { $0 + value($1) } / 23_570
    }
    #expect(abs(mean(\.lastAge) - 47.92719559) < 1e-8)
    #expect(abs(mean(\.age) - 229.09359355) < 1e-8)
  }
}
