internal import Foundation

/// The shop's calendar: what day, weekday and hour an instant is in the project's time zone, and
/// which instant lies a number of calendar days away.
///
/// The offsets of a zone between 1900 and 2100 are read once from the system's time-zone data
/// into a sorted array; after that every question is integer arithmetic on it.
public struct CivilCalendar: Sendable, Hashable {
  /// The IANA name, such as `Europe/Berlin`.
  public let identifier: String
  /// `starts[i]` is the first microsecond at which `offsets[i]` (microseconds east of UTC) holds.
  @usableFromInline let starts: [Int64]
  @usableFromInline let offsets: [Int64]

  /// UTC: the calendar without transitions.
  public static let utc = CivilCalendar(identifier: "UTC", starts: [.min], offsets: [0])

  init(identifier: String, starts: [Int64], offsets: [Int64]) {
    self.identifier = identifier
    self.starts = starts
    self.offsets = offsets
  }

  /// The calendar of a time zone.
  /// - Parameter identifier: an IANA name (`Asia/Shanghai`, `UTC`).
  /// - Throws: `RK0001` when the name is not known.
  public init(timeZone identifier: String) throws(Diagnostic) {
    guard let calendar = CivilCalendar(knownTimeZone: identifier) else {
      throw Diagnostic(
        "RK0001", "\"\(identifier)\" is not a time zone",
        hint: CivilCalendar.nearName(identifier).map { "did you mean \"\($0)\"?" },
        help: "use an IANA name such as Europe/Berlin, Asia/Shanghai or UTC")
    }
    self = calendar
  }

  /// The time zone that a misspelled name may mean.
  package static func nearName(_ identifier: String) -> String? {
    nearMatch(of: identifier, among: TimeZone.knownTimeZoneIdentifiers)
  }

  /// The calendar of a time zone; `nil` when the name is not known. Where names come from data there may be
  /// many that are none, and to look for what each was to mean would take long.
  package init?(knownTimeZone identifier: String) {
    if identifier == "UTC" {
      self = .utc
      return
    }
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    var starts: [Int64] = [.min]
    var at = Date(timeIntervalSince1970: -2_208_988_800)  // 1900-01-01
    let end = Date(timeIntervalSince1970: 4_102_444_800)  // 2100-01-01
    var offsets = [Int64(zone.secondsFromGMT(for: at)) * 1_000_000]
    while let next = zone.nextDaylightSavingTimeTransition(after: at), next > at, next < end {
      let offset = Int64(zone.secondsFromGMT(for: next)) * 1_000_000
      if offset != offsets[offsets.count - 1] {
        starts.append(Int64(next.timeIntervalSince1970) * 1_000_000)
        offsets.append(offset)
      }
      at = next
    }
    self.init(identifier: identifier, starts: starts, offsets: offsets)
  }

  /// Microseconds east of UTC at an instant.
  @inlinable
  public func offset(at instant: Instant) -> Int64 {
    if offsets.count == 1 { return offsets[0] }
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= instant.microseconds { low = middle } else { high = middle }
    }
    return offsets[low]
  }

  /// The piece of time around an instant in which one offset holds: `from ..< until`, in
  /// microseconds, and the offset.
  package func constantOffset(around instant: Instant) -> (from: Int64, until: Int64, offset: Int64) {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= instant.microseconds { low = middle } else { high = middle }
    }
    return (starts[low], high < starts.count ? starts[high] : .max, offsets[low])
  }

  /// Local wall-clock microseconds since 1970-01-01T00:00 local.
  @inlinable
  public func local(_ instant: Instant) -> Int64 {
    instant.microseconds &+ offset(at: instant)
  }

  /// The instant whose wall clock shows `local`. A time that a clock skipped is moved forward by
  /// the gap; of a time that happened twice the first is meant.
  public func instant(local: Int64) -> Instant {
    // The offset before any transition near this time, then the one after: at most two differ.
    let dayEarlier = offset(at: Instant(microseconds: local - 86_400_000_000))
    let first = Instant(microseconds: local - dayEarlier)
    if self.local(first) == local { return first }
    let second = Instant(microseconds: local - offset(at: first))
    if self.local(second) == local { return second }
    return first
  }

  /// The local day of an instant, counted from 1970-01-01.
  @inlinable
  public func day(of instant: Instant) -> Int32 {
    Int32(truncatingIfNeeded: floorDivide(local(instant), 86_400_000_000))
  }

  /// The first instant of a local day.
  public func midnight(day: Int32) -> Instant {
    instant(local: Int64(day) * 86_400_000_000)
  }

  /// The same wall-clock time, `days` calendar days later (earlier when negative).
  public func adding(days: Int, to moment: Instant) -> Instant {
    instant(local: local(moment) + Int64(days) * 86_400_000_000)
  }

  /// The local date of an instant, with the time of day when it is not midnight:
  /// `2026-03-01`, `2026-03-01T14:05:00`.
  public func text(_ instant: Instant) -> String {
    let day = day(of: instant)
    let date = CivilDate(daysSinceEpoch: day).description
    let seconds = (local(instant) - Int64(day) * 86_400_000_000) / 1_000_000
    if seconds == 0 { return date }
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(date)T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  /// The local time with its distance from UTC, which reads the same anywhere: `2026-03-01T14:05:00+01:00`.
  public func textWithOffset(_ instant: Instant) -> String {
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let text = text(instant)
    let minutes = offset(at: instant) / 60_000_000
    return text + (text.utf8.contains(UInt8(ascii: "T")) ? "" : "T00:00:00") + (minutes < 0 ? "-" : "+")
      + "\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
  }

  /// The local hour, 0 to 23.
  @inlinable
  public func hour(of instant: Instant) -> Int {
    let wall = local(instant)
    return Int((wall - floorDivide(wall, 86_400_000_000) * 86_400_000_000) / 3_600_000_000)
  }

  /// The local weekday, Monday = 1 to Sunday = 7 (ISO 8601).
  @inlinable
  public func weekday(of instant: Instant) -> Int {
    let shifted = Int64(day(of: instant)) + 3  // 1970-01-01 was a Thursday
    return Int(shifted - floorDivide(shifted, 7) * 7) + 1
  }
}

/// Division rounded towards minus infinity.
@inlinable
func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
  let quotient = a / b
  return a % b < 0 ? quotient - 1 : quotient
}

/// A date of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Hashable, Comparable {
  public var year: Int
  /// 1 to 12.
  public var month: Int
  /// 1 to 31.
  public var day: Int

  /// - Returns: `nil` when the month or the day does not exist.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, year: year) else {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date of a day counted from 1970-01-01.
  ///
  /// Shifts the year to begin in March, so that the leap day ends it: a day's place in the
  /// 400-year cycle then gives year and month without a table.
  /// Source: H. Hinnant, "chrono-compatible low-level date algorithms".
  public init(daysSinceEpoch days: Int32) {
    let shifted = Int64(days) + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; negative before it.
  public var daysSinceEpoch: Int32 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = floorDivide(y, 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int32(era * 146_097 + dayOfEra - 719_468)
  }

  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: CustomStringConvertible, LosslessStringConvertible {
  /// `YYYY-MM-DD`.
  public var description: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// Reads `YYYY-MM-DD` and nothing else.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}
