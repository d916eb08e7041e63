public import RekindleTables

extension DesignReport {
  /// Every comparison, for people and programs.
  public func comparisonTable() -> ResultTable {
    var table = ResultTable(
      title: "What each comparison needs",
      columns: [
        .init("metric", alignment: .leading), .init("role", alignment: .leading),
        .init("kind", alignment: .leading), .init("comparison", alignment: .leading),
        .init("reference", alignment: .leading), .init("baseline", digits: 4), .init("effect", digits: 4),
        .init("lift"), .init("alpha", digits: 4), .init("units_needed"), .init("inflation", digits: 3),
        .init("days"), .init("power_at_hand"), .init("detectable", digits: 4), .init("detectable_lift"),
        .init("aliases", alignment: .leading),
      ])
    for row in comparisons {
      table.append([
        .text(row.metric), .text(row.role.rawValue), .text(row.kind.rawValue), .text(row.name),
        .text(row.reference), number(row.baseline), number(row.effect), percent(row.lift), number(row.alpha),
        integer(row.units), number(row.inflation), integer(row.days), percent(row.powerAtHand),
        number(row.detectable), percent(row.detectableLift), .text(row.aliases.joined(separator: "; ")),
      ])
    }
    return table
  }

  /// How many units each arm needs, by metric: as many as the comparison that needs most, cells against the
  /// control and interactions of a factorial design left out.
  public func armTable(of experiment: Experiment) -> ResultTable {
    var table = ResultTable(
      title: "Units an arm",
      columns: [.init("arm", alignment: .leading), .init("weight", digits: 4)]
        + experiment.metrics.map { .init($0.name) })
    func kind(_ metric: Metric) -> PlannedComparison.Kind {
      experiment.factors.isEmpty || metric.role == .guardrail ? .arm : .mainEffect
    }
    for (place, arm) in experiment.arms.enumerated() {
      let units = experiment.metrics.map { metric in
        comparisons.filter { $0.metric == metric.name && $0.kind == kind(metric) }
          .compactMap { $0.armUnits.indices.contains(place) ? $0.armUnits[place] : nil }.max()
      }
      table.append([.text(arm.name), number(arm.weight)] + units.map(integer))
    }
    return table
  }

  public func curveTable() -> ResultTable {
    var table = ResultTable(
      title: "Power curve",
      columns: [
        .init("metric", alignment: .leading), .init("comparison", alignment: .leading), .init("units"),
        .init("effect", digits: 4), .init("lift"), .init("power"),
      ])
    for point in curve {
      table.append([
        .text(point.metric), .text(point.comparison), .integer(point.units), number(point.effect),
        percent(point.lift), percent(point.power),
      ])
    }
    return table
  }

  public func looksTable() -> ResultTable {
    var table = ResultTable(
      title: "Looks",
      columns: [
        .init("look"), .init("share", digits: 3), .init("units"), .init("day"),
        .init("critical_value", digits: 4), .init("nominal_p", digits: 6), .init("alpha_spent", digits: 6),
        .init("futility", digits: 4), .init("power_so_far"),
      ])
    for look in looks {
      table.append([
        .integer(look.number), number(look.share), integer(look.units), integer(look.day),
        number(look.criticalValue), number(look.nominalLevel), number(look.alphaSpent),
        number(look.futility), percent(look.powerSoFar),
      ])
    }
    return table
  }

  /// What each comparison needs of each arm, a row a number.
  public func armUnitsTable() -> ResultTable {
    var table = ResultTable(
      columns: ["metric", "kind", "comparison", "arm"].map { .init($0, alignment: .leading) }
        + [.init("units")])
    for row in comparisons {
      for (arm, units) in zip(arms, row.armUnits) {
        table.append([
          .text(row.metric), .text(row.kind.rawValue), .text(row.name), .text(arm), .integer(units),
        ])
      }
    }
    return table
  }

  /// What it comes to, a sentence a line.
  public var summary: [String] {
    var lines = [
      "\(experiment): alpha \(shortest(alpha)), power \(fixed(power * 100, digits: 1)) %"
        + (unitsAtHand.map { ", \($0) \($0 == 1 ? "unit" : "units") at hand" } ?? "")
    ]
    if let duration {
      lines.append(
        "duration: \(shownCount(duration.enrolmentDays, "day")) of new units, \(duration.recommendedDays) recommended (whole weeks), "
          + "then \(duration.maturationDays) until the metrics are final: \(shownCount(duration.totalDays, "day"))"
      )
    }
    return lines + findings.map { "\($0.severity.rawValue): \($0.text)" }
  }

  /// For people: columns in which nothing stands are left out.
  private func tables(of experiment: Experiment) -> [ResultTable] {
    [comparisonTable(), armTable(of: experiment), looksTable(), curveTable()]
      .filter { !$0.rows.isEmpty }
      .map { table in
        let kept = table.columns.indices.filter { column in
          table.rows.contains { $0[column] != .missing && $0[column] != .text("") }
        }
        return ResultTable(
          title: table.title, columns: kept.map { table.columns[$0] },
          rows: table.rows.map { row in kept.map { row[$0] } })
      }
  }

  /// For a terminal.
  public func text(of experiment: Experiment) -> String {
    summary.joined(separator: "\n") + "\n\n"
      + tables(of: experiment).map { $0.text() }.joined(separator: "\n")
  }

  public func markdown(of experiment: Experiment) -> String {
    summary.map { "- \($0)\n" }.joined() + "\n"
      + tables(of: experiment).map { $0.markdown() }.joined(separator: "\n")
  }

  /// One document with every number.
  public func json() -> String {
    func array(_ table: ResultTable) -> String {
      var text = table.json()
      text.removeLast()
      return text
    }
    let findingTable = ResultTable(
      columns: [.init("name"), .init("severity"), .init("text")],
      rows: findings.map { [.text($0.name), .text($0.severity.rawValue), .text($0.text)] })
    let durationText =
      duration.map {
        "{\"enrolment_days\": \($0.enrolmentDays), \"recommended_days\": \($0.recommendedDays), "
          + "\"maturation_days\": \($0.maturationDays), \"total_days\": \($0.totalDays)}"
      } ?? "null"
    let members = [
      "\"experiment\": \(jsonString(experiment))", "\"alpha\": \(shortest(alpha))",
      "\"power\": \(shortest(power))", "\"units_at_hand\": \(unitsAtHand.map(String.init) ?? "null")",
      "\"feasible\": \(isFeasible)", "\"duration\": \(durationText)",
      "\"comparisons\": \(array(comparisonTable()))", "\"arm_units\": \(array(armUnitsTable()))",
      "\"looks\": \(array(looksTable()))",
      "\"curve\": \(array(curveTable()))", "\"findings\": \(array(findingTable))",
    ]
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }

  private func number(_ value: Double) -> ResultTable.Cell { value.isFinite ? .number(value) : .missing }

  private func percent(_ value: Double) -> ResultTable.Cell { value.isFinite ? .percent(value) : .missing }

  private func integer(_ value: Int?) -> ResultTable.Cell { value.map { .integer($0) } ?? .missing }
}
