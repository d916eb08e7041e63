internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleTables

/// Settings that cannot both be meant: an action that some guard keeps from everybody.
extension OutreachPlan {
  func checkConflicts(of action: Action, _ key: String) throws(Diagnostic) {
    try checkDepth(of: action, key)
    if let budget = guards.budget, action.cost > budget {
      throw Diagnostic(
        "RK1007", "one \(action.id) costs \(shortest(action.cost)), and the budget is \(shortest(budget))",
        key: key + ".cost", against: "outreach.guards.budget",
        help: "raise the budget, or leave the action out")
    }
    if let cap = guards.frequency, cap.max == 0, !action.kind.isService, action.kind != .nothing {
      throw Diagnostic(
        "RK1007", "\(action.id) is a marketing message, and 0 are allowed in \(cap.days) days",
        key: key + ".kind", against: "outreach.guards.frequency",
        help: "allow at least one message, or leave the action out")
    }
  }

  /// An offer that is deeper than what the tier of anybody for whom the action is meant allows.
  private func checkDepth(of action: Action, _ key: String) throws(Diagnostic) {
    guard let rule = guards.discountDepth else { return }
    let meant = rule.limits.filter { TierRange(action.when).contains($0.level) }
    // A rule that speaks of a level between the limits has the limit below it.
    let bounds = meant.isEmpty ? rule.limits : meant
    guard let widest = bounds.max(by: { $0.depth < $1.depth }) else { return }
    for (offer, offerKey) in offers(of: action, key) {
      // Without a minimum an amount has no depth before the basket is known.
      let depth = offer.depth(basket: .nan)
      guard depth > widest.depth else { continue }
      let level = shortest(widest.level)
      let isShare = if case .share = offer.kind { true } else { false }
      let whose =
        meant.count == 1 || bounds.count == 1 ? "tier \(level) allows" : "the most that a tier allows is"
      throw Diagnostic(
        "RK1007",
        "\(action.id) offers \(offer)\(isShare ? "" : ", which is \(percentText(depth)) off"), and \(whose) \(percentText(widest.depth))",
        key: offerKey, against: "outreach.guards.discount_depth.limits.\(level)",
        help:
          "offer \(percentText(widest.depth)) or less, raise the limit of the tier, or mean another tier in when"
      )
    }
  }
}

/// The tiers that a rule can hold for, as far as comparisons of `tier_level` with numbers say, joined by
/// `and`.
struct TierRange {
  private var tests: [(Double) -> Bool] = []

  init(_ rule: Expression) {
    collect(rule)
  }

  func contains(_ level: Double) -> Bool { tests.allSatisfy { $0(level) } }

  private mutating func collect(_ rule: Expression) {
    switch rule.node {
    case .binary(.and, let left, let right):
      collect(left)
      collect(right)
    case .binary(let symbol, let left, let right):
      if left.isTier, case .number(let bound) = right.node {
        test(symbol, bound)
      } else if right.isTier, case .number(let bound) = left.node {
        test(symbol.mirrored, bound)
      }
    case .member(let subject, let literals) where subject.isTier:
      let levels = literals.compactMap { if case .number(let level) = $0 { level } else { nil } }
      tests.append { levels.contains($0) }
    default: break
    }
  }

  private mutating func test(_ symbol: BinaryOperator, _ bound: Double) {
    switch symbol {
    case .equal: tests.append { $0 == bound }
    case .less: tests.append { $0 < bound }
    case .lessOrEqual: tests.append { $0 <= bound }
    case .greater: tests.append { $0 > bound }
    case .greaterOrEqual: tests.append { $0 >= bound }
    default: break
    }
  }
}

extension Expression {
  /// The feature of the built-in set, or what it is made of.
  fileprivate var isTier: Bool {
    switch node {
    case .name("tier_level"): true
    case .aggregate(let aggregate):
      aggregate.function == .latest && aggregate.kind == "tier" && aggregate.attribute == "level"
    default: false
    }
  }
}

extension BinaryOperator {
  fileprivate var mirrored: BinaryOperator {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: self
    }
  }
}
