internal import Foundation
public import RekindleCore

/// Writes tables as Parquet files, through DuckDB.
///
/// The same rows make the same bytes, whatever the number of threads. The file appears whole or not
/// at all.
public enum ParquetWriter {
  public enum Compression: String, Sendable, Hashable, CaseIterable {
    case none = "uncompressed"
    case snappy, zstd
  }

  /// Rows that are compressed together; DuckDB's own choice.
  public static let rowsInGroup = 122_880
  /// Words or numbers that a dictionary of a column in a row group may have. Counts and categories
  /// have few; for others DuckDB would hash every value for a dictionary that it then throws away.
  private static let wordsInDictionary = 1000

  /// Writes columns of equal length.
  /// - Throws: `RK0280` without DuckDB, `RK0002` or `RK0282` when the file cannot be written.
  public static func write(
    columns: [OutputColumn], rowCount: Int, to path: String, compression: Compression = .snappy,
    for audience: OutputFile.Audience = .owner, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    precondition(columns.allSatisfy { $0.count == rowCount })
    var start = 0
    try write(to: path, compression: compression, for: audience, workers: workers) {
      () throws(Diagnostic) in
      // Without rows there is still one batch, which says the columns.
      if start > 0 && start >= rowCount { return nil }
      let rows = start..<min(start + rowsInGroup, rowCount)
      start = max(1, rows.upperBound)
      return columns.map { $0[rows] }
    }
  }

  /// Writes batches as they are made, until `next` gives `nil`. All batches have the columns of the
  /// first, which must be there.
  public static func write(
    to path: String, compression: Compression = .snappy, for audience: OutputFile.Audience = .owner,
    workers: Workers = Workers(1), next: @escaping () throws(Diagnostic) -> [OutputColumn]?
  ) throws(Diagnostic) {
    let duckdb = try DuckDB(workers: workers)
    guard let first = try next(), !first.isEmpty else {
      throw Diagnostic("RK0286", "a Parquet file needs at least one column", kind: .internalError)
    }
    try OutputFile.replace(path, for: audience) { (temporary) throws(Diagnostic) in
      // Made here, so that what DuckDB writes is the owner's from the first byte.
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      if descriptor >= 0 { close(descriptor) }
      let export = ArrowExport(first: first, next: next)
      do throws(Diagnostic) {
        try export.withStream { (stream) throws(Diagnostic) in
          try duckdb.makeView("rows", over: stream)
          try duckdb.run(
            """
            COPY (SELECT * FROM "rows") TO \(DuckDB.literal(temporary)) (FORMAT parquet, \
            COMPRESSION \(compression.rawValue), ROW_GROUP_SIZE \(rowsInGroup), \
            DICTIONARY_SIZE_LIMIT \(wordsInDictionary), USE_TMP_FILE false)
            """)
        }
      } catch {
        throw export.failure ?? unwritten(path, error)
      }
    }
  }

  private static func unwritten(_ path: String, _ error: Diagnostic) -> Diagnostic {
    Diagnostic(
      "RK0002", "cannot write \(path)", notes: ["DuckDB says: \(error.message)"],
      help: "make the folder, or give another path with --output")
  }
}

extension OutputColumn {
  /// Some of the rows.
  subscript(rows: Range<Int>) -> OutputColumn {
    let part: Values =
      switch values {
      case .number(let values): .number(Array(values[rows]))
      case .integer(let values): .integer(Array(values[rows]))
      case .text(let values): .text(Array(values[rows]))
      case .category(let codes, let words): .category(codes: Array(codes[rows]), words: words)
      case .flag(let values): .flag(Array(values[rows]))
      case .time(let values): .time(Array(values[rows]))
      }
    return OutputColumn(name, part)
  }
}
