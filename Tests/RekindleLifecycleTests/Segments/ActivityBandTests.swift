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

  /// Lateness is defined once: that of the segments is the feature that rules name, against the same
  /// customers.
  @Test func theRatioIsTheFeature() throws {
    let log = Shop.generated(customers: 200)
    let moment = day("2025-12-01")
    let activities = try ActivityRules().activities(in: log, at: moment)
    let schema = EventSchema(kinds: [
      .init(name: "purchase", attributes: [.init(name: "value", type: .number)])
    ])
    let features = FeatureSet.retail.available(in: schema).kept.filter {
      ["days_since_last_order", "ipi_median", "overdue_ratio"].contains($0.name)
    }
    let evaluator = Evaluator(log: log, workers: Workers(1))
    let moments = log.customers.indices.map { Moment(customer: Int32($0), time: moment) }
    let table = try evaluator.table(
      of: features, at: moments, constants: evaluator.populationConstants(of: features, at: moments))
    guard case .number(let ratios) = table.column("overdue_ratio")?.values,
      case .number(let intervals) = table.column("ipi_median")?.values
    else {
      Issue.record("no such features")
      return
    }
    #expect(ratios.contains { $0 > 1 } && ratios.contains { $0 < 1 })
    for (activity, (ratio, interval)) in zip(activities, zip(ratios, intervals)) {
      guard let activity else { continue }
      #expect(activity.overdueRatio == ratio && activity.interval == interval)
    }
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
    #expect(!spend.mayBeEarlier)
    // Two looks back do not reach that far, and say so.
    let short = try CoolingReport(of: log, schema: schema, at: day("2025-12-01"), lookBack: 2)
    let seen = try #require(short.findings.first { names[$0.signal] == "cooling_spend" })
    #expect(seen.since == day("2025-11-17") && seen.mayBeEarlier)
    #expect(report.counts[0] == report.findings.count { $0.customer == 0 })
    #expect(!report.findings.contains { $0.customer == 1 && names[$0.signal] == "cooling_spend" })
  }

  /// Gold was held when the year began and never reported again within it: what the flag compares is what
  /// is shown, and not the highest report of the year.
  @Test func theValueIsWhatTheFlagCompares() throws {
    func tier(_ date: String, _ level: Double) -> Event {
      Event(customer: "a", kind: "tier", time: day(date), attributes: ["level": .number(level)])
    }
    func line(_ date: String, _ order: String, _ discount: Double) -> Event {
      Shop.purchase("a", date, ["order": .category(order), "discount": .number(discount)])
    }
    // Four of five orders have a discount, and half of the lines.
    var lines = ["2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01"].enumerated().map {
      line($1, "o\($0)", 1)
    }
    lines += (0..<4).map { _ in line("2025-06-01", "o4", 0) }
    let log = EventLog(events: lines + [tier("2024-06-01", 3), tier("2025-07-01", 1)])
    let schema = EventSchema(kinds: [
      .init(
        name: "purchase",
        attributes: [
          .init(name: "value", type: .number), .init(name: "order", type: .category),
          .init(name: "discount", type: .number),
        ]), .init(name: "tier", attributes: [.init(name: "level", type: .number)]),
    ])
    let report = try CoolingReport(of: log, schema: schema, at: day("2026-01-01"))
    let values = Dictionary(
      uniqueKeysWithValues: report.findings.map { (report.signals[$0.signal].name, $0.value) })
    #expect(values["cooling_tier"] == 2)
    #expect(values["cooling_discount"] == 0.8)
    let dropped = try #require(report.findings.first { report.signals[$0.signal].name == "cooling_tier" })
    #expect(report.words(dropped) == "tier dropped: 2 levels")
  }

  /// The sign of replenishment asks each category's own cycle: soap has one, toys have none, and a double
  /// pack lasts twice as long.
  @Test func replenishmentIsThatOfTheLadder() throws {
    var events: [Event] = []
    func buy(_ customer: String, _ category: String, _ day: Int32, _ packs: Double = 1) {
      events.append(
        Event(
          customer: customer, kind: "purchase", time: CivilCalendar.utc.midnight(day: day),
          attributes: ["category": .category(category), "quantity": .number(packs)]))
    }
    for customer in ["late", "stocked"] {
      for index in 0..<5 { buy(customer, "soap", 20_000 + Int32(20 * index)) }
    }
    buy("late", "soap", 20_100)
    buy("stocked", "soap", 20_100, 2)
    // Gaps of one day and of a hundred: no cycle.
    for customer in 0..<3 {
      for day: Int32 in [20_000, 20_001, 20_002, 20_102] { buy("t\(customer)", "toys", day) }
    }
    let log = EventLog(events: events)
    let schema = EventSchema(kinds: [
      .init(
        name: "purchase",
        attributes: [.init(name: "category", type: .category), .init(name: "quantity", type: .number)])
    ])
    let report = try CoolingReport(of: log, schema: schema, at: CivilCalendar.utc.midnight(day: 20_141))
    let place = try #require(report.signals.firstIndex { $0.name == "cooling_replenishment" })
    let findings = report.findings.filter { $0.signal == place }
    #expect(findings.map { log.customers[Int($0.customer)] } == ["late"])
    #expect(findings.map(\.value) == [2])
    #expect(findings.map(\.since) == [CivilCalendar.utc.midnight(day: 20_131)])
    #expect(findings.map(report.words) == ["a category 1.5 cycles late: 2.00 cycles (soap)"])
    #expect(report.replenishment?.categories.map(\.isReplenishable) == [true, false])
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
