import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct ChannelPreferenceTests {
  private func event(_ kind: String, _ channel: String, _ date: String, _ flags: [String: Bool] = [:])
    -> Event
  {
    Event(
      customer: "a", kind: kind, time: day(date),
      attributes: ["channel": .category(channel)].merging(flags.mapValues { .flag($0) }) { $1 })
  }

  @Test func lateEventsWeighMoreAndConsentDecides() throws {
    let log = EventLog(events: [
      event("purchase", "store", "2024-07-05"), event("purchase", "store", "2024-07-06"),
      event("message", "email", "2025-12-31", ["clicked": true]),
      event("message", "sms", "2025-12-31", ["clicked": false]),
      event("consent", "store", "2024-01-01", ["granted": true]),
      event("consent", "email", "2024-01-01", ["granted": true]),
      event("consent", "email", "2025-06-01", ["granted": false]),
    ])
    let preference = ChannelPreference(of: log, at: day("2026-01-01"))
    #expect(preference.weights[0].map(\.channel) == ["email", "store"])
    #expect(preference.weights[0].map(\.isAllowed) == [false, true])
    #expect(abs(preference.weights[0].reduce(0) { $0 + $1.share } - 1) < 1e-12)
    #expect(preference.preferred(by: 0) == "store")
    // Half a life of 545 days is three halvings and a bit: two purchases weigh a quarter.
    #expect(abs(preference.weights[0][1].share / preference.weights[0][0].share - 0.2464) < 0.01)
  }

  @Test func aWithdrawalWinsATieAndUnknownIsNo() throws {
    let events = [
      event("purchase", "email", "2025-12-01"), event("purchase", "sms", "2025-12-02"),
      event("consent", "email", "2025-01-01", ["granted": true]),
      event("consent", "email", "2025-01-01", ["granted": false]),
    ]
    for order in [events, events.reversed()] {
      let preference = ChannelPreference(of: EventLog(events: order), at: day("2026-01-01"))
      #expect(preference.preferred(by: 0) == nil)
      #expect(preference.knowsConsent)
    }
    #expect(
      !ChannelPreference(of: EventLog(events: Array(events.prefix(2))), at: day("2026-01-01")).knowsConsent)
  }

  @Test func whatIsNotYetKnownDoesNotCount() throws {
    let log = EventLog(events: [
      event("purchase", "store", "2025-12-01"), event("purchase", "online", "2026-02-01"),
      event("consent", "store", "2026-02-01", ["granted": true]),
    ])
    let preference = ChannelPreference(of: log, at: day("2026-01-01"))
    let weight = try #require(preference.weights[0].first)
    #expect(preference.weights[0].count == 1)
    #expect(weight.channel == "store" && weight.share == 1 && !weight.isAllowed)
  }
}
