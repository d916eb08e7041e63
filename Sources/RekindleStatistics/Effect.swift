/// What a comparison of a variant with its control found.
///
/// ```
/// difference = variant − control         in the unit of the metric
/// lift       = variant / control − 1     relative to the control
/// ```
/// Everything that cannot be computed is NaN; an interval that has no end on a side is infinite there.
public struct Effect: Sendable, Hashable {
  /// The value in the control group: a rate, a mean, a quantile.
  public var control: Double
  public var variant: Double
  public var difference: Double
  /// Of the difference, without the hypothesis of no difference.
  public var standardError: Double
  public var differenceInterval: Interval
  public var lift: Double
  public var liftInterval: Interval
  /// The estimator's name, as it is chosen and as it is printed: `welch`, `miettinen_nurminen`.
  public var method: String
  /// Of the reference distribution; `nil` where that is normal, or the test exact.
  public var degreesOfFreedom: Double?
  /// NaN where the test has none.
  public var statistic: Double
  public var pValue: Double

  public init(
    control: Double, variant: Double, difference: Double, standardError: Double,
    differenceInterval: Interval, lift: Double, liftInterval: Interval, method: String,
    degreesOfFreedom: Double?, statistic: Double, pValue: Double
  ) {
    self.control = control
    self.variant = variant
    self.difference = difference
    self.standardError = standardError
    self.differenceInterval = differenceInterval
    self.lift = lift
    self.liftInterval = liftInterval
    self.method = method
    self.degreesOfFreedom = degreesOfFreedom
    self.statistic = statistic
    self.pValue = pValue
  }
}
