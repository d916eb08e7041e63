internal import RekindleStatistics
public import RekindleTables

extension ExperimentReport {
  /// What a person reads first: the status, the next step, and what the health checks have to say.
  public func summary() -> String {
    var lines = ["\(experiment): \(status.words)"]
    if !status.nextStep.isEmpty { lines.append("Next: \(status.nextStep)") }
    let told = health.failures + health.warnings
    if told.isEmpty {
      lines.append("Health: all \(health.checks.count) checks passed.")
    } else {
      lines.append("Health:")
      for check in told {
        let word = check.verdict == .fail ? "FAILED " : "warning"
        lines.append("  \(word)  \(check.metric.map { "\($0): " } ?? "")\(check.sentence)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The tables that people read, those without rows left out.
  public func tables() -> [ResultTable] {
    var tables: [ResultTable] = []
    let overall = rows.filter { $0.section == .comparison && $0.segment == "overall" }
    let segments = rows.filter { $0.section == .comparison && $0.segment != "overall" }
    func add(_ title: String, _ rows: [ReportRow], segment: Bool = false) {
      guard !rows.isEmpty else { return }
      tables.append(short(title, rows, showsSegment: segment))
    }
    add("Comparisons with \(overall.first?.control ?? "the control")", overall)
    let best = rows.filter { $0.section == .best }
    if !best.isEmpty { tables.append(bestTable(best)) }
    add("What they are made of", rows.filter { $0.section == .decomposition })
    add("Factors", rows.filter { $0.section == .factorial }, segment: true)
    let cells = rows.filter { $0.section == .cell }
    if !cells.isEmpty { tables.append(cellTable(cells)) }
    add("All arms against the holdout", rows.filter { $0.section == .holdout })
    add("Of those who took it up", rows.filter { $0.section == .compliance })
    add("Segments", segments, segment: true)
    add(
      "Do segments differ?",
      rows.filter { $0.section == .segment && $0.effect.method == "heterogeneity" }, segment: true)
    add("By day of exposure", rows.filter { $0.section == .day }, segment: true)
    tables.append(health.table())
    return tables
  }

  private func short(_ title: String, _ rows: [ReportRow], showsSegment: Bool) -> ResultTable {
    var columns: [ResultTable.Column] = [.init("metric", alignment: .leading)]
    if showsSegment { columns.append(.init("segment", alignment: .leading)) }
    columns += [
      .init("variant", alignment: .leading), .init("control", alignment: .leading),
      .init("value"), .init("of control"), .init("difference"), .init("interval"), .init("lift"),
      .init("interval of lift"), .init("p"), .init("adjusted p"), .init("decision", alignment: .leading),
    ]
    let cells = rows.map { row -> [ResultTable.Cell] in
      let effect = row.effect
      var cells: [ResultTable.Cell] = [.text(row.metric)]
      if showsSegment { cells.append(.text(row.segment)) }
      cells += [
        .text(row.variant), .text(row.control), .text(significant(effect.variant, 4)),
        .text(significant(effect.control, 4)), .text(signed(effect.difference)),
        .text(span(effect.differenceInterval)), .text(shownLift(effect.lift)),
        .text(liftSpan(effect.liftInterval)),
        .text(shownP(effect.pValue)), .text(shownP(row.adjustedP)),
        .text(([row.decision] + row.warnings).filter { !$0.isEmpty }.joined(separator: "; ")),
      ]
      return cells
    }
    return ResultTable(title: title, columns: columns, rows: cells)
  }

  private func bestTable(_ rows: [ReportRow]) -> ResultTable {
    ResultTable(
      title: "Which arm is the best",
      columns: [
        .init("metric", alignment: .leading), .init("arm", alignment: .leading), .init("value"),
        .init("P(best)"), .init("expected loss"),
      ],
      rows: rows.map {
        [
          .text($0.metric), .text($0.variant), .text(significant($0.effect.variant, 4)),
          .text(shownP($0.probabilityBetter)), .text(significant($0.expectedLoss, 3)),
        ]
      })
  }

  private func cellTable(_ rows: [ReportRow]) -> ResultTable {
    ResultTable(
      title: "Cells",
      columns: [
        .init("metric", alignment: .leading), .init("cell", alignment: .leading), .init("units"),
        .init("value"), .init("interval"),
      ],
      rows: rows.map {
        [
          .text($0.metric), .text($0.variant), .integer($0.variantCount),
          .text(significant($0.effect.variant, 4)), .text(span($0.effect.differenceInterval)),
        ]
      })
  }

  private func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + significant(value, 4)
  }

  private func span(_ interval: Interval) -> String {
    guard !interval.lower.isNaN, !interval.upper.isNaN else { return "–" }
    guard interval.lower.isFinite || interval.upper.isFinite else { return "unbounded" }
    let lower = interval.lower.isFinite ? signed(interval.lower) : "-∞"
    let upper = interval.upper.isFinite ? signed(interval.upper) : "∞"
    return "\(lower) to \(upper)"
  }

  private func shownLift(_ lift: Double) -> String {
    lift.isFinite ? (lift > 0 ? "+" : "") + significant(lift * 100, 3) + "%" : "–"
  }

  private func liftSpan(_ interval: Interval) -> String {
    guard !interval.lower.isNaN, !interval.upper.isNaN else { return "–" }
    guard interval.lower.isFinite || interval.upper.isFinite else { return "unbounded" }
    let lower = interval.lower.isFinite ? shownLift(interval.lower) : "-∞"
    let upper = interval.upper.isFinite ? shownLift(interval.upper) : "∞"
    return "\(lower) to \(upper)"
  }
}
