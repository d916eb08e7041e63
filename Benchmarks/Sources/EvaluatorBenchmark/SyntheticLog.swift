import RekindleCore
import RekindleEvents

/// A log of the benchmark's size, made in memory: 900,818 customers and about 21.5 million events
/// of 7 kinds over two years, customers with rates and lives of their own.
enum SyntheticLog {
  static let customers = 900_818
  static let start = Instant(seconds: 1_640_995_200)  // 2022-01-01
  static let days = 730.0
  private static let kinds: [(name: String, share: Double)] = [
    ("cart", 0.10), ("coupon", 0.03), ("message", 0.12), ("purchase", 0.19), ("refund", 0.02),
    ("ticket", 0.02), ("visit", 0.52),
  ]

  static func make(scale: Double, calendar: CivilCalendar) -> EventLog {
    let count = Int(Double(customers) * scale)
    var random = SplitMix(state: 20_240_101)
    // Events a customer: an exponential rate and the lives make few many and many few.
    let lives = (0..<count).map { _ -> (first: Double, length: Double, events: Double) in
      let first = random.unit() * days * 0.8
      let length = min(30 - 400 * logarithm(random.unit()), days - first)
      return (first, length, 1 - 22.87 * logarithm(random.unit()))
    }
    let streams = kinds.map { kind, share in
      var offsets: [UInt32] = [0]
      var times: [Instant] = []
      var own: [Instant] = []
      for life in lives {
        let expected = life.events * share
        var events = Int(expected)
        if random.unit() < expected - Double(events) { events += 1 }
        own.removeAll(keepingCapacity: true)
        for _ in 0..<events {
          let day = life.first + random.unit() * life.length
          own.append(Instant(microseconds: start.microseconds + Int64(day * 86_400e6)))
        }
        own.sort()
        times += own
        offsets.append(UInt32(times.count))
      }
      var attributes: [EventAttribute] = []
      if kind == "purchase" {
        attributes = [
          .init(name: "category", column: words("category", 24, times.count, &random)),
          .init(name: "channel", column: words("channel", 4, times.count, &random)),
          .init(
            name: "discount",
            column: .number(times.map { _ in random.unit() < 0.3 ? cents(10 * random.unit()) : 0 })),
        ]
      }
      if kind == "purchase" || kind == "refund" {
        attributes.append(.init(name: "value", column: .number(times.map { _ in cents(60 * random.unit()) })))
      }
      return EventStream(kind: kind, offsets: offsets, times: times, attributes: attributes)
    }
    return EventLog(
      customers: (0..<count).map { "C\(10_000_000 + $0)" }, streams: streams, calendar: calendar)
  }

  private static func cents(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  private static func words(_ name: String, _ size: Int, _ count: Int, _ random: inout SplitMix)
    -> EventColumn
  {
    .category(
      codes: (0..<count).map { _ in Int32(random.unit() * random.unit() * Double(size)) },
      dictionary: (0..<size).map { "\(name) \($0 + 10)" })
  }
}

struct SplitMix {
  var state: UInt64

  /// Uniform on (0, 1).
  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) / 9_007_199_254_740_992
  }
}
