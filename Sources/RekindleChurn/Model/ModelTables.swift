public import RekindleTables

extension ChurnModel {
  /// The coefficients, in the columns that statistics software prints.
  public func coefficientTable() -> ResultTable {
    func cell(_ value: Double?, _ digits: Int? = nil) -> ResultTable.Cell {
      value.map { .number($0, digits: digits) } ?? .missing
    }
    return ResultTable(
      title: "Coefficients (standard errors clustered by customer)",
      columns: [
        .init("term", alignment: .leading), .init("estimate", digits: 6), .init("std_error", digits: 6),
        .init("z", digits: 3), .init("p_value", digits: 4), .init("conf_low", digits: 6),
        .init("conf_high", digits: 6), .init("odds_ratio", digits: 4), .init("standardized", digits: 4),
      ],
      rows: coefficients.map {
        [
          .text($0.term), cell($0.estimate), cell($0.standardError), cell($0.z), cell($0.pValue),
          cell($0.low),
          cell($0.high), cell($0.oddsRatio), cell($0.standardized),
        ]
      })
  }

  /// Out of time, in sample, and recency alone side by side.
  public func evaluationTable() -> ResultTable {
    var columns: [(name: String, of: Evaluation?)] = [
      ("out_of_time", evaluation.outOfTime), ("in_sample", evaluation.inSample),
    ]
    if let recency = evaluation.recency { columns.append(("recency_alone", recency.logistic)) }
    return Evaluation.table(columns, recencyRanking: evaluation.recency?.ranking)
  }

  /// Predicted against observed, out of time.
  public func calibrationTable() -> ResultTable { evaluation.outOfTime.calibrationTable() }

  /// What turning to the highest scores first gains, out of time.
  public func liftTable() -> ResultTable { evaluation.outOfTime.liftTable() }
}

extension Evaluation {
  /// The figures of one evaluation.
  public func table(name: String = "value") -> ResultTable { Self.table([(name, self)], recencyRanking: nil) }

  static func table(
    _ evaluations: [(name: String, of: Evaluation?)], recencyRanking: AreaUnderCurve?
  ) -> ResultTable {
    var table = ResultTable(
      title: "Evaluation",
      columns: [.init("metric", alignment: .leading)] + evaluations.map { .init($0.name, digits: 6) })
    func add(_ name: String, _ value: (Evaluation) -> Double?) {
      table.append([.text(name)] + evaluations.map { $0.of.flatMap(value).map { .number($0) } ?? .missing })
    }
    table.append([.text("customers")] + evaluations.map { $0.of.map { .integer($0.count) } ?? .missing })
    table.append([.text("churned")] + evaluations.map { $0.of.map { .integer($0.events) } ?? .missing })
    add("base_rate") { $0.baseRate }
    add("auc") { $0.area.area }
    add("auc_low") { $0.area.low }
    add("auc_high") { $0.area.high }
    add("pr_auc") { $0.scores.averagePrecision }
    add("log_loss") { $0.scores.logLoss }
    add("brier") { $0.scores.brier }
    add("expected_over_observed") { $0.calibration.expectedOverObserved }
    add("calibration_in_the_large") { $0.calibration.inTheLarge }
    add("calibration_intercept") { $0.calibration.intercept }
    add("calibration_slope") { $0.calibration.slope }
    add("lift_top_tenth") { $0.lift.steps.first?.lift }
    if let recencyRanking {
      let blanks = [ResultTable.Cell](repeating: .missing, count: evaluations.count - 1)
      table.append([.text("auc_of_ranking_by_recency")] + blanks + [.number(recencyRanking.area)])
    }
    return table
  }

  /// Bins of probability with what happened in each.
  public func calibrationTable() -> ResultTable {
    ResultTable(
      title: "Calibration",
      columns: [
        .init("customers"), .init("churned"), .init("mean_probability", digits: 4),
        .init("churn_rate", digits: 4),
        .init("conf_low", digits: 4), .init("conf_high", digits: 4),
      ],
      rows: calibration.bins.map {
        [
          .integer($0.count), .integer($0.events), .number($0.meanProbability), .number($0.eventRate),
          .number($0.low), .number($0.high),
        ]
      })
  }

  /// Tenths of the customers by score.
  public func liftTable() -> ResultTable {
    ResultTable(
      title: "Lift and gain",
      columns: [
        .init("reached"), .init("churn_rate", digits: 4), .init("lift", digits: 3),
        .init("cumulative_lift", digits: 3), .init("gain"),
      ],
      rows: lift.steps.map {
        [
          .percent($0.reached, digits: 0), .number($0.eventRate), .number($0.lift),
          .number($0.cumulativeLift),
          .percent($0.gain),
        ]
      })
  }
}

extension DriftReport {
  /// Features and the score, the most shifted first.
  public func table() -> ResultTable {
    var entries = features.map { ($0.name, $0.stability) }
    if let score { entries.append(("churn_probability", score)) }
    return ResultTable(
      title: "Population stability against training",
      columns: [
        .init("feature", alignment: .leading), .init("psi", digits: 4), .init("band", alignment: .leading),
      ],
      rows: entries.sorted { ($1.1.index, $0.0) < ($0.1.index, $1.0) }
        .map { [.text($0.0), .number($0.1.index), .text($0.1.band.rawValue)] })
  }
}

extension AreaDifference {
  /// The paired comparison of two models on the same customers.
  public func table(name: String, minus other: String) -> ResultTable {
    var table = ResultTable(
      title: "AUC of \(name) minus AUC of \(other), paired (DeLong)",
      columns: [
        .init("difference", digits: 6), .init("std_error", digits: 6), .init("conf_low", digits: 6),
        .init("conf_high", digits: 6), .init("z", digits: 3), .init("p_value", digits: 4),
      ])
    table.append([
      .number(difference), .number(standardError), .number(low), .number(high),
      z.map { .number($0) } ?? .missing, pValue.map { .number($0) } ?? .missing,
    ])
    return table
  }
}
