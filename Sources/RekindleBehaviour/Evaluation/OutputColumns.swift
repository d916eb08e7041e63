/// The columns of a table while threads fill them, each its own rows.
struct OutputColumns: @unchecked Sendable {
  private let columns: [UnsafeMutablePointer<Double>]

  /// Columns of memory that `body` writes whole: the threads that fill a page are the first to
  /// touch it.
  static func fill(count: Int, rows: Int, _ body: (OutputColumns) -> Void) -> [[Double]] {
    fill(count, rows, [], body)
  }

  private static func fill(
    _ remaining: Int, _ rows: Int, _ columns: [UnsafeMutablePointer<Double>],
    _ body: (OutputColumns) -> Void
  ) -> [[Double]] {
    guard remaining > 0 else {
      body(OutputColumns(columns: columns))
      return []
    }
    var rest: [[Double]] = []
    let column = [Double](unsafeUninitializedCapacity: max(1, rows)) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      rest = fill(remaining - 1, rows, columns + [base], body)
      count = rows
    }
    return [column] + rest
  }

  /// Copies values to their rows of a column. All missing numbers leave as the same bits.
  func write(_ values: UnsafePointer<Double>, to column: Int, rows: RowPlaces) {
    let out = columns[column]
    if let first = rows.first {
      let start = out + first
      for row in 0..<rows.count { start[row] = values[row].isNaN ? .nan : values[row] }
    } else {
      for row in 0..<rows.count { out[rows.list[row]] = values[row].isNaN ? .nan : values[row] }
    }
  }
}
