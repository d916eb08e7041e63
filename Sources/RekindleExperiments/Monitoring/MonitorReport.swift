public import RekindleCore
public import RekindleStatistics

/// Where a running experiment stands, and whether to stop it.
public struct MonitorReport: Sendable, Hashable {
  public enum Advice: String, Sendable, Hashable, Codable {
    case stop
    case goOn = "go_on"
    case review
  }

  public var experiment: String
  public var advice: Advice
  /// Why, in one sentence.
  public var reason: String
  public var nextStep: String
  /// Until the planned end; `nil` when there is none.
  public var daysLeft: Int?
  public var health: HealthReport
  /// By day, then metric and variant.
  public var looks: [Look]

  public init(
    experiment: String, advice: Advice, reason: String, nextStep: String, daysLeft: Int?,
    health: HealthReport, looks: [Look]
  ) {
    self.experiment = experiment
    self.advice = advice
    self.reason = reason
    self.nextStep = nextStep
    self.daysLeft = daysLeft
    self.health = health
    self.looks = looks
  }

  /// A metric of one arm and the control on one day, as far as the plan lets it be looked at.
  public struct Look: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable, Codable {
      /// The plan does not let one look today.
      case hidden
      case open
      case better
      case worse
      /// The smallest effect worth finding is out of reach.
      case futile
    }

    public var day: CivilDate
    public var metric: String
    public var role: Metric.Role
    public var variant: String
    public var controlCount: Int
    public var variantCount: Int
    /// Share of the planned time; NaN without a planned end.
    public var information: Double
    /// NaN where it is hidden.
    public var difference: Double
    /// Of a planned look: difference / standard error.
    public var statistic: Double
    /// What `|statistic|` has to reach.
    public var boundary: Double
    /// The smallest so far.
    public var alwaysValidP: Double
    /// A confidence sequence, or the repeated interval of a planned look.
    public var interval: Interval
    public var verdict: Verdict

    public init(
      day: CivilDate, metric: String, role: Metric.Role, variant: String, controlCount: Int,
      variantCount: Int, information: Double, difference: Double = .nan, statistic: Double = .nan,
      boundary: Double = .nan, alwaysValidP: Double = .nan, interval: Interval = .undefined,
      verdict: Verdict = .hidden
    ) {
      self.day = day
      self.metric = metric
      self.role = role
      self.variant = variant
      self.controlCount = controlCount
      self.variantCount = variantCount
      self.information = information
      self.difference = difference
      self.statistic = statistic
      self.boundary = boundary
      self.alwaysValidP = alwaysValidP
      self.interval = interval
      self.verdict = verdict
    }
  }
}
