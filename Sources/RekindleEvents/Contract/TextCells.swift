internal import RekindleCore

/// A column as text cells, whatever its reader delivered, with the memory they are in: keep it alive
/// while `column` is used.
final class TextCells {
  let column: CellColumn
  private let bytes: UnsafeMutablePointer<UInt8>?
  private let spans: UnsafeMutablePointer<CellSpan>?

  static func of(_ input: Caster.Input, count: Int) -> TextCells {
    switch input {
    case .text(let column): TextCells(column)
    case .typed(let raw): TextCells(raw, count: count)
    }
  }

  private init(_ column: CellColumn) {
    self.column = column
    bytes = nil
    spans = nil
  }

  /// Numbers are written as the shortest text that reads back the same, a whole one without a
  /// fraction, so that an id that was stored as a number is the id; times as ISO 8601.
  private init(_ raw: RawColumn, count: Int) {
    var text = ByteStrings()
    let spans = UnsafeMutablePointer<CellSpan>.allocate(capacity: max(1, count))
    func perRow(_ describe: (Int) -> String) {
      for row in 0..<count { text.append((raw.isMissing?[row] == true ? "" : describe(row)).utf8) }
    }
    var wordOfRow: [Int32]?
    switch raw.values {
    case .text(let strings): text = strings
    case .dictionary(let codes, let words):
      text = words
      wordOfRow = codes
    case .integer(let values): perRow { String(values[$0]) }
    case .number(let values):
      perRow { row in
        Int64(exactly: values[row]).map { String($0) } ?? String(values[row])
      }
    case .flag(let values): perRow { values[$0] ? "true" : "false" }
    case .instant(let values): perRow { isoText(microseconds: values[$0]) + "Z" }
    case .wallClock(let values): perRow { isoText(microseconds: values[$0]) }
    case .date(let values): perRow { CivilDate(daysSinceEpoch: values[$0]).description }
    }
    text.ends.withUnsafeBufferPointer { ends in
      for row in 0..<count {
        let index = wordOfRow.map { Int($0[row]) } ?? row
        if raw.isMissing?[row] == true || index < 0 || index >= ends.count {
          spans[row] = CellSpan(offset: 0, length: 0)
        } else {
          let start = index == 0 ? 0 : ends[index - 1]
          spans[row] = CellSpan(
            offset: Int32(truncatingIfNeeded: start), length: Int32(truncatingIfNeeded: ends[index] - start))
        }
      }
    }
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: text.bytes.count + Cell.padding)
    text.bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { bytes.update(from: start, count: source.count) }
    }
    for index in 0..<Cell.padding { bytes[text.bytes.count + index] = 0 }
    self.bytes = bytes
    self.spans = spans
    column = CellColumn(
      bytes: UnsafePointer(bytes), side: UnsafePointer(bytes), spans: UnsafePointer(spans), stride: 1)
  }

  deinit {
    bytes?.deallocate()
    spans?.deallocate()
  }
}

/// `2024-03-05T14:03:22.000001`.
private func isoText(microseconds: Int64) -> String {
  let day = microseconds.quotientRoundedDown(by: 86_400_000_000)
  let remainder = microseconds % 86_400_000_000
  let rest = remainder < 0 ? remainder + 86_400_000_000 : remainder
  func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
  let seconds = rest / 1_000_000
  return CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: day)).description + "T"
    + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
    + "." + padded(rest % 1_000_000, 6)
}

extension Int64 {
  fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

extension RawColumn {
  /// The numbers of a column that holds numbers, missing as NaN, and the rows whose number is no
  /// finite one; `nil` where it holds something else.
  func numbers(count: Int) -> (values: [Double], notFinite: [Int])? {
    var numbers: [Double]
    switch values {
    case .number(let values): numbers = values
    case .integer(let values): numbers = values.map { Double($0) }
    default: return nil
    }
    var notFinite: [Int] = []
    numbers.withUnsafeMutableBufferPointer { numbers in
      for row in 0..<count where !numbers[row].isFinite {
        if isMissing?[row] != true { notFinite.append(row) }
      }
      isMissing?.withUnsafeBufferPointer { isMissing in
        for row in 0..<count where isMissing[row] { numbers[row] = .nan }
      }
    }
    return (numbers, notFinite)
  }
}

extension TimeParser {
  /// Times beyond these years are no times of a shop; databases write "infinity" as such.
  private static let years: Range<Int64> = -62_167_219_200_000_000..<253_402_300_800_000_000

  /// The instants of a column that holds times or dates; `nil` where it holds something else.
  /// Missing is `distantPast`; `distantFuture` is a time outside the years 0 to 9999.
  mutating func instants(of column: RawColumn, count: Int) -> [Instant]? {
    var instants: [Instant] = []
    instants.reserveCapacity(count)
    switch column.values {
    case .instant(let values):
      for value in values {
        instants.append(
          TimeParser.years.contains(value) ? Instant(microseconds: value) : .distantFuture)
      }
    case .wallClock(let values):
      for value in values {
        instants.append(
          TimeParser.years.contains(value)
            ? instant(local: value, day: value.quotientRoundedDown(by: 86_400_000_000))
            : .distantFuture)
      }
    case .date(let values):
      for value in values {
        let local = Int64(value).multipliedReportingOverflow(by: 86_400_000_000)
        instants.append(
          !local.overflow && TimeParser.years.contains(local.partialValue)
            ? instant(local: local.partialValue, day: Int64(value)) : .distantFuture)
      }
    default: return nil
    }
    if let isMissing = column.isMissing {
      for row in instants.indices where isMissing[row] { instants[row] = .distantPast }
    }
    return instants
  }
}
