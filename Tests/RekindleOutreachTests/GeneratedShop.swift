import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach

/// SplitMix64: a stream of numbers from a seed.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A shop that was made up, with everything that guard-rails look at, its rows in no order.
///
/// Messages and consents fall around the moment on whole minutes and hours, so that the ends of windows,
/// quiet hours and days are hit and not only neared.
struct GeneratedShop {
  let log: EventLog
  let moment: Instant
  let calendar: CivilCalendar
  var scheduled = ScheduledMessages()
  /// `value_at_risk`, with ties.
  var values: [Double] = []
  /// Marketing messages of each customer, logged and scheduled, in any order.
  var messages: [[Int64]] = []
  /// Consent events of each customer.
  var consents: [[(channel: String, granted: Bool, time: Int64)]] = []
  /// Of each customer: the own, or the shop's where none is known.
  var calendars: [CivilCalendar] = []

  static let channels = ["email", "push", "sms"]
  /// What consent events say of where the customer is: not all of it exists, and who has none is the shop's.
  static let zones = [
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati",
    "Atlantis/Centre", "",
  ]
  static let hour: Int64 = 3_600_000_000
  static let day: Int64 = 24 * hour

  /// Around these moments clocks change, days and years end.
  static let moments: [(zone: String, local: String)] = [
    ("Europe/Berlin", "2025-03-29T22:30"), ("Europe/Berlin", "2025-10-25T20:59"),
    ("America/New_York", "2025-11-02T00:30"), ("America/New_York", "2026-03-07T21:00"),
    ("Asia/Shanghai", "2025-12-31T23:59"), ("Australia/Lord_Howe", "2026-04-04T23:00"),
    ("Europe/Berlin", "2025-10-30T09:00"), ("UTC", "2024-02-29T00:00"),
  ]

  static func instant(_ text: String, _ calendar: CivilCalendar) -> Instant {
    let date = CivilDate(String(text.prefix(10)))?.daysSinceEpoch ?? 0
    let clock = text.dropFirst(11).split(separator: ":").map { Int64($0) ?? 0 }
    return calendar.instant(
      local: Int64(date) * day + (clock.first ?? 0) * hour + (clock.last ?? 0) * 60_000_000)
  }

  init(customers count: Int, seed: UInt64, at place: Int = 0, isReversed: Bool = false) throws {
    var random = Generator(seed)
    let (zone, local) = Self.moments[place % Self.moments.count]
    let calendar = try CivilCalendar(timeZone: zone)
    self.calendar = calendar
    let moment = Self.instant(local, calendar)
    self.moment = moment
    let now = moment.microseconds
    let schema = EventSchema(kinds: [
      .init(
        name: "purchase",
        attributes: [.init(name: "value", type: .number), .init(name: "discount", type: .number)]),
      .init(
        name: "message",
        attributes: [.init(name: "channel", type: .category), .init(name: "clicked", type: .flag)]),
      .init(
        name: "consent",
        attributes: [
          .init(name: "channel", type: .category), .init(name: "granted", type: .flag),
          .init(name: "time_zone", type: .category),
        ]),
      .init(name: "ticket", attributes: [.init(name: "ticket", type: .category)]),
      .init(name: "ticket_close", attributes: [.init(name: "ticket", type: .category)]),
      .init(name: "coupon", attributes: []),
      .init(name: "tier", attributes: [.init(name: "level", type: .number)]),
    ])
    var rows = schema.kinds.map { _ in
      (ids: ByteStrings(), times: [Instant](), a: [Double](), b: [Double](), c: [Double]())
    }
    func add(
      _ kind: Int, _ id: String, _ time: Int64, _ a: Double = 0, _ b: Double = 0, _ c: Double = 0
    ) {
      rows[kind].ids.append(id.utf8)
      rows[kind].times.append(Instant(microseconds: time))
      rows[kind].a.append(a)
      rows[kind].b.append(b)
      rows[kind].c.append(c)
    }
    let width = String(count).count
    // From high to low, so that rows come against the order of ids.
    messages = [[Int64]](repeating: [], count: count)
    consents = Array(repeating: [], count: count)
    values = [Double](repeating: 0, count: count)
    let known = Self.zones.map { try? CivilCalendar(timeZone: $0) }
    calendars = [CivilCalendar](repeating: calendar, count: count)
    for customer in (0..<count).reversed() {
      let digits = String(customer)
      let id = "c" + String(repeating: "0", count: width - digits.count) + digits
      values[customer] = Double(random.below(20))
      for _ in 0..<random.below(6) {
        add(
          0, id, now - Int64(random.below(400 * 24)) * Self.hour, Double(20 + random.below(200)),
          random.chance(0.5) ? 5 : 0)
      }
      for _ in 0..<random.below(7) {
        // Whole hours and calendar days: the ends of windows, before and after clock changes.
        let days = random.below(12) - (random.chance(0.15) ? 9 : 0)
        let shifted = calendar.adding(days: -days, to: moment).microseconds
        let time = shifted + Int64(random.below(25) - 12) * Self.hour + Int64(random.below(3) - 1)
        messages[customer].append(time)
        if random.chance(0.3) {
          // One that was sent since stands in both.
          let wasSent = random.chance(0.2)
          scheduled.append(
            customer: id, channel: wasSent ? "push" : "letter", at: Instant(microseconds: time))
          if wasSent { add(1, id, time, 1, 0) }
        } else {
          add(1, id, time, Double(random.below(3)), random.chance(0.3) ? 1 : 0)
        }
      }
      let zone = random.below(Self.zones.count)
      for channel in 0..<3 {
        for _ in 0..<random.below(4) {
          let granted = random.chance(0.7)
          let time = now + Int64(random.below(9) - 6) * (random.chance(0.5) ? Self.hour : Self.day)
          consents[customer].append((Self.channels[channel], granted, time))
          // What lies ahead is not known yet.
          if time < now, let own = known[zone] { calendars[customer] = own }
          add(2, id, time, Double(channel), granted ? 1 : 0, Double(zone))
        }
      }
      if random.chance(0.1) {
        let opened = now - Int64(1 + random.below(96)) * Self.hour
        add(3, id, opened, Double(random.below(2)))
        // May be written down before it was opened.
        if random.chance(0.5) {
          add(4, id, opened + Int64(random.below(10) - 2) * Self.hour, Double(random.below(2)))
        }
      }
      if random.chance(0.2) { add(5, id, now - Int64(random.below(60)) * Self.day) }
      if random.chance(0.5) { add(6, id, now - Int64(random.below(60)) * Self.day, Double(random.below(3))) }
    }
    let builder = EventLogBuilder(schema: schema, calendar: calendar)
    if isReversed {
      for kind in rows.indices {
        let own = rows[kind]
        let order = own.times.indices.reversed()
        var ids = ByteStrings()
        for row in order { ids.append(own.ids.string(row).utf8) }
        rows[kind] = (
          ids, own.times.reversed(), own.a.reversed(), own.b.reversed(), own.c.reversed()
        )
      }
      var turned = ScheduledMessages()
      for row in (0..<scheduled.count).reversed() {
        turned.append(
          customer: scheduled.customers[row], channel: scheduled.channels[row], at: scheduled.times[row])
      }
      scheduled = turned
    }
    for (kind, own) in rows.enumerated() {
      let columns = schema.kinds[kind].attributes.enumerated().map { place, attribute -> EventColumn in
        let values = [own.a, own.b, own.c][place]
        switch attribute.type {
        case .number: return .number(values)
        case .flag: return .flag(values.map { $0 > 0 ? 1 : 0 })
        case .category:
          let words =
            switch attribute.name {
            case "channel": Self.channels
            case "time_zone": Array(Self.zones.dropLast())
            default: ["t0", "t1", "t2"]
            }
          return .category(
            codes: values.map { Int($0) < words.count ? Int32($0) : -1 }, dictionary: words)
        case .time: return .time(values.map { Instant(microseconds: Int64($0)) })
        }
      }
      builder.append(EventBatch(kind: kind, customers: own.ids, times: own.times, columns: columns))
    }
    // Every customer is in the log, also one of whom no row tells.
    var everyone = ByteStrings()
    for customer in 0..<count {
      let digits = String(customer)
      everyone.append(("c" + String(repeating: "0", count: width - digits.count) + digits).utf8)
    }
    builder.append(
      EventBatch(
        kind: 0, customers: everyone,
        times: [Instant](repeating: Instant(microseconds: now - 500 * Self.day), count: count),
        columns: [
          .number([Double](repeating: 50, count: count)), .number([Double](repeating: 0, count: count)),
        ]))
    log = builder.finish()
  }

  var inputs: Outreach.Inputs {
    Outreach.Inputs(
      columns: [
        FeatureColumn(name: "value_at_risk", values: .number(values)),
        FeatureColumn(name: "churn_probability", values: .number(values.map { $0 / 20 })),
      ], scheduled: scheduled)
  }

  /// A playbook that asks everything.
  static func plan(capacity: Int? = nil, budget: Double? = nil, holdout: Double = 0.1) throws -> OutreachPlan
  {
    func rule(_ text: String) throws -> Expression { try Expression(parsing: text) }
    var guards = Guards()
    guards.budget = budget
    guards.discountDepth = .init([
      .init(level: 0, depth: 0.05), .init(level: 1, depth: 0.1), .init(level: 2, depth: 0.25),
    ])
    return OutreachPlan(
      holdout: .init(holdout),
      channels: [
        Channel("email", consent: "email", quiet: nil, cost: 0.001),
        Channel("sms", consent: "sms", cost: 0.05),
        Channel("push", consent: "push", quiet: QuietHours(start: 60, end: 200), cost: 0.002),
        Channel("desk", consent: nil),
      ],
      actions: [
        Action(
          id: "call", kind: .serviceCall, when: try rule("open_ticket_hours > 48"), channels: ["desk"],
          cost: 4, capacity: capacity.map { $0 / 2 }),
        Action(
          id: "deep", kind: .coupon, when: try rule("churn_probability >= 0.5"), channels: ["sms", "email"],
          cost: 2, capacity: capacity,
          send: .at(.weekday, minute: 20 * 60), offer: Offer(.share(0.25))),
        Action(
          id: "flat", kind: .coupon, when: try rule("churn_probability >= 0.3"), channels: ["email", "push"],
          cost: 1,
          send: .at(.day, minute: 30), offer: Offer(.amount(5, minimum: 100))),
        Action(
          id: "news", kind: .content, when: try rule("churn_probability >= 0.2"), channels: ["push", "sms"],
          capacity: capacity.map { 2 * $0 }, send: .auto(.day)),
        Action(id: "rest", kind: .nothing, when: try rule("churn_probability >= 0.9")),
        Action(
          id: "survey", kind: .survey, when: try rule("churn_probability >= 0.1"),
          channels: ["sms", "email"],
          send: .at(.weekend, minute: 150)),
      ], guards: guards, timeZone: try rule("latest(consent.time_zone)"))
  }
}
