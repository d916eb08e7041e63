import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach
import Testing

@Suite("Guard-rails over generated histories")
struct GuardRailTests {
  /// `REKINDLE_CUSTOMERS` sets how many histories there are in all; a few thousand without it.
  static let customers =
    (ProcessInfo.processInfo.environment["REKINDLE_CUSTOMERS"].flatMap { Int($0) } ?? 16_000)
    / GeneratedShop.moments.count

  @Test("Cap, consent and quiet hours hold, and nobody is lost", arguments: GeneratedShop.moments.indices)
  func hold(place: Int) throws {
    let shop = try GeneratedShop(customers: Self.customers, seed: UInt64(place), at: place)
    let plan = try GeneratedShop.plan()
    let outreach = try Outreach(
      plan, log: shop.log, at: shop.moment, inputs: shop.inputs, workers: Workers(2))
    let list = outreach.actionList(workers: Workers(2))
    #expect(list.planned.count > Self.customers / 10)
    var isSeen = [Bool](repeating: false, count: Self.customers)
    for row in list.planned {
      #expect(!isSeen[row.customer])
      isSeen[row.customer] = true
      let action = outreach.playbook.actions[row.action]
      let channel = outreach.playbook.channels[row.channel]
      let send = row.sendAt.microseconds
      #expect(row.sendAt >= shop.moment)
      // The customer's own clock, and not the shop's.
      let calendar = shop.calendars[row.customer]
      if let quiet = channel.quiet {
        let minute = Int(((calendar.local(row.sendAt) / 60_000_000) % 1440 + 1440) % 1440)
        let isQuiet =
          quiet.start < quiet.end
          ? (quiet.start..<quiet.end).contains(minute) : minute >= quiet.start || minute < quiet.end
        #expect(!isQuiet)
      }
      if let name = channel.consent {
        let known = shop.consents[row.customer].filter { $0.channel == name && $0.time <= send }
        let last = known.map(\.time).max()
        #expect(last != nil)
        #expect(!known.contains { $0.time == last && !$0.granted })
      }
      if !action.kind.isService {
        let all = shop.messages[row.customer] + [send]
        for first in all where first <= send {
          // A rolling week by the clock, and one by the calendar.
          for end in [
            first + 7 * GeneratedShop.day,
            calendar.adding(days: 7, to: Instant(microseconds: first)).microseconds,
          ]
          where end >= send {
            #expect(all.count { $0 >= first && $0 <= end } <= 3)
          }
        }
      }
    }
    for row in list.withheld {
      #expect(!isSeen[row.customer])
      isSeen[row.customer] = true
      #expect(!row.others.contains(row.reason))
    }
    let churn = shop.values.map { $0 / 20 }
    for (customer, share) in churn.enumerated() where share >= 0.1 { #expect(isSeen[customer]) }
  }

  @Test("Plans made day after day, each counting those before, never exceed the cap", arguments: 0..<3)
  func daily(place: Int) throws {
    let shop = try GeneratedShop(customers: 400, seed: UInt64(70 + place), at: place)
    var plan = try GeneratedShop.plan(holdout: 0)
    plan.guards.consent = false
    var inputs = shop.inputs
    var sent = [[Int64]](repeating: [], count: 400)
    for day in 0..<16 {
      let moment = shop.calendar.adding(days: day, to: shop.moment)
      let outreach = try Outreach(plan, log: shop.log, at: moment, inputs: inputs)
      for row in outreach.actionList().planned {
        let action = outreach.playbook.actions[row.action]
        inputs.scheduled.append(
          customer: outreach.customers[row.customer], channel: outreach.playbook.channels[row.channel].name,
          at: row.sendAt, action: action.id)
        if !action.kind.isService { sent[row.customer].append(row.sendAt.microseconds) }
      }
    }
    var fullWeeks = 0
    for (own, others) in zip(sent, shop.messages) {
      let all = (own + others).sorted()
      for (place, first) in all.enumerated() {
        let end = first + 7 * GeneratedShop.day
        let window = all[place...].prefix { $0 <= end }
        // A week that was too full before any plan is not the plans' doing.
        guard window.contains(where: { own.contains($0) }) else { continue }
        #expect(window.count <= 3)
        if window.count == 3 { fullWeeks += 1 }
      }
    }
    #expect(fullWeeks > 400)
  }
}
