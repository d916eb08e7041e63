internal import RekindleCore
internal import RekindleLifecycle
internal import RekindleStatistics
public import RekindleTables

extension SegmentReport {
  /// The summary: counts with shares and 95 % intervals (Wilson's), cuts, signs, models, transitions.
  public func tables() -> [ResultTable] {
    var tables = [
      shares("Stages", "stage", Stage.allCases, stages, name: \.rawValue, chinese: \.chineseName),
      shares(
        "Relationship grades", "grade", RelationshipGrade.allCases, grades, name: \.rawValue,
        chinese: \.chineseName),
    ]
    if let scores {
      tables += [
        cutTable(scores),
        shares(
          "RFM segments", "segment", ClassicalSegment.allCases, scores.classicalSegments, name: \.rawValue,
          chinese: \.chineseName),
      ]
    }
    if let groups {
      tables.append(
        shares("RFM groups", "group", RFMGroup.allCases, groups.map { $0 }, name: \.rawValue, chinese: nil))
    }
    tables += [
      shares(
        "Activity", "band", ActivityBand.allCases, activities.map { $0?.band }, name: \.rawValue,
        chinese: nil),
      shares(
        "Timing", "timing", Activity.Timing.allCases, activities.map { $0?.timing(choice.activity) },
        name: \.rawValue, chinese: nil),
    ]
    if let cooling { tables.append(signalTable(cooling)) }
    if let values { tables += [modelTable(values), valueTable(values)] }
    if let transitions { tables.append(transitionTable(transitions)) }
    return tables
  }

  public func text() -> String {
    (tables().map { $0.text() } + [omitted.map { $0 + "\n" }.joined()]).joined(separator: "\n")
  }

  public func json() -> String {
    "{\"as_of\":\(jsonString(log.calendar.text(asOf))),\"tables\":{"
      + tables().map { "\(jsonString($0.title ?? "")):\($0.json())" }.joined(separator: ",")
      + "},\"left_out\":[\(omitted.map(jsonString).joined(separator: ","))]}\n"
  }

  /// Of the customers who have one of the classes, how many are in each.
  private func shares<Class: Hashable>(
    _ title: String, _ heading: String, _ all: [Class], _ classes: [Class?], name: (Class) -> String,
    chinese: ((Class) -> String)?
  ) -> ResultTable {
    var counts = [Int](repeating: 0, count: all.count)
    for row in rows { if let own = classes[Int(row)] { counts[all.place(own)] += 1 } }
    let total = counts.reduce(0, +)
    var columns = [ResultTable.Column(heading, alignment: .leading)]
    if chinese != nil { columns.append(.init("zh", alignment: .leading)) }
    columns += [.init("customers"), .init("share"), .init("low"), .init("high")]
    return ResultTable(
      title: title, columns: columns,
      rows: zip(all, counts).map { item, successes in
        let count = ProportionCounts(successes: successes, count: total)
        let interval = count.wilson()
        return [.text(name(item))] + (chinese.map { [.text($0(item))] } ?? [])
          + [
            .integer(count.successes), .percent(count.rate),
            total > 0 ? .percent(interval.lower) : .missing, total > 0 ? .percent(interval.upper) : .missing,
          ]
      })
  }

  private func cutTable(_ scores: RFM) -> ResultTable {
    let rows: [(String, RFM.Measure, String)] = [
      ("days_since_last_purchase", scores.recencyDays, "low is good"),
      ("purchase_days", scores.frequency, "high is good"), ("spend", scores.money, "high is good"),
    ]
    return ResultTable(
      title: "RFM cuts",
      columns: [
        .init("measure", alignment: .leading), .init("scores"), .init("direction", alignment: .leading),
        .init("cuts", alignment: .leading),
      ],
      rows: rows.map { name, measure, direction in
        [
          .text(name), .integer(measure.scoreCount), .text(direction),
          .text(measure.cuts.map { fixed($0, digits: 2) }.joined(separator: ", ")),
        ]
      })
  }

  private func signalTable(_ cooling: CoolingReport) -> ResultTable {
    var counts = [Int](repeating: 0, count: cooling.signals.count)
    for finding in cooling.findings { counts[finding.signal] += 1 }
    return ResultTable(
      title: "Cooling signs",
      columns: [
        .init("sign", alignment: .leading), .init("customers"), .init("share"),
        .init("shows_when", alignment: .leading), .init("value_is", alignment: .leading),
      ],
      rows: cooling.signals.enumerated().map { index, signal in
        [
          .text(signal.name), .integer(counts[index]),
          .percent(Double(counts[index]) / Double(rows.count)), .text(signal.threshold),
          .text(signal.measure),
        ]
      })
  }

  private func modelTable(_ values: CustomerValues) -> ResultTable {
    let unit = values.choice.unit.rawValue
    var table = ResultTable(
      title: "Models of value (times in \(unit)s)",
      columns: [
        .init("model", alignment: .leading), .init("parameter", alignment: .leading),
        .init("estimate", digits: 6), .init("standard_error", digits: 6), .init("log_likelihood", digits: 6),
        .init("customers"),
      ])
    for (name, fit) in [(values.timingName, values.timing)]
      + (values.spend.map { [("gamma-gamma", $0)] } ?? [])
    {
      for (index, estimate) in fit.estimates.enumerated() {
        table.append([
          .text(name), .text(estimate.name), .number(estimate.value), .number(estimate.standardError),
          index == 0 ? .number(fit.logLikelihood) : .missing, index == 0 ? .integer(fit.count) : .missing,
        ])
      }
    }
    return table
  }

  private func valueTable(_ values: CustomerValues) -> ResultTable {
    func sum(_ value: (Int) -> Double) -> Double {
      rows.reduce(0) { total, row in
        let own = value(Int(row))
        return own.isNaN ? total : total + own
      }
    }
    let columns = values.columns
    var lines: [(String, Double)] = [
      (
        "customers who buy within \(values.horizonDays) days", sum { 1 - columns.probabilityOfNoPurchase[$0] }
      ),
      ("purchase days within \(values.horizonDays) days", sum { columns.expectedPurchases[$0] }),
    ]
    if values.spend != nil {
      lines += [
        (
          "spend within \(values.horizonDays) days",
          sum { columns.expectedPurchases[$0] * columns.expectedSpend[$0] }
        ),
        (
          "value of \(values.choice.months) months at \(fixed(100 * values.choice.yearlyDiscount, digits: 1))%"
            + " a year, margin \(fixed(100 * values.choice.margin, digits: 0))%",
          sum { lifetimeMargin($0, values) }
        ),
      ]
      if churnProbabilities != nil { lines.append(("of it at risk, of scored customers", sum(valueAtRisk))) }
    }
    return ResultTable(
      title: "Expected", columns: [.init("of all customers", alignment: .leading), .init("sum")],
      rows: lines.map { [.text($0), .money($1)] })
  }

  /// From the stage of the row to that of the column: every cell that occurs.
  private func transitionTable(_ transitions: Transitions) -> ResultTable {
    ResultTable(
      title: "Stages from \(date(transitions.from)) to \(date(asOf))",
      columns: [
        .init("from", alignment: .leading), .init("to", alignment: .leading), .init("customers"),
        .init("share"), .init("low"), .init("high"),
      ],
      rows: transitions.matrix.cells.filter { $0.count > 0 }.map { cell in
        [
          .text(cell.from?.rawValue ?? "not known yet"), .text(cell.to?.rawValue ?? "not known yet"),
          .integer(cell.count), .percent(cell.share), .percent(cell.interval.lower),
          .percent(cell.interval.upper),
        ]
      })
  }
}
