/// An interval of values that the data do not contradict.
///
/// `unbounded` is an honest answer: a ratio whose denominator may be 0 has no finite interval.
public struct Interval: Sendable, Hashable {
  public let lower: Double
  public let upper: Double

  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  public static let unbounded = Interval(-.infinity, .infinity)

  /// Nothing could be computed.
  public static let undefined = Interval(.nan, .nan)

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  public var isBounded: Bool { lower.isFinite && upper.isFinite }
}
