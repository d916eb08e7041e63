internal import RekindleCore

/// Rows as CSV text. No value of a shop needs quotes: words hold letters, digits, spaces, hyphens.
enum CSVText {
  static func bytes(of rows: ShopRows, withHeader: Bool) -> [UInt8] {
    let cells = rows.table.columns.map(\.cell)
    let words = cells.map { cell -> [[UInt8]] in
      if case .word(let list) = cell { list.map { Array($0.utf8) } } else { [] }
    }
    var text: [UInt8] = []
    text.reserveCapacity(256 + rows.count * 12 * rows.width)
    if withHeader {
      text += (rows.table.columns.map(\.name).joined(separator: ",") + "\n").utf8
    }
    var dates = DateText()
    rows.cells.withUnsafeBufferPointer { values in
      var place = 0
      for _ in 0..<rows.count {
        for column in 0..<rows.width {
          if column > 0 { text.append(44) }
          append(values[place], as: cells[column], words: words[column], dates: &dates, to: &text)
          place += 1
        }
        text.append(10)
      }
    }
    return text
  }

  private static func append(
    _ value: Int64, as cell: ShopTable.Cell, words: [[UInt8]], dates: inout DateText, to text: inout [UInt8]
  ) {
    if value == ShopTable.empty { return }
    switch cell {
    case .customer:
      text.append(67)
      append(value, width: 7, to: &text)
    case .time: dates.append(seconds: value, to: &text)
    case .day: dates.append(day: value, to: &text)
    case .number:
      append(value >> 12, width: 7, to: &text)
      text.append(45)
      append(value & 4095, width: 1, to: &text)
    case .word: text.append(contentsOf: words[Int(value)])
    case .integer: append(value, width: 1, to: &text)
    case .money: append(fraction: value, digits: 2, to: &text)
    case .flag: text.append(value == 0 ? 48 : 49)
    case .probability: append(fraction: value, digits: 6, to: &text)
    }
  }

  /// Decimal digits, with zeros in front up to a width.
  fileprivate static func append(_ value: Int64, width: Int, to text: inout [UInt8]) {
    var rest = value.magnitude
    if value < 0 { text.append(45) }
    // Pushes the digits reversed, then turns the run around in place.
    let start = text.count
    repeat {
      text.append(48 + UInt8(rest % 10))
      rest /= 10
    } while rest > 0 || text.count - start < width
    var low = start
    var high = text.count - 1
    while low < high {
      text.swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  /// A whole number of 10^−digits, without zeros at the end: 1250 hundredths are 12.5.
  private static func append(fraction value: Int64, digits: Int, to text: inout [UInt8]) {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    append(value / scale, width: 1, to: &text)
    var rest = value % scale
    if rest == 0 { return }
    var width = digits
    while rest % 10 == 0 {
      rest /= 10
      width -= 1
    }
    text.append(46)
    append(rest, width: width, to: &text)
  }
}

/// Dates as text; the text of the last day is kept, since rows in time order repeat it.
private struct DateText {
  private var day = Int64.min
  private var text: [UInt8] = []

  mutating func append(day wanted: Int64, to output: inout [UInt8]) {
    if wanted != day {
      day = wanted
      text = Array(CivilDate(daysSinceEpoch: Int32(wanted)).description.utf8)
    }
    output.append(contentsOf: text)
  }

  mutating func append(seconds: Int64, to output: inout [UInt8]) {
    // The shop's clock never shows a time before 1970.
    append(day: seconds / 86_400, to: &output)
    let inDay = seconds % 86_400
    output.append(84)
    CSVText.append(inDay / 3600, width: 2, to: &output)
    output.append(58)
    CSVText.append(inDay / 60 % 60, width: 2, to: &output)
    output.append(58)
    CSVText.append(inDay % 60, width: 2, to: &output)
  }
}
