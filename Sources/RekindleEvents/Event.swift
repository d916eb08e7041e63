public import RekindleCore

/// One event as a value: for tests, for the simulator, and for Swift programs that have events in
/// hand. Files take the columnar way instead.
public struct Event: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    case number(Double)
    case category(String)
    case flag(Bool)
    case time(Instant)

    var type: AttributeType {
      switch self {
      case .number: .number
      case .category: .category
      case .flag: .flag
      case .time: .time
      }
    }
  }

  public var customer: String
  public var kind: String
  public var time: Instant
  public var recorded: Instant?
  /// An attribute that is absent here is missing.
  public var attributes: [String: Value]

  public init(
    customer: String, kind: String, time: Instant, recorded: Instant? = nil,
    attributes: [String: Value] = [:]
  ) {
    self.customer = customer
    self.kind = kind
    self.time = time
    self.recorded = recorded
    self.attributes = attributes
  }
}
