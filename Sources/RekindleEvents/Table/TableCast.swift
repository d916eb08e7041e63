internal import RekindleCore

/// Casts stretches of a table column by column, as the requests say.
struct TableCast: Sendable {
  let requests: [TableReader.Request]
  let calendar: CivilCalendar
  /// Whether the apostrophe is taken away that stands before `=`, `+`, `-`, `@` or a tab in text, so
  /// that a spreadsheet runs nothing. Only delimited text has it.
  let isNeutralised: Bool

  func part(_ block: RecordBlock, _ base: UnsafePointer<UInt8>) -> TablePart {
    var part = TablePart(firstRow: 0, count: block.count, columns: [], fault: nil)
    for row in 0..<block.count where block.faults[row] != 0 {
      part.fault = TableFault(row: row, reason: RejectReason(rawValue: block.faults[row]))
      break
    }
    for index in requests.indices {
      part.columns.append(
        cast(.text(block.cells(base, place: index)), index, block.count, &part.fault))
    }
    if let row = part.fault?.row {
      var lines = 0
      for position in block.start..<Int(block.starts[row]) where base[position] == 0x0A { lines += 1 }
      part.fault?.line = lines
    }
    return part
  }

  func part(_ batch: RawBatch) -> TablePart {
    var part = TablePart(firstRow: batch.firstRow, count: batch.count, columns: [], fault: nil)
    for (index, column) in batch.columns.enumerated() {
      part.columns.append(cast(.typed(column), index, batch.count, &part.fault))
    }
    return part
  }

  private func cast(
    _ input: Caster.Input, _ index: Int, _ count: Int, _ fault: inout TableFault?
  ) -> TableReader.Values {
    let request = requests[index]
    if let known = typed(input, request, index, count, &fault) { return known }
    let cells = TextCells.of(input, count: count)
    defer { withExtendedLifetime(cells) {} }
    let column = cells.column
    switch request.type {
    case .number:
      let parser = NumberParser()
      return .number(
        values(count, index, column, mayBeMissing: request.mayBeMissing, .nan, &fault) { cell in
          switch parser.parse(cell) {
          case .number(let number): number
          case .missing, .rejected(.notFinite): .nan
          case .rejected: cell.isWord("na") || cell.isWord("null") ? .nan : nil
          }
        } isMissing: {
          $0.isNaN
        })
    case .measure:
      let parser = NumberParser()
      return .number(
        values(count, index, column, mayBeMissing: request.mayBeMissing, .nan, &fault) { cell in
          switch parser.parse(cell) {
          case .number(let number): number
          case .missing: .nan
          case .rejected(.notFinite): Self.infinity(cell)
          case .rejected: Self.flag(cell)
          }
        } isMissing: {
          $0.isNaN
        })
    case .flag:
      return .flag(
        values(count, index, column, mayBeMissing: request.mayBeMissing, .nan, &fault) { cell in
          Self.flag(cell)
        } isMissing: {
          $0.isNaN
        })
    case .time:
      var parser = TimeParser(format: .iso, calendar: calendar)
      return .time(
        values(count, index, column, mayBeMissing: request.mayBeMissing, .distantPast, &fault) { cell in
          switch parser.parse(cell) {
          case .instant(let instant): instant
          case .missing: .distantPast
          case .rejected, .needsFormat: nil
          }
        } isMissing: {
          $0 == .distantPast
        })
    case .bytes:
      var texts = ByteStrings()
      texts.ends.reserveCapacity(count)
      for row in 0..<count {
        let cell = plain(column[row])
        if !request.mayBeMissing, cell.isBlank { note(row, index, "", &fault) }
        texts.append(UnsafeBufferPointer(start: cell.start, count: cell.count))
      }
      return .bytes(texts)
    case .text:
      return .text(
        values(count, index, column, mayBeMissing: request.mayBeMissing, "", &fault) { cell in
          plain(cell).string
        } isMissing: {
          $0.isEmpty
        })
    case .category:
      var words = WordTable()
      let codes: [Int32] = values(
        count, index, column, mayBeMissing: request.mayBeMissing, -1, &fault
      ) { cell in
        cell.isBlank ? -1 : words.insert(plain(cell))
      } isMissing: {
        $0 < 0
      }
      return .category(codes: codes, dictionary: words.strings)
    }
  }

  /// What `parse` makes of every cell; a cell of which it makes `nil`, and one that is missing where
  /// none may be, is a fault.
  @inline(__always)
  private func values<Value>(
    _ count: Int, _ index: Int, _ cells: CellColumn, mayBeMissing: Bool, _ missing: Value,
    _ fault: inout TableFault?, _ parse: (Cell) -> Value?, isMissing: (Value) -> Bool
  ) -> [Value] {
    var first: Int?
    let values = [Value](unsafeUninitializedCapacity: count) { values, made in
      for row in 0..<count {
        let value = parse(cells[row])
        if first == nil, value.map({ !mayBeMissing && isMissing($0) }) ?? true { first = row }
        (values.baseAddress.unsafelyUnwrapped + row).initialize(to: value ?? missing)
      }
      made = count
    }
    if let first { note(first, index, cells[first].string, &fault) }
    return values
  }

  private func note(_ row: Int, _ column: Int, _ text: String, _ fault: inout TableFault?) {
    if let fault, fault.row <= row { return }
    fault = TableFault(row: row, column: column, text: text)
  }

  /// A column that already has the type that is asked for; `nil` where text must be read.
  private func typed(
    _ input: Caster.Input, _ request: TableReader.Request, _ index: Int, _ count: Int,
    _ fault: inout TableFault?
  ) -> TableReader.Values? {
    guard case .typed(let raw) = input else { return nil }
    switch (request.type, raw.values) {
    case (.number, .number), (.number, .integer), (.measure, .number), (.measure, .integer):
      return raw.numbers(count: count).map { .number($0.values) }
    case (.number, .flag(let flags)), (.measure, .flag(let flags)), (.flag, .flag(let flags)):
      let numbers = flags.indices.map { raw.isMissing?[$0] == true ? .nan : flags[$0] ? 1.0 : 0 }
      return request.type == .flag ? .flag(numbers) : .number(numbers)
    case (.time, .instant), (.time, .wallClock), (.time, .date):
      var parser = TimeParser(format: .iso, calendar: calendar)
      guard let times = parser.instants(of: raw, count: count) else { return nil }
      if let bad = times.firstIndex(where: {
        $0 == .distantFuture || !request.mayBeMissing && $0 == .distantPast
      }) {
        note(bad, index, times[bad] == .distantPast ? "" : "a time beyond the year 9999", &fault)
      }
      return .time(times)
    default: return nil
    }
  }

  /// ±∞, of which too large a number is one; NaN for the word.
  private static func infinity(_ cell: Cell) -> Double {
    let cell = cell.trimmed
    if cell.start[cell.count - 1] | 0x20 == UInt8(ascii: "n") { return .nan }
    return cell.start[0] == UInt8(ascii: "-") ? -.infinity : .infinity
  }

  private static func flag(_ cell: Cell) -> Double? {
    let cell = cell.trimmed
    if cell.count == 0 { return .nan }
    if cell.count == 1, cell.start[0] == 0x31 { return 1 }
    if cell.count == 1, cell.start[0] == 0x30 { return 0 }
    if cell.isWord("true") || cell.isWord("yes") { return 1 }
    if cell.isWord("false") || cell.isWord("no") { return 0 }
    return cell.isWord("na") || cell.isWord("nan") || cell.isWord("null") ? .nan : nil
  }

  /// The cell without the apostrophe that was put before it.
  private func plain(_ cell: Cell) -> Cell {
    guard isNeutralised, cell.count > 1, cell.start[0] == 0x27,
      [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D].contains(cell.start[1])
    else { return cell }
    return Cell(start: cell.start + 1, count: cell.count - 1)
  }
}
