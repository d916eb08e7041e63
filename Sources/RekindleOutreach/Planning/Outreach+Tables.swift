internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleExperiments
public import RekindleTables

extension Outreach {
  /// Rows of the action list: who gets what, when, by which channel, and why.
  /// - Parameter rows: of `list.planned`; `nil`: all.
  public func plannedTable(_ list: ActionList, rows: Range<Int>? = nil) -> ResultTable {
    var table = ResultTable(columns: [
      .init("customer_id", alignment: .leading), .init("action", alignment: .leading),
      .init("channel", alignment: .leading), .init("offer", alignment: .leading),
      .init("send_slot", alignment: .leading), .init("reason", alignment: .leading),
      .init("value_at_risk", digits: 2), .init("churn_probability", digits: 3),
      .init("experiment", alignment: .leading), .init("arm", alignment: .leading),
      .init("probability", digits: 3),
    ])
    for row in list.planned[rows ?? 0..<list.planned.count] {
      let trial = check.plan.steps[row.action].trial
      let place = trial.map { Int($0.rows[row.customer]) } ?? -1
      table.append([
        .text(customers[row.customer]), .text(playbook.actions[row.action].id),
        .text(playbook.channels[row.channel].name),
        .text(check.offer(row.customer, step: row.action)?.description ?? ""),
        .text(sendText(row)),
        .text(
          [reasonText(row.customer, action: row.action), hourText(row)].compactMap(\.self).joined(
            separator: "; ")),
        cell(facts.valueAtRisk[row.customer]), cell(facts.churnProbability[row.customer]),
        .text(place < 0 ? "" : trial?.table.experiment ?? ""),
        .text(place < 0 ? "" : trial?.table.arm(place) ?? ""),
        place < 0 ? .missing : cell(trial?.table.probabilities[place] ?? .nan),
      ])
    }
    return table
  }

  /// When a planned action goes out, in the customer's own time.
  public func sendText(_ row: ActionList.Planned) -> String {
    facts.zones.calendar(row.customer).textWithOffset(row.sendAt)
  }

  /// Where the hour of a planned action comes from, where it was learned and no guard-rail moved it.
  public func hourText(_ row: ActionList.Planned) -> String? {
    guard
      let option = check.plan.steps[row.action].options.first(where: {
        check.plan.options[$0].channel == row.channel
      }), let choice = check.hour(row.customer, option: option),
      facts.zones.calendar(row.customer).hour(of: row.sendAt) == Int(choice.hour)
    else { return nil }
    let hour = clockText(Int(choice.hour) * 60)
    let whose = choice.source.words
    if choice.own > 0 { return "\(hour) is the hour of \(choice.own) of their \(choice.all) \(whose)" }
    guard facts.hours?.isKnown == true else {
      return "\(hour) for want of anything that tells their hour"
    }
    return "\(hour) is the shop's usual hour"
      + (choice.all > 0 ? ", their own \(choice.all) \(whose) tell no better one" : "")
  }

  /// Rows of those withheld: the reason, in words with its figures, and all others.
  /// - Parameter rows: of `list.withheld`; `nil`: all.
  public func withheldTable(_ list: ActionList, rows: Range<Int>? = nil) -> ResultTable {
    var table = ResultTable(columns: [
      .init("customer_id", alignment: .leading), .init("reason", alignment: .leading),
      .init("other_reasons", alignment: .leading), .init("action_considered", alignment: .leading),
      .init("words", alignment: .leading), .init("value_at_risk", digits: 2),
      .init("churn_probability", digits: 3),
    ])
    for row in list.withheld[rows ?? 0..<list.withheld.count] {
      table.append([
        .text(customers[row.customer]), .text(row.reason.rawValue),
        .text(row.others.guards.map(\.rawValue).joined(separator: " ")),
        .text(playbook.actions[row.action].id),
        .text(words(of: row.reason, customer: row.customer, action: row.action)),
        cell(facts.valueAtRisk[row.customer]), cell(facts.churnProbability[row.customer]),
      ])
    }
    return table
  }

  private func cell(_ value: Double) -> ResultTable.Cell { value.isNaN ? .missing : .number(value) }

  /// What each action comes to: for how many it was meant, how many the guard-rails allowed, how many will
  /// be done, what that costs, what its coupons are expected to give away and what is at risk with those
  /// customers.
  public func summary(_ list: ActionList, currency: String? = nil) -> ResultTable {
    var counts = [Int](repeating: 0, count: playbook.actions.count)
    var costs = [Int64](repeating: 0, count: counts.count)
    var discounts = costs
    var atRisk = [Double](repeating: 0, count: counts.count)
    for row in list.planned {
      counts[row.action] += 1
      costs[row.action] += millionths(row.cost)
      discounts[row.action] += millionths(row.expectedDiscount)
      let value = facts.valueAtRisk[row.customer]
      if !value.isNaN { atRisk[row.action] += value }
    }
    var table = ResultTable(
      title: "Actions",
      columns: [
        .init("action", alignment: .leading), .init("kind", alignment: .leading),
        .init("core", alignment: .leading), .init("meant_for"), .init("allowed"), .init("planned"),
        .init("cost", unit: currency), .init("expected_discount", unit: currency),
        .init("value_at_risk", unit: currency),
      ])
    for (place, action) in playbook.actions.enumerated() {
      table.append([
        .text(action.id), .text(action.kind.rawValue), .text(action.core?.rawValue ?? ""),
        .integer(list.meant[place]), .integer(list.allowed[place]), .integer(counts[place]),
        .money(Double(costs[place]) / 1e6),
        expectedDiscounts[place].isNaN && counts[place] > 0
          ? .missing : .money(Double(discounts[place]) / 1e6),
        .money(atRisk[place]),
      ])
    }
    table.append([
      "all", "", "", .integer(list.eligibleCount), .missing, .integer(list.planned.count), .money(list.cost),
      .money(list.expectedDiscount), .money(atRisk.reduce(0, +)),
    ])
    return table
  }

  /// How many customers each guard-rail kept: as the reason that is named, and at all.
  public func guardSummary(_ list: ActionList) -> ResultTable {
    var table = ResultTable(
      title: "Withheld",
      columns: [.init("guard", alignment: .leading), .init("reason"), .init("fired")])
    for rule in Guard.allCases {
      let named = list.withheld.count { $0.reason == rule }
      let also = list.withheld.count { $0.others.contains(rule) }
      if named + also > 0 { table.append([.text(rule.rawValue), .integer(named), .integer(named + also)]) }
    }
    table.append(["all", .integer(list.withheld.count), .missing])
    return table
  }
}
