internal import RekindleExperiments

/// Why one customer gets what they get: every action of the playbook, and what stood in its way.
public struct Explanation: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// This one.
    case planned
    /// Its rule does not hold.
    case notMeant = "not_meant"
    /// A guard-rail keeps it.
    case kept
    /// Allowed, and another one is done.
    case notFirst = "not_first"
    /// Allowed, and no room or money was left.
    case noRoom = "no_room"
    /// The playbook had ended.
    case notAsked = "not_asked"
    /// The playbook ends here: the customer is left alone.
    case ends
  }

  public struct Finding: Sendable, Hashable {
    public let rule: Guard
    /// In words, with the figures.
    public let words: String
  }

  public struct Step: Sendable, Hashable {
    public let action: String
    public let outcome: Outcome
    /// The action's reason, where its rule holds.
    public let reason: String?
    public let passed: [Guard]
    public let failed: [Finding]
  }

  public let customer: String
  /// In the order of the playbook.
  public let steps: [Step]
  /// `nil`: withheld, or no action is meant for them.
  public let planned: ActionList.Planned?
  /// `nil`: planned, or no action is meant for them.
  public let withheld: ActionList.Withheld?
}

extension Outreach {
  /// Explains a customer's place in an action list of this plan.
  /// - Returns: `nil` when the log does not know the customer.
  public func explanation(of id: String, in list: ActionList) -> Explanation? {
    let place = customers.partitionPoint { !$0.utf8.lexicographicallyPrecedes(id.utf8) }
    guard place < customers.count, customers[place].utf8.elementsEqual(id.utf8) else { return nil }
    let planned = list.planned[safe: list.planned.partitionPoint { $0.customer >= place }]
      .flatMap { $0.customer == place ? $0 : nil }
    let withheld = list.withheld[safe: list.withheld.partitionPoint { $0.customer >= place }]
      .flatMap { $0.customer == place ? $0 : nil }
    var steps: [Explanation.Step] = []
    var isOver = false
    for (index, action) in playbook.actions.enumerated() {
      guard facts.rules[index][place], !isOver else {
        steps.append(
          .init(
            action: action.id, outcome: isOver ? .notAsked : .notMeant, reason: nil, passed: [], failed: []))
        continue
      }
      if action.kind == .nothing {
        isOver = true
        steps.append(
          .init(
            action: action.id, outcome: .ends, reason: reasonText(place, action: index), passed: [],
            failed: []))
        continue
      }
      let verdict = check.verdict(place, step: index)
      var failed = verdict.failed
      let outcome: Explanation.Outcome
      if planned?.action == index {
        outcome = .planned
      } else if !failed.isEmpty {
        outcome = .kept
      } else if let planned, planned.action < index {
        outcome = .notFirst
      } else {
        outcome = .noRoom
        // Who got something else was kept from this by whichever has run out.
        let lacksMoney =
          withheld.map { $0.reason == .budget || $0.others.contains(.budget) }
          ?? capacities[index].map { $0 > list.planned.count { $0.action == index } } ?? true
        failed.insert(lacksMoney ? .budget : .capacity)
      }
      steps.append(
        .init(
          action: action.id, outcome: outcome, reason: reasonText(place, action: index),
          passed: asked(of: action).filter { !failed.contains($0) },
          failed: failed.guards.map {
            .init(rule: $0, words: words(of: $0, customer: place, action: index))
          }))
    }
    return Explanation(customer: customers[place], steps: steps, planned: planned, withheld: withheld)
  }

  /// The guards that have something to say of an action.
  private func asked(of action: Action) -> [Guard] {
    let guards = plan.guards
    let hasOffer = action.kind == .coupon
    return Guard.allCases.filter { rule in
      switch rule {
      case .holdout: plan.holdout != nil && !action.kind.isService
      case .consent: guards.consent
      case .openTicket: guards.openTicket != nil && !action.kind.isService
      case .returnWindow: guards.returnWindow != nil && hasOffer
      case .discountDepth: guards.discountDepth != nil && hasOffer
      case .couponCoolOff: guards.couponCoolOff != nil && hasOffer
      case .discountDependence: guards.discountDependence != nil && hasOffer
      case .basketStretch: guards.basketStretch != nil && hasOffer
      case .experiment: action.trial != nil
      case .frequency: guards.frequency != nil && !action.kind.isService
      case .quietHours: guards.quietHours
      case .capacity: guards.capacity && action.capacity != nil
      case .budget: guards.budget != nil
      case .nothing: false
      }
    }
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
