/// What was promised before the start: error rates, the effect that is looked for, and when it may be
/// looked at.
public struct Plan: Sendable, Hashable {
  /// Two-sided.
  public var alpha: Double
  public var power: Double
  /// The smallest effect worth finding on the primary metric.
  public var effect: Metric.Margin?
  public var looking: Looking
  /// The units of all arms that are planned; what shares of the information are of. `nil`: they are of the
  /// planned days.
  public var units: Int?
  /// Of always-valid looks.
  public var sequence: Sequence

  public init(
    alpha: Double = 0.05, power: Double = 0.8, effect: Metric.Margin? = nil, looking: Looking = .once,
    units: Int? = nil, sequence: Sequence = .asymptotic
  ) {
    self.alpha = alpha
    self.power = power
    self.effect = effect
    self.looking = looking
    self.units = units
    self.sequence = sequence
  }

  public enum Looking: Sendable, Hashable {
    /// At the end.
    case once
    /// At planned shares of the information, ascending, the last 1; alpha is spent as `spending` says.
    case groupSequential(shares: [Double], spending: Spending, futility: Spending?)
    /// Whenever one likes. `tunedAt`: the number of units at which the interval is narrowest.
    case alwaysValid(tunedAt: Int?)
  }

  /// What an always-valid interval leans on.
  public enum Sequence: String, Sendable, Hashable, Codable, CaseIterable {
    /// The normal distribution of sums: of every metric, right from some hundred units on.
    case asymptotic
    /// Nothing: right at any number of units, and wider. Of proportions that are not adjusted; other
    /// metrics keep the asymptotic one.
    case bounded
  }

  /// Lan and DeMets' approximations of two classical boundaries.
  public enum Spending: String, Sendable, Hashable, Codable, CaseIterable {
    case obrienFleming = "obrien_fleming"
    case pocock
  }
}
