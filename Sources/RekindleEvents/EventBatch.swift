public import RekindleCore

/// The kinds that a log can hold, and the attributes that the events of each carry.
public struct EventSchema: Sendable, Hashable {
  public struct Kind: Sendable, Hashable {
    public var name: String
    /// In the order in which columns are kept and ties are broken.
    public var attributes: [Attribute]
    /// Whether events carry the time at which they became known.
    public var isRecorded: Bool

    public init(name: String, attributes: [Attribute], isRecorded: Bool = false) {
      self.name = name
      self.attributes = attributes
      self.isRecorded = isRecorded
    }
  }

  public struct Attribute: Sendable, Hashable {
    public var name: String
    public var type: AttributeType

    public init(name: String, type: AttributeType) {
      self.name = name
      self.type = type
    }
  }

  public var kinds: [Kind]

  public init(kinds: [Kind]) {
    self.kinds = kinds
  }
}

/// Byte strings end to end: string `i` is `bytes[ends[i − 1] ..< ends[i]]`.
public struct ByteStrings: Sendable {
  public var bytes: [UInt8]
  public var ends: [Int]

  public init() {
    bytes = []
    ends = []
  }

  public var count: Int { ends.count }

  public mutating func append(_ text: some Sequence<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  public func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  public func string(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }
}

/// Rows that a source has decoded and cast, all of one kind: what an `EventLogBuilder` takes.
///
/// `columns` are in the order of the kind's attributes in the schema; dictionaries of category
/// columns are the batch's own and need no order.
public struct EventBatch: Sendable {
  /// Index into `EventSchema.kinds`.
  public var kind: Int
  public var customers: ByteStrings
  public var times: [Instant]
  public var recorded: [Instant]?
  public var columns: [EventColumn]
  /// The rows of the columns that are the batch's, where not all are: a block of rows of several
  /// kinds is a batch a kind over the same columns, and nothing moves until an event is kept.
  var rows: [Int32]?

  /// The number of events.
  public var count: Int { rows?.count ?? times.count }

  public init(
    kind: Int, customers: ByteStrings, times: [Instant], recorded: [Instant]? = nil, columns: [EventColumn]
  ) {
    self.kind = kind
    self.customers = customers
    self.times = times
    self.recorded = recorded
    self.columns = columns
  }
}
