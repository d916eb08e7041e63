public import RekindleBehaviour

/// What a project file says under `outreach`: who is held out, the channels, the playbook, the guard-rails.
public struct OutreachPlan: Sendable, Hashable {
  /// The share of money from a customer that the shop keeps, for the value at risk.
  public var margin: Double
  /// `nil`: nobody is held out.
  public var holdout: Holdout?
  /// `nil`: one a channel of the events of kind `consent`, and the shop's own desk for service.
  public var channels: [Channel]?
  /// In order: the first that is allowed wins. `nil`: the built-in playbook.
  public var actions: [Action]?
  public var guards: Guards
  /// Gives the IANA name of each customer's time zone, a text that looks back and may name features:
  /// `latest(consent.time_zone)`. Send times and quiet hours are meant in it; who has none has the shop's.
  /// `nil`: all have.
  public var timeZone: Expression?
  /// The text of `timeZone`, for the caret of an error.
  public var timeZoneSource: ExpressionSource?

  public init(
    margin: Double = 1, holdout: Holdout? = nil, channels: [Channel]? = nil, actions: [Action]? = nil,
    guards: Guards = Guards(), timeZone: Expression? = nil, timeZoneSource: ExpressionSource? = nil
  ) {
    self.margin = margin
    self.holdout = holdout
    self.channels = channels
    self.actions = actions
    self.guards = guards
    self.timeZone = timeZone
    self.timeZoneSource = timeZoneSource
  }

  /// Customers whom no plan ever sends marketing, drawn by the hash of the experiments.
  public struct Holdout: Sendable, Hashable {
    public var share: Double
    /// What the draw is salted with. Experiments of a layer with this name hold out the same customers
    /// (the larger share contains the smaller).
    public var layer: String

    public init(_ share: Double, layer: String = "outreach") {
      self.share = share
      self.layer = layer
    }
  }
}

extension OutreachPlan {
  /// The channels of the file, or else those of the events and the shop's own desk.
  /// - Parameter consent: the channels that occur in the events of kind `consent`.
  package func channels(consent: [String]) -> [Channel] {
    channels ?? (consent.isEmpty ? ["email"] : consent).map { Channel($0, consent: $0) }
      + [BuiltInPlaybook.desk]
  }

  /// What the rules and reasons of its playbook, and its time zone, speak of: features, lifecycle columns,
  /// scores and facts.
  package var names: Set<String> {
    let entries =
      actions?.map { BuiltInPlaybook.Entry(action: $0, rules: [$0.when]) }
      ?? BuiltInPlaybook.entries(channels: [], service: [], guards: guards)
    return Set(
      entries.flatMap { entry in entry.rules.flatMap(\.references) + templateNames(entry.action.reason) }
        + (timeZone?.references ?? []))
  }

  /// Whether any message goes out at an hour that is learned from visits and purchases.
  package var asksHours: Bool {
    actions?.contains { action in
      action.send.isLearned || action.trial?.arms.contains { $0.send?.isLearned ?? false } ?? false
    } ?? true
  }
}
