import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleNumerics

/// Made-up shops for the tests of segments.
enum Shop {
  static func purchase(_ customer: String, _ date: String, _ attributes: [String: Event.Value] = [:]) -> Event
  {
    Event(
      customer: customer, kind: "purchase", time: day(date),
      attributes: ["value": .number(10)].merging(attributes) { $1 })
  }

  /// Purchases by the names of their days.
  static func log(_ purchases: [String: [String]], more: [Event] = []) -> EventLog {
    EventLog(
      events: purchases.sorted { $0.key < $1.key }.flatMap { customer, dates in
        dates.map { purchase(customer, $0) }
      } + more)
  }

  /// Customers with every kind of rhythm over two years from 2024-01-01, some of whom only visit.
  static func generated(customers: Int, seed: UInt64 = 1) -> EventLog {
    var random = RandomStream(seed: seed)
    let start = day("2024-01-01").microseconds
    var events: [Event] = []
    for index in 0..<customers {
      let name = "c\(1000 + index)"
      var time = random.uniform() * 600
      events.append(event(name, "visit", start, time))
      if index % 7 == 0 { continue }
      let interval = 3 * exponential(4 * random.uniform())
      while time < 730 {
        var purchase = event(name, "purchase", start, time)
        purchase.attributes = [
          "value": .number(5 + 100 * random.uniform()),
          "category": .category("k\(random.integer(below: 5))"),
          "channel": .category(random.bernoulli(0.5) ? "online" : "store"),
          "discount": .number(random.bernoulli(0.3) ? 5 : 0),
        ]
        events.append(purchase)
        if random.bernoulli(0.15) { break }
        time += interval * random.exponential()
        if random.bernoulli(0.05) { time += 400 }
      }
    }
    return EventLog(events: events)
  }

  private static func event(_ customer: String, _ kind: String, _ start: Int64, _ days: Double) -> Event {
    Event(
      customer: customer, kind: kind,
      time: Instant(microseconds: start + Int64(days * 86_400_000_000)))
  }
}
