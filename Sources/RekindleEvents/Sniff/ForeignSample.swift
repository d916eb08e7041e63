internal import RekindleCore

/// The first rows of a file that DuckDB reads, as text beside the types that it knows.
struct ForeignSample {
  /// Of Parquet and JSON lines; enough to see what a column holds.
  private static let rowLimit = 10_000

  let columns: [SniffedSource.Column]
  let rows: [[String]]
  /// Whether those are all rows.
  let isWhole: Bool

  /// The format of a file that is not plain text, by the ending of its name; `nil` for the others.
  static func format(of name: String) -> SourceDefinition.Format? {
    var name = name.lowercased()
    let isZstandard = name.hasSuffix(".zst")
    if isZstandard { name.removeLast(4) }
    if name.hasSuffix(".gz") { name.removeLast(3) }
    switch name.split(separator: ".").last {
    case "parquet", "pq": return .parquet
    case "jsonl", "ndjson", "json": return .jsonl
    case "tsv", "tab": return isZstandard ? .tsv : nil
    default: return isZstandard ? .csv : nil
    }
  }

  /// - Throws: `RK0280` without DuckDB, `RK0282` where the file is not of the format.
  init(_ path: String, format: SourceDefinition.Format) throws(Diagnostic) {
    let duckdb = try DuckDB(workers: Workers(1))
    // Only place and format matter for the relation; the roles are what is being looked for.
    let definition = SourceDefinition(
      location: .files([path]), format: format, kind: .constant("visit"), customer: "", time: .init(""))
    let part = try DuckDBSource.part(path, definition, duckdb)
    let described = try duckdb.columns(of: part.relation).filter { $0.name != part.rowNumber }
    let names = described.map { DuckDB.identifier($0.name) }.joined(separator: ", ")
    let found = try duckdb.rows(
      "SELECT \(names) FROM \(part.relation) LIMIT \(ForeignSample.rowLimit)")
    rows = found.map { $0.map { $0 ?? "" } }
    isWhole = rows.count < ForeignSample.rowLimit
    columns = described.enumerated().map { [rows] place, column in
      var guess = ColumnGuess.column(column.name, rows.map { $0[place] })
      // A typed time needs no format, whatever its text looks like.
      if column.type.hasPrefix("TIMESTAMP") || column.type == "DATE" { guess.content = .time(formats: [nil]) }
      return guess
    }
  }
}
