internal import RekindleCore

/// A SQLite file or a PostgreSQL database that a DuckDB connection can read, and only read.
struct DuckDBAttachment {
  private enum System { case sqlite, postgres }

  private let system: System
  private static let alias = "source"

  /// - Parameter database: `postgresql://…`, or the path of a SQLite file.
  /// - Throws: `RK0283` without the extension, `RK0285` when the database cannot be opened.
  init(_ database: String, baseDirectory: String, to duckdb: DuckDB) throws(Diagnostic) {
    let isPostgres = ["postgresql://", "postgres://"].contains(where: database.hasPrefix)
    system = isPostgres ? .postgres : .sqlite
    var location = database
    if isPostgres {
      try duckdb.load(extension: "postgres_scanner")
    } else {
      try duckdb.load(extension: "sqlite_scanner")
      // A SQLite column may hold anything, whatever it is declared as: text is what all of it is.
      try duckdb.run("SET sqlite_all_varchar = true")
      if !database.hasPrefix("/"), !baseDirectory.isEmpty { location = "\(baseDirectory)/\(database)" }
    }
    let type = isPostgres ? "postgres" : "sqlite"
    do throws(Diagnostic) {
      try duckdb.run("ATTACH \(DuckDB.literal(location)) AS \(Self.alias) (TYPE \(type), READ_ONLY)")
      if !isPostgres { try duckdb.run("USE \(Self.alias)") }
    } catch {
      throw Diagnostic(
        "RK0285", "cannot open the database \(Self.withoutPassword(database))",
        notes: ["DuckDB says: \(Self.withoutSecret(error.message, database))"],
        help: isPostgres ? "check the address, the user and that the server is up" : "check the path")
    }
  }

  /// `name`, or `schema.name`.
  func relation(table: String) -> String {
    let path = table.split(separator: ".", maxSplits: 1).map { DuckDB.identifier(String($0)) }
    return ([Self.alias] + path).joined(separator: ".")
  }

  /// The rows of a query in PostgreSQL's own SQL, or in DuckDB's on the tables of a SQLite file.
  func relation(query: String) -> String {
    switch system {
    case .postgres: "postgres_query(\(DuckDB.literal(Self.alias)), \(DuckDB.literal(query)))"
    case .sqlite: "(\(query)\n)"
    }
  }

  /// The address as it may be shown.
  static func withoutPassword(_ address: String) -> String {
    guard let secret = password(in: address) else { return address }
    return address.replacing(":\(secret)@", with: ":…@")
  }

  private static func withoutSecret(_ message: String, _ address: String) -> String {
    let shown = message.replacing(address, with: withoutPassword(address))
    guard let secret = password(in: address), !secret.isEmpty else { return shown }
    return shown.replacing(secret, with: "…")
  }

  /// What stands between the user's name and the last @ of `scheme://user:password@host`.
  private static func password(in address: String) -> Substring? {
    guard let scheme = address.firstRange(of: "://"),
      let end = address[scheme.upperBound...].lastIndex(of: "@"),
      let colon = address[scheme.upperBound..<end].firstIndex(of: ":")
    else { return nil }
    return address[address.index(after: colon)..<end]
  }
}
