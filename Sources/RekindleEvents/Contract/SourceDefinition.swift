/// What a source is and how its rows become events: one entry of `sources:` in the project file.
public struct SourceDefinition: Sendable, Hashable, Codable {
  /// Where the rows are.
  public enum Location: Sendable, Hashable, Codable {
    /// Paths or globs, relative to the project file; `-` is standard input.
    case files([String])
    /// A table of a SQLite file (a path) or of a PostgreSQL database (`postgresql://…`).
    case table(String, database: String)
    /// The rows of a query, on a database or, when `nil`, on files (DuckDB's SQL).
    case query(String, database: String?)
  }

  public enum Format: String, Sendable, Hashable, Codable, CaseIterable {
    case csv, tsv, whitespace, jsonl, parquet
  }

  /// Whether the first record names the columns.
  public enum Header: Sendable, Hashable, Codable {
    case present
    /// The names, in order.
    case absent(columns: [String])
  }

  /// Which kind of event a row is.
  public enum KindMapping: Sendable, Hashable, Codable {
    /// Every row is of this kind.
    case constant(String)
    /// The word in a column decides: `map` has the source's word on the left, the kind on the right.
    case column(String, map: [String: String], other: OtherKinds)
  }

  /// What becomes of a row whose word is not in the map.
  public enum OtherKinds: String, Sendable, Hashable, Codable, CaseIterable {
    case ignore, quarantine
  }

  /// A column of times.
  public struct TimeColumn: Sendable, Hashable, Codable {
    public var column: String
    /// `nil` is ISO 8601; else strptime's letters (`%d/%m/%Y %H:%M`) or `epoch_s`, `epoch_ms`,
    /// `epoch_us`.
    public var format: String?
    /// The IANA zone of times that do not say theirs; `nil` is the project's.
    public var timeZone: String?

    public init(_ column: String, format: String? = nil, timeZone: String? = nil) {
      self.column = column
      self.format = format
      self.timeZone = timeZone
    }
  }

  public struct Attribute: Sendable, Hashable, Codable {
    public var name: String
    public var column: String
    public var type: AttributeType

    public init(_ name: String, column: String, type: AttributeType = .category) {
      self.name = name
      self.column = column
      self.type = type
    }
  }

  /// What a negative value means.
  public enum NegativePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// The row is an event of kind `refund`, with the value made positive.
    case refund
    case keep, quarantine
  }

  /// What becomes of rows that are identical in every column.
  public enum DuplicatePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    case keep, drop
  }

  /// What becomes of several events of a kind of one customer on one local day.
  public enum SameDayPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    case keep
    /// They are one event at the time of the first; numbers are summed, the rest is the first's.
    case merge
  }

  public var location: Location
  /// `nil`: by the ending of the file's name.
  public var format: Format?
  /// As iconv names it.
  public var encoding: String
  public var header: Header
  /// `nil`: the format's own.
  public var delimiter: String?
  /// The decimal mark of numbers: `.` or `,`.
  public var decimal: String
  /// A mark between groups of three digits, where numbers have one; `nil` refuses any.
  public var thousands: String?
  public var kind: KindMapping
  /// The column of customer ids.
  public var customer: String
  public var time: TimeColumn
  /// The column that says when the row became known.
  public var recorded: TimeColumn?
  /// The column of the number attribute `value`.
  public var value: String?
  public var attributes: [Attribute]
  public var negative: NegativePolicy
  public var duplicates: DuplicatePolicy
  public var sameDay: SameDayPolicy
  /// The largest part of the rows that may be quarantined, 0 to 1.
  public var quarantineLimit: Double

  public init(
    location: Location, format: Format? = nil, encoding: String = "utf-8", header: Header = .present,
    delimiter: String? = nil, decimal: String = ".", thousands: String? = nil, kind: KindMapping,
    customer: String, time: TimeColumn, recorded: TimeColumn? = nil, value: String? = nil,
    attributes: [Attribute] = [], negative: NegativePolicy = .refund,
    duplicates: DuplicatePolicy = .keep, sameDay: SameDayPolicy = .keep, quarantineLimit: Double = 0.01
  ) {
    self.location = location
    self.format = format
    self.encoding = encoding
    self.header = header
    self.delimiter = delimiter
    self.decimal = decimal
    self.thousands = thousands
    self.kind = kind
    self.customer = customer
    self.time = time
    self.recorded = recorded
    self.value = value
    self.attributes = attributes
    self.negative = negative
    self.duplicates = duplicates
    self.sameDay = sameDay
    self.quarantineLimit = quarantineLimit
  }
}
