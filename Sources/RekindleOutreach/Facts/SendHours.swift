internal import RekindleCore
internal import RekindleEvents

/// The hour of the day at which each customer is there, for messages whose hour is `auto`.
///
/// ```
/// score(h) = n(h) + 5 · P(h)            P(h) = mean over customers of n(h) / Σ n
/// ```
/// n(h): how often the customer did something in the hour h of their own day, within the last 365 days. What
/// is counted is what customers do of their own accord: visits, or, of who has none, purchases. P(h): the shop's usual hours, in which every customer weighs the same. The hour of the highest
/// score wins, of equals the earliest; only hours outside the channel's quiet ones can win, whether the guard
/// of quiet hours is asked or not, so that to take it away changes no hour.
///
/// The weight of 5 events is a choice: who has come twice is mostly written to at the shop's usual hour, who
/// has come twenty times at their own. Why not the messages that were answered: all that is known is when they
/// were sent, and whoever is mostly written to at ten mostly answers what came at ten. The shop would learn
/// its own habit. What stands at midnight exactly gives a day and no
/// hour, and events of one time count once, such as the lines of an order.
struct SendHours: Sendable {
  enum Source: UInt8 {
    case none, visits, purchases

    var words: String {
      switch self {
      case .none: ""
      case .visits: "visits"
      case .purchases: "purchases"
      }
    }
  }

  struct Choice: Sendable {
    var hour: UInt8
    var source: Source
    /// The customer's own events: in that hour, and in all.
    var own: UInt32
    var all: UInt32
  }

  /// In events.
  static let weight = 5.0
  static let memoryDays = 365
  /// Where nothing tells an hour.
  static let usualHour = 10

  /// A row each of `quiets`, in it one a customer.
  private let choices: [[Choice]]
  private let quiets: [QuietHours?]
  /// Whether anything told an hour of anybody.
  let isKnown: Bool

  /// - Parameter quiets: the channels' quiet hours, each once.
  init(
    _ quiets: [QuietHours?], in log: EventLog, zones: CustomerZones, at moment: Instant, workers: Workers
  ) {
    let evidence = HourEvidence(log, zones, moment)
    let count = log.customers.count
    let blocks = (count + customersPerBlock - 1) / customersPerBlock
    let sums = workers.map(blocks: blocks) { block in
      var shares = [Double](repeating: 0, count: 24)
      var customers = 0.0
      var own = HourEvidence.Histogram()
      for customer in block * customersPerBlock..<min(count, (block + 1) * customersPerBlock) {
        evidence.collect(customer, into: &own)
        guard own.all > 0 else { continue }
        customers += 1
        for hour in 0..<24 { shares[hour] += Double(own.counts[hour]) / Double(own.all) }
      }
      return (shares, customers)
    }
    // In the order of the blocks, whatever the threads.
    var usual = [Double](repeating: 0, count: 24)
    let customers = sums.reduce(0) { $0 + $1.1 }
    for (shares, _) in sums { for hour in 0..<24 { usual[hour] += shares[hour] / max(1, customers) } }
    isKnown = customers > 0
    self.quiets = quiets
    choices = quiets.map { [usual] quiet in
      let allowed = (0..<24).filter { hour in !(quiet?.contains(minute: hour * 60) ?? false) }
      let fallback = allowed.first { $0 >= Self.usualHour } ?? allowed.first ?? Self.usualHour
      return byBlock(count, workers) { range in
        var own = HourEvidence.Histogram()
        return range.map { customer in
          evidence.collect(customer, into: &own)
          var best = fallback
          var score = 0.0
          for hour in allowed {
            let value = Double(own.counts[hour]) + Self.weight * usual[hour]
            if value > score { (best, score) = (hour, value) }
          }
          return Choice(hour: UInt8(best), source: own.source, own: own.counts[best], all: own.all)
        }
      }
    }
  }

  /// - Parameter quiet: of the channel.
  func choice(_ customer: Int, quiet: Int) -> Choice { choices[quiet][customer] }
}

/// When customers did something, by the hour of their own day.
private struct HourEvidence: Sendable {
  struct Histogram {
    var counts = [UInt32](repeating: 0, count: 24)
    var all: UInt32 = 0
    var source = SendHours.Source.none

    mutating func clear(_ source: SendHours.Source) {
      for hour in counts.indices { counts[hour] = 0 }
      all = 0
      self.source = source
    }

    mutating func count(hour: Int) {
      counts[hour] += 1
      all += 1
    }
  }

  private let sources: [(stream: EventStream, source: SendHours.Source)]
  private let shop: CivilCalendar
  private let zones: CustomerZones
  private let from: Instant
  private let moment: Instant

  init(_ log: EventLog, _ zones: CustomerZones, _ moment: Instant) {
    sources = [("visit", SendHours.Source.visits), ("purchase", .purchases)].compactMap { kind, source in
      log.stream(kind).map { ($0, source) }
    }
    shop = log.calendar
    self.zones = zones
    from = log.calendar.adding(days: -SendHours.memoryDays, to: moment)
    self.moment = moment
  }

  /// Counts what tells a customer's hours, in place of what `own` held.
  func collect(_ customer: Int, into own: inout Histogram) {
    let calendar = zones.calendar(customer)
    for (stream, source) in sources {
      own.clear(source)
      var last = Instant.distantPast
      forEach(of: customer, in: stream) { event in
        let time = stream.times[event]
        guard time != last else { return }
        last = time
        if shop.midnight(day: shop.day(of: time)) == time { return }
        own.count(hour: calendar.hour(of: time))
      }
      if own.all > 0 { return }
    }
    own.clear(.none)
  }

  /// Events of the last year that the moment knows.
  private func forEach(of customer: Int, in stream: EventStream, _ body: (Int) -> Void) {
    var event = Int(stream.offsets[customer + 1])
    let first = Int(stream.offsets[customer])
    while event > first, stream.times[event - 1] >= from { event -= 1 }
    while event < Int(stream.offsets[customer + 1]), stream.times[event] < moment {
      if stream.isKnown(event, at: moment) { body(event) }
      event += 1
    }
  }
}
