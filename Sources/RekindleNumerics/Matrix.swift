/// A dense matrix of doubles, row-major: row `i` is `storage[i * columns ..< (i + 1) * columns]`.
///
/// Row-major because a block of rows, the unit of all the work here, is then one contiguous run.
public struct Matrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  /// `rows * columns` elements.
  public var storage: [Double]

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, storage: [Double](repeating: 0, count: rows * columns))
  }

  /// - Precondition: `storage.count == rows * columns`.
  public init(rows: Int, columns: Int, storage: [Double]) {
    precondition(storage.count == rows * columns, "a \(rows) × \(columns) matrix of \(storage.count)")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// A matrix from its rows, which have one length.
  public init(rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0, storage: rows.flatMap { $0 })
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { storage[row * columns + column] }
    set { storage[row * columns + column] = newValue }
  }
}
