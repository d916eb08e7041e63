internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleOutreach
internal import Yams

extension OutreachChoice {
  /// The section `outreach:`.
  /// - Parameters:
  ///   - margin: of `lifecycle.value`, which values customers here too.
  ///   - experiments: those that actions can feed.
  ///   - places: of the whole file, so that a conflict can show both of its lines.
  init(
    _ value: YAMLValue?, margin: Double, experiments: [String], places: [String: Diagnostic.Place]
  ) throws(Diagnostic) {
    plan = OutreachPlan(margin: margin)
    isDeclared = value != nil
    guard let value, !value.isEmpty else { return }
    let mapping = try value.mapping()
    try mapping.allowOnly(["time_zone", "holdout", "channels", "actions", "guards", "scheduled"])
    if let zone = try mapping["time_zone"]?.expressionSource() {
      plan.timeZone = try Expression(parsing: zone)
      plan.timeZoneSource = zone
    }
    plan.holdout = try mapping["holdout"].flatMap { (value) throws(Diagnostic) in
      try OutreachPlan.Holdout(value)
    }
    if let channels = try mapping["channels"]?.mapping() {
      var all: [Channel] = []
      for entry in channels.entries { all.append(try Channel(entry.name, entry.value)) }
      plan.channels = all
    }
    if let actions = try mapping["actions"]?.list() {
      var all: [Action] = []
      for item in actions { all.append(try Action(item, experiments: experiments)) }
      plan.actions = all
    }
    plan.guards = try Guards(mapping["guards"])
    scheduled = try mapping["scheduled"]?.text()
    do throws(Diagnostic) {
      try plan.validate()
    } catch {
      throw error.quoting(places)
    }
  }
}

extension Diagnostic {
  /// The diagnostic with the line of its setting, and of the one that it conflicts with.
  fileprivate func quoting(_ places: [String: Place]) -> Diagnostic {
    var quoted = self
    if quoted.key == "outreach.margin" { quoted.key = "lifecycle.value.margin" }
    quoted.place = quoted.key.flatMap { ProjectFile.place(of: $0, among: places) }
    quoted.against?.place = against.flatMap { ProjectFile.place(of: $0.key, among: places) }
    return quoted
  }
}

extension OutreachPlan.Holdout {
  /// `0.1`, or `{share: 0.1, layer: outreach}`; 0 is none.
  fileprivate init?(_ value: YAMLValue) throws(Diagnostic) {
    let share: Double
    var layer = OutreachPlan.Holdout(0).layer
    if value.isMapping {
      let mapping = try value.mapping()
      try mapping.allowOnly(["share", "layer"])
      share = try mapping.require("share", help: "write {share: 0.1}").percentage()
      layer = try mapping["layer"]?.text() ?? layer
    } else {
      share = try value.percentage()
    }
    guard share > 0 else { return nil }
    self.init(share, layer: layer)
  }
}

extension Channel {
  /// `{consent: sms, quiet: "21:00-09:00", cost: 0.05}`; consent is asked under the channel's own name
  /// unless it says otherwise.
  fileprivate init(_ name: String, _ value: YAMLValue) throws(Diagnostic) {
    self.init(name, consent: name)
    let mapping = try value.mapping()
    try mapping.allowOnly(["consent", "quiet", "cost"])
    if let text = try mapping["consent"]?.text() { consent = text == "none" ? nil : text }
    if let value = mapping["quiet"] {
      let text = try value.text()
      if text == "none" {
        quiet = nil
      } else {
        guard let hours = QuietHours(text) else { throw value.mismatch("hours such as 21:00-09:00, or none") }
        quiet = hours
      }
    }
    cost = try mapping["cost"]?.number() ?? cost
  }
}

extension Action {
  fileprivate init(_ value: YAMLValue, experiments: [String]) throws(Diagnostic) {
    let mapping = try value.mapping()
    try mapping.allowOnly([
      "id", "kind", "when", "channels", "cost", "capacity", "core", "send", "offer", "experiment", "arms",
      "reason",
    ])
    let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let when = try mapping.require(
      "when", help: "say for whom, such as `when: overdue_ratio >= 2 and stage == \"loyal\"`")
    let source = try when.expressionSource()
    self.init(
      id: try mapping.require("id", help: "give the action a name").text(),
      kind: try mapping.require("kind", help: "one of: \(kinds)").choice(of: Kind.self),
      when: try Expression(parsing: source), source: source,
      channels: try mapping["channels"]?.texts() ?? [], cost: try mapping["cost"]?.number() ?? 0,
      capacity: try mapping["capacity"]?.integer(atLeast: 0),
      core: try mapping["core"]?.choice(of: Core.self),
      send: try mapping["send"]?.sendSlot() ?? .now, offer: try mapping["offer"]?.offer(),
      trial: try Trial(mapping, experiments: experiments), reason: try mapping["reason"]?.text() ?? "")
  }
}

extension Action.Trial {
  /// `experiment: spring_coupon`, and of arms that differ `arms: {deep: {offer: 20%}, control: {treated: false}}`.
  fileprivate init?(_ action: YAMLMapping, experiments: [String]) throws(Diagnostic) {
    guard let value = action["experiment"] else {
      if let stray = action["arms"] {
        throw stray.refusal(
          "RK0602", "\(stray.path) are arms of no experiment", help: "add `experiment:`, or remove the arms")
      }
      return nil
    }
    let name = try value.text()
    guard experiments.contains(name) else {
      throw value.refusal(
        "RK0603", "\"\(name)\" is no experiment of this file",
        hint: nearMatch(of: name, among: experiments).map { "did you mean \"\($0)\"?" },
        help: experiments.isEmpty
          ? "write it down under experiments:" : "one of: \(experiments.joined(separator: ", "))")
    }
    self.init(name)
    for entry in try action["arms"]?.mapping().entries ?? [] {
      let arm = try entry.value.mapping()
      try arm.allowOnly(["treated", "offer", "send"])
      arms.append(
        Arm(
          entry.name, isTreated: try arm["treated"]?.flag() ?? true, offer: try arm["offer"]?.offer(),
          send: try arm["send"]?.sendSlot()))
    }
  }
}

extension Guards {
  /// What is not said keeps its default; `none` (or `false`) takes a rule away.
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    self.init()
    guard let value, !value.isEmpty else { return }
    let mapping = try value.mapping()
    try mapping.allowOnly([
      "consent", "quiet_hours", "frequency", "open_ticket", "return_window", "discount_depth",
      "coupon_cool_off", "discount_dependence", "basket_stretch", "budget", "capacity", "minimum_holdout",
    ])
    consent = try mapping["consent"]?.flag() ?? consent
    quietHours = try mapping["quiet_hours"]?.flag() ?? quietHours
    capacity = try mapping["capacity"]?.flag() ?? capacity
    frequency = try mapping.rule("frequency", ["max", "days"], else: frequency) {
      (rule) throws(Diagnostic) in
      let usual = FrequencyCap()
      return FrequencyCap(
        max: try rule["max"]?.integer(atLeast: 0) ?? usual.max, days: try rule["days"]?.days() ?? usual.days)
    }
    openTicket = try mapping.rule("open_ticket", ["stale_after"], else: openTicket) {
      (rule) throws(Diagnostic) in
      OpenTicket(staleAfter: try rule["stale_after"]?.hours() ?? OpenTicket().staleAfter)
    }
    returnWindow = try mapping.rule("return_window", ["days"], else: returnWindow) {
      (rule) throws(Diagnostic) in
      try rule.require("days", help: "write {days: 14}").days()
    }
    couponCoolOff = try mapping.rule("coupon_cool_off", ["days"], else: couponCoolOff) {
      (rule) throws(Diagnostic) in
      try rule.require("days", help: "write {days: 30}").days()
    }
    discountDependence = try mapping.rule(
      "discount_dependence", ["share", "orders"], else: discountDependence
    ) { (rule) throws(Diagnostic) in
      let usual = DiscountDependence()
      return DiscountDependence(
        share: try rule["share"]?.percentage() ?? usual.share,
        orders: try rule["orders"]?.integer(atLeast: 1) ?? usual.orders)
    }
    basketStretch = try mapping.rule("basket_stretch", ["max"], else: basketStretch) {
      (rule) throws(Diagnostic) in
      try rule.require("max", help: "write {max: 1.3}").number()
    }
    discountDepth = try mapping.rule("discount_depth", ["by", "limits"], else: nil) {
      (rule) throws(Diagnostic) in
      try DiscountDepth(rule)
    }
    budget = try mapping["budget"]?.unlessNone { (value) throws(Diagnostic) in try value.number() }
    minimumHoldout = try mapping["minimum_holdout"]?.unlessNone { (value) throws(Diagnostic) in
      try value.percentage()
    }
  }
}

extension Guards.DiscountDepth {
  /// `{by: tier_level, limits: {0: 5%, 1: 10%}}`.
  fileprivate init(_ rule: YAMLMapping) throws(Diagnostic) {
    if let by = rule["by"], try by.text() != "tier_level" {
      throw by.mismatch("tier_level")
    }
    var limits: [Limit] = []
    for entry in try rule.require("limits", help: "write {limits: {0: 5%, 1: 10%}}").mapping().entries {
      guard let level = Double(entry.name), level.isFinite else {
        throw Diagnostic(
          "RK0603", "\"\(entry.name)\" is no tier level", at: rule.document.place(of: entry.key),
          help: "levels are numbers, as the events of kind tier have them")
      }
      limits.append(Limit(level: level, depth: try entry.value.percentage()))
    }
    self.init(limits)
  }
}

extension YAMLMapping {
  /// A guard-rail: absent keeps `usual`, `none` is none, a mapping is read.
  fileprivate func rule<Rule>(
    _ name: String, _ keys: [String], else usual: Rule?,
    _ read: (YAMLMapping) throws(Diagnostic) -> Rule
  ) throws(Diagnostic) -> Rule? {
    guard let value = self[name] else { return usual }
    return try value.unlessNone { (value) throws(Diagnostic) in
      let mapping = try value.mapping()
      try mapping.allowOnly(keys)
      return try read(mapping)
    }
  }
}

extension YAMLValue {
  fileprivate func unlessNone<Rule>(
    _ read: (YAMLValue) throws(Diagnostic) -> Rule
  ) throws(Diagnostic) -> Rule? {
    if let text = node.scalar?.string, text == "none" { return nil }
    return try read(self)
  }

  /// `25%` or `0.25`.
  fileprivate func percentage() throws(Diagnostic) -> Double {
    let text = try text()
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : text) else {
      throw mismatch("a share such as 25% or 0.25")
    }
    // Divided as it is written, so that 5% is 0.05 and not a neighbour of it.
    let share = isPercent ? number / 100 : number
    guard (0...1).contains(share) else { throw mismatch("a share from 0% to 100%") }
    return share
  }

  /// `48h`, `2d`, or a bare number of hours.
  fileprivate func hours() throws(Diagnostic) -> Double {
    let text = try text()
    let (digits, factor): (Substring, Double) =
      switch text.last {
      case "h": (text.dropLast(), 1)
      case "d": (text.dropLast(), 24)
      default: (text[...], 1)
      }
    guard let number = Double(digits), number >= 0, number.isFinite else {
      throw mismatch("a number of hours such as 48h")
    }
    return number * factor
  }

  fileprivate func sendSlot() throws(Diagnostic) -> SendSlot {
    guard let slot = SendSlot(try text()) else {
      throw mismatch(
        "now, auto (the customer's own hour), weekday_auto, or a time such as weekday_20 or day_9:30")
    }
    return slot
  }

  /// `25%`, `50`, `200-50`, or `{discount: 25%}`, `{amount: 50, minimum: 200}`.
  fileprivate func offer() throws(Diagnostic) -> Offer {
    if isMapping {
      let mapping = try mapping()
      try mapping.allowOnly(["discount", "amount", "minimum"])
      if let discount = mapping["discount"] {
        for key in ["amount", "minimum"] {
          if let stray = mapping[key] {
            throw stray.refusal(
              "RK0603", "\(key) has no meaning beside a share off the price", help: "keep one of the two")
          }
        }
        return Offer(.share(try discount.percentage()))
      }
      let amount = try mapping.require("amount", help: "write {discount: 25%} or {amount: 50, minimum: 200}")
      return Offer(.amount(try amount.number(), minimum: try mapping["minimum"]?.number() ?? 0))
    }
    guard let offer = Offer(try text()) else {
      throw mismatch("an offer: 25%, 50 (money off) or 200-50 (50 off from 200)")
    }
    return offer
  }
}
