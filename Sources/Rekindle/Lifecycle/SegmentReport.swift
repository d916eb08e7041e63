internal import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
public import RekindleLifecycle

/// Where every customer is in their life with the shop, at a moment.
///
/// Columns hold a value a customer of the log; `rows` are those who were known at the moment. A part that
/// the sources do not suffice for is `nil`, and `omitted` says why; so is one that a plan does not ask for.
public struct SegmentReport: Sendable {
  public let asOf: Instant
  public let log: EventLog
  /// Customers with an event before the moment, as indices of the log, ascending.
  public let rows: [Int32]
  public let choice: LifecycleChoice
  public let stages: [Stage?]
  public let grades: [RelationshipGrade?]
  /// The third purchase, with which chance becomes a habit, of everyone who has had it.
  public let thirdPurchases: [Occasions.Milestone]
  public let scores: RFM?
  /// `nil` unless every measure has five scores.
  public let groups: [RFMGroup]?
  public let activities: [Activity?]
  public let cooling: CoolingReport?
  /// What customers are due for; `nil` where purchases carry no category.
  public let replenishment: Replenishment?
  public let values: CustomerValues?
  /// Of the model that was given; NaN for who is not eligible.
  public let churnProbabilities: [Double]?
  /// From an earlier date to this one.
  public let transitions: Transitions?
  /// A sentence for each part that was left out.
  public let omitted: [String]

  /// How customers moved since an earlier date.
  public struct Transitions: Sendable {
    public let from: Instant
    public let matrix: TransitionMatrix<Stage>
  }

  /// `P(churn) · lifetime value · margin share`, in currency; NaN where a factor is.
  public func valueAtRisk(_ customer: Int) -> Double {
    guard let churnProbabilities, let values else { return .nan }
    return RekindleLifecycle.valueAtRisk(
      churnProbability: churnProbabilities[customer], expectedMargin: lifetimeMargin(customer, values))
  }

  /// Present value of the margin of the coming months.
  func lifetimeMargin(_ customer: Int, _ values: CustomerValues) -> Double {
    choice.value.margin * values.columns.lifetimeValue[customer]
  }
}

extension Activity {
  /// Whether the silence is usual for this customer.
  public enum Timing: String, Sendable, Hashable, CaseIterable {
    /// Shorter than the usual interval: waiting is not leaving.
    case notDueYet = "not_due_yet"
    /// Past the usual interval, but not by much.
    case late
    /// Past the ratio from which activity counts as low.
    case leaving
  }

  /// `nil` where no interval is known.
  public func timing(_ rules: ActivityRules) -> Timing? {
    guard !overdueRatio.isNaN else { return nil }
    return isNotDueYet ? .notDueYet : overdueRatio < rules.lowRatio ? .late : .leaving
  }
}
