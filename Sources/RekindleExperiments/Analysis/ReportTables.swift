internal import RekindleStatistics
public import RekindleTables

extension ExperimentReport {
  /// Every row with every column, for programs: CSV, JSON, Markdown.
  public func longTable() -> ResultTable {
    let texts: Set<String> = [
      "experiment", "metric", "role", "segment", "control", "variant", "method", "correction", "decision",
      "warnings",
    ]
    let columns = Self.columns.map {
      ResultTable.Column($0, alignment: texts.contains($0) ? .leading : .trailing)
    }
    return ResultTable(title: nil, columns: columns, rows: rows.map(cells))
  }

  /// The columns of `longTable`, in order.
  public static let columns = [
    "experiment", "metric", "role", "segment", "control", "variant", "n_control", "n_variant",
    "value_control", "value_variant", "diff", "diff_se", "diff_lower", "diff_upper", "lift", "lift_lower",
    "lift_upper", "method", "df", "statistic", "p", "p_adjusted", "correction", "always_valid_p",
    "cs_lower", "cs_upper", "prob_better", "loss", "variance_reduction", "n_excluded", "n_capped",
    "srm_p", "decision", "warnings",
  ]

  private func cells(_ row: ReportRow) -> [ResultTable.Cell] {
    let effect = row.effect
    func number(_ value: Double?) -> ResultTable.Cell {
      guard let value, value.isFinite else { return .missing }
      return .number(value)
    }
    return [
      .text(experiment), .text(row.metric), .text(row.role.rawValue), .text(row.segment),
      .text(row.control), .text(row.variant), .integer(row.controlCount), .integer(row.variantCount),
      number(effect.control), number(effect.variant), number(effect.difference),
      number(effect.standardError), bound(effect.differenceInterval.lower),
      bound(effect.differenceInterval.upper), number(effect.lift), bound(effect.liftInterval.lower),
      bound(effect.liftInterval.upper), .text(effect.method), number(effect.degreesOfFreedom),
      number(effect.statistic), number(effect.pValue), number(row.adjustedP), .text(row.correction),
      number(row.alwaysValidP), bound(row.confidenceSequence.lower), bound(row.confidenceSequence.upper),
      number(row.probabilityBetter), number(row.expectedLoss), number(row.varianceReduction),
      .integer(row.excludedCount), .integer(row.cappedCount), number(row.sampleRatioP),
      .text(row.decision), .text(row.warnings.joined(separator: "; ")),
    ]
  }

  /// An interval without an end says so, instead of leaving the cell empty.
  private func bound(_ value: Double) -> ResultTable.Cell {
    value.isFinite ? .number(value) : value.isNaN ? .missing : .text(value > 0 ? "inf" : "-inf")
  }
}
