internal import RekindleCore

/// The parts of a time as a declared format finds them in a cell.
struct TimeFields {
  private var year = 0
  private var month = 0
  private var day = 0
  private var hour = 0
  private var minute = 0
  private var second = 0
  /// Microseconds within the second.
  private var fraction: Int64 = 0
  private var isAfternoon: Bool?
  /// Microseconds east of UTC, where the text says it.
  private(set) var zone: Int64?

  init() {}

  /// Reads the whole cell by the pieces of a format.
  mutating func match(_ pieces: [TimeFormat.Piece], _ cell: Cell) -> Bool {
    var index = 0
    for piece in pieces {
      switch piece {
      case .literal(let byte):
        guard index < cell.count, cell.start[index] == byte else { return false }
        index += 1
        if byte == 0x20 { while index < cell.count, cell.start[index] == 0x20 { index += 1 } }
      case .year:
        guard let value = TimeFields.digits(cell, &index, 4...4) else { return false }
        year = value
      case .shortYear:
        // POSIX: 69 to 99 are of the last century.
        guard let value = TimeFields.digits(cell, &index, 2...2) else { return false }
        year = value + (value >= 69 ? 1900 : 2000)
      case .month:
        guard let value = TimeFields.digits(cell, &index, 1...2) else { return false }
        month = value
      case .monthName:
        guard let value = TimeFields.monthName(cell, &index) else { return false }
        month = value
      case .day:
        guard let value = TimeFields.digits(cell, &index, 1...2) else { return false }
        day = value
      case .hour, .halfDayHour:
        guard let value = TimeFields.digits(cell, &index, 1...2) else { return false }
        if piece == .halfDayHour, !(1...12).contains(value) { return false }
        hour = value
      case .minute:
        guard let value = TimeFields.digits(cell, &index, 1...2) else { return false }
        minute = value
      case .second:
        guard let value = TimeFields.digits(cell, &index, 1...2) else { return false }
        second = value
      case .fraction:
        guard let value = TimeFields.fraction(cell, &index) else { return false }
        fraction = value
      case .halfDay:
        guard index + 2 <= cell.count else { return false }
        let word = Cell(start: cell.start + index, count: 2)
        guard word.isWord("am") || word.isWord("pm") else { return false }
        isAfternoon = word.isWord("pm")
        index += 2
      case .zone:
        guard let value = TimeFields.zone(cell, &index) else { return false }
        zone = value
      }
    }
    return index == cell.count
  }

  /// Local microseconds and the local day, or `nil` where there is no such time.
  func wallClock() -> (local: Int64, day: Int64)? {
    guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
    var hour = hour
    if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
    guard hour < 24, minute < 60, second < 60 else { return nil }
    let day = Int64(date.daysSinceEpoch)
    let seconds = day * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    return (seconds * 1_000_000 + fraction, day)
  }

  private static func digits(_ cell: Cell, _ index: inout Int, _ widths: ClosedRange<Int>) -> Int? {
    var value = 0
    var width = 0
    while width < widths.upperBound, index < cell.count, cell.start[index] &- 48 < 10 {
      value = value * 10 + Int(cell.start[index] &- 48)
      index += 1
      width += 1
    }
    return widths.contains(width) ? value : nil
  }

  /// One to nine digits after the decimal mark, in microseconds; what is finer is cut off.
  static func fraction(_ cell: Cell, _ index: inout Int) -> Int64? {
    var value: Int64 = 0
    var width = 0
    while index < cell.count, cell.start[index] &- 48 < 10 {
      if width < 6 { value = value * 10 + Int64(cell.start[index] &- 48) }
      width += 1
      index += 1
    }
    guard (1...9).contains(width) else { return nil }
    for _ in width..<max(width, 6) { value *= 10 }
    return value
  }

  /// `Z`, `+08:00`, `+0800` or `+08`, in microseconds east of UTC.
  static func zone(_ cell: Cell, _ index: inout Int) -> Int64? {
    guard index < cell.count else { return nil }
    let sign = cell.start[index]
    index += 1
    if sign | 0x20 == UInt8(ascii: "z") { return 0 }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index + 2 <= cell.count,
      let hours = twoDigits(cell.start + index), hours <= 18
    else { return nil }
    index += 2
    var minutes: Int64 = 0
    let colon = index < cell.count && cell.start[index] == UInt8(ascii: ":") ? 1 : 0
    if index + colon + 2 <= cell.count, let value = twoDigits(cell.start + index + colon) {
      guard value < 60 else { return nil }
      minutes = value
      index += colon + 2
    }
    let offset = (hours * 60 + minutes) * 60_000_000
    return sign == UInt8(ascii: "-") ? -offset : offset
  }

  private static func monthName(_ cell: Cell, _ index: inout Int) -> Int? {
    guard index + 3 <= cell.count else { return nil }
    let names: [StaticString] = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    let word = Cell(start: cell.start + index, count: 3)
    guard let month = names.firstIndex(where: { word.isWord($0) }) else { return nil }
    index += 3
    return month + 1
  }
}
