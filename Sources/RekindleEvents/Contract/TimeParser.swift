internal import RekindleCore

/// Reads times from bytes and turns wall clocks into instants.
///
/// A value and not a function, because neighbouring rows mostly share their date and their zone
/// offset: both are kept from the last row.
struct TimeParser {
  let format: TimeFormat
  let calendar: CivilCalendar
  /// The ten bytes of the last ISO date and the day they name.
  private var lastDateHead: UInt64 = 0
  private var lastDateTail: UInt16 = 0
  private var lastDay: Int64 = 0
  /// The last local day whose zone offset was asked, and the offset where it holds all that day.
  private var offsetDay: Int64 = .min
  private var dayOffset: Int64?

  init(format: TimeFormat, calendar: CivilCalendar) {
    self.format = format
    self.calendar = calendar
  }

  enum Outcome {
    case instant(Instant)
    case missing
    case rejected
    /// Not ISO 8601, but a date or a count that a format would make readable.
    case needsFormat
  }

  private static let day: Int64 = 86_400_000_000

  /// A wall clock as an instant.
  @inline(__always)
  mutating func instant(local: Int64, day: Int64) -> Instant {
    if day != offsetDay {
      let before = calendar.offset(at: Instant(microseconds: (day - 1) * TimeParser.day))
      let after = calendar.offset(at: Instant(microseconds: (day + 2) * TimeParser.day))
      offsetDay = day
      dayOffset = before == after ? before : nil
    }
    if let dayOffset { return Instant(microseconds: local - dayOffset) }
    return calendar.instant(local: local)
  }

  @inline(__always)
  mutating func parse(_ cell: Cell) -> Outcome {
    if case .iso = format, cell.count >= 10 {
      if let instant = parseISO(cell) { return .instant(instant) }
    }
    return parseSlowly(cell)
  }

  @inline(never)
  private mutating func parseSlowly(_ cell: Cell) -> Outcome {
    let cell = cell.trimmed
    if cell.count == 0 { return .missing }
    switch format {
    case .iso:
      if cell.count >= 10, let instant = parseISO(cell) { return .instant(instant) }
      return AmbiguousDate.needsFormat(cell) ? .needsFormat : .rejected
    case .epoch(let unit): return parseEpoch(cell, unit: unit).map { .instant($0) } ?? .rejected
    case .pattern(let pieces):
      var fields = TimeFields()
      guard fields.match(pieces, cell), let (local, day) = fields.wallClock() else { return .rejected }
      if let zone = fields.zone { return .instant(Instant(microseconds: local - zone)) }
      return .instant(instant(local: local, day: day))
    }
  }

  @inline(__always)
  private mutating func parseISO(_ cell: Cell) -> Instant? {
    let start = cell.start
    let raw = UnsafeRawPointer(start)
    let head = raw.loadUnaligned(as: UInt64.self)
    let tail = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if head != lastDateHead || tail != lastDateTail {
      guard let day = TimeParser.isoDay(start) else { return nil }
      lastDateHead = head
      lastDateTail = tail
      lastDay = day
    }
    let midnight = lastDay &* TimeParser.day
    if cell.count == 10 { return instant(local: midnight, day: lastDay) }
    guard cell.count >= 16, start[10] == UInt8(ascii: " ") || start[10] | 0x20 == UInt8(ascii: "t"),
      let hour = twoDigits(start + 11), hour < 24, start[13] == UInt8(ascii: ":"),
      let minute = twoDigits(start + 14), minute < 60
    else { return nil }
    var local = midnight &+ (hour &* 3600 &+ minute &* 60) &* 1_000_000
    var index = 16
    if cell.count >= 19, start[16] == UInt8(ascii: ":") {
      guard let second = twoDigits(start + 17), second < 60 else { return nil }
      local &+= second &* 1_000_000
      index = 19
      if index < cell.count, start[19] == UInt8(ascii: ".") || start[19] == UInt8(ascii: ",") {
        index = 20
        guard let fraction = TimeFields.fraction(cell, &index) else { return nil }
        local &+= fraction
      }
    }
    if index == cell.count { return instant(local: local, day: lastDay) }
    guard let zone = TimeFields.zone(cell, &index), index == cell.count else { return nil }
    return Instant(microseconds: local &- zone)
  }

  /// The day of `YYYY-MM-DD` at `start`.
  private static func isoDay(_ start: UnsafePointer<UInt8>) -> Int64? {
    guard start[4] == UInt8(ascii: "-"), start[7] == UInt8(ascii: "-"),
      let century = twoDigits(start), let year = twoDigits(start + 2),
      let month = twoDigits(start + 5), let day = twoDigits(start + 8),
      let date = CivilDate(year: Int(century * 100 + year), month: Int(month), day: Int(day))
    else { return nil }
    return Int64(date.daysSinceEpoch)
  }

  /// Digits, with a sign before and a fraction behind them at most.
  private func parseEpoch(_ cell: Cell, unit: Int64) -> Instant? {
    var index = 0
    let isNegative = cell.start[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var count: Int64 = 0
    let first = index
    while index < cell.count, cell.start[index] &- 48 < 10 {
      let (product, overflow) = count.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      count = product &+ Int64(cell.start[index] &- 48)
      if count < 0 { return nil }
      index += 1
    }
    guard index > first else { return nil }
    var rest: Int64 = 0
    if index < cell.count, cell.start[index] == UInt8(ascii: ".") {
      index += 1
      guard let fraction = TimeFields.fraction(cell, &index) else { return nil }
      rest = fraction * unit / 1_000_000
    }
    let (whole, overflow) = count.multipliedReportingOverflow(by: unit)
    // Beyond the year 9999 it is not a time of a shop.
    guard index == cell.count, !overflow, whole < 253_402_300_800_000_000 else { return nil }
    return Instant(microseconds: isNegative ? -(whole + rest) : whole + rest)
  }
}

/// The number that two digits at `start` write.
@inline(__always)
func twoDigits(_ start: UnsafePointer<UInt8>) -> Int64? {
  let tens = start[0] &- 48
  let ones = start[1] &- 48
  return tens < 10 && ones < 10 ? Int64(tens) &* 10 &+ Int64(ones) : nil
}
