internal import RekindleBehaviour
internal import RekindleChurn
internal import RekindleCore
internal import RekindleEvents
internal import RekindleLifecycle
internal import RekindleOutreach
public import RekindleTables

extension CustomerExplanation {
  /// How many contributions people are shown; programs get all.
  private static let shownParts = 12

  /// Every table, with all contributions.
  public func tables() -> [ResultTable] {
    [scoreTable(of: .max), historyTable(), standingTable(), coolingTable(), actionTable()].compactMap { $0 }
  }

  public func text() -> String {
    var parts = ["\(customer), as of \(date(asOf))\n"]
    if let score {
      parts.append(
        "Churn probability \(fixed(score.probability, digits: 3)) "
          + "(\(fixed(score.low, digits: 3)) to \(fixed(score.high, digits: 3))), risk \(score.band.rawValue): "
          + "\(score.label)\nOne who is average in everything has "
          + "\(fixed(score.contributions.averageProbability, digits: 3)).\n")
    } else if let scoreLack {
      parts.append("No churn probability: \(scoreLack).\n")
    }
    parts += [
      scoreTable(of: Self.shownParts)?.text(), historyTable().text(), standingTable().text(),
      coolingTable(forPeople: true)?.text()
        ?? (run.segments.cooling == nil ? nil : "No cooling sign shows.\n"),
      actionTable().text(),
    ]
    .compactMap(\.self)
    parts.append(verdict() + "\n")
    return parts.joined(separator: "\n")
  }

  public func json() -> String {
    let scored =
      score.map { score in
        "{\"probability\":\(shortest(score.probability)),\"low\":\(shortest(score.low)),"
          + "\"high\":\(shortest(score.high)),\"band\":\(jsonString(score.band.rawValue)),"
          + "\"label\":\(jsonString(score.label)),\"average_log_odds\":\(shortest(score.contributions.average))}"
      } ?? "null"
    return "{\"customer_id\":\(jsonString(customer)),\"as_of\":\(jsonString(date(asOf))),\"score\":\(scored),"
      + "\"tables\":{"
      + tables().map { "\(jsonString($0.title ?? "")):\($0.json())" }.joined(separator: ",")
      + "},\"verdict\":\(jsonString(verdict()))}\n"
  }

  // MARK: Parts

  private func scoreTable(of count: Int) -> ResultTable? {
    guard let score else { return nil }
    let all = score.contributions.parts
    var table = ResultTable(
      title: "What the score is made of",
      columns: [
        .init("log_odds", digits: 3), .init("effect", alignment: .leading),
        .init("words", alignment: .leading),
        .init("feature", alignment: .leading),
      ],
      rows: all.prefix(count).map { part in
        [
          .number(part.logOdds), .text(part.logOdds > 0 ? "raises" : "lowers"), .text(part.words),
          .text(part.feature),
        ]
      })
    if all.count > count {
      let rest = all.dropFirst(count).reduce(0) { $0 + $1.logOdds }
      table.append([
        .number(rest), .text(rest > 0 ? "raises" : "lowers"), .text("\(all.count - count) others together"),
        "",
      ])
    }
    return table
  }

  private func historyTable() -> ResultTable {
    ResultTable(
      title: "History used",
      columns: [
        .init("kind", alignment: .leading), .init("events"), .init("first", alignment: .leading),
        .init("last", alignment: .leading),
      ],
      rows: history.map { kind in
        [.text(kind.name), .integer(kind.events), .text(date(kind.first)), .text(date(kind.last))]
      })
  }

  private func standingTable() -> ResultTable {
    let report = run.segments
    var table = ResultTable(
      title: "Where they stand",
      columns: [.init("what", alignment: .leading), .init("is", alignment: .leading)])
    func add(_ what: String, _ words: String?) {
      table.append([.text(what), words.map { .text($0) } ?? .missing])
    }
    func add(_ what: String, _ value: Double, digits: Int, _ unit: String = "") {
      add(what, value.isNaN ? nil : fixed(value, digits: digits) + unit)
    }
    let money = run.currency.map { " \($0)" } ?? ""
    add("stage", report.stages[row].map { "\($0.rawValue) (\($0.chineseName))" })
    add("grade", report.grades[row].map { "\($0.rawValue) (\($0.chineseName))" })
    if let scores = report.scores {
      add("segment", scores.classicalSegment(of: row).map { "\($0.rawValue) (\($0.chineseName))" })
      add(
        "RFM scores", scores.scores[row].map { "\($0.recency) \($0.frequency) \($0.money)" })
      add("last purchase", scores.recencyDays.values[row], digits: 0, " days ago")
      add("purchase days", scores.frequency.values[row], digits: 0)
      add("spend", scores.money.values[row], digits: 2, money)
    }
    if let groups = report.groups { add("group", groups[row].rawValue) }
    add("activity", report.activities[row]?.band.rawValue)
    add("timing", report.activities[row]?.timing(report.choice.activity)?.rawValue)
    let activity = report.activities[row]
    add(
      "usual interval, drawn to today's customers'", activity?.interval ?? .nan, digits: 0,
      activity?.byRhythm == nil ? " days, for the most part that of all customers" : " days")
    if let values = report.values {
      let days = "within \(values.horizonDays) days"
      add("expected purchase days \(days)", values.columns.expectedPurchases[row], digits: 2)
      if values.spend != nil {
        add(
          "margin expected of \(values.choice.months) months", report.lifetimeMargin(row, values), digits: 2,
          money)
      }
    }
    if report.churnProbabilities != nil { add("value at risk", report.valueAtRisk(row), digits: 2, money) }
    return table
  }

  private func coolingTable(forPeople: Bool = false) -> ResultTable? {
    guard let cooling = run.segments.cooling else { return nil }
    let own = cooling.findings(of: row)
    // A heading over nothing says less than the sentence that people get.
    if own.isEmpty, forPeople { return nil }
    return ResultTable(
      title: own.isEmpty ? "No cooling sign shows" : "Cooling signs",
      columns: [
        .init("sign", alignment: .leading), .init("value", digits: 2), .init("of", alignment: .leading),
        .init("shows_when", alignment: .leading), .init("since", alignment: .leading),
      ],
      rows: own.map { finding in
        let signal = cooling.signals[finding.signal]
        return [
          .text(signal.name), .number(finding.value),
          .text(signal.measure + (cooling.category(of: finding).map { ": \($0)" } ?? "")),
          .text(signal.threshold), .text(run.segments.since(finding)),
        ]
      })
  }

  /// Every action of the playbook: what became of it, and why.
  private func actionTable() -> ResultTable {
    let actions = run.outreach.playbook.actions
    return ResultTable(
      title: "Actions, in the order of the playbook",
      columns: [
        .init("action", alignment: .leading), .init("outcome", alignment: .leading),
        .init("why", alignment: .leading), .init("guards_passed", alignment: .leading),
        .init("guards_failed", alignment: .leading),
      ],
      rows: zip(actions, steps.steps).map { action, step in
        let failed = step.failed.map { "\($0.rule.rawValue): \($0.words)" }.joined(separator: "; ")
        let why: String =
          switch step.outcome {
          case .notMeant: "does not hold: \(action.when)"
          case .notAsked: "the playbook had ended before it"
          case .notFirst: "an earlier action is done"
          default: step.reason ?? ""
          }
        return [
          .text(step.action), .text(step.outcome.rawValue), .text(why),
          .text(step.passed.map(\.rawValue).joined(separator: " ")), .text(failed),
        ]
      })
  }

  /// What is done in the end, in a sentence.
  private func verdict() -> String {
    let playbook = run.outreach.playbook
    if let planned = steps.planned {
      let action = playbook.actions[planned.action]
      return "Planned: \(action.id) by \(playbook.channels[planned.channel].name), "
        + "\(run.outreach.sendText(planned))"
        + (run.outreach.hourText(planned).map { " (\($0))" } ?? "")
    }
    if let withheld = steps.withheld {
      let others = withheld.others.guards.map(\.rawValue)
      return "Withheld: \(withheld.reason.rawValue)"
        + (others.isEmpty ? "" : ", and \(others.joined(separator: ", "))")
    }
    return "No action is meant for them"
  }

  private func date(_ instant: Instant) -> String { run.outreach.calendar.text(instant) }
}
