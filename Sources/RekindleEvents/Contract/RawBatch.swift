package import RekindleCore

/// Some rows of a source as its reader found them, before the contract is applied.
///
/// The columns are those that were asked for, in the order in which they were asked. A reader that
/// only has text (JSON lines, SQLite, a query with everything as text) delivers text, and every
/// value is cast by the same rules as a CSV cell; a reader that has types (Parquet) delivers them.
package struct RawBatch: Sendable {
  /// What the rows came from, for messages and the quarantine file: a file's path or a table's name.
  package var file: String
  /// The 1-based number of the batch's first row in `file`; the others follow it without a gap.
  package var firstRow: Int
  package var count: Int
  package var columns: [RawColumn]

  package init(file: String, firstRow: Int, count: Int, columns: [RawColumn]) {
    self.file = file
    self.firstRow = firstRow
    self.count = count
    self.columns = columns
  }
}

/// One column of a `RawBatch`.
package struct RawColumn: Sendable {
  package enum Values: Sendable {
    /// UTF-8, cast by the source's rules; an empty string is missing.
    case text(ByteStrings)
    /// `codes[row]` is an index into `words`, which have the rank of text. A code outside is missing.
    case dictionary(codes: [Int32], words: ByteStrings)
    case integer([Int64])
    case number([Double])
    case flag([Bool])
    /// Microseconds since 1970-01-01T00:00 UTC (a timestamp with a zone).
    case instant([Int64])
    /// Microseconds of a wall clock since 1970-01-01T00:00 (a timestamp without a zone): read in
    /// the source's zone.
    case wallClock([Int64])
    /// Days since 1970-01-01: the local midnight that begins the day.
    case date([Int32])
  }

  package var values: Values
  /// Which rows hold nothing; `nil` when none does. The value under a missing row means nothing.
  package var isMissing: [Bool]?

  package init(_ values: Values, isMissing: [Bool]? = nil) {
    self.values = values
    self.isMissing = isMissing
  }
}

/// A source that delivers `RawBatch`es: what the readers of other formats than text are.
package protocol BatchSource {
  /// The names of all columns, in the source's order.
  var columnNames: [String] { get }
  /// Delivers all rows, in an order that does not depend on the number of threads, with the columns
  /// at these indices of `columnNames`.
  func forEachBatch(
    columns: [Int], _ body: (RawBatch) throws(Diagnostic) -> Void
  ) throws(Diagnostic)
}
