internal import RekindleStatistics
public import RekindleTables

extension SimulationReport {
  /// Every rate with its Monte-Carlo error.
  public func table() -> ResultTable {
    func number(_ value: Double) -> ResultTable.Cell { value.isFinite ? .number(value) : .missing }
    return ResultTable(
      title: nil,
      columns: [
        .init("metric", alignment: .leading), .init("estimator", alignment: .leading),
        .init("used", alignment: .leading), .init("variant", alignment: .leading),
        .init("measure", alignment: .leading), .init("promised", digits: 4), .init("found", digits: 4),
        .init("error", digits: 4), .init("lower", digits: 4), .init("upper", digits: 4), .init("runs"),
        .init("verdict", alignment: .leading),
      ],
      rows: lines.map { line in
        [
          .text(line.metric), .text(line.estimator), .text(line.isOwn ? "yes" : "no"), .text(line.variant),
          .text(line.measure.rawValue), number(line.promised), number(line.found), number(line.error),
          number(line.interval.lower), number(line.interval.upper), .integer(line.runs),
          .text(line.verdict.rawValue),
        ]
      })
  }

  /// The sentences, for a terminal.
  public func summary() -> String { ([heading] + words).joined(separator: "\n") + "\n" }

  public func text() -> String { summary() + "\n" + table().text() }

  public func markdown() -> String {
    "# \(experiment)\n\n\(heading)\n\n" + words.map { "- \($0)\n" }.joined() + "\n" + table().markdown()
  }

  public func json() -> String {
    """
    {
    "experiment": \(jsonString(experiment)),
    "heading": \(jsonString(heading)),
    "holds": \(holds),
    "words": [\(words.map { jsonString($0) }.joined(separator: ", "))],
    "lines": \(table().json().dropLast())
    }

    """
  }
}
