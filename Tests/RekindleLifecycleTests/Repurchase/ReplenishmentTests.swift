import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct ReplenishmentTests {
  private func bought(_ customer: String, _ category: String, _ day: Int32, _ quantity: Double = 1) -> Event {
    Event(
      customer: customer, kind: "purchase", time: CivilCalendar.utc.midnight(day: day),
      attributes: ["category": .category(category), "quantity": .number(quantity)])
  }

  /// Soap every 30 days for most, every 60 for one; sofas once.
  private var log: EventLog {
    var events: [Event] = []
    for customer in 0..<4 {
      for index in 0..<5 { events.append(bought("c\(customer)", "soap", 20_000 + Int32(30 * index))) }
      events.append(bought("c\(customer)", "sofa", 20_000 + Int32(customer)))
    }
    for index in 0..<3 {
      events.append(bought("slow", "soap", 20_000 + Int32(60 * index), index == 2 ? 2 : 1))
    }
    events.append(bought("once", "soap", 20_100))
    return EventLog(events: events)
  }

  @Test func theCycleIsDrawnToTheCategorys() throws {
    let replenishment = try Replenishment(of: log, at: CivilCalendar.utc.midnight(day: 20_151))
    let soap = replenishment.categories[0]
    #expect(soap.name == "soap" && soap.isReplenishable)
    #expect(soap.buyers == 6 && soap.repeaters == 5)
    #expect(soap.medianGap == 30)
    #expect(!replenishment.categories[1].isReplenishable)
    #expect(replenishment.dues.count == 6)
    let slow = try #require(replenishment.dues.first { log.customers[Int($0.customer)] == "slow" })
    #expect(slow.cycle == (2 * 60 + 2 * 30) / 4)
    #expect(slow.stock == 2)
    #expect(slow.due == 20_120 + 90)
    #expect(slow.earliest <= slow.due && slow.due <= slow.latest)
    #expect(abs(slow.lateness - 30.0 / 90) < 1e-12)
    let once = try #require(replenishment.dues.first { log.customers[Int($0.customer)] == "once" })
    #expect(once.cycle == 30 && once.due == 20_130)
    let late = try #require(replenishment.dues.first { log.customers[Int($0.customer)] == "c0" })
    #expect(late.lateness == 1)
  }

  /// Whoever buys double waits twice as long: in cycles and stock every gap here is as long as it should
  /// be, so the interval of the due date is the day itself.
  @Test func thePackIsCountedOnce() throws {
    var events: [Event] = []
    for customer in 0..<5 {
      var day: Int32 = 20_000
      for index in 0..<8 {
        let packs = index % 4 == 3 ? 2.0 : 1
        events.append(bought("c\(customer)", "soap", day, packs))
        day += Int32(30 * packs)
      }
    }
    let replenishment = try Replenishment(
      of: EventLog(events: events), at: CivilCalendar.utc.midnight(day: 20_300))
    let soap = replenishment.categories[0]
    #expect(soap.spread == 1...1)
    let due = try #require(replenishment.mostOverdue(of: 0))
    #expect(due.stock == 2 && due.earliest == due.due && due.due == due.latest)
    #expect(due.due == due.lastDay + 60)
  }

  @Test func theMostOverdueOfACustomer() throws {
    let replenishment = try Replenishment(of: log, at: CivilCalendar.utc.midnight(day: 20_151))
    for customer in log.customers.indices {
      let own = replenishment.dues(of: customer)
      #expect(own.allSatisfy { Int($0.customer) == customer })
      #expect(replenishment.mostOverdue(of: customer)?.lateness == own.map(\.lateness).max())
    }
  }

  @Test func aDurableCallsForItsConsumable() throws {
    let log = EventLog(events: [
      bought("a", "purifier", 20_000), bought("b", "purifier", 20_000), bought("b", "filter", 20_170),
      bought("c", "filter", 20_000), bought("c", "purifier", 20_050), bought("d", "filter", 20_000),
    ])
    let rule = FollowUpRule(durable: "purifier", consumable: "filter", after: 183, remindAfter: 152)
    let reminders = try rule.reminders(in: log, at: CivilCalendar.utc.midnight(day: 20_200))
    #expect(reminders.map { log.customers[Int($0.customer)] } == ["a", "b", "c"])
    #expect(reminders.map(\.remindOn) == [20_152, 20_322, 20_202])
    #expect(reminders.map(\.neededOn) == [20_183, 20_353, 20_233])
  }

  @Test func purchasesWithoutCategoriesAreRefused() throws {
    let log = Shop.log(["a": ["2025-01-01"]])
    #expect { try Replenishment(of: log, at: day("2026-01-01")) } throws: {
      ($0 as? Diagnostic)?.code == "RK0912"
    }
  }
}
