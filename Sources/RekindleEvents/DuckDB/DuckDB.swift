internal import CDuckDB
internal import Foundation
package import RekindleCore
internal import Synchronization

/// A DuckDB database in memory and one connection to it, for as long as the object lives.
///
/// Nothing is downloaded (extensions are loaded from files that were set up) and nothing is
/// spilled to disk, so customers' data never lies in a folder that nobody watches. The session's
/// time zone is UTC, whatever the machine's.
///
/// One thread at a time may use it; a query itself runs on as many threads as it was opened with.
package final class DuckDB {
  private let database: UnsafeMutableRawPointer
  private let connection: UnsafeMutableRawPointer
  private let library: String
  /// Sinks need names of their own while they are registered.
  private var sinkCount = 0

  /// - Throws: `RK0280` when there is no library, `RK0281` when it cannot make a database.
  package init(workers: Workers) throws(Diagnostic) {
    library = try DuckDBLibrary.load()
    let settings = [
      "threads", String(workers.count), "autoinstall_known_extensions", "false", "temp_directory", "",
    ]
    var database: UnsafeMutableRawPointer?
    var connection: UnsafeMutableRawPointer?
    var reason: UnsafeMutablePointer<CChar>?
    let opened = withCStrings(settings) {
      rk_duckdb_open($0, settings.count / 2, &database, &reason)
    }
    guard opened == 0, let database, rk_duckdb_connect(database, &connection) == 0, let connection else {
      let text = reason.map { String(cString: $0) } ?? "no reason given"
      rk_duckdb_free(reason)
      throw Diagnostic("RK0281", "DuckDB could not start: \(text)", kind: .internalError)
    }
    self.database = database
    self.connection = connection
    // Without the ICU extension there is no such setting, and nothing that depends on a zone.
    try? run("SET TimeZone = 'UTC'")
  }

  deinit {
    rk_duckdb_disconnect(connection)
    rk_duckdb_close(database)
  }

  /// The library's version, such as `v1.5.5`.
  package static func version() throws(Diagnostic) -> String {
    _ = try DuckDBLibrary.load()
    return String(cString: rk_duckdb_version())
  }

  /// Runs a statement whose rows, if any, do not matter.
  /// - Throws: `RK0282` with DuckDB's own words.
  package func run(_ sql: String) throws(Diagnostic) {
    let result = rk_duckdb_query(connection, sql)
    defer { rk_duckdb_destroy_result(result) }
    try check(result)
  }

  /// All rows of a small query, as text; `nil` is NULL.
  package func rows(_ sql: String) throws(Diagnostic) -> [[String?]] {
    let result = rk_duckdb_query(connection, "SELECT COLUMNS(*)::VARCHAR FROM (\(sql))")
    defer { rk_duckdb_destroy_result(result) }
    try check(result)
    let width = rk_duckdb_column_count(result)
    var rows: [[String?]] = []
    while let chunk = rk_duckdb_fetch(result) {
      defer { rk_duckdb_destroy_chunk(chunk) }
      let part = DuckDBChunk(chunk)
      let columns = (0..<width).map { part.column($0) }
      for row in 0..<part.count { rows.append(columns.map { $0.string(row) }) }
    }
    return rows
  }

  /// The names of a relation's columns and of their types.
  package func columns(of relation: String) throws(Diagnostic) -> [(name: String, type: String)] {
    try rows("DESCRIBE SELECT * FROM \(relation)").map { ($0[0] ?? "", $0[1] ?? "") }
  }

  /// Hands over the rows of a query chunk by chunk, in the query's order, while it runs.
  ///
  /// A stream that fails looks like one that ends, so the error is asked for after the last chunk.
  package func stream(
    _ sql: String, _ body: (DuckDBChunk) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let result = rk_duckdb_stream(connection, sql)
    defer { rk_duckdb_destroy_result(result) }
    try check(result)
    while let chunk = rk_duckdb_fetch(result) {
      defer { rk_duckdb_destroy_chunk(chunk) }
      try body(DuckDBChunk(chunk))
    }
    try check(result)
  }

  /// Hands over the rows of a query to several threads at once, in no order: `body` runs on the
  /// threads that decode, on their vectors, so nothing waits for a single consumer.
  ///
  /// It is a function of the selected columns that DuckDB calls as it would any other; a stream
  /// has one consumer, and several streams would have to agree about who reads which rows.
  /// - Parameters:
  ///   - expressions: what to select, with its DuckDB type.
  ///   - relation: what stands after FROM.
  package func scan(
    _ expressions: [(sql: String, type: DuckDBType)], from relation: String,
    _ body: @escaping @Sendable (DuckDBChunk) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    sinkCount += 1
    let name = "rekindle_sink_\(sinkCount)"
    let sink = DuckDBSink(body)
    let types = expressions.map(\.type.rawValue)
    let registered = rk_duckdb_register_sink(
      connection, name, types, types.count,
      { context, chunk in
        guard let context, let chunk else { return 1 }
        let sink = Unmanaged<DuckDBSink>.fromOpaque(context).takeUnretainedValue()
        return sink.take(DuckDBChunk(chunk)) ? 0 : 1
      }, Unmanaged.passUnretained(sink).toOpaque())
    guard registered == 0 else {
      throw Diagnostic("RK0281", "DuckDB refused a function", kind: .internalError)
    }
    let arguments = expressions.map { "(\($0.sql))::\($0.type.name)" }.joined(separator: ", ")
    let outcome = Result { () throws(Diagnostic) in
      try run("SELECT count(\(name)(\(arguments))) FROM \(relation)")
    }
    withExtendedLifetime(sink) {}
    if let failure = sink.failure { throw failure }
    try outcome.get()
  }

  /// Makes `name` a view over an Arrow stream, which must outlive the queries on it.
  func makeView(_ name: String, over stream: UnsafeMutablePointer<ArrowArrayStream>) throws(Diagnostic) {
    guard rk_duckdb_arrow_view(connection, name, stream) == 0 else {
      throw Diagnostic("RK0281", "DuckDB refused a table of ours", kind: .internalError)
    }
  }

  /// Loads an extension from the file that was set up for it, or one that DuckDB itself installed.
  package func load(extension name: String) throws(Diagnostic) {
    let file = DuckDBLibrary.extensionFile(name, library: library)
    do throws(Diagnostic) {
      try run("LOAD \(Self.literal(file ?? name))")
    } catch {
      throw Diagnostic(
        "RK0283", "DuckDB's extension \(name) is not set up", notes: ["DuckDB says: \(error.message)"],
        help: "run `make setup`")
    }
  }

  /// A name as SQL takes it, whatever is in it.
  package static func identifier(_ name: String) -> String {
    "\"\(name.replacing("\"", with: "\"\""))\""
  }

  /// A text as SQL takes it.
  package static func literal(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
  }

  private func check(_ result: OpaquePointer?) throws(Diagnostic) {
    guard let error = rk_duckdb_error(result) else { return }
    throw Diagnostic("RK0282", String(cString: error))
  }
}

/// What stands behind a registered sink: the body, and why it stopped.
private final class DuckDBSink: Sendable {
  private let body: @Sendable (DuckDBChunk) throws(Diagnostic) -> Void
  private let stoppedBy = Mutex<Diagnostic?>(nil)

  init(_ body: @escaping @Sendable (DuckDBChunk) throws(Diagnostic) -> Void) {
    self.body = body
  }

  var failure: Diagnostic? { stoppedBy.withLock { $0 } }

  func take(_ chunk: DuckDBChunk) -> Bool {
    do throws(Diagnostic) {
      try body(chunk)
      return true
    } catch {
      stoppedBy.withLock { if $0 == nil { $0 = error } }
      return false
    }
  }
}

private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  let copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
}
