internal import RekindleBehaviour
public import RekindleCore
internal import RekindleTables

extension OutreachPlan {
  /// The most pairs of an action and a channel that one plan can have.
  static let optionLimit = 64

  /// Checks the plan in itself, before any event is read.
  /// - Throws: `RK1000` to `RK1007`, with the setting's key (`outreach.actions.2.offer`; actions count from
  ///   0); a conflict between two settings has the key of the other in `against`.
  public func validate() throws(Diagnostic) {
    guard margin > 0, margin <= 1 else {
      throw Diagnostic(
        "RK1000", "a margin of \(shortest(margin))", key: "outreach.margin",
        help: "it is a share: above 0 and at most 1")
    }
    try checkHoldout()
    try checkChannels()
    try checkGuards()
    var ids: Set<String> = []
    for (place, action) in (actions ?? []).enumerated() {
      let key = "outreach.actions.\(place)"
      guard !action.id.isEmpty, ids.insert(action.id).inserted else {
        throw Diagnostic(
          "RK1002",
          action.id.isEmpty ? "an action has no id" : "two actions have the id \"\(action.id)\"",
          key: key + ".id", help: "give each action its own id")
      }
      try check(action, key)
      try checkConflicts(of: action, key)
    }
    try checkReach()
    let options = (actions ?? []).reduce(0) { $0 + max(1, $1.channels.count) }
    guard options <= OutreachPlan.optionLimit else {
      throw Diagnostic(
        "RK1002", "the playbook has \(options) pairs of action and channel",
        key: "outreach.actions", help: "use at most \(OutreachPlan.optionLimit)")
    }
  }

  private func checkHoldout() throws(Diagnostic) {
    let share = holdout?.share ?? 0
    guard share >= 0, share < 1 else {
      throw Diagnostic(
        "RK1000", "a holdout of \(shortest(share))", key: "outreach.holdout",
        help: "it is a share: 0 or more, below 1")
    }
    guard let least = guards.minimumHoldout else { return }
    let leastKey = "outreach.guards.minimum_holdout"
    guard least > 0, least < 1 else {
      throw Diagnostic(
        "RK1003", "a minimum holdout of \(shortest(least))", key: leastKey,
        help: "it is a share: above 0 and below 1")
    }
    guard share >= least else {
      throw Diagnostic(
        "RK1006",
        "\(share == 0 ? "nobody" : percentText(share)) is held out, and \(percentText(least)) is the minimum",
        key: "outreach.holdout", against: leastKey,
        help: "hold out \(percentText(least)) or more, or lower the minimum")
    }
  }

  private func checkChannels() throws(Diagnostic) {
    var names: Set<String> = []
    for channel in channels ?? [] {
      let key = "outreach.channels.\(channel.name)"
      guard !channel.name.isEmpty, names.insert(channel.name).inserted else {
        throw Diagnostic(
          "RK1001", "two channels have the name \"\(channel.name)\"", key: key,
          help: "give each channel its own name")
      }
      guard channel.cost >= 0, channel.cost.isFinite else {
        throw Diagnostic(
          "RK1001", "a message by \(channel.name) costs \(shortest(channel.cost))", key: key + ".cost",
          help: "give 0 or more")
      }
      if let quiet = channel.quiet,
        !(0..<1440).contains(quiet.start) || !(0..<1440).contains(quiet.end) || quiet.start == quiet.end
      {
        throw Diagnostic(
          "RK1001", "the quiet hours \(quiet) of \(channel.name) leave no time to send, or all of it",
          key: key + ".quiet", help: "give a start and another end, such as 21:00-09:00, or none")
      }
    }
  }

  private func checkGuards() throws(Diagnostic) {
    func refuse(_ name: String, _ found: String, _ help: String) -> Diagnostic {
      Diagnostic("RK1003", "\(name) is \(found)", key: "outreach.guards.\(name)", help: help)
    }
    if let rule = guards.frequency, rule.max < 0 || rule.days < 1 {
      throw refuse(
        "frequency", "\(rule.max) in \(rule.days) days", "give max: 0 or more, and days: 1 or more")
    }
    if let rule = guards.openTicket, !(rule.staleAfter >= 0) {
      throw refuse("open_ticket", "stale after \(shortest(rule.staleAfter)) hours", "give 0 hours or more")
    }
    for (name, days) in [
      ("return_window", guards.returnWindow), ("coupon_cool_off", guards.couponCoolOff),
    ] {
      if let days, days < 1 { throw refuse(name, "\(days) days", "give 1 day or more, or leave it out") }
    }
    if let rule = guards.discountDepth {
      guard !rule.limits.isEmpty,
        rule.limits.allSatisfy({ $0.depth >= 0 && $0.depth <= 1 && $0.level.isFinite })
      else { throw refuse("discount_depth", "no limit, or one that is no share", "give each tier a share") }
    }
    if let rule = guards.discountDependence, !(rule.share >= 0 && rule.share <= 1) || rule.orders < 1 {
      throw refuse(
        "discount_dependence", "\(shortest(rule.share)) of \(rule.orders) orders",
        "give a share and 1 order or more")
    }
    if let most = guards.basketStretch, !(most > 0) {
      throw refuse("basket_stretch", shortest(most), "give a ratio above 0, such as 1.3")
    }
    if let budget = guards.budget, !(budget >= 0 && budget < 1e12) {
      throw refuse("budget", shortest(budget), "give an amount of 0 or more")
    }
  }

  private func check(_ action: Action, _ key: String) throws(Diagnostic) {
    func refuse(_ setting: String, _ message: String, _ help: String) -> Diagnostic {
      Diagnostic("RK1004", "action \"\(action.id)\" \(message)", key: "\(key).\(setting)", help: help)
    }
    guard action.cost >= 0, action.cost.isFinite else {
      throw refuse("cost", "costs \(shortest(action.cost))", "give 0 or more")
    }
    if let capacity = action.capacity, capacity < 0 {
      throw refuse("capacity", "has a capacity of \(capacity)", "give 0 or more, or leave it out")
    }
    if action.kind == .nothing {
      guard action.channels.isEmpty, action.trial == nil, action.capacity == nil, action.cost == 0 else {
        throw refuse(
          "kind", "does nothing, and has a channel, a cost, a capacity or an experiment",
          "leave them out: who is left alone is not counted")
      }
      return
    }
    guard !action.channels.isEmpty else {
      throw refuse("channels", "has no channel", "name one or more")
    }
    if let channels {
      for name in action.channels where !channels.contains(where: { $0.name == name }) {
        throw Diagnostic(
          "RK1005", "action \"\(action.id)\" goes by \"\(name)\", which is no channel",
          key: key + ".channels",
          hint: nearMatch(of: name, among: channels.map(\.name)).map { "did you mean \"\($0)\"?" },
          notes: ["channels: " + channels.map(\.name).joined(separator: ", ")],
          help: "name one of outreach.channels, or add it there")
      }
    }
    guard Set(action.channels).count == action.channels.count else {
      throw refuse("channels", "names a channel twice", "name each once")
    }
    if case .at(_, let minute) = action.send, !(0..<1440).contains(minute) {
      throw refuse("send", "is sent at minute \(minute) of the day", "give an hour from 0 to 23")
    }
    if let trial = action.trial, Set(trial.arms.map(\.name)).count != trial.arms.count {
      throw refuse("arms", "names an arm twice", "name each once")
    }
    for (offer, key) in offers(of: action, key) {
      guard action.kind == .coupon else {
        throw Diagnostic(
          "RK1004", "action \"\(action.id)\" has the kind \(action.kind.rawValue) and an offer", key: key,
          help: "make it a coupon, so that the guards of prices are asked")
      }
      let isSound =
        switch offer.kind {
        case .share(let share): share > 0 && share <= 1
        case .amount(let amount, let minimum):
          amount > 0 && amount.isFinite && minimum >= 0 && minimum.isFinite
            && (minimum == 0 || amount <= minimum)
        }
      guard isSound else {
        throw Diagnostic(
          "RK1004", "action \"\(action.id)\" offers \(offer)", key: key,
          help: "give a share such as 10%, or an amount off a larger spend such as 200-50")
      }
    }
    let everyArmHasOffer = action.trial.map { trial in
      !trial.arms.isEmpty && trial.arms.allSatisfy { !$0.isTreated || $0.offer != nil }
    }
    if action.kind == .coupon, action.offer == nil, everyArmHasOffer != true {
      throw refuse("offer", "is a coupon without an offer", "say what it gives, such as 10%")
    }
  }

  /// The action's own offer and those of its arms, with the settings that say them.
  func offers(of action: Action, _ key: String) -> [(offer: Offer, key: String)] {
    let own = action.offer.map { [($0, key + ".offer")] } ?? []
    return own
      + (action.trial?.arms ?? []).compactMap { arm in
        arm.offer.map { ($0, "\(key).arms.\(arm.name).offer") }
      }
  }
}
