internal import RekindleCore

/// Times that are not ISO 8601 although their shape is that of a date or of a count: nothing is
/// guessed, but the error can say what each reading would be.
enum AmbiguousDate {
  /// `3/4/2024`, `03.04.24`, `20240304`, `1709510400` and the like.
  static func needsFormat(_ cell: Cell) -> Bool {
    let bytes = Array(cell.bytes)
    if bytes.count >= 8, bytes.allSatisfy({ $0 &- 48 < 10 }) { return true }
    guard let (_, widths, separator) = parts(of: bytes) else { return false }
    // Shaped like ISO 8601, and so only a wrong date.
    return !(widths == [4, 2, 2] && separator == UInt8(ascii: "-"))
  }

  /// The three numbers of a date that is separated by `/`, `.` or `-`, at the beginning of `bytes`.
  static func parts(of bytes: [UInt8]) -> (numbers: [Int], widths: [Int], separator: UInt8)? {
    var numbers: [Int] = []
    var widths: [Int] = []
    var separator: UInt8 = 0
    var index = 0
    for position in 0..<3 {
      var value = 0
      var width = 0
      while index < bytes.count, width < 4, bytes[index] &- 48 < 10 {
        value = value * 10 + Int(bytes[index] &- 48)
        width += 1
        index += 1
      }
      guard width > 0 else { return nil }
      numbers.append(value)
      widths.append(width)
      guard position < 2 else { break }
      guard index < bytes.count, [0x2F, 0x2E, 0x2D].contains(bytes[index]) else { return nil }
      if position == 0 { separator = bytes[index] } else if bytes[index] != separator { return nil }
      index += 1
    }
    guard widths.contains(4) || widths.allSatisfy({ $0 <= 2 }) else { return nil }
    return (numbers, widths, separator)
  }

  /// The error for the first such cell of a column.
  static func diagnostic(
    text: String, column: String, key: String, at place: Diagnostic.Place
  ) -> Diagnostic {
    let bytes = Array(text.utf8)
    if bytes.allSatisfy({ $0 &- 48 < 10 }) {
      return Diagnostic(
        "RK0211", "column \"\(column)\" holds \"\(text)\", which is a time only under a format",
        at: place, key: key,
        help: bytes.count == 8
          ? "say format: \"%Y%m%d\" if it is a date"
          : "say format: epoch_s (seconds since 1970), epoch_ms or epoch_us")
    }
    var notes: [String] = []
    var formats: [String] = []
    if let (numbers, widths, separator) = parts(of: bytes) {
      let mark = Character(UnicodeScalar(separator))
      let isYearFirst = widths[0] == 4
      let year = isYearFirst ? numbers[0] : numbers[2] + (widths[2] <= 2 ? 2000 : 0)
      let letter = widths.contains(4) ? "%Y" : "%y"
      let readings: [(String, Int, Int, String)] =
        isYearFirst
        ? [("year, month, day", numbers[1], numbers[2], "%Y\(mark)%m\(mark)%d")]
        : [
          ("day first", numbers[1], numbers[0], "%d\(mark)%m\(mark)\(letter)"),
          ("month first", numbers[0], numbers[1], "%m\(mark)%d\(mark)\(letter)"),
        ]
      for (words, month, day, format) in readings {
        guard let date = CivilDate(year: year, month: month, day: day) else { continue }
        notes.append("\(words): \(date)")
        formats.append("\"\(format)\"")
      }
    }
    let isAmbiguous = formats.count > 1
    return Diagnostic(
      "RK0211",
      isAmbiguous
        ? "column \"\(column)\" holds \"\(text)\", which can be read in two ways"
        : "column \"\(column)\" holds \"\(text)\", which is not ISO 8601",
      at: place, key: key, notes: notes,
      help: formats.isEmpty
        ? "say how to read it: format: \"%d/%m/%Y\""
        : "say format: \(formats.joined(separator: " or "))"
          + (bytes.count > 10 ? ", with the time of day (%H:%M:%S)" : ""))
  }
}
