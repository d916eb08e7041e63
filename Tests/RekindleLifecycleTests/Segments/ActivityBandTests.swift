import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct ActivityBandTests {
  @Test func theSameSilenceIsWaitingOrLeaving() throws {
    let log = Shop.log([
      // 60 days of silence each; the one buys every 10 days, the other every 100.
      "often": (0..<10).map { CivilDate(daysSinceEpoch: 20_000 + 10 * Int32($0)).description },
      "seldom": (0..<10).map { CivilDate(daysSinceEpoch: 20_090 - 100 * Int32($0)).description },
      "once": [CivilDate(daysSinceEpoch: 20_090).description],
    ])
    let moment = CivilCalendar.utc.midnight(day: 20_150)
    let activities = try ActivityRules().activities(in: log, at: moment)
    let found = Dictionary(uniqueKeysWithValues: zip(log.customers, activities))
    let often = try #require(found["often"] ?? nil)
    let seldom = try #require(found["seldom"] ?? nil)
    let once = try #require(found["once"] ?? nil)
    #expect(often.silence == 60 && seldom.silence == 60)
    #expect(often.band == .silent && !often.isNotDueYet)
    #expect(seldom.band == .high && seldom.isNotDueYet)
    #expect(often.absolute == .high)
    #expect(once.byRhythm == nil && once.band == .high)
    // Drawn to the population's median of 55 with the weight of two gaps.
    #expect(abs(often.interval - (8 * 10 + 2 * 55) / 10.0) < 1e-9)
  }
}

@Suite struct CoolingTests {
  @Test func aSignHasItsValueAndItsDate() throws {
    var events: [Event] = []
    for (index, date) in ["2025-06-10", "2025-07-10", "2025-08-10", "2025-09-01"].enumerated() {
      events.append(
        Shop.purchase("cooling", date, ["value": .number(100), "category": .category("k\(index)")]))
      events.append(Shop.purchase("steady", date, ["category": .category("k")]))
    }
    for date in ["2025-09-20", "2025-10-10", "2025-11-10"] {
      events.append(Shop.purchase("steady", date, ["category": .category("k")]))
    }
    events.append(
      Shop.purchase("cooling", "2025-11-20", ["value": .number(30), "category": .category("k1")]))
    let log = EventLog(events: events)
    let schema = EventSchema(kinds: [
      .init(
        name: "purchase",
        attributes: [.init(name: "value", type: .number), .init(name: "category", type: .category)])
    ])
    let report = try CoolingReport(of: log, schema: schema, at: day("2025-12-01"), lookBack: 4)
    let names = report.signals.map(\.name)
    #expect(names.contains("cooling_spend") && !names.contains("cooling_points"))
    #expect(report.dropped.contains { $0.name == "cooling_points" })
    let spend = try #require(report.findings.first { names[$0.signal] == "cooling_spend" })
    #expect(log.customers[Int(spend.customer)] == "cooling")
    #expect(abs(spend.value - 30.0 / 400) < 1e-12)
    #expect(spend.since == day("2025-11-10"))  // a week before, the quarters were even
    #expect(report.counts[0] == report.findings.count { $0.customer == 0 })
    #expect(!report.findings.contains { $0.customer == 1 && names[$0.signal] == "cooling_spend" })
  }

  /// Every formula means something to the sources that the built-in sets speak of.
  @Test func allTwelveSignsCanBeMeasured() throws {
    let log = EventLogBuilder(schema: .retail, calendar: .utc).finish()
    let report = try CoolingReport(of: log, schema: .retail, at: day("2025-12-01"))
    #expect(report.signals.count == 12)
    #expect(report.dropped.isEmpty)
    #expect(report.signals.allSatisfy { $0.measure != $0.name && !$0.threshold.isEmpty })
  }

  @Test func anOrdersOnlyLogSaysWhatItCannotShow() throws {
    let log = Shop.log(["a": ["2025-01-01", "2025-02-01"]])
    let schema = EventSchema(kinds: [
      .init(name: "purchase", attributes: [.init(name: "value", type: .number)])
    ])
    let report = try CoolingReport(of: log, schema: schema, at: day("2025-12-01"))
    #expect(report.signals.map(\.name) == ["cooling_interval", "cooling_spend"])
    #expect(report.dropped.count == 10)
    #expect(report.counts == [1])
  }
}
