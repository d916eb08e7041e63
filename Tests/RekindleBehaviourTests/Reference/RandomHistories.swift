import RekindleBehaviour
import RekindleCore
import RekindleEvents

/// Makes small event logs with everything that is awkward: several kinds, missing values, equal
/// times, late records, clock changes, and moments that fall exactly on the edges of windows.
struct RandomHistories {
  var random: RandomSource

  static let zones = [
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kathmandu",
  ]

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  mutating func next() throws -> (log: EventLog, moments: [Moment]) {
    let calendar = try CivilCalendar(timeZone: random.pick(Self.zones))
    // Windows around the clock changes of 2024 in Europe, America and Lord Howe.
    let days = [
      CivilDate(year: 2024, month: 3, day: 31), CivilDate(year: 2024, month: 10, day: 27),
      CivilDate(year: 2024, month: 3, day: 10), CivilDate(year: 2024, month: 4, day: 7),
      CivilDate(year: 2024, month: 11, day: 3),
    ].compactMap { $0?.daysSinceEpoch }
    let centre = random.pick(days)
    let spread = random.pick([5, 40, 400])
    var events: [Event] = []
    for customer in 0..<(1 + random.below(4)) {
      for kind in ["purchase", "visit"] {
        let count = random.pick([0, 1, 2, 3, 5, 9, 17, 30])
        var times: [Instant] = []
        for _ in 0..<count {
          if let last = times.last, random.chance(0.12) {
            times.append(last)
          } else {
            times.append(time(around: centre, spread: spread, calendar))
          }
        }
        for time in times {
          events.append(event(kind, customer: "c\(customer)", at: time))
        }
      }
    }
    // So that every kind and attribute exists in every log.
    for kind in ["purchase", "visit"] {
      events.append(full(kind, at: calendar.midnight(day: centre - 600)))
    }
    let log = EventLog(events: events, calendar: calendar)
    var moments: [Moment] = []
    for customer in log.customers.indices {
      for _ in 0..<4 {
        moments.append(
          Moment(
            customer: Int32(customer),
            time: moment(log, customer, around: centre, spread: spread, calendar)))
      }
    }
    moments.shuffle(using: &random)
    return (log, moments)
  }

  private mutating func time(around centre: Int32, spread: Int, _ calendar: CivilCalendar) -> Instant {
    let day = centre + Int32(random.below(2 * spread + 1) - spread)
    let midnight = calendar.midnight(day: day)
    switch random.below(5) {
    case 0: return midnight
    case 1: return Instant(microseconds: midnight.microseconds + Int64(random.below(26)) * 3_600_000_000)
    default: return Instant(microseconds: midnight.microseconds + Int64(random.below(86_400_000)) * 1000)
    }
  }

  /// Anywhere, at an event, a microsecond beside one, or a whole span away from one.
  private mutating func moment(
    _ log: EventLog, _ customer: Int, around centre: Int32, spread: Int, _ calendar: CivilCalendar
  ) -> Instant {
    let stream = random.pick(log.streams)
    let range = Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1])
    guard !range.isEmpty, random.chance(0.7) else {
      return time(around: centre, spread: spread, calendar)
    }
    let event = stream.times[range.lowerBound + random.below(range.count)]
    switch random.below(5) {
    case 0: return event
    case 1: return Instant(microseconds: event.microseconds + 1)
    case 2: return calendar.adding(days: random.pick([1, 2, 7, 14, 30, 90, -1, -7]), to: event)
    case 3:
      return Instant(microseconds: event.microseconds + Int64(random.pick([1, 24, 48, 100])) * 3_600_000_000)
    default: return calendar.adding(days: 1 + random.below(30), to: event)
    }
  }

  private mutating func event(_ kind: String, customer: String, at time: Instant) -> Event {
    var attributes: [String: Event.Value] = [:]
    func maybe(_ name: String, _ value: Event.Value) { if random.chance(0.85) { attributes[name] = value } }
    let word = random.pick(RandomExpressions.words)
    maybe("category", .category(word))
    if kind == "visit" {
      maybe("bought", .flag(random.chance(0.3)))
      maybe("seconds", .number(Double(random.below(400))))
      return Event(customer: customer, kind: kind, time: time, attributes: attributes)
    }
    maybe("channel", .category(random.pick(["a", "b"])))
    maybe("gift", .flag(random.chance(0.4)))
    maybe("quantity", .number(Double(1 + random.below(4))))
    maybe("value", .number(random.chance(0.2) ? 0 : Double.random(in: -5..<50, using: &random)))
    maybe("due", .time(Instant(microseconds: time.microseconds + Int64(random.below(60)) * 86_400_000_000)))
    let delay = random.chance(0.6) ? 0 : Int64(random.below(20)) * 43_200_000_000
    return Event(
      customer: customer, kind: kind, time: time,
      recorded: random.chance(0.9) ? Instant(microseconds: time.microseconds + delay) : nil,
      attributes: attributes)
  }

  private func full(_ kind: String, at time: Instant) -> Event {
    kind == "visit"
      ? Event(
        customer: "c0", kind: kind, time: time,
        attributes: ["category": .category("a"), "bought": .flag(true), "seconds": .number(3)])
      : Event(
        customer: "c0", kind: kind, time: time, recorded: time,
        attributes: [
          "category": .category("b"), "channel": .category("a"), "gift": .flag(false),
          "quantity": .number(1), "value": .number(10), "due": .time(time),
        ])
  }
}
