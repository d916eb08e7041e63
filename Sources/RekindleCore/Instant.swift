/// A point in time: microseconds since 1970-01-01T00:00:00 UTC.
///
/// One `Int64` and nothing else, so a column of instants is a column of integers.
public struct Instant: Sendable, Hashable, Comparable, Codable, BitwiseCopyable {
  public var microseconds: Int64

  @inlinable
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  @inlinable
  public init(seconds: Int64) {
    microseconds = seconds * 1_000_000
  }

  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

  /// Days (of 86,400 s) from `other` to this instant; negative when `other` is later.
  @inlinable
  public func days(since other: Instant) -> Double {
    Double(microseconds - other.microseconds) / Instant.microsecondsPerDay
  }

  public static let microsecondsPerDay = 86_400_000_000.0
  public static let distantPast = Instant(microseconds: .min)
  public static let distantFuture = Instant(microseconds: .max)
}
