/// How a text is cut into cells, and whether its first record names the columns.
struct TableGuess {
  var dialect: TextDialect
  var delimiterEvidence: String
  var rows: [[String]]

  /// The records of a text under the delimiter that fits best: the one under which most records are
  /// as wide as the first, and of those the one that makes the most columns.
  /// - Parameter bytes: UTF-8, of whole records.
  static func guess(_ bytes: [UInt8]) -> TableGuess {
    let candidates: [(dialect: TextDialect, name: String)] = [
      (TextDialect(delimiter: 0x2C), "commas"), (TextDialect(delimiter: 0x09), "tabs"),
      (TextDialect(delimiter: 0x3B), "semicolons"), (TextDialect(delimiter: 0x7C), "bars"),
      (TextDialect(delimiter: nil), "spaces"),
    ]
    var best: (guess: TableGuess, even: Double, width: Int)?
    for (dialect, name) in candidates {
      let (rows, evenRows) = records(of: bytes, dialect)
      let width = rows.first?.count ?? 0
      let even = Double(evenRows) / Double(max(1, rows.count))
      guard width > 1 else { continue }
      let isBetter = best.map {
        (even, width) > ($0.even + 0.02, -1) || even >= $0.even - 0.02 && width > $0.width
      }
      if isBetter ?? true {
        let guess = TableGuess(
          dialect: dialect,
          delimiterEvidence: "\(name) cut \(evenRows) of \(rows.count) records into \(width) cells",
          rows: rows)
        best = (guess, even, width)
      }
    }
    if let best { return best.guess }
    let rows = records(of: bytes, TextDialect(delimiter: 0x2C)).rows
    return TableGuess(
      dialect: TextDialect(delimiter: 0x2C), delimiterEvidence: "the file has one column", rows: rows)
  }

  private static func records(
    of bytes: [UInt8], _ dialect: TextDialect
  ) -> (rows: [[String]], even: Int) {
    let padded = bytes + [UInt8](repeating: 0x0A, count: 16)
    return padded.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return ([], 0) }
      func scan(_ width: Int, limit: Int) -> RecordBlock {
        let block = RecordBlock(columns: Array(0..<width), columnCount: width, capacity: 64)
        block.scan(
          base, start: 0, limit: limit, end: bytes.count, isFinal: true, dialect: dialect)
        return block
      }
      var limit = 1
      var first = scan(4096, limit: limit)
      while first.count == 0, !first.isCut, limit < bytes.count {
        limit = first.end + 1
        first = scan(4096, limit: limit)
      }
      guard first.count > 0, first.lastWidth <= 4096 else { return ([], 0) }
      let block = scan(first.lastWidth, limit: bytes.count)
      let columns = (0..<first.lastWidth).map { block.cells(base, place: $0) }
      let even = (0..<block.count).filter { block.faults[$0] == 0 }
      return (even.map { row in columns.map { $0[row].string } }, even.count)
    }
  }

  /// Whether the first record names the columns: none of its cells is blank, a number or a time, and
  /// no two are the same.
  static func header(
    _ rows: [[String]]
  ) -> SniffedSource.Guess<SourceDefinition.Header> {
    guard let first = rows.first else { return .init(.present, evidence: "the file has no record") }
    let numbered = (1...max(1, first.count)).map { "column_\($0)" }
    if let cell = first.first(where: { $0.allSatisfy(\.isWhitespace) }) {
      return .init(
        .absent(columns: numbered), evidence: "the first record has a blank cell (\"\(cell)\")")
    }
    if let cell = first.first(where: { ColumnGuess.content([$0]) != .text }) {
      return .init(
        .absent(columns: numbered), evidence: "\"\(cell)\" in the first record is a value, not a name")
    }
    if Set(first).count < first.count {
      return .init(.absent(columns: numbered), evidence: "the first record repeats a word")
    }
    return .init(.present, evidence: "the first record holds distinct words only")
  }
}
