/// The unit in which a model's times are counted.
public enum TimeUnit: String, Sendable, Hashable, Codable, CaseIterable {
  case day, week
  /// The mean month of the Gregorian calendar, 30.436875 days.
  case month

  public var days: Double {
    switch self {
    case .day: 1
    case .week: 7
    case .month: 30.436875
    }
  }
}

/// A length of time that knows its unit, so that weeks are never read as days.
public struct TimeSpan: Sendable, Hashable, Codable {
  public var amount: Double
  public var unit: TimeUnit

  public init(_ amount: Double, _ unit: TimeUnit) {
    self.amount = amount
    self.unit = unit
  }

  public static func days(_ amount: Double) -> TimeSpan { TimeSpan(amount, .day) }
  public static func weeks(_ amount: Double) -> TimeSpan { TimeSpan(amount, .week) }
  public static func months(_ amount: Double) -> TimeSpan { TimeSpan(amount, .month) }

  /// The same length counted in another unit.
  public func count(of other: TimeUnit) -> Double {
    unit == other ? amount : amount * unit.days / other.days
  }
}
