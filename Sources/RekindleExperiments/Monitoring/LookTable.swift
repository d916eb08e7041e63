internal import RekindleCore
internal import RekindleStatistics
public import RekindleTables

extension MonitorReport {
  /// Every look with every number.
  public func lookTable() -> ResultTable {
    func number(_ value: Double) -> ResultTable.Cell { value.isFinite ? .number(value) : .missing }
    return ResultTable(
      title: "Looks",
      columns: [
        .init("day", alignment: .leading), .init("metric", alignment: .leading),
        .init("role", alignment: .leading), .init("variant", alignment: .leading), .init("n_control"),
        .init("n_variant"), .init("information", digits: 3), .init("diff", digits: 5),
        .init("statistic", digits: 3), .init("boundary", digits: 3), .init("always_valid_p", digits: 4),
        .init("lower", digits: 5), .init("upper", digits: 5), .init("verdict", alignment: .leading),
      ],
      rows: looks.map {
        [
          .text($0.day.description), .text($0.metric), .text($0.role.rawValue), .text($0.variant),
          .integer($0.controlCount), .integer($0.variantCount), number($0.information),
          number($0.difference), number($0.statistic), number($0.boundary), number($0.alwaysValidP),
          number($0.interval.lower), number($0.interval.upper), .text($0.verdict.rawValue),
        ]
      })
  }
}
