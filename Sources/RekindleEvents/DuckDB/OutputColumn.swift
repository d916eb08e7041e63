public import RekindleCore

/// A named column of a table that is written to a file.
public struct OutputColumn: Sendable {
  /// The values, one a row. What is missing is written as null.
  public enum Values: Sendable {
    /// Missing is NaN.
    case number([Double])
    case integer([Int64])
    case text([String])
    /// `codes[row]` is an index into `words`; missing is −1.
    case category(codes: [Int32], words: [String])
    /// 0 no, 1 yes; anything else is missing.
    case flag([UInt8])
    /// Missing is `Instant.distantPast`.
    case time([Instant])
  }

  public var name: String
  public var values: Values

  public init(_ name: String, _ values: Values) {
    self.name = name
    self.values = values
  }

  /// The number of rows.
  public var count: Int {
    switch values {
    case .number(let values): values.count
    case .integer(let values): values.count
    case .text(let values): values.count
    case .category(let codes, _): codes.count
    case .flag(let values): values.count
    case .time(let values): values.count
    }
  }
}
