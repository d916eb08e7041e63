internal import Foundation
package import RekindleCore
internal import Synchronization

/// Reads a table file (CSV, TSV, Parquet, JSON lines) into typed columns.
///
/// The caller says what each column is; nothing is guessed from values. Where an event source
/// quarantines a bad row, a table is refused whole: a row that is left out here is a customer who is
/// left out.
package enum TableReader {
  /// A column that is wanted, and what it holds.
  package struct Request: Sendable, Hashable {
    package enum ColumnType: Sendable, Hashable {
      case number, flag, category, time, text
      /// A number as a measurement is: yes and no are 1 and 0, and what is infinite stays, for a reader
      /// who refuses it by name.
      case measure
      /// A text as bytes: of millions of ids nobody wants millions of strings.
      case bytes
    }

    package var name: String
    package var type: ColumnType
    /// Whether an empty cell is fine.
    package var mayBeMissing: Bool

    package init(_ name: String, _ type: ColumnType, mayBeMissing: Bool = true) {
      self.name = name
      self.type = type
      self.mayBeMissing = mayBeMissing
    }
  }

  /// Some neighbouring rows.
  package struct Batch: Sendable {
    /// 0-based, in the whole table.
    package var firstRow: Int
    package var count: Int
    /// In the order in which they were asked for. A dictionary may hold words of neighbouring rows too.
    package var columns: [Values]
  }

  /// The values of a column, one a row.
  package enum Values: Sendable {
    /// Missing, and what is not finite in text but for a measurement, is NaN.
    case number([Double])
    /// 0 no, 1 yes, NaN missing.
    case flag([Double])
    /// Words in the order of their first row; missing is −1.
    case category(codes: [Int32], dictionary: [String])
    /// Missing is `Instant.distantPast`.
    case time([Instant])
    case text([String])
    case bytes(ByteStrings)
  }

  /// Reads the columns that `choose` asks for, in its order.
  /// - Parameters:
  ///   - path: `-` is standard input, as CSV.
  ///   - calendar: in which times that do not say their zone are read.
  ///   - choose: gets the names of the file's columns; asks only for names among them.
  /// - Throws: `RK0202` where there is no file, `RK0216` where its name does not say its format,
  ///   `RK0230` for a cell that is not what was asked for, `RK0231` for a row of another shape than
  ///   the header; what the reader of the format throws.
  package static func read(
    _ path: String, calendar: CivilCalendar, workers: Workers,
    choose: (_ columnNames: [String]) throws(Diagnostic) -> [Request]
  ) throws(Diagnostic) -> [Values] {
    switch try open(path, workers) {
    case .text(let file):
      let cast = TableCast(
        requests: try choose(file.columnNames), calendar: calendar, isNeutralised: true)
      var parts: [TablePart] = []
      try forEachPart(of: file, cast, workers) { parts.append($0) }
      return cast.joined(parts, workers)
    case .foreign(let source):
      let cast = TableCast(
        requests: try choose(source.columnNames), calendar: calendar, isNeutralised: false)
      return try read(source, named: path, cast, workers)
    }
  }

  /// Reads the columns that `choose` asks for some rows at a time, so that a table of any length fits
  /// into the memory.
  /// - Parameters:
  ///   - path, calendar, choose: as for `read`.
  ///   - rows: in every batch but the last. Whatever the format, the threads and how the file was
  ///     written: a batch holds the same rows, in the order of the file.
  /// - Throws: as `read`, and what `body` throws.
  package static func forEachBatch(
    _ path: String, rows: Int = 1 << 16, calendar: CivilCalendar, workers: Workers,
    choose: (_ columnNames: [String]) throws(Diagnostic) -> [Request],
    _ body: (Batch) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    switch try open(path, workers) {
    case .text(let file):
      let cast = TableCast(
        requests: try choose(file.columnNames), calendar: calendar, isNeutralised: true)
      var joint = TableJoint(cast: cast, rows: rows, workers: workers)
      try forEachPart(of: file, cast, workers) { (part) throws(Diagnostic) in try joint.add(part, body) }
      try joint.finish(body)
    case .foreign(let source):
      let cast = TableCast(
        requests: try choose(source.columnNames), calendar: calendar, isNeutralised: false)
      var joint = TableJoint(cast: cast, rows: rows, workers: workers)
      // In order, one after the other: batches that several threads deliver have no bounds of their own.
      try source.forEachBatch(columns: places(cast.requests, source.columnNames)) {
        (batch) throws(Diagnostic) in
        let part = cast.part(batch)
        try refuse(part, cast, named: path)
        try joint.add(part, body)
      }
      try joint.finish(body)
    }
  }

  private enum Opened {
    case text(TextFile)
    case foreign(any BatchSource)
  }

  private static func open(_ path: String, _ workers: Workers) throws(Diagnostic) -> Opened {
    let definition = SourceDefinition(
      location: .files([path]), kind: .constant("row"), customer: "", time: .init(""))
    let name = path == "-" ? "standard input" : path
    guard let format = try format(of: path, name, definition) else {
      return .foreign(
        try openForeignSource(definition, named: path, baseDirectory: "", workers: workers))
    }
    return .text(
      try TextFile(
        path: path, name: name, definition: definition, format: format, key: "features", workers: workers))
  }

  private static func format(
    of path: String, _ name: String, _ definition: SourceDefinition
  ) throws(Diagnostic) -> SourceDefinition.Format? {
    do throws(Diagnostic) {
      _ = try SourceFiles.resolve([path], baseDirectory: "", key: "features")
      return try SourceFiles.textFormat(of: definition, file: .init(path: path, name: name), key: "features")
    } catch {
      // Those speak of the project file, which does not name this one.
      var error = error
      error.key = nil
      error.help =
        error.code == "RK0216" ? "give it an ending: .csv, .tsv, .jsonl or .parquet" : "check the path"
      throw error
    }
  }

  private static func forEachPart(
    of file: TextFile, _ cast: TableCast, _ workers: Workers,
    _ body: (TablePart) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let columns = places(cast.requests, file.columnNames)
    try file.forEachBlock(columns: columns, workers: workers) { block, base in
      cast.part(block, base)
    } deliver: { (part, linesBefore) throws(Diagnostic) in
      if let fault = part.fault {
        throw fault.diagnostic(cast.requests, at: .init(file: file.name, line: linesBefore + 1 + fault.line))
      }
      try body(part)
    }
  }

  private static func read(
    _ source: any BatchSource, named name: String, _ cast: TableCast, _ workers: Workers
  ) throws(Diagnostic) -> [Values] {
    let columns = places(cast.requests, source.columnNames)
    let found = Mutex<[TablePart]>([])
    if let source = source as? any ConcurrentBatchSource {
      try source.forEachBatchConcurrently(columns: columns) { batch in
        let part = cast.part(batch)
        found.withLock { $0.append(part) }
      }
    } else {
      try source.forEachBatch(columns: columns) { batch in
        let part = cast.part(batch)
        found.withLock { $0.append(part) }
      }
    }
    let parts = found.withLock { $0 }.sorted { $0.firstRow < $1.firstRow }
    // Of several bad rows always the first is told, whoever came upon his first.
    for part in parts { try refuse(part, cast, named: name) }
    return cast.joined(parts, workers)
  }

  private static func refuse(
    _ part: TablePart, _ cast: TableCast, named name: String
  ) throws(Diagnostic) {
    guard let fault = part.fault else { return }
    let row = part.firstRow + fault.row
    // JSON lines have a line a row; a Parquet file has no lines.
    let isLines = [".jsonl", ".ndjson", ".json"].contains { name.lowercased().hasSuffix($0) }
    throw fault.diagnostic(
      cast.requests, at: .init(file: name, line: isLines ? row : nil), row: isLines ? nil : row)
  }

  private static func places(_ requests: [Request], _ names: [String]) -> [Int] {
    requests.map { request in
      guard let place = names.firstIndex(of: request.name) else {
        preconditionFailure("a column was asked for that is not there")
      }
      return place
    }
  }
}
