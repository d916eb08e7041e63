/// A result as a value: a title, named columns and rows of cells, before anyone has decided how it
/// is shown.
///
/// `text()`, `markdown()`, `csv()` and `json()` render it. What people read is rounded as the
/// columns say; what programs read carries every digit.
public struct ResultTable: Sendable, Hashable {
  public enum Alignment: Sendable, Hashable {
    case leading, trailing
  }

  public struct Column: Sendable, Hashable {
    /// The name, which is also the key in JSON and the header in CSV.
    public var name: String
    public var alignment: Alignment
    /// Shown after the name to people, as in `spend (CNY)`.
    public var unit: String?
    /// Digits after the point where a cell does not say; `nil`: as many as it takes.
    public var digits: Int?

    public init(
      _ name: String, alignment: Alignment = .trailing, unit: String? = nil, digits: Int? = nil
    ) {
      self.name = name
      self.alignment = alignment
      self.unit = unit
      self.digits = digits
    }

    /// The heading that people see.
    var heading: String { unit.map { "\(name) (\($0))" } ?? name }
  }

  public enum Cell: Sendable, Hashable {
    case text(String)
    /// `digits` after the point; `nil`: what the column says.
    case number(Double, digits: Int? = nil)
    case integer(Int)
    /// A share: 0.25 is shown as 25.0 %.
    case percent(Double, digits: Int = 1)
    /// An amount in the column's unit, shown with two digits.
    case money(Double)
    case missing
  }

  public var title: String?
  public var columns: [Column]
  public private(set) var rows: [[Cell]]

  /// - Precondition: every row has a cell a column.
  public init(title: String? = nil, columns: [Column], rows: [[Cell]] = []) {
    self.title = title
    self.columns = columns
    self.rows = []
    for row in rows { append(row) }
  }

  /// - Precondition: the row has a cell a column.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row of \(row.count) cells under \(columns.count) columns")
    rows.append(row)
  }
}

extension ResultTable.Cell: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
}

extension ResultTable.Cell {
  /// What people see; a missing cell and a number that is not finite are an en dash.
  func shown(digits columnDigits: Int?) -> String {
    switch self {
    case .text(let text): return text
    case .number(let value, let digits):
      guard value.isFinite else { return "–" }
      guard let digits = digits ?? columnDigits else { return shortest(value) }
      return fixed(value, digits: digits)
    case .integer(let value): return String(value)
    case .percent(let value, let digits):
      return value.isFinite ? fixed(value * 100, digits: digits) + "%" : "–"
    case .money(let value): return value.isFinite ? grouped(fixed(value, digits: 2)) : "–"
    case .missing: return "–"
    }
  }

  /// What programs read: every digit, a share as a share; `nil` when missing or not finite.
  var exact: String? {
    switch self {
    case .text(let text): text
    case .number(let value, _), .percent(let value, _), .money(let value):
      value.isFinite ? shortest(value) : nil
    case .integer(let value): String(value)
    case .missing: nil
    }
  }
}
