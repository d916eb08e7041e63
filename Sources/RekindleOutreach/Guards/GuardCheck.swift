internal import RekindleCore

/// What the guard-rails say about one action for one customer.
struct GuardVerdict {
  var failed = GuardSet()
  /// The allowed options of the plan, a bit each; none when anything failed.
  var allowed: UInt64 = 0
}

/// Asks the guard-rails. Pure: the same plan and facts give the same answer.
///
/// Every rule is asked even after one has failed, because a withheld customer is shown all of them. Each
/// only takes actions, channels or minutes away, whatever the others say, so that without it there are at
/// least as many left.
struct GuardCheck: Sendable {
  let plan: CompiledPlan
  let facts: CustomerFacts

  func verdict(_ customer: Int, step index: Int) -> GuardVerdict {
    let step = plan.steps[index]
    let guards = plan.guards
    var failed = GuardSet()
    // The holdout measures marketing; nobody waits for the shop's answer for the sake of a comparison.
    if facts.isHeldOut[customer], !step.isService { failed.insert(.holdout) }
    if guards.openTicket != nil, !step.isService, !facts.openTicketHours[customer].isNaN {
      failed.insert(.openTicket)
    }
    let place = step.trial.map { $0.treatment(customer) } ?? 0
    if place < 0 { failed.insert(.experiment) }
    let treatment = step.treatments[max(0, place)]
    if let offer = treatment.offer { failed.formUnion(priceFailures(offer, customer)) }

    let others = facts.messages.times[facts.messages.range(customer)]
    let zone = facts.zones.place(customer)
    let cap = step.isService ? nil : plan.cap(inZone: zone)
    var allowed: UInt64 = 0
    var unsent = GuardSet()
    for option in step.options {
      let window = window(customer, treatment, option, from: step.options.lowerBound, inZone: zone)
      let until = consentEnd(customer, option)
      guard window.start < until else { continue }
      guard let time = window.time(cap, others: others) else {
        unsent.formUnion(window.failures(cap, others: others))
        continue
      }
      // Consent that ends while the message waits.
      if time < until { allowed |= 1 << UInt64(option) }
    }
    if allowed == 0 {
      if unsent.isEmpty { failed.insert(.consent) } else { failed.formUnion(unsent) }
    }
    return GuardVerdict(failed: failed, allowed: failed.isEmpty ? allowed : 0)
  }

  /// When the message of an allowed option goes out.
  func sendTime(_ customer: Int, option: Int) -> Int64? {
    let step = plan.steps[plan.options[option].action]
    let treatment = treatment(customer, step: plan.options[option].action)
    let zone = facts.zones.place(customer)
    return window(customer, treatment, option, from: step.options.lowerBound, inZone: zone).time(
      step.isService ? nil : plan.cap(inZone: zone),
      others: facts.messages.times[facts.messages.range(customer)])
  }

  /// How an option's hour was learned; `nil` where it was not.
  func hour(_ customer: Int, option: Int) -> SendHours.Choice? {
    treatment(customer, step: plan.options[option].action).hours == 1
      ? nil : facts.hours?.choice(customer, quiet: plan.options[option].quiet)
  }

  func offer(_ customer: Int, step index: Int) -> Offer? { treatment(customer, step: index).offer }

  private func treatment(_ customer: Int, step index: Int) -> CompiledPlan.Treatment {
    let step = plan.steps[index]
    return step.treatments[max(0, step.trial.map { $0.treatment(customer) } ?? 0)]
  }

  private func window(
    _ customer: Int, _ treatment: CompiledPlan.Treatment, _ option: Int, from first: Int, inZone zone: Int
  ) -> SendWindow {
    let windows = treatment.windows[zone]
    guard treatment.hours > 1, let hours = facts.hours else { return windows[option - first] }
    let hour = hours.choice(customer, quiet: plan.options[option].quiet).hour
    return windows[(option - first) * treatment.hours + Int(hour)]
  }

  /// Until when the customer may be written to by an option.
  func consentEnd(_ customer: Int, _ option: Int) -> Int64 {
    plan.options[option].consent.map { facts.consent.until[$0][customer] } ?? .max
  }

  private func priceFailures(_ offer: Offer, _ customer: Int) -> GuardSet {
    let guards = plan.guards
    var failed = GuardSet()
    if let days = guards.returnWindow, facts.daysSincePurchase[customer] < Double(days) {
      failed.insert(.returnWindow)
    }
    let basket = facts.meanBasket[customer]
    // What cannot be shown to be within the limit is not.
    if let rule = guards.discountDepth,
      !(offer.depth(basket: basket) <= rule.depth(ofLevel: facts.tierLevel[customer]))
    {
      failed.insert(.discountDepth)
    }
    if let days = guards.couponCoolOff, facts.daysSinceCoupon[customer] < Double(days) {
      failed.insert(.couponCoolOff)
    }
    if let rule = guards.discountDependence, facts.orders[customer] >= Double(rule.orders),
      facts.discountShare[customer] >= rule.share
    {
      failed.insert(.discountDependence)
    }
    if let most = guards.basketStretch, offer.minimum > 0, !(offer.minimum <= most * basket) {
      failed.insert(.basketStretch)
    }
    return failed
  }
}
