public import RekindleTables

extension HealthReport {
  /// Every check, also those that passed.
  public func table() -> ResultTable {
    ResultTable(
      title: "Health",
      columns: [
        .init("check", alignment: .leading), .init("metric", alignment: .leading),
        .init("verdict", alignment: .leading), .init("what was found", alignment: .leading),
      ],
      rows: checks.map {
        [.text($0.name), .text($0.metric ?? ""), .text($0.verdict.rawValue), .text($0.sentence)]
      })
  }
}
