internal import RekindleBehaviour
internal import RekindleTables

extension OutreachPlan {
  /// Where a guard of prices can keep one arm of an experiment and not another, each a sentence.
  ///
  /// Arms are drawn by chance; a guard that takes customers out of one of them alone leaves others, and those
  /// who got the offers are then no longer alike. It is not refused: compared as they were assigned the arms
  /// are alike still, only that the deeper one did less than its name says.
  func armWarnings(of action: Action) -> [String] {
    guard let trial = action.trial, action.kind == .coupon else { return [] }
    // An arm that is not listed gets the action as it is written.
    let arms: [(name: String, offer: Offer)] =
      (action.offer.map { [(name: "the action as it is written", offer: $0)] } ?? [])
      + trial.arms.filter(\.isTreated).compactMap { arm in
        (arm.offer ?? action.offer).map { (name: "arm \(arm.name)", offer: $0) }
      }
    guard let first = arms.first, arms.contains(where: { $0.offer != first.offer }) else { return [] }
    var warnings: [String] = []
    func warn(_ rule: Guard, _ kept: [String], _ whom: String, _ help: String) {
      warnings.append(
        "\(rule.rawValue) keeps \(kept.joined(separator: ", ")) of \(trial.experiment) from \(whom) and not the other arms, so who gets each offer is no longer left to chance: \(help)"
      )
    }
    if let rule = guards.discountDepth {
      let tiers = TierRange(action.when)
      let meant = rule.limits.filter { tiers.contains($0.level) }
      for limit in meant.isEmpty ? rule.limits : meant {
        // Without a minimum an amount has no depth before the basket is known.
        let kept = arms.filter { !($0.offer.depth(basket: .nan) <= limit.depth) }
        guard !kept.isEmpty, kept.count < arms.count else { continue }
        warn(
          .discountDepth, kept.map(\.name),
          "tier \(shortest(limit.level)), which allows \(percentText(limit.depth))",
          "mean only tiers that allow every arm in `when`, or compare the arms as they were assigned")
      }
    }
    if guards.basketStretch != nil {
      let least = arms.map(\.offer.minimum).min() ?? 0
      let kept = arms.filter { $0.offer.minimum > least }
      if !kept.isEmpty {
        warn(
          .basketStretch, kept.map(\.name), "those whose baskets are small",
          "ask for the same spend in every arm, or mean only customers with baskets for all in `when`")
      }
    }
    return warnings
  }
}
