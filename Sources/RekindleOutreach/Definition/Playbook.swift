public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// The actions and channels that can be used with the sources that there are, and what was left out.
public struct Playbook: Sendable, Hashable {
  /// In order: the first that is allowed wins.
  public let actions: [Action]
  public let channels: [Channel]
  /// What drops out for want of sources, each a sentence.
  public let messages: [String]
  /// What is allowed and seldom meant, each a sentence.
  public let warnings: [String]

  /// The quantities that rules may name besides features and columns.
  ///
  /// | name | meaning |
  /// |---|---|
  /// | `open_ticket_hours` | age of the oldest open ticket; missing without one |
  /// | `marketing_messages_7d` | marketing messages of the last 7 days |
  public static let facts = ["open_ticket_hours", "marketing_messages_7d"]

  /// Resolves a plan for a schema.
  /// - Parameters:
  ///   - plan: its actions keep their order; those whose features, kinds or attributes are absent drop out.
  ///   - features: what rules may name, and what of it had to drop.
  ///   - columns: names of lifecycle columns and scores, with their types.
  ///   - words: the values that texts among the columns can have, where they are known.
  ///   - consentChannels: the channels that occur in the events of kind `consent`.
  /// - Throws: what `OutreachPlan.validate()` throws; `RK0320` to `RK0332` for a rule that means nothing,
  ///   `RK1009` for a time zone that is no text, `RK1014` for a text that is compared with what it never is,
  ///   `RK1015` for a reason that speaks of what nothing gives.
  public init(
    _ plan: OutreachPlan, features: [FeatureDefinition], dropped: [FeatureSet.Availability.Dropped] = [],
    columns: [String: ValueType] = [:], words: [String: [String]] = [:], schema: EventSchema,
    consentChannels: [String] = []
  ) throws(Diagnostic) {
    try plan.validate()
    var messages: [String] = []
    if plan.guards.consent,
      schema.kind("consent")?.attribute("channel") == nil
        || schema.kind("consent")?.attribute("granted") == nil
    {
      messages.append(
        "no source gives consent.channel and consent.granted: every customer counts as not having agreed to any channel that asks for it"
      )
    }
    if plan.guards.openTicket != nil, schema.kind("ticket") == nil {
      messages.append("the guard open_ticket drops out: no source gives ticket")
    }
    if plan.guards.frequency != nil, schema.kind("message") == nil {
      messages.append("the guard frequency sees only messages that are scheduled: no source gives message")
    }
    if plan.guards.couponCoolOff != nil, schema.kind("coupon") == nil {
      messages.append("the guard coupon_cool_off drops out: no source gives coupon")
    }
    if plan.guards.discountDependence != nil, schema.kind("purchase")?.attribute("discount") == nil {
      messages.append("the guard discount_dependence drops out: no source gives purchase.discount")
    }
    if plan.guards.discountDepth != nil, schema.kind("tier")?.attribute("level") == nil {
      messages.append(
        "the guard discount_depth has the lowest limit for everybody: no source gives tier.level")
    }
    let channels = plan.channels(consent: consentChannels)
    let candidates: [BuiltInPlaybook.Entry]
    if let actions = plan.actions {
      candidates = actions.map { .init(action: $0, rules: [$0.when]) }
    } else {
      let service = channels.filter { $0.consent == nil }.map(\.name)
      let marketing = channels.filter { $0.consent != nil }.map(\.name)
      candidates = BuiltInPlaybook.entries(
        channels: marketing.isEmpty ? channels.map(\.name) : marketing,
        service: service.isEmpty ? channels.map(\.name) : service, guards: plan.guards)
    }
    let lost = Dictionary(dropped.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
    var names = try FeatureGraph(features, schema: schema, inputs: columns.keys.sorted()).types
    try Playbook.checkTimeZone(of: plan, Checker(schema: schema, names: names))
    for (name, type) in columns { names[name] = type }
    let hasTickets = schema.kind("ticket") != nil
    if hasTickets { names["open_ticket_hours"] = .number }
    if schema.kind("message") != nil { names["marketing_messages_7d"] = .number }
    let checker = Checker(schema: schema, names: names)
    /// Why a rule cannot be asked; `nil` when it can.
    func lack(_ rule: Expression, isBuiltIn: Bool) -> String? {
      if let first = EventRequirements(of: [rule], in: schema).missing(from: schema).first {
        return "no source gives \(first)"
      }
      for name in rule.references where names[name] == nil {
        if let reason = lost[name] { return "it uses \(name): \(reason)" }
        if name == "open_ticket_hours" { return "no source gives ticket" }
        if name == "marketing_messages_7d" { return "no source gives message" }
        if isBuiltIn { return "nothing gives \(name)" }
      }
      return nil
    }
    var kept: [Action] = []
    for (place, candidate) in candidates.enumerated() {
      let reasons = candidate.rules.map { lack($0, isBuiltIn: plan.actions == nil) }
      guard let chosen = reasons.firstIndex(of: nil) else {
        messages.append("action \(candidate.action.id) drops out: \((reasons.last ?? nil) ?? "")")
        continue
      }
      var action = candidate.action
      action.when = candidate.rules[chosen]
      do {
        try checker.check(action.when, as: .eligibility, source: action.source)
        try RuleWords(values: words).check(action.when, source: action.source)
      } catch {
        var located = error
        located.key = located.key ?? "outreach.actions.\(place).when"
        throw located
      }
      if plan.actions != nil { try Playbook.checkReason(of: action, place, known: names, lost: lost) }
      kept.append(action)
    }
    if plan.guards.openTicket != nil, hasTickets, !kept.contains(where: { $0.kind == .serviceCall }) {
      messages.append("no action is a service_call: stale tickets raise none")
    }
    let options = kept.reduce(0) { $0 + $1.channels.count }
    guard options <= OutreachPlan.optionLimit else {
      throw Diagnostic(
        "RK1002", "the playbook has \(options) pairs of action and channel", key: "outreach.channels",
        help: "use at most \(OutreachPlan.optionLimit): name fewer channels")
    }
    actions = kept
    warnings = kept.flatMap(plan.armWarnings)
    self.channels = channels
    self.messages = messages
  }

  /// Where the zones come from has to exist: to fall back on the shop's for all would write to people at
  /// night.
  private static func checkTimeZone(of plan: OutreachPlan, _ checker: Checker) throws(Diagnostic) {
    guard let zone = plan.timeZone else { return }
    let key = "outreach.time_zone"
    let type: ValueType
    do {
      type = try checker.check(zone, as: .feature, source: plan.timeZoneSource)
    } catch {
      var located = error
      located.key = located.key ?? key
      throw located
    }
    guard type == .text else {
      throw Diagnostic(
        "RK1009", "the customers' time zone is a text, and this is \(type.words)",
        at: plan.timeZoneSource.map { $0.place(of: 0..<$0.text.count) }, key: key,
        help:
          "name an attribute that holds IANA names, such as latest(consent.time_zone); the shop's own zone is time_zone at the top of the file"
      )
    }
  }
}
