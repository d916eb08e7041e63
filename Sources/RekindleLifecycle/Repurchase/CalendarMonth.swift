internal import RekindleCore

/// A month of the calendar, counted so that neighbours differ by 1.
public struct CalendarMonth: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// 12 · year + month − 1.
  public let index: Int

  public init(index: Int) {
    self.index = index
  }

  /// The month of a day counted from 1970-01-01.
  public init(day: Int32) {
    let date = CivilDate(daysSinceEpoch: day)
    index = 12 * date.year + date.month - 1
  }

  /// The first day, counted from 1970-01-01.
  public var firstDay: Int32 {
    CivilDate(year: index / 12, month: index % 12 + 1, day: 1)?.daysSinceEpoch ?? 0
  }

  /// `YYYY-MM`.
  public var description: String {
    String(CivilDate(daysSinceEpoch: firstDay).description.prefix(7))
  }

  public static func < (a: CalendarMonth, b: CalendarMonth) -> Bool { a.index < b.index }
}
