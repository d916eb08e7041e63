internal import RekindleCore
internal import RekindleEvents
internal import RekindleExperiments

/// A file with a row a unit, read some rows at a time.
struct UnitFile: Sendable {
  let path: String
  let entry: ExperimentEntry
  /// The columns that are not read, because they are computed.
  let computed: Set<String>
  let calendar: CivilCalendar
  let workers: Workers
  /// Whether the units' arms matter; where they do not, a file without them will do.
  var needsArms = true

  /// - Throws: `RK0850` for a column that is not there, `RK0851` for standard input; what reading a table
  ///   throws.
  func forEachPart(_ take: (UnitPart) throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard path != "-" else {
      throw Diagnostic(
        "RK0851", "units are read more than once, and standard input comes only once",
        at: .init(file: "standard input"), help: "save them to a file first")
    }
    var layout: UnitLayout?
    try TableReader.forEachBatch(path, calendar: calendar, workers: workers) {
      (names) throws(Diagnostic) in
      let chosen = try UnitLayout(entry, computed: computed, needsArms: needsArms, among: names, of: path)
      layout = chosen
      return chosen.requests
    } _: { (batch) throws(Diagnostic) in
      guard let layout else { return }
      try take(part(batch, layout))
    }
  }

  private func part(_ batch: TableReader.Batch, _ layout: UnitLayout) -> UnitPart {
    let columns = batch.columns
    let ids = layout.id.map { columns[$0].bytes }
    var units = UnitBatch(
      rowCount: batch.count, ids: ids.map { UnitIDs(bytes: $0.bytes, ends: $0.ends) },
      arms: arms(columns, layout, batch.count))
    units.segments = layout.segments.map { $0.map { columns[$0].coded } ?? .missing(batch.count) }
    units.stratum = layout.stratum.map { columns[$0].coded }
    units.cluster = layout.cluster.map { columns[$0].coded }
    units.complied = layout.opened.map { columns[$0].numbers }
    units.numbers = layout.numbers.map { $0.map { columns[$0].numbers } ?? [] }
    return UnitPart(
      units: units, ids: ids ?? ByteStrings(), exposed: layout.exposedAt.map { columns[$0].times },
      assigned: layout.assignedAt.map { columns[$0].times })
  }

  /// The arm of each row; none for the rows of another experiment.
  private func arms(
    _ columns: [TableReader.Values], _ layout: UnitLayout, _ rows: Int
  ) -> CodedColumn {
    var arms: CodedColumn
    if let place = layout.arm {
      arms = columns[place].coded
    } else if layout.factors.isEmpty {
      arms = CodedColumn(
        codes: [Int32](repeating: 0, count: rows), dictionary: [entry.experiment.control])
    } else {
      arms = cells(layout.factors.map { columns[$0].coded }, rows)
    }
    if let place = layout.experiment {
      let names = columns[place].coded
      let own = names.dictionary.firstIndex(of: entry.experiment.id).map { Int32($0) } ?? .max
      for row in 0..<rows where names.codes[row] != own { arms.codes[row] = -1 }
    }
    return arms
  }

  /// The cell that the levels of all factors name.
  private func cells(_ factors: [CodedColumn], _ rows: Int) -> CodedColumn {
    guard var joined = factors.first else { return .missing(rows) }
    for factor in factors.dropFirst() { joined = pairs(joined, factor, rows) }
    return joined
  }

  /// The words of two columns joined by `/`, numbered as they come.
  private func pairs(_ first: CodedColumn, _ second: CodedColumn, _ rows: Int) -> CodedColumn {
    var dictionary: [String] = []
    // A pair's number within its first word: a word has few partners, and no row needs a hash.
    var partners = [[Int32]](repeating: [], count: first.dictionary.count)
    let width = second.dictionary.count
    var codes = [Int32](repeating: -1, count: rows)
    for row in 0..<rows {
      let (a, b) = (Int(first.codes[row]), Int(second.codes[row]))
      guard a >= 0, b >= 0 else { continue }
      if partners[a].isEmpty { partners[a] = [Int32](repeating: -1, count: width) }
      if partners[a][b] < 0 {
        partners[a][b] = Int32(dictionary.count)
        dictionary.append("\(first.dictionary[a])/\(second.dictionary[b])")
      }
      codes[row] = partners[a][b]
    }
    return CodedColumn(codes: codes, dictionary: dictionary)
  }
}

extension CodedColumn {
  static func missing(_ rows: Int) -> CodedColumn {
    CodedColumn(codes: [Int32](repeating: -1, count: rows), dictionary: [])
  }
}

extension TableReader.Values {
  /// What was asked for as a number or a measurement.
  var numbers: [Double] {
    if case .number(let values) = self { values } else { [] }
  }

  fileprivate var times: [Instant] {
    if case .time(let values) = self { values } else { [] }
  }

  fileprivate var bytes: ByteStrings {
    if case .bytes(let values) = self { values } else { ByteStrings() }
  }

  var coded: CodedColumn {
    guard case .category(let codes, let dictionary) = self else { return .missing(0) }
    return CodedColumn(codes: codes, dictionary: dictionary)
  }
}
