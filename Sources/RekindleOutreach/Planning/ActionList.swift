public import RekindleCore

/// What a plan decided: for every customer whom some action was meant for, the action or why there is none.
///
/// Customers are indices into `Outreach.customers`; both lists are in their order. `planned` and `withheld`
/// have no customer in common, and together are the eligible ones: those for whom at least one action's rule
/// holds.
public struct ActionList: Sendable {
  /// An action that will be done.
  public struct Planned: Sendable, Hashable {
    public let customer: Int
    /// Indices into the playbook's actions and channels.
    public let action: Int
    public let channel: Int
    public let sendAt: Instant
    /// Of action and message.
    public let cost: Double
    /// What a coupon is expected to give away, were it used once on a usual basket; 0 without a coupon, and
    /// where no basket is known.
    public let expectedDiscount: Double
  }

  /// A customer who gets nothing.
  public struct Withheld: Sendable, Hashable {
    public let customer: Int
    /// What kept the first action that was meant for the customer.
    public let reason: Guard
    /// Everything else that kept any action of theirs.
    public let others: GuardSet
    /// The first action that was meant for the customer.
    public let action: Int
  }

  public let planned: [Planned]
  public let withheld: [Withheld]
  /// Of each action: how many customers it was meant for (its rule holds, and the playbook had not ended),
  /// and for how many of them the guard-rails allowed it.
  public let meant: [Int]
  public let allowed: [Int]

  public var eligibleCount: Int { planned.count + withheld.count }

  /// Of all planned actions, summed in whole millionths.
  public var cost: Double {
    Double(planned.reduce(Int64(0)) { $0 + millionths($1.cost) }) / 1e6
  }

  /// Of all planned coupons, summed in whole millionths. A budget holds for this and `cost` together.
  public var expectedDiscount: Double {
    Double(planned.reduce(Int64(0)) { $0 + millionths($1.expectedDiscount) }) / 1e6
  }
}

extension Outreach {
  /// Asks the playbook and the guard-rails for every customer, and deals what is scarce.
  public func actionList(workers: Workers = Workers(1)) -> ActionList {
    let walks = byBlock(customers.count, workers) { range in range.map { walk($0) } }
    let eligible = walks.indices.filter { walks[$0].first >= 0 }
    let candidates = byPriority(eligible.filter { walks[$0].allowed != 0 })
    let scarce = Allotment(
      actions: check.plan.options.map(\.action), costs: check.plan.options.map { $0.cost + $0.discount },
      capacities: capacities.map { $0 ?? Int(Int32.max) }, budget: plan.guards.budget.map(millionths))
    let optionsOfChannels = self.optionsOfChannels
    let dealt = scarce.deal(
      candidates.map {
        .init(
          options: walks[$0].allowed,
          preferred: facts.preferredChannel[$0] < 0
            ? 0 : optionsOfChannels[Int(facts.preferredChannel[$0])])
      })
    var choice = [Int16](repeating: -1, count: customers.count)
    var isForMoney = [Bool](repeating: false, count: customers.count)
    for (place, customer) in candidates.enumerated() {
      choice[customer] = dealt.options[place]
      isForMoney[customer] = dealt.lacksMoney[place]
    }
    return list(walks, choices: choice, isForMoney: isForMoney, workers)
  }

  /// What the playbook and the guard-rails leave one customer.
  struct Walk: Sendable {
    /// The first action that is meant for them; −1 for none.
    var first: Int16 = -1
    /// The guards that keep that one.
    var firstFailed = GuardSet()
    /// Those that keep any.
    var failed = GuardSet()
    /// Allowed options, a bit each.
    var allowed: UInt64 = 0
    /// Actions that are meant for them, and of these the allowed ones, a bit each.
    var meant: UInt64 = 0
    var open: UInt64 = 0
  }

  /// Every action is asked about, also behind one that is allowed: room and money may run out, and counts
  /// mean the same whether they do or not.
  func walk(_ customer: Int) -> Walk {
    var walk = Walk()
    for step in check.plan.steps.indices where facts.rules[step][customer] {
      if check.plan.steps[step].isNothing {
        var nothing = GuardSet()
        nothing.insert(.nothing)
        if walk.first < 0 {
          walk.first = Int16(step)
          walk.firstFailed = nothing
        }
        walk.failed.formUnion(nothing)
        walk.meant |= 1 << UInt64(step)
        break
      }
      let verdict = check.verdict(customer, step: step)
      walk.meant |= 1 << UInt64(step)
      if walk.first < 0 {
        walk.first = Int16(step)
        walk.firstFailed = verdict.failed
      }
      walk.failed.formUnion(verdict.failed)
      if verdict.allowed != 0 {
        walk.allowed |= verdict.allowed
        walk.open |= 1 << UInt64(step)
      }
    }
    return walk
  }

  private var isScarce: Bool { plan.guards.budget != nil || capacities.contains { $0 != nil } }

  /// By value at risk, the greatest first; those without one last; the ids in order where it is equal.
  private func byPriority(_ customers: [Int]) -> [Int] {
    guard isScarce else { return customers }
    return customers.sorted { a, b in
      let (first, second) = (facts.valueAtRisk[a], facts.valueAtRisk[b])
      if first.isNaN || second.isNaN { return !first.isNaN || (second.isNaN && a < b) }
      return first == second ? a < b : first > second
    }
  }

  private var optionsOfChannels: [UInt64] {
    playbook.channels.indices.map { channel in
      check.plan.options.enumerated().reduce(0) {
        $1.element.channel == channel ? $0 | 1 << UInt64($1.offset) : $0
      }
    }
  }

  private func list(
    _ walks: [Walk], choices: [Int16], isForMoney: [Bool], _ workers: Workers
  ) -> ActionList {
    let blocks = (walks.count + customersPerBlock - 1) / customersPerBlock
    let parts = workers.map(blocks: blocks) { block in
      var planned: [ActionList.Planned] = []
      var withheld: [ActionList.Withheld] = []
      for customer in block * customersPerBlock..<min(walks.count, (block + 1) * customersPerBlock) {
        let walk = walks[customer]
        guard walk.first >= 0 else { continue }
        let option = Int(choices[customer])
        if option >= 0, let time = check.sendTime(customer, option: option) {
          let own = check.plan.options[option]
          planned.append(
            .init(
              customer: customer, action: own.action, channel: own.channel,
              sendAt: Instant(microseconds: time), cost: Double(own.cost) / 1e6,
              expectedDiscount: Double(own.discount) / 1e6))
          continue
        }
        var failed = walk.failed
        // An action was allowed, and there was no room or money left for it.
        let lack: Guard = isForMoney[customer] ? .budget : .capacity
        if walk.allowed != 0 { failed.insert(lack) }
        let reason = walk.firstFailed.first ?? lack
        failed.remove(reason)
        withheld.append(
          .init(customer: customer, reason: reason, others: failed, action: Int(walk.first)))
      }
      return (planned, withheld)
    }
    var meant = [Int](repeating: 0, count: playbook.actions.count)
    var allowed = meant
    for walk in walks where walk.first >= 0 {
      for action in meant.indices {
        meant[action] += Int(walk.meant >> UInt64(action) & 1)
        allowed[action] += Int(walk.open >> UInt64(action) & 1)
      }
    }
    return ActionList(
      planned: parts.flatMap(\.0), withheld: parts.flatMap(\.1), meant: meant, allowed: allowed)
  }
}
