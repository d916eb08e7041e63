public import RekindleBehaviour

/// One thing that a shop can do for a customer, and for whom.
public struct Action: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case serviceCall = "service_call"
    case survey
    case content
    case pointsReminder = "points_reminder"
    case tierReminder = "tier_reminder"
    case replenishment
    case recommendation
    case coupon
    /// Leaves the customer alone, and ends the playbook for them.
    case nothing

    /// Whether it answers the customer rather than asks something of them: the holdout, the frequency cap
    /// and the ticket guard are not for service.
    ///
    /// A survey asks, so it counts as marketing.
    public var isService: Bool { self == .serviceCall }

    /// The purpose that consent is asked for.
    public var purpose: String { isService ? "service" : "marketing" }
  }

  /// What in the customer's relation with the shop the action speaks to.
  public enum Core: String, Sendable, Hashable, Codable, CaseIterable {
    case need, experience, emotion, value
  }

  /// The experiment that an action feeds.
  ///
  /// The arm of each customer comes from the stored assignment. A customer who is held out of the
  /// experiment, or whom it does not reach, does not get the action and goes on to the next.
  public struct Trial: Sendable, Hashable {
    public var experiment: String
    /// What an arm gets in place of the action's own; an arm that is not listed gets the action as it is
    /// written.
    public var arms: [Arm]

    public init(_ experiment: String, arms: [Arm] = []) {
      self.experiment = experiment
      self.arms = arms
    }

    public struct Arm: Sendable, Hashable {
      public var name: String
      /// `false`: customers of this arm do not get the action, and go on to the next: they are what the
      /// action is compared with.
      public var isTreated: Bool
      /// `nil`: the action's own.
      public var offer: Offer?
      /// `nil`: the action's own.
      public var send: SendSlot?

      public init(_ name: String, isTreated: Bool = true, offer: Offer? = nil, send: SendSlot? = nil) {
        self.name = name
        self.isTreated = isTreated
        self.offer = offer
        self.send = send
      }
    }
  }

  /// Its name in files and reports.
  public var id: String
  public var kind: Kind
  /// A flag that looks back; it may name features, lifecycle columns and scores. Where it is missing the
  /// action is not for the customer.
  public var when: Expression
  /// The text of `when`, for the caret of an error.
  public var source: ExpressionSource?
  /// Names of channels, the usual one first; a customer's preferred one among them goes before.
  public var channels: [String]
  /// Of one action, without what the channel costs.
  public var cost: Double
  /// How many may be done in a week; `nil`: any number.
  public var capacity: Int?
  public var core: Core?
  public var send: SendSlot
  /// Of a coupon.
  public var offer: Offer?
  public var trial: Trial?
  /// Why, in words, with the names of features, columns and facts in braces:
  /// `last order {days_since_last_order} days ago`. A part between commas that needs a missing value is
  /// left out.
  public var reason: String

  public init(
    id: String, kind: Kind, when: Expression, source: ExpressionSource? = nil, channels: [String] = [],
    cost: Double = 0, capacity: Int? = nil, core: Core? = nil, send: SendSlot = .now, offer: Offer? = nil,
    trial: Trial? = nil, reason: String = ""
  ) {
    self.id = id
    self.kind = kind
    self.when = when
    self.source = source
    self.channels = channels
    self.cost = cost
    self.capacity = capacity
    self.core = core
    self.send = send
    self.offer = offer
    self.trial = trial
    self.reason = reason
  }
}
