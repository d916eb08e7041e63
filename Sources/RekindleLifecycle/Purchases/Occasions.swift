public import RekindleCore
public import RekindleEvents

/// What counts as one occasion to buy.
public enum OccasionUnit: String, Sendable, Hashable, Codable, CaseIterable {
  /// A local day with a purchase, however many orders it has. The unit of every model here: two orders
  /// within the hour are one decision to shop.
  case day
  /// An order: by the attribute `order` where purchases carry one, else every row.
  case order
}

/// The purchase occasions of every customer that were known at a moment, in order of time.
///
/// Customer `c` of the log has the occasions `offsets[c] ..< offsets[c + 1]`. Everything of the
/// lifecycle that counts purchases starts here, so that ladder, cohorts, grades and models agree on what
/// a purchase is.
public struct Occasions: Sendable {
  public let unit: OccasionUnit
  /// The moment from which the log is seen: events before it, recorded before it.
  public let asOf: Instant
  /// The last local day of which anything can be known at the moment.
  public let lastDay: Int32
  /// One more than there are customers in the log.
  public let offsets: [Int]
  /// The local day of each occasion, counted from 1970-01-01.
  public let days: [Int32]
  /// The index in the stream of the first event of each occasion.
  public let firstEvents: [UInt32]
  /// The sum of `purchase.value` over each occasion; NaN where a value is missing or the log has none.
  public let values: [Double]

  /// - Throws: `RK0910` when the log has no purchases.
  public init(
    of log: EventLog, asOf: Instant, unit: OccasionUnit = .day, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    guard let stream = log.stream("purchase") else { throw Self.noPurchases(in: log) }
    self.unit = unit
    self.asOf = asOf
    lastDay = log.calendar.day(of: Instant(microseconds: asOf.microseconds - 1))
    let scan = OccasionScan(stream: stream, calendar: log.calendar, asOf: asOf, unit: unit)
    let size = 4096
    let parts = workers.map(blocks: (log.customers.count + size - 1) / size) { block in
      scan.occasions(of: block * size..<min(log.customers.count, (block + 1) * size))
    }
    var offsets = [0]
    offsets.reserveCapacity(log.customers.count + 1)
    var total = 0
    for count in parts.lazy.flatMap(\.counts) {
      total += count
      offsets.append(total)
    }
    self.offsets = offsets
    days = parts.flatMap(\.days)
    firstEvents = parts.flatMap(\.firstEvents)
    values = parts.flatMap(\.values)
  }

  static func noPurchases(in log: EventLog) -> Diagnostic {
    Diagnostic(
      "RK0910", "the log has no purchases",
      notes: ["kinds of the log: " + log.streams.map(\.kind).joined(separator: ", ")],
      help: "map a source to the kind purchase")
  }

  public var customerCount: Int { offsets.count - 1 }

  /// The occasions of a customer of the log, as indices.
  public func range(of customer: Int) -> Range<Int> { offsets[customer]..<offsets[customer + 1] }

  /// How many customers have at least k occasions.
  public func customers(withAtLeast k: Int) -> Int {
    (0..<customerCount).reduce(0) { $0 + (range(of: $1).count >= k ? 1 : 0) }
  }

  /// The k-th occasion of every customer who has had it: the third purchase is an event of its own.
  public func milestone(_ k: Int) -> [Milestone] {
    guard k >= 1 else { return [] }
    return (0..<customerCount).compactMap { customer in
      let range = range(of: customer)
      guard range.count >= k else { return nil }
      let place = range.lowerBound + k - 1
      return Milestone(customer: Int32(customer), day: days[place], event: firstEvents[place])
    }
  }

  public struct Milestone: Sendable, Hashable {
    public let customer: Int32
    /// The local day.
    public let day: Int32
    /// In the purchase stream.
    public let event: UInt32
  }
}

/// One pass over the purchases of a range of customers.
private struct OccasionScan: Sendable {
  let stream: EventStream
  let calendar: CivilCalendar
  let asOf: Instant
  let unit: OccasionUnit

  struct Part: Sendable {
    var counts: [Int] = []
    var days: [Int32] = []
    var firstEvents: [UInt32] = []
    var values: [Double] = []
  }

  func occasions(of customers: Range<Int>) -> Part {
    var part = Part()
    let values: [Double]? =
      if case .number(let values) = stream.attribute("value")?.column { values } else { nil }
    let orders: [Int32]? =
      if unit == .order, case .category(let codes, _) = stream.attribute("order")?.column { codes } else {
        nil
      }
    var place: [Int32: Int] = [:]
    for customer in customers {
      let start = part.days.count
      place.removeAll(keepingCapacity: true)
      for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
        guard stream.times[event] < asOf else { break }
        if let recorded = stream.recorded, recorded[event] >= asOf { continue }
        let day = calendar.day(of: stream.times[event])
        let value = values?[event] ?? .nan
        var known: Int?
        switch unit {
        case .day:
          if part.days.count > start, part.days[part.days.count - 1] == day { known = part.days.count - 1 }
        case .order:
          if let order = orders?[event], order != EventColumn.missingCode {
            known = place[order]
            if known == nil { place[order] = part.days.count }
          }
        }
        if let known {
          part.values[known] += value
        } else {
          part.days.append(day)
          part.firstEvents.append(UInt32(event))
          part.values.append(value)
        }
      }
      part.counts.append(part.days.count - start)
    }
    return part
  }
}
