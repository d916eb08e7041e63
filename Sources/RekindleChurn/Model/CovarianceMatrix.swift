/// A covariance matrix that a document can hold and a person can look at: a text a row, the lower
/// triangle only.
public struct CovarianceMatrix: Sendable, Hashable {
  public let order: Int
  /// Row-major, both triangles.
  public let values: [Double]

  /// - Parameter values: row-major, `order * order`; the lower triangle is read.
  public init(order: Int, values: [Double]) {
    precondition(values.count == order * order, "\(values.count) values of a covariance of order \(order)")
    self.order = order
    var full = values
    for row in 0..<order {
      for column in 0..<row { full[column * order + row] = full[row * order + column] }
    }
    self.values = full
  }

  public subscript(row: Int, column: Int) -> Double { values[row * order + column] }
}

extension CovarianceMatrix: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let rows = try container.decode([String].self)
    var values = [Double](repeating: 0, count: rows.count * rows.count)
    for (row, text) in rows.enumerated() {
      let numbers = text.split(separator: " ").compactMap { Double($0) }
      guard numbers.count == row + 1 else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "row \(row + 1) of the covariance has not \(row + 1) numbers")
      }
      for (column, value) in numbers.enumerated() { values[row * rows.count + column] = value }
    }
    self.init(order: rows.count, values: values)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      (0..<order).map { row in (0...row).map { self[row, $0].description }.joined(separator: " ") })
  }
}
