public import RekindleCore
public import RekindleEvents
public import RekindleLifecycle
public import RekindleStatistics

/// What repeats in a shop: how customers climb from purchase to purchase, in which rhythm, with what
/// after what, and how much of it hangs on discounts.
///
/// A section that was not asked for is `nil`, and so is one that the sources do not suffice for; `omitted`
/// says why.
public struct LadderReport: Sendable {
  /// What can be asked for; each is one table.
  public enum Section: String, Sendable, Hashable, CaseIterable {
    /// A row a rung.
    case rungs
    /// The share who never come back.
    case oneAndDone = "one_and_done"
    /// A row a rung and a number of days.
    case curves
    /// A rung in groups of customers, with the log-rank test between them.
    case groups
    /// A row a category: how long a purchase lasts.
    case replenishment
    /// Which category follows which.
    case association
    case channels
    /// The cohort triangle.
    case retention
    /// New, returning, resurrected and dormant customers of each month.
    case flow
    /// How much customers buy because of discounts.
    case discounts
    /// Second to third purchase, by whether the second was discounted.
    case thirdPurchase = "third_purchase"
    /// How soon who bought in a promotion comes back after it.
    case promotions
  }

  /// One rung's curves by group.
  public struct Comparison: Sendable {
    public let rung: Int
    /// By what customers were grouped.
    public let by: String
    public let curves: [(name: String, curve: KaplanMeier)]
    /// `nil` where no test can be made.
    public let test: LogRank?
  }

  public let asOf: Instant
  public let log: EventLog
  public let choice: LifecycleChoice
  public let occasions: Occasions
  public let ladder: Ladder
  public let comparison: Comparison?
  public let replenishment: Replenishment?
  /// Of each rule of the file, in its order.
  public let reminders: [[FollowUpRule.Reminder]]
  public let association: CategoryAssociation?
  public let channels: ChannelPreference?
  public let retention: CohortRetention?
  public let flow: MonthlyFlow?
  public let discounts: DiscountDependence?
  /// A sentence for each part that was left out.
  public let omitted: [String]
}
