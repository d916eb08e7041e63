/// A customer's purchases as the buy-till-you-die models see them: how often, when last, how long known.
///
/// Times are counted from the day of the first purchase and carry their unit: every model converts them
/// to its own, so that a monthly rate cannot be applied to days.
public struct RepeatHistory: Sendable, Hashable {
  /// Distinct purchase days after the first: x.
  public var repeats: Double
  /// Age at the last purchase: t_x; 0 without repeats.
  public var lastAge: Double
  /// Age at the end of the observation: T.
  public var age: Double
  /// Of both ages.
  public var unit: TimeUnit

  public init(repeats: Double, lastAge: Double, age: Double, unit: TimeUnit) {
    self.repeats = repeats
    self.lastAge = lastAge
    self.age = age
    self.unit = unit
  }

  /// The same history with its ages in another unit.
  public func counted(in other: TimeUnit) -> RepeatHistory {
    if unit == other { return self }
    let factor = unit.days / other.days
    return RepeatHistory(repeats: repeats, lastAge: lastAge * factor, age: age * factor, unit: other)
  }

  /// Whether this can be a history: 0 ≤ t_x ≤ T, x ≥ 0, and a last age if and only if there are repeats.
  public var isPossible: Bool {
    repeats >= 0 && repeats.isFinite && lastAge >= 0 && lastAge <= age && age.isFinite
      && (repeats > 0) == (lastAge > 0)
  }
}
