/// What a file seems to be, with the evidence for it: a proposal that a person confirms, never a
/// setting that is used unseen.
public struct SniffedSource: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    public var name: String
    public var content: Content
    /// Of the rows looked at.
    public var blankRows: Int
    public var distinct: Int
    /// The first values that differ, at most three.
    public var examples: [String]
  }

  /// What all cells of a column that are not blank can be read as.
  public enum Content: Sendable, Hashable {
    case blank
    case number(decimal: String)
    case flag
    /// The formats that fit; `nil` is ISO 8601. More than one means that the file does not say.
    case time(formats: [String?])
    case text
  }

  /// A finding and why.
  public struct Guess<Finding: Sendable & Hashable>: Sendable, Hashable {
    public var finding: Finding
    /// One sentence without a full stop.
    public var evidence: String

    public init(_ finding: Finding, evidence: String) {
      self.finding = finding
      self.evidence = evidence
    }
  }

  /// As a source names it.
  public var file: String
  public var encoding: Guess<String>
  public var format: SourceDefinition.Format
  /// `nil` for whitespace.
  public var delimiter: Guess<String?>
  public var header: Guess<SourceDefinition.Header>
  public var columns: [Column]
  /// How many rows were looked at.
  public var rowsSeen: Int
  /// Whether that was the whole file.
  public var isWhole: Bool
  public var decimal: String
  public var customer: Guess<String>?
  /// Its format is one of those that fit; see `timeFormats`.
  public var time: Guess<SourceDefinition.TimeColumn>?
  /// All formats that fit the time column; more than one has to be decided by a person.
  public var timeFormats: [String?]
  public var value: Guess<String>?
  public var kind: Guess<SourceDefinition.KindMapping>
  public var attributes: [SourceDefinition.Attribute]
  /// Columns that were left out, and why.
  public var leftOut: [Guess<String>]

  /// Whether the dates can be read in more than one way, so that a person must say which.
  public var isTimeAmbiguous: Bool { timeFormats.count > 1 }

  /// The definition that follows; `nil` where no customer or no time was found, or where the dates
  /// can be read in two ways.
  public var definition: SourceDefinition? {
    guard let customer, let time, !isTimeAmbiguous else { return nil }
    let usual: String? = format == .csv ? "," : format == .tsv ? "\t" : nil
    return SourceDefinition(
      location: .files([file]), format: format, encoding: encoding.finding, header: header.finding,
      delimiter: delimiter.finding == usual ? nil : delimiter.finding, decimal: decimal,
      kind: kind.finding, customer: customer.finding, time: time.finding, value: value?.finding,
      attributes: attributes)
  }
}
