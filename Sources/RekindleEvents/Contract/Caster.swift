internal import RekindleCore

/// Casts a block of rows under a contract: column by column, each check marking the rows that fail
/// it, and what is left becomes one batch a kind.
struct Caster: Sendable {
  let contract: SourceContract
  let plan: ColumnPlan
  /// For each of the contract's kinds: its index in the schema, and which columns its events carry.
  let targets: [KindTarget]
  /// Whether rows are hashed to find identical ones.
  let hashesRows: Bool

  /// How the events of one kind are laid out.
  struct KindTarget: Sendable {
    /// Index into `EventSchema.kinds`.
    var kind: Int
    /// For each attribute of the kind, in the schema's order, where its column comes from.
    var columns: [Origin]
    var isRecorded: Bool

    enum Origin: Sendable {
      case value
      /// Index into `SourceContract.attributes`.
      case attribute(Int)
      /// This source does not have it: all missing.
      case absent(AttributeType)
    }
  }

  /// What a row is marked with when it is of a kind that the map leaves out.
  static let ignored: UInt8 = 255

  /// One column of the rows to cast.
  enum Input {
    case text(CellColumn)
    case typed(RawColumn)
  }

  /// - Parameter faults: marks that rows have already.
  func cast(count: Int, columns: [Input], faults: UnsafePointer<UInt8>?) -> CastBlock {
    var marks = RowMarks(count: count, faults: faults)
    var kinds = castKinds(count, columns, &marks)
    let customers = castCustomers(columns[plan.customer], count, &marks)
    let times = castTimes(
      columns[plan.time], count, contract.time, name: contract.definition.time.column,
      key: contract.key + ".time", blank: .missingTime, &marks)
    marks.reject(.futureTime, where: { times[$0] >= contract.until })
    var recorded: [Instant]?
    if let place = plan.recorded, let parser = contract.recorded {
      var known = castTimes(
        columns[place], count, parser, name: contract.definition.recorded?.column ?? "",
        key: contract.key + ".recorded", blank: nil, &marks)
      // Blank: known as it happened.
      for row in 0..<count where known[row] == .distantPast { known[row] = times[row] }
      recorded = known
    }
    var values: [Double] = []
    if let place = plan.value {
      values = castNumbers(columns[place], count, &marks)
      applySignPolicy(&values, &kinds, &marks)
    }
    let attributes = contract.attributes.indices.map { index in
      let attribute = contract.attributes[index]
      let input = columns[plan.attributes[index]]
      guard attribute.type == .category else { return castAttribute(attribute, input, count, &marks) }
      if let column = castWords(input, count) { return column }
      // A row whose kind does not carry the category has nothing to read there.
      let carried = targets.map { target in
        target.columns.contains { if case .attribute(index) = $0 { true } else { false } }
      }
      var own = marks
      own.ignore { !carried[Int(kinds[$0])] }
      return castAttribute(attribute, input, count, &own)
    }
    var hashes: [UInt128] = []
    if hashesRows { hashes = RowHasher.hashes(columns, count: count) }
    let parts = CastColumns(
      customers: customers, times: times, recorded: recorded, values: values,
      attributes: attributes)
    var refunds = 0
    if let refund = contract.refundKind {
      for row in 0..<count where marks[row] == 0 && kinds[row] == refund { refunds += 1 }
    }
    return CastBlock(
      marks: marks, refunds: refunds,
      batches: parts.batches(kinds: kinds, marks: marks, targets: targets, hashes))
  }

  private func castKinds(_ count: Int, _ columns: [Input], _ marks: inout RowMarks) -> [UInt8] {
    var kinds = [UInt8](repeating: 0, count: count)
    guard let place = plan.kind, case .column(_, _, let other) = contract.definition.kind else {
      return kinds
    }
    func outcome(of cell: Cell) -> (kind: UInt8, mark: UInt8) {
      let word = contract.kindWords.find(cell)
      if word >= 0 { return (contract.kindOfWord[Int(word)], 0) }
      return (0, other == .ignore ? Caster.ignored : RejectReason.unknownKind.rawValue)
    }
    if case .typed(let column) = columns[place], let words = WordColumn(column, count: count) {
      let outcomes = words.map(outcome)
      for row in 0..<count where marks[row] == 0 { (kinds[row], marks[row]) = outcomes[words.place(row)] }
      return kinds
    }
    let cells = TextCells.of(columns[place], count: count)
    defer { withExtendedLifetime(cells) {} }
    for row in 0..<count where marks[row] == 0 { (kinds[row], marks[row]) = outcome(of: cells.column[row]) }
    return kinds
  }

  /// The ids of all rows; what stands at a row with a mark means nothing.
  private func castCustomers(_ input: Input, _ count: Int, _ marks: inout RowMarks) -> ByteStrings {
    if case .typed(let column) = input, case .text(let ids) = column.values, column.isMissing == nil {
      var start = 0
      for row in 0..<count {
        let end = ids.ends[row]
        // Mostly the first byte tells.
        if start == end || ids.bytes[start] <= 0x20,
          ids.bytes[start..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 })
        {
          marks.reject(row, .missingCustomer)
        }
        start = end
      }
      return ids
    }
    let cells = TextCells.of(input, count: count)
    defer { withExtendedLifetime(cells) {} }
    marks.reject(.missingCustomer, where: { cells.column[$0].isBlank })
    return cells.column.strings(count: count, marks: marks)
  }

  /// A category whose reader delivers words and codes: the same, with blank words as missing; `nil`
  /// where it delivers something else.
  private func castWords(_ input: Input, _ count: Int) -> EventColumn? {
    guard case .typed(let column) = input, let words = WordColumn(column, count: count) else { return nil }
    let isBlank = words.map { $0.isBlank }
    let codes = [Int32](unsafeUninitializedCapacity: count) { codes, made in
      for row in 0..<count {
        let place = words.place(row)
        codes[row] = isBlank[place] ? EventColumn.missingCode : Int32(truncatingIfNeeded: place)
      }
      made = count
    }
    return .category(codes: codes, dictionary: words.strings)
  }

  private func castTimes(
    _ input: Input, _ count: Int, _ parser: TimeParser, name: String, key: String,
    blank: RejectReason?, _ marks: inout RowMarks
  ) -> [Instant] {
    var parser = parser
    if case .typed(let column) = input, let times = parser.instants(of: column, count: count) {
      if let blank { marks.reject(blank, where: { times[$0] == .distantPast }) }
      marks.reject(.badTime, where: { times[$0] == .distantFuture })
      return times
    }
    let cells = TextCells.of(input, count: count)
    defer { withExtendedLifetime(cells) {} }
    return [Instant](unsafeUninitializedCapacity: count) { times, made in
      for row in 0..<count {
        times[row] = .distantPast
        guard marks[row] == 0 else { continue }
        switch parser.parse(cells.column[row]) {
        case .instant(let instant): times[row] = instant
        case .missing: if let blank { marks[row] = blank.rawValue }
        case .rejected: marks[row] = RejectReason.badTime.rawValue
        case .needsFormat:
          marks[row] = RejectReason.badTime.rawValue
          marks.noteUnreadable(
            row: row, text: cells.column[row].trimmed.string, column: name, key: key)
        }
      }
      made = count
    }
  }

  private func castNumbers(_ input: Input, _ count: Int, _ marks: inout RowMarks) -> [Double] {
    if case .typed(let column) = input, let numbers = column.numbers(count: count) {
      for row in numbers.notFinite { marks.reject(row, .notFinite) }
      return numbers.values
    }
    let cells = TextCells.of(input, count: count)
    defer { withExtendedLifetime(cells) {} }
    let parser = contract.numbers
    return [Double](unsafeUninitializedCapacity: count) { numbers, made in
      for row in 0..<count {
        numbers[row] = .nan
        guard marks[row] == 0 else { continue }
        switch parser.parse(cells.column[row]) {
        case .number(let number): numbers[row] = number
        case .missing: break
        case .rejected(let reason): marks[row] = reason.rawValue
        }
      }
      made = count
    }
  }

  private func applySignPolicy(
    _ values: inout [Double], _ kinds: inout [UInt8], _ marks: inout RowMarks
  ) {
    switch contract.definition.negative {
    case .keep: break
    case .quarantine: marks.reject(.negativeValue, where: { values[$0] < 0 })
    case .refund:
      guard let refund = contract.refundKind else { return }
      for row in values.indices where values[row] < 0 {
        values[row] = -values[row]
        kinds[row] = refund
      }
    }
  }

  private func castAttribute(
    _ attribute: SourceDefinition.Attribute, _ input: Input, _ count: Int, _ marks: inout RowMarks
  ) -> EventColumn {
    switch attribute.type {
    case .number: return .number(castNumbers(input, count, &marks))
    case .time:
      return .time(
        castTimes(
          input, count, contract.attributeTimes, name: attribute.column,
          key: contract.key + ".attributes.\(attribute.name)", blank: nil, &marks))
    case .flag: return .flag(castFlags(input, count, &marks))
    case .category:
      let cells = TextCells.of(input, count: count)
      defer { withExtendedLifetime(cells) {} }
      var words = WordTable()
      let codes = [Int32](unsafeUninitializedCapacity: count) { codes, made in
        for row in 0..<count {
          let cell = cells.column[row]
          codes[row] = marks[row] != 0 || cell.isBlank ? EventColumn.missingCode : words.insert(cell)
        }
        made = count
      }
      return .category(codes: codes, dictionary: words.strings)
    }
  }

  private func castFlags(_ input: Input, _ count: Int, _ marks: inout RowMarks) -> [UInt8] {
    let cells = TextCells.of(input, count: count)
    defer { withExtendedLifetime(cells) {} }
    var flags = [UInt8](repeating: EventColumn.missingFlag, count: count)
    for row in 0..<count where marks[row] == 0 {
      let cell = cells.column[row].trimmed
      if cell.count == 0 { continue }
      if cell.isWord("true") || cell.isWord("yes") || cell.count == 1 && cell.start[0] == 0x31 {
        flags[row] = 1
      } else if cell.isWord("false") || cell.isWord("no") || cell.count == 1 && cell.start[0] == 0x30 {
        flags[row] = 0
      } else {
        marks[row] = RejectReason.badFlag.rawValue
      }
    }
    return flags
  }
}

/// Which rows of a block have failed, and why: 0 where all is well so far.
struct RowMarks: Sendable {
  private(set) var marks: [UInt8]
  /// The first time that only a declared format would make readable.
  private(set) var unreadable: Unreadable?

  struct Unreadable: Sendable {
    var row: Int
    var text: String
    var column: String
    var key: String
  }

  init(count: Int, faults: UnsafePointer<UInt8>?) {
    marks =
      faults.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
      ?? [UInt8](repeating: 0, count: count)
  }

  subscript(row: Int) -> UInt8 {
    @inline(__always) get { marks[row] }
    @inline(__always) set { marks[row] = newValue }
  }

  mutating func reject(_ row: Int, _ reason: RejectReason) {
    if marks[row] == 0 { marks[row] = reason.rawValue }
  }

  @inline(__always)
  mutating func reject(_ reason: RejectReason, where fails: (Int) -> Bool) {
    for row in marks.indices where marks[row] == 0 && fails(row) { marks[row] = reason.rawValue }
  }

  @inline(__always)
  mutating func ignore(where isUnwanted: (Int) -> Bool) {
    for row in marks.indices where marks[row] == 0 && isUnwanted(row) { marks[row] = Caster.ignored }
  }

  mutating func noteUnreadable(row: Int, text: String, column: String, key: String) {
    if unreadable.map({ row < $0.row }) ?? true {
      unreadable = Unreadable(row: row, text: text, column: column, key: key)
    }
  }
}
