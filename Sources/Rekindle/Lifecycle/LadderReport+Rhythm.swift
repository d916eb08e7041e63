internal import RekindleCore
public import RekindleEvents
internal import RekindleLifecycle
internal import RekindleNumerics
internal import RekindleTables

extension LadderReport {
  // MARK: Categories and channels

  func replenishmentTable(_ replenishment: Replenishment) -> ResultTable {
    let due = replenishment.dues.reduce(into: [Int: Int]()) { counts, due in
      if due.lateness >= 1 { counts[due.category, default: 0] += 1 }
    }
    return ResultTable(
      title: "How long a purchase lasts",
      columns: [
        .init("category", alignment: .leading), .init("buyers"), .init("repeaters"), .init("repeat_share"),
        .init("median_gap", digits: 0), .init("gap_variation", digits: 2),
        .init("replenishable", alignment: .leading), .init("due_now"),
      ],
      rows: replenishment.categories.enumerated().map { index, category in
        [
          .text(category.name), .integer(category.buyers), .integer(category.repeaters),
          .percent(Double(category.repeaters) / Double(category.buyers)), .number(category.medianGap),
          .number(category.variation), .text(category.isReplenishable ? "yes" : "no"),
          category.isReplenishable ? .integer(due[index] ?? 0) : .missing,
        ]
      })
  }

  private static let shownNext = 3

  /// Every pair of ten steps or more; for people, of each category the likeliest next ones.
  func associationTable(_ association: CategoryAssociation, forPeople: Bool) -> ResultTable {
    let most = forPeople ? Self.shownNext : Int.max
    var table = ResultTable(
      title: "Next category, given the last (steps 10 or more, shrunk by 10"
        + (forPeople
          ? "; the \(most) likeliest of each, csv and json have all \(association.pairs.count))" : ")"),
      columns: [
        .init("last", alignment: .leading), .init("next", alignment: .leading), .init("steps"),
        .init("probability"), .init("lift", digits: 2), .init("median_days", digits: 0),
      ])
    var shown: [Int: Int] = [:]
    for pair in association.pairs where shown[pair.from, default: 0] < most {
      shown[pair.from, default: 0] += 1
      table.append([
        .text(association.categories[pair.from]), .text(association.categories[pair.to]),
        .integer(pair.support), .percent(pair.probability), .number(pair.lift), .number(pair.medianLag),
      ])
    }
    return table
  }

  /// Of the customers who ever answered on a channel: on which most, and on which they may be reached.
  func channelTable(_ preference: ChannelPreference) -> ResultTable {
    var strongest: [String: Int] = [:]
    var allowed: [String: Int] = [:]
    var weights: [String: Double] = [:]
    var total = 0
    for (customer, own) in preference.weights.enumerated() {
      guard let first = own.first else { continue }
      total += 1
      strongest[first.channel, default: 0] += 1
      if let best = preference.preferred(by: customer) { allowed[best, default: 0] += 1 }
      for weight in own { weights[weight.channel, default: 0] += weight.share }
    }
    return ResultTable(
      title: "Channels on which customers buy and click, by how lately",
      columns: [
        .init("channel", alignment: .leading), .init("mean_weight"), .init("strongest_of"),
        .init("share"), .init("preferred_and_allowed"),
      ],
      rows: weights.keys.sorted().map { channel in
        [
          .text(channel), .percent((weights[channel] ?? 0) / Double(total)),
          .integer(strongest[channel] ?? 0), .percent(Double(strongest[channel] ?? 0) / Double(total)),
          preference.knowsConsent ? .integer(allowed[channel] ?? 0) : .missing,
        ]
      })
  }

  // MARK: Cohorts and months

  private static let shownPeriods = 13

  func triangle(_ retention: CohortRetention) -> ResultTable {
    let periods = retention.cohorts.map(\.cells.count).max() ?? 0
    let width = min(Self.shownPeriods, periods)
    return ResultTable(
      title: "Retention: \(retention.periods.definition); * incomplete"
        + (width < periods ? "; the first \(width) of \(periods) periods, csv and json have all" : ""),
      columns: [.init("cohort", alignment: .leading), .init("size")]
        + (0..<width).map { ResultTable.Column("\($0)") },
      rows: retention.cohorts.map { cohort in
        [.text(cohort.month.description), .integer(cohort.size)]
          + (0..<width).map { period in
            guard cohort.cells.indices.contains(period), cohort.cells[period].watched > 0 else {
              return .text("")
            }
            let cell = cohort.cells[period]
            return .text(fixed(100 * cell.share, digits: 1) + "%" + (cell.isComplete ? "" : "*"))
          }
      })
  }

  func cellTable(_ retention: CohortRetention) -> ResultTable {
    var table = ResultTable(
      title: "Retention: \(retention.periods.definition)",
      columns: [
        .init("cohort", alignment: .leading), .init("size"), .init("period"), .init("retained"),
        .init("watched"), .init("share"), .init("complete", alignment: .leading),
      ])
    for cohort in retention.cohorts {
      for (period, cell) in cohort.cells.enumerated() {
        table.append([
          .text(cohort.month.description), .integer(cohort.size), .integer(period),
          .integer(cell.retained), .integer(cell.watched), .percent(cell.share),
          .text(cell.isComplete ? "yes" : "no"),
        ])
      }
    }
    return table
  }

  func flowTable(_ flow: MonthlyFlow) -> ResultTable {
    ResultTable(
      title: "Buyers by month",
      columns: [
        .init("month", alignment: .leading), .init("buyers"), .init("new"), .init("returning"),
        .init("resurrected"), .init("dormant"), .init("complete", alignment: .leading),
      ],
      rows: flow.months.map { month in
        [
          .text(month.month.description), .integer(month.buyers), .integer(month.new),
          .integer(month.returning), .integer(month.resurrected), .integer(month.dormant),
          .text(month.isComplete ? "yes" : "no"),
        ]
      })
  }

  // MARK: Files

  /// When each customer is due in each category: by the own cycle, or by a rule for what a durable good
  /// calls for. `nil` where replenishment could not be computed.
  public func dueColumns() -> [OutputColumn]? {
    guard let replenishment else { return nil }
    struct Row {
      let customer: Int32
      let category: String
      let basis: String
      let days: [Int32?]  // last purchase, due, earliest, latest, remind on
      let figures: [Double]  // cycle, stock, lateness
    }
    var rows = replenishment.dues.map { due in
      Row(
        customer: due.customer, category: replenishment.categories[due.category].name, basis: "cycle",
        days: [due.lastDay, due.due, due.earliest, due.latest, nil],
        figures: [due.cycle, due.stock, due.lateness])
    }
    for (rule, reminders) in zip(choice.followUps, reminders) {
      rows += reminders.map { reminder in
        Row(
          customer: reminder.customer, category: rule.consumable, basis: "after \(rule.durable)",
          days: [nil, reminder.neededOn, nil, nil, reminder.remindOn],
          figures: [Double(rule.after), .nan, .nan])
      }
    }
    rows.sort { ($0.customer, $0.category, $0.basis) < ($1.customer, $1.category, $1.basis) }
    func day(_ place: Int) -> OutputColumn.Values {
      .text(rows.map { $0.days[place].map { CivilDate(daysSinceEpoch: $0).description } ?? "" })
    }
    func figure(_ place: Int) -> OutputColumn.Values { .number(rows.map { $0.figures[place] }) }
    return [
      OutputColumn("customer_id", .text(rows.map { log.customers[Int($0.customer)] })),
      OutputColumn("category", .text(rows.map(\.category))),
      OutputColumn("basis", .text(rows.map(\.basis))), OutputColumn("last_purchase", day(0)),
      OutputColumn("cycle_days", figure(0)), OutputColumn("stock_factor", figure(1)),
      OutputColumn("due", day(1)), OutputColumn("due_low", day(2)), OutputColumn("due_high", day(3)),
      OutputColumn("remind_on", day(4)), OutputColumn("lateness", figure(2)),
    ]
  }

  /// Every customer's channels with their weights. `nil` where they could not be computed.
  public func channelColumns() -> [OutputColumn]? {
    guard let channels else { return nil }
    let rows = channels.weights.enumerated().flatMap { customer, own in
      own.enumerated().map { (customer: customer, rank: $0 + 1, weight: $1) }
    }
    return [
      OutputColumn("customer_id", .text(rows.map { log.customers[$0.customer] })),
      OutputColumn("channel", .text(rows.map(\.weight.channel))),
      OutputColumn("rank", .integer(rows.map { Int64($0.rank) })),
      OutputColumn("weight", .number(rows.map(\.weight.share))),
      OutputColumn(
        "allowed", .flag(rows.map { channels.knowsConsent ? ($0.weight.isAllowed ? 1 : 0) : 255 })),
    ]
  }
}
