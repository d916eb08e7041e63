internal import RekindleCore

/// What the cells of a column can be read as.
enum ColumnGuess {
  static func column(_ name: String, _ cells: [String]) -> SniffedSource.Column {
    let filled = cells.filter { !$0.allSatisfy(\.isWhitespace) }
    var seen: Set<String> = []
    var examples: [String] = []
    for cell in filled where seen.insert(cell).inserted && examples.count < 3 { examples.append(cell) }
    return SniffedSource.Column(
      name: name, content: content(filled), blankRows: cells.count - filled.count, distinct: seen.count,
      examples: examples)
  }

  /// - Parameter cells: none blank.
  static func content(_ cells: [String]) -> SniffedSource.Content {
    if cells.isEmpty { return .blank }
    let words = Set(cells.map { $0.lowercased() })
    if words.isSubset(of: ["true", "false", "yes", "no"]) || words == ["0", "1"] { return .flag }
    let formats = timeFormats(cells)
    if !formats.isEmpty { return .time(formats: formats) }
    for decimal in [".", ","] {
      let parser = NumberParser(decimal: decimal.utf8.first ?? 0)
      let isNumber = cells.allSatisfy { text in
        withCell(text) { cell in if case .number = parser.parse(cell) { true } else { false } }
      }
      if isNumber { return .number(decimal: decimal) }
    }
    return .text
  }

  /// The formats under which every cell is a time; `nil` is ISO 8601.
  private static func timeFormats(_ cells: [String]) -> [String?] {
    candidates(for: cells[0]).filter { areTimes(cells, under: $0) }
  }

  /// Whether every cell is a time under a format, `nil` being ISO 8601.
  static func areTimes(_ cells: [String], under text: String?) -> Bool {
    guard let format = try? TimeFormat(text, key: "") else { return false }
    var parser = TimeParser(format: format, calendar: .utc)
    return cells.allSatisfy { cell in
      withCell(cell) {
        guard case .instant(let instant) = parser.parse($0) else { return false }
        // A count of seconds is taken for a time only where it falls into the years of shops.
        if case .epoch = format {
          return (315_532_800_000_000..<4_102_444_800_000_000).contains(instant.microseconds)
        }
        return true
      }
    }
  }

  /// What a cell means under a format, in UTC; `nil` where it is no time.
  static func reading(_ cell: String, under text: String?) -> String? {
    guard let format = try? TimeFormat(text, key: "") else { return nil }
    var parser = TimeParser(format: format, calendar: .utc)
    return withCell(cell) {
      guard case .instant(let instant) = parser.parse($0) else { return nil }
      return CivilCalendar.utc.text(instant)
    }
  }

  /// The formats that the shape of a cell suggests.
  private static func candidates(for example: String) -> [String?] {
    let bytes = Array(example.trimmingPrefix(while: \.isWhitespace).utf8)
    if !bytes.isEmpty, bytes.allSatisfy({ $0 &- 48 < 10 }) {
      switch bytes.count {
      case 8: return ["%Y%m%d"]
      case 10: return ["epoch_s"]
      case 13: return ["epoch_ms"]
      case 14: return ["%Y%m%d%H%M%S"]
      default: return []
      }
    }
    let clocks = ["", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p"]
    var dates: [String] = ["%d %b %Y", "%d-%b-%Y", "%b %d %Y", "%d %b %y", "%d-%b-%y"]
    if let (_, widths, separator) = AmbiguousDate.parts(of: bytes) {
      let mark = String(UnicodeScalar(separator))
      let year = widths.contains(4) ? "%Y" : "%y"
      dates =
        widths[0] == 4
        ? ["%Y\(mark)%m\(mark)%d"]
        : ["%d\(mark)%m\(mark)\(year)", "%m\(mark)%d\(mark)\(year)"]
      if widths[0] == 4, mark == "-" {
        // Where ISO 8601 fits, the same format spelled out says nothing more.
        return withCell(example) { cell in
          var iso = TimeParser(format: .iso, calendar: .utc)
          if case .instant = iso.parse(cell) { return [nil] }
          return clocks.map { dates[0] + $0 }
        }
      }
    }
    return dates.flatMap { date in clocks.map { date + $0 } }
  }

  private static func withCell<Result>(_ text: String, _ body: (Cell) -> Result) -> Result {
    let count = text.utf8.count
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: count + Cell.padding)
    defer { bytes.deallocate() }
    bytes.initialize(repeating: 0, count: count + Cell.padding)
    for (index, byte) in text.utf8.enumerated() { bytes[index] = byte }
    return body(Cell(start: bytes, count: count))
  }
}
