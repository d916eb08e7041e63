/// A way to reach a customer.
public struct Channel: Sendable, Hashable {
  public var name: String
  /// The channel's name in the events of kind `consent`; `nil`: it needs none, such as a note in the
  /// parcel or the shop's own desk that answers a ticket.
  public var consent: String?
  public var quiet: QuietHours?
  /// Of one message.
  public var cost: Double

  public init(_ name: String, consent: String?, quiet: QuietHours? = .night, cost: Double = 0) {
    self.name = name
    self.consent = consent
    self.quiet = quiet
    self.cost = cost
  }
}

/// Hours of the local day in which nothing is sent: from `start` up to but not including `end`, over
/// midnight where `end` is the smaller.
public struct QuietHours: Sendable, Hashable {
  /// Minutes from midnight, 0 to 1439.
  public var start: Int
  public var end: Int

  public init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }

  /// 21:00 to 09:00.
  public static let night = QuietHours(start: 21 * 60, end: 9 * 60)

  /// Reads `21:00-09:00`.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = minuteOfDay(parts[0]), let end = minuteOfDay(parts[1]) else {
      return nil
    }
    self.init(start: start % 1440, end: end % 1440)
  }

  @inline(__always)
  func contains(minute: Int) -> Bool {
    start < end ? minute >= start && minute < end : minute >= start || minute < end
  }
}

extension QuietHours: CustomStringConvertible {
  public var description: String { "\(clockText(start))-\(clockText(end))" }
}
