public import RekindleCore

/// Everything that is known about the customers, column by column, ready to be asked.
///
/// Events are grouped by kind (a *stream* a kind), within a stream by customer, and within a
/// customer by time. Ties in time are ordered by the event's own content (attributes in declared
/// order), so the order of the input rows changes nothing. An event that is asked about is always
/// asked by kind, and only the kinds that have an attribute carry its column; that is why there is
/// a stream a kind and not one long table.
public struct EventLog: Sendable {
  /// The ids of all customers, in ascending order of their UTF-8 bytes. A customer is known by its
  /// index here everywhere else.
  public let customers: [String]
  /// One stream a kind, ordered by the kind's name.
  public let streams: [EventStream]
  /// The project's calendar: what "day" means.
  public let calendar: CivilCalendar
  /// The first and the last instant of any event; `nil` when the log is empty.
  public let span: ClosedRange<Instant>?

  public init(customers: [String], streams: [EventStream], calendar: CivilCalendar) {
    self.customers = customers
    self.streams = streams
    self.calendar = calendar
    var first = Instant.distantFuture
    var last = Instant.distantPast
    for stream in streams {
      for time in stream.times {
        first = min(first, time)
        last = max(last, time)
      }
    }
    span = first <= last ? first...last : nil
  }

  /// The stream of a kind, or `nil` when the log has no such kind.
  public func stream(_ kind: String) -> EventStream? {
    streams.first { $0.kind == kind }
  }

  /// All events of all kinds.
  public var eventCount: Int { streams.reduce(0) { $0 + $1.times.count } }
}

/// The events of one kind: customer `c` has those at `offsets[c] ..< offsets[c + 1]`, in time order.
public struct EventStream: Sendable {
  /// Such as `purchase`, `visit`, `message`.
  public let kind: String
  /// One more than there are customers in the log; ascending, from 0 to the number of events.
  public let offsets: [UInt32]
  /// When it happened.
  public let times: [Instant]
  /// When it became known, where the source says so: an event is invisible to a moment before
  /// this, however early it happened. `nil`: known as it happens.
  public let recorded: [Instant]?
  /// In the order in which the source declares them.
  public let attributes: [EventAttribute]

  public init(
    kind: String, offsets: [UInt32], times: [Instant], recorded: [Instant]? = nil,
    attributes: [EventAttribute] = []
  ) {
    self.kind = kind
    self.offsets = offsets
    self.times = times
    self.recorded = recorded
    self.attributes = attributes
  }

  /// The attribute of a name, or `nil`.
  public func attribute(_ name: String) -> EventAttribute? {
    attributes.first { $0.name == name }
  }
}

/// One attribute of the events of a kind.
public struct EventAttribute: Sendable {
  public let name: String
  public let column: EventColumn

  public init(name: String, column: EventColumn) {
    self.name = name
    self.column = column
  }
}

/// What an attribute may hold.
public enum AttributeType: String, Sendable, Hashable, Codable, CaseIterable {
  case number, category, flag, time
}

/// The values of an attribute, one an event.
public enum EventColumn: Sendable {
  /// Missing is NaN.
  case number([Double])
  /// `dictionary` in ascending order of UTF-8 bytes; missing is code −1.
  case category(codes: [Int32], dictionary: [String])
  /// 0 no, 1 yes, 255 missing.
  case flag([UInt8])
  /// Missing is `Instant.distantPast`.
  case time([Instant])

  public var type: AttributeType {
    switch self {
    case .number: .number
    case .category: .category
    case .flag: .flag
    case .time: .time
    }
  }

  public static let missingCode: Int32 = -1
  public static let missingFlag: UInt8 = 255
}
