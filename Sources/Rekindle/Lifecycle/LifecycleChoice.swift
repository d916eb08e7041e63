public import RekindleBehaviour
public import RekindleCore
public import RekindleLifecycle
public import RekindleStatistics

/// What the project file says under `lifecycle:`; every setting has a default.
public struct LifecycleChoice: Sendable, Hashable {
  /// Which stage begins where.
  public struct Stages: Sendable, Hashable {
    /// Purchase days that make a habit, and with it a loyal customer.
    public var habit = 3
    /// Days without a purchase.
    public var dormantAfter = 90
    public var lostAfter = 365
    /// Rules of the project's own, each in place of the one built in.
    public var overrides: [Stage: ExpressionSource] = [:]
  }

  /// Where recency, frequency and money are cut, and over how many days the latter two are measured.
  public struct Scores: Sendable, Hashable {
    public var recency = RFMCut.quintiles
    public var frequency = RFMCut.quintiles
    public var money = RFMCut.quintiles
    /// `nil`: since the first purchase.
    public var days: Int?
  }

  /// The buy-till-you-die model that values customers.
  public enum ValueModel: String, Sendable, Hashable, CaseIterable {
    case mbgNBD = "mbg_nbd"
    case bgNBD = "bg_nbd"
    case paretoNBD = "pareto_nbd"
  }

  /// How customers are valued.
  public struct Value: Sendable, Hashable {
    public var model = ValueModel.mbgNBD
    /// In which the model's times and rates are reported.
    public var unit = TimeUnit.week
    /// Over how many months a lifetime value is summed.
    public var months = 12
    /// By how much a year's delay makes money worth less: 0.1 for a tenth.
    public var yearlyDiscount = 0.1
    /// The share of spend that is margin; 1 values spend itself.
    public var margin = 1.0
  }

  /// A time in which the shop gave discounts to all.
  public struct Promotion: Sendable, Hashable {
    public var first: CivilDate
    public var last: CivilDate
  }

  public var occasion = OccasionUnit.day
  public var stages = Stages()
  public var grades = GradeRules()
  public var scores = Scores()
  public var activity = ActivityRules()
  public var value = Value()
  public var retention = CohortRetention.Periods.calendarMonths
  public var followUps: [FollowUpRule] = []
  public var promotions: [Promotion] = []

  public init() {}
}
