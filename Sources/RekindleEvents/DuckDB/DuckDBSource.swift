internal import RekindleCore
internal import Synchronization

/// A source as DuckDB reads it.
///
/// What has types (Parquet, PostgreSQL, a query) is delivered with them; what has text, or types
/// that are guessed from values or not kept (JSON lines, zstd CSV, SQLite), is delivered as text and
/// cast by the contract's rules like any other text.
final class DuckDBSource: ConcurrentBatchSource {
  /// What the rows of a relation are called in messages, and the relation.
  struct Part {
    var name: String
    var relation: String
    /// The expression of a row's 0-based number, where rows may be read in any order.
    var rowNumber: String?
  }

  private let duckdb: DuckDB
  private let parts: [Part]
  private let columns: [(name: String, type: DuckDBType)]

  var columnNames: [String] { columns.map(\.name) }

  init(_ definition: SourceDefinition, baseDirectory: String, workers: Workers) throws(Diagnostic) {
    // Only Parquet numbers its rows; the order of the others is that of one thread.
    let isParquet = Self.isParquet(definition)
    duckdb = try DuckDB(workers: isParquet ? workers : Workers(1))
    switch definition.location {
    case .files(let paths):
      var parts: [Part] = []
      for path in paths { parts.append(try Self.part(path, definition, duckdb)) }
      self.parts = parts
    case .table(let table, let database):
      let source = try DuckDBAttachment(database, baseDirectory: baseDirectory, to: duckdb)
      parts = [Part(name: table, relation: source.relation(table: table))]
    case .query(let sql, let database?):
      let source = try DuckDBAttachment(database, baseDirectory: baseDirectory, to: duckdb)
      parts = [Part(name: "the query", relation: source.relation(query: sql))]
    case .query(let sql, nil):
      if !baseDirectory.isEmpty {
        try duckdb.run("SET file_search_path = \(DuckDB.literal(baseDirectory))")
      }
      parts = [Part(name: "the query", relation: "(\(sql)\n)")]
    }
    columns = try duckdb.columns(of: parts.first?.relation ?? "").map {
      ($0.name, DuckDBType(asking: $0.type))
    }
  }

  private static func isParquet(_ definition: SourceDefinition) -> Bool {
    guard case .files(let paths) = definition.location else { return false }
    return paths.allSatisfy { format(of: $0, definition) == .parquet }
  }

  private static func format(of path: String, _ definition: SourceDefinition) -> SourceDefinition.Format {
    if let format = definition.format { return format }
    let name = path.lowercased()
    let stem = [".gz", ".zst"].first(where: name.hasSuffix).map { name.dropLast($0.count) } ?? name[...]
    switch stem.split(separator: ".").last {
    case "parquet", "pq": return .parquet
    case "jsonl", "ndjson", "json": return .jsonl
    case "tsv", "tab": return .tsv
    default: return .csv
    }
  }

  static func part(
    _ path: String, _ definition: SourceDefinition, _ duckdb: DuckDB
  ) throws(Diagnostic) -> Part {
    guard path != "-" else {
      throw Diagnostic(
        "RK0284", "standard input can only be CSV, TSV or whitespace", help: "save it to a file first")
    }
    let file = DuckDB.literal(path)
    switch format(of: path, definition) {
    case .parquet:
      return Part(
        name: path, relation: "read_parquet(\(file), file_row_number = true)", rowNumber: "file_row_number")
    case .jsonl:
      // Names are taken from all rows: a field that the shop began to write last year counts too.
      let names = try duckdb.columns(
        of: "read_json(\(file), format = 'newline_delimited', sample_size = -1)"
      ).map(\.name)
      let types = names.map { "\(DuckDB.identifier($0)): 'VARCHAR'" }.joined(separator: ", ")
      return Part(
        name: path, relation: "read_json(\(file), format = 'newline_delimited', columns = {\(types)})")
    case .csv, .tsv, .whitespace:
      return Part(name: path, relation: "read_csv(\(file), \(csvOptions(path, definition)))")
    }
  }

  /// Nothing is sniffed: every option is stated, every value is text.
  private static func csvOptions(_ path: String, _ definition: SourceDefinition) -> String {
    let isTabbed = format(of: path, definition) == .tsv
    let delimiter = definition.delimiter ?? (isTabbed ? "\t" : ",")
    var options = [
      "all_varchar = true", "quote = '\"'", "escape = '\"'",
      "strict_mode = true", "delim = \(DuckDB.literal(delimiter))",
    ]
    switch definition.header {
    // Only the names are left to detect.
    case .present: options += ["header = true", "auto_detect = true"]
    case .absent(let names):
      let types = names.map { "\(DuckDB.identifier($0)): 'VARCHAR'" }.joined(separator: ", ")
      options += ["header = false", "auto_detect = false", "columns = {\(types)}"]
    }
    return options.joined(separator: ", ")
  }

  func forEachBatch(
    columns indices: [Int], _ body: (RawBatch) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    for part in parts {
      var row = 1
      let types = indices.map { columns[$0].type }
      let selected = expressions(indices).map { "(\($0.sql))::\($0.type.name)" }.joined(separator: ", ")
      // A source without columns to read still has rows to count.
      try duckdb.stream("SELECT \(selected.isEmpty ? "NULL" : selected) FROM \(part.relation)") {
        (chunk) throws(Diagnostic) in
        try body(RawBatch(chunk, types, file: part.name, firstRow: row))
        row += chunk.count
      }
    }
  }

  func forEachBatchConcurrently(
    columns indices: [Int], _ body: @escaping @Sendable (RawBatch) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let types = indices.map { columns[$0].type }
    for part in parts {
      guard let rowNumber = part.rowNumber else {
        try forEachBatch(columns: indices, body)
        return
      }
      let growing = GrowingBatches(types, file: part.name)
      try duckdb.scan(expressions(indices) + [(rowNumber, .integer)], from: part.relation) {
        (chunk) throws(Diagnostic) in
        let numbers = chunk.column(types.count).values(Int64.self, chunk.count)
        guard let first = numbers.first, let last = numbers.last else { return }
        precondition(last - first + 1 == chunk.count, "rows of a chunk are neighbours")
        if let batch = growing.add(chunk, firstRow: Int(first) + 1) { try body(batch) }
      }
      for batch in growing.takeAll() { try body(batch) }
    }
  }

  private func expressions(_ indices: [Int]) -> [(sql: String, type: DuckDBType)] {
    indices.map { (DuckDB.identifier(columns[$0].name), columns[$0].type) }
  }
}

/// The batches that several threads fill at once, each with chunks that are neighbours in the file.
///
/// DuckDB does not say when a thread is done, nor which one it is; which batch a chunk belongs to is
/// told by the number of its first row.
private final class GrowingBatches: Sendable {
  /// A batch is full with so many rows: its columns still fit the cache of a core.
  private static let rows = 10_240
  /// So many may wait. A batch at the end of a row group waits in vain when another thread has begun
  /// the next group before.
  private static let mostWaiting = 32

  private let types: [DuckDBType]
  private let file: String
  /// By the number of the row that each waits for.
  private let waiting = Mutex<[Int: GrowingBatch]>([:])

  init(_ types: [DuckDBType], file: String) {
    self.types = types
    self.file = file
  }

  /// - Returns: a batch that is full with this chunk, or has waited too long.
  func add(_ chunk: DuckDBChunk, firstRow: Int) -> RawBatch? {
    let batch =
      waiting.withLock { $0.removeValue(forKey: firstRow) }
      ?? GrowingBatch(types, file: file, firstRow: firstRow)
    batch.append(chunk)
    if batch.count >= Self.rows { return batch.finish() }
    let oldest = waiting.withLock { waiting -> GrowingBatch? in
      waiting[batch.nextRow] = batch
      guard waiting.count > Self.mostWaiting, let first = waiting.keys.min() else { return nil }
      return waiting.removeValue(forKey: first)
    }
    return oldest?.finish()
  }

  /// What is left at the end, in the order of the file.
  func takeAll() -> [RawBatch] {
    waiting.withLock { waiting in
      defer { waiting = [:] }
      return waiting.values.map { $0.finish() }.sorted { $0.firstRow < $1.firstRow }
    }
  }
}
