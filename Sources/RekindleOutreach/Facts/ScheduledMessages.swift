public import RekindleCore

/// Messages that other plans have already set, so that this one counts them.
public struct ScheduledMessages: Sendable, Hashable {
  public private(set) var customers: [String]
  public private(set) var channels: [String]
  public private(set) var times: [Instant]
  /// The action that each is of, for its capacity; `nil` where it is not said.
  public private(set) var actions: [String?]

  public init() {
    customers = []
    channels = []
    times = []
    actions = []
  }

  public var count: Int { customers.count }

  public mutating func append(customer: String, channel: String, at time: Instant, action: String? = nil) {
    customers.append(customer)
    channels.append(channel)
    times.append(time)
    actions.append(action)
  }
}
