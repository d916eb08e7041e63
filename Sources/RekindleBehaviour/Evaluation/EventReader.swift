internal import RekindleCore
internal import RekindleEvents

/// Reads values of events into columns: of a piece of the log, or of a list of its events.
struct EventReader {
  let stream: LogPointers.Stream
  /// The rank of each code among the plan's texts, by attribute.
  let ranks: [[Double]]
  let calendar: CivilCalendar

  /// The events to read: the log's `base + first ..< base + first + count`, or those of a list.
  struct Events {
    var count: Int
    var base: Int
    var list: UnsafePointer<UInt32>?
    var moments: UnsafePointer<Instant>?

    func part(_ first: Int, _ count: Int) -> Events {
      Events(
        count: count, base: base + first, list: list.map { $0 + first }, moments: moments.map { $0 + first })
    }
  }

  /// A number, a flag as 0 or 1, a text as its rank; missing is NaN.
  func read(_ value: EventValue, of events: Events, into out: UnsafeMutablePointer<Double>) {
    switch value {
    case .attribute(let index):
      switch stream.attributes[index] {
      case .number(let values): each(events) { out[$0] = values[$1] }
      case .flag(let values):
        each(events) { out[$0] = values[$1] == EventColumn.missingFlag ? .nan : Double(values[$1]) }
      case .codes(let codes):
        ranks[index].withUnsafeBufferPointer { ranks in
          each(events) { out[$0] = codes[$1] < 0 ? .nan : ranks[Int(codes[$1])] }
        }
      case .time(let times):
        guard let moments = events.moments else { return }
        each(events) { out[$0] = times[$1] == .distantPast ? .nan : moments[$0].days(since: times[$1]) }
      }
    case .clock(let clock): read(clock, of: events, into: out)
    }
  }

  private func read(_ clock: EventClock, of events: Events, into out: UnsafeMutablePointer<Double>) {
    var zone = ZoneCursor(calendar)
    let times = stream.times
    switch clock {
    case .hour: each(events) { out[$0] = Double(zone.microsecondOfDay(times[$1]) / 3_600_000_000) }
    case .weekday: each(events) { out[$0] = Double(ZoneCursor.weekday(day: zone.day(times[$1]))) }
    case .weekend: each(events) { out[$0] = ZoneCursor.weekday(day: zone.day(times[$1])) >= 6 ? 1 : 0 }
    case .day: each(events) { out[$0] = Double(CivilDate(daysSinceEpoch: zone.day(times[$1])).day) }
    case .month: each(events) { out[$0] = Double(CivilDate(daysSinceEpoch: zone.day(times[$1])).month) }
    case .age:
      guard let moments = events.moments else { return }
      each(events) { out[$0] = moments[$0].days(since: times[$1]) }
    }
  }

  func codes(_ attribute: Int, of events: Events, into out: UnsafeMutablePointer<Int32>) {
    guard case .codes(let codes) = stream.attributes[attribute] else { return }
    each(events) { out[$0] = codes[$1] }
  }

  func times(of events: Events, into out: UnsafeMutablePointer<Instant>) {
    each(events) { out[$0] = stream.times[$1] }
  }

  /// Local days.
  func days(of events: Events, into out: UnsafeMutablePointer<Int32>) {
    var zone = ZoneCursor(calendar)
    each(events) { out[$0] = zone.day(stream.times[$1]) }
  }

  @inline(__always)
  private func each(_ events: Events, _ body: (_ place: Int, _ event: Int) -> Void) {
    if let list = events.list {
      for place in 0..<events.count { body(place, Int(list[place])) }
    } else {
      for place in 0..<events.count { body(place, events.base + place) }
    }
  }
}

/// A calendar that remembers the piece of time with one offset where it was last asked: the events
/// of a customer are neighbours in time, so the search through the zone's history is rare.
struct ZoneCursor {
  private let calendar: CivilCalendar
  private var from = Int64.max
  private var until = Int64.min
  private var offset: Int64 = 0

  private static let microsecondsPerDay: Int64 = 86_400_000_000

  init(_ calendar: CivilCalendar) { self.calendar = calendar }

  @inline(__always)
  private mutating func local(_ time: Instant) -> Int64 {
    if time.microseconds < from || time.microseconds >= until {
      let piece = calendar.constantOffset(around: time)
      from = piece.from
      until = piece.until
      offset = piece.offset
    }
    return time.microseconds &+ offset
  }

  @inline(__always)
  mutating func day(_ time: Instant) -> Int32 {
    let local = local(time)
    let quotient = local / ZoneCursor.microsecondsPerDay
    return Int32(
      truncatingIfNeeded: local % ZoneCursor.microsecondsPerDay < 0 ? quotient - 1 : quotient)
  }

  @inline(__always)
  mutating func microsecondOfDay(_ time: Instant) -> Int64 {
    let remainder = local(time) % ZoneCursor.microsecondsPerDay
    return remainder < 0 ? remainder + ZoneCursor.microsecondsPerDay : remainder
  }

  /// Monday 1 to Sunday 7.
  @inline(__always)
  static func weekday(day: Int32) -> Int32 {
    let shifted = (day + 3) % 7  // 1970-01-01 was a Thursday
    return (shifted < 0 ? shifted + 7 : shifted) + 1
  }
}
