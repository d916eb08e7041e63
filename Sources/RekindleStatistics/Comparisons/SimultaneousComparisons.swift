/// Comparisons of several groups whose adjusted p-values and intervals hold together: with probability
/// `confidence` all intervals contain their differences, and an interval leaves out 0 exactly when its
/// adjusted p-value is at most 1 − confidence.
public struct SimultaneousComparisons: Sendable, Hashable {
  /// `dunnett`, `tukey_kramer`, `games_howell`.
  public let method: String
  public let confidence: Double
  public let alternative: Alternative
  public let comparisons: [Comparison]
  /// The groups that could not take part, by their places: too few units, no variance, or nothing finite.
  /// The family is that of the others.
  public let leftOut: [Int]

  public struct Comparison: Sendable, Hashable {
    /// The place of the group that is subtracted.
    public let control: Int
    public let variant: Int
    /// variant − control, in the unit of the metric.
    public let difference: Double
    public let standardError: Double
    /// `nil` for the normal distribution.
    public let degreesOfFreedom: Double?
    /// Difference / standard error.
    public let statistic: Double
    /// Of this comparison alone.
    public let pValue: Double
    /// The chance that any comparison of the family would be as extreme if no group differed.
    public let adjustedPValue: Double
    /// The interval's half-length in standard errors.
    public let criticalValue: Double
    public let interval: Interval
  }
}

extension SimultaneousComparisons.Comparison {
  init(
    control: Int, variant: Int, difference: Double, standardError: Double, degreesOfFreedom: Double,
    alternative: Alternative, criticalValue: Double, tail: (_ statistic: Double) -> Double
  ) {
    self.control = control
    self.variant = variant
    self.difference = difference
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom.isFinite ? degreesOfFreedom : nil
    self.criticalValue = criticalValue
    statistic = difference / standardError
    pValue = ReferenceLaw(degreesOfFreedom: self.degreesOfFreedom).pValue(statistic, alternative)
    // Rounding must not make the family's p-value the smaller one.
    let extreme =
      switch alternative {
      case .twoSided: abs(statistic)
      case .less: -statistic
      case .greater: statistic
      }
    adjustedPValue = max(pValue, tail(extreme))
    let reach = criticalValue * standardError
    interval = Interval(
      alternative == .less ? -.infinity : difference - reach,
      alternative == .greater ? .infinity : difference + reach)
  }
}
