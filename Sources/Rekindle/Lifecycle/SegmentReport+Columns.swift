public import RekindleCore
public import RekindleEvents
internal import RekindleLifecycle
internal import RekindleTables

extension SegmentReport {
  /// Gives the report as columns of a file, a row a known customer, ordered by id: some of the rows at a
  /// time, `nil` behind the last. Without rows there is still one piece, which says the columns.
  public func pieces(workers: Workers) -> () throws(Diagnostic) -> [OutputColumn]? {
    var next = 0
    return { () throws(Diagnostic) in
      if next > 0 && next >= rows.count { return nil }
      let piece = next..<min(next + ParquetWriter.rowsInGroup, rows.count)
      next = max(1, piece.upperBound)
      return outputColumns(rows: piece, workers: workers)
    }
  }

  /// Some of the rows as columns.
  ///
  /// A column for which the sources do not suffice is left out; what cannot be computed of a customer is
  /// empty. Names end in the unit where one is needed.
  public func outputColumns(rows range: Range<Int>, workers: Workers) -> [OutputColumn] {
    let piece = Piece(customers: rows[range].map(Int.init), workers: workers)
    return [
      OutputColumn("customer_id", .text(piece.customers.map { log.customers[$0] })),
      OutputColumn("as_of", .time([Instant](repeating: asOf, count: range.count))),
      piece.category("stage", Stage.allCases.map(\.rawValue)) { stages[$0].map(Stage.allCases.place) },
      piece.category("grade", RelationshipGrade.allCases.map(\.rawValue)) {
        grades[$0].map(RelationshipGrade.allCases.place)
      },
    ] + scoreColumns(piece) + activityColumns(piece) + coolingColumns(piece) + valueColumns(piece)
  }

  /// Some of the customers, each a row.
  private struct Piece: Sendable {
    let customers: [Int]
    let workers: Workers

    func map<Value: Sendable>(_ value: @Sendable (Int) -> Value) -> [Value] {
      workers.map(rows: customers.count) { value(customers[$0]) }
    }

    func number(_ name: String, _ value: @Sendable (Int) -> Double) -> OutputColumn {
      OutputColumn(name, .number(map(value)))
    }

    func category(_ name: String, _ words: [String], _ place: @Sendable (Int) -> Int?) -> OutputColumn {
      OutputColumn(name, .category(codes: map { Int32(place($0) ?? -1) }, words: words))
    }
  }

  private func scoreColumns(_ piece: Piece) -> [OutputColumn] {
    guard let scores else { return [] }
    let all = ClassicalSegment.allCases
    var columns = [
      piece.number("days_since_last_purchase") { scores.recencyDays.values[$0] },
      piece.number("purchase_days") { scores.frequency.values[$0] },
      piece.number("spend") { scores.money.values[$0] },
      piece.number("recency_score") { scores.scores[$0].map { Double($0.recency) } ?? .nan },
      piece.number("frequency_score") { scores.scores[$0].map { Double($0.frequency) } ?? .nan },
      piece.number("money_score") { scores.scores[$0].map { Double($0.money) } ?? .nan },
      piece.category("segment", all.map(\.rawValue)) { scores.classicalSegment(of: $0).map(all.place) },
      piece.category("segment_zh", all.map(\.chineseName)) { scores.classicalSegment(of: $0).map(all.place) },
    ]
    if let groups {
      columns.append(
        piece.category("group", RFMGroup.allCases.map(\.rawValue)) { RFMGroup.allCases.place(groups[$0]) })
    }
    return columns
  }

  private func activityColumns(_ piece: Piece) -> [OutputColumn] {
    let bands = ActivityBand.allCases
    let timings = Activity.Timing.allCases
    return [
      piece.category("activity", bands.map(\.rawValue)) { activities[$0].map { bands.place($0.band) } },
      piece.category("activity_by", ["own_rhythm", "days"]) {
        activities[$0].map { $0.byRhythm == nil ? 1 : 0 }
      },
      piece.number("usual_interval_days") { activities[$0]?.interval ?? .nan },
      piece.number("overdue_ratio") { activities[$0]?.overdueRatio ?? .nan },
      piece.category("timing", timings.map(\.rawValue)) {
        activities[$0]?.timing(choice.activity).map(timings.place)
      },
    ]
  }

  /// How many signs show, which in words, the day since which the oldest has, and the measured value of
  /// each that shows.
  private func coolingColumns(_ piece: Piece) -> [OutputColumn] {
    guard let cooling else { return [] }
    let threshold = cooling.signals.map { Array($0.threshold.utf8) }
    // Signs are as old as one of the few dates looked at.
    let dates = Dictionary(
      cooling.dates.map { ($0, Array(", since \(date($0))".utf8)) }, uniquingKeysWith: { first, _ in first })
    return [
      OutputColumn("cooling_count", .integer(piece.map { Int64(cooling.findings(of: $0).count) })),
      // Such as `spend halved: 0.31, since 2025-12-04; visits halved: 0.25, since 2025-12-11`.
      OutputColumn(
        "cooling_signs",
        .text(
          piece.map { customer in
            var text: [UInt8] = []
            for finding in cooling.findings(of: customer) {
              if !text.isEmpty { text += "; ".utf8 }
              text += threshold[finding.signal]
              if !finding.value.isNaN {
                text += ": ".utf8
                appendFixed(finding.value, digits: 2, to: &text)
              }
              text += dates[finding.since] ?? []
            }
            return String(decoding: text, as: UTF8.self)
          })),
      OutputColumn(
        "cooling_since",
        .time(piece.map { cooling.findings(of: $0).lazy.map(\.since).min() ?? .distantPast })),
    ]
      + cooling.signals.indices.map { signal in
        piece.number(cooling.signals[signal].name + "_value") { customer in
          cooling.findings(of: customer).first { $0.signal == signal }?.value ?? .nan
        }
      }
  }

  func date(_ instant: Instant) -> String {
    CivilDate(daysSinceEpoch: log.calendar.day(of: instant)).description
  }

  private func valueColumns(_ piece: Piece) -> [OutputColumn] {
    guard let values else { return [] }
    let unit = values.choice.unit.rawValue + "s"
    let histories = values.histories
    // Who has bought comes in the same order.
    var next = 0
    let places = piece.customers.map { customer -> Int? in
      while next < histories.customers.count, histories.customers[next] < customer { next += 1 }
      return next < histories.customers.count && histories.customers[next] == customer ? next : nil
    }
    func history(_ name: String, _ value: (Int) -> Double) -> OutputColumn {
      OutputColumn(name, .number(places.map { $0.map(value) ?? .nan }))
    }
    let columns = values.columns
    let days = "\(values.horizonDays)d"
    var result = [
      history("frequency") { histories.histories[$0].repeats },
      history("recency_\(unit)") { histories.histories[$0].lastAge },
      history("T_\(unit)") { histories.histories[$0].age },
      piece.number("p_alive") { columns.probabilityAlive[$0] },
      piece.number("p_no_purchase_\(days)") { columns.probabilityOfNoPurchase[$0] },
      piece.number("expected_purchases_\(days)") { columns.expectedPurchases[$0] },
    ]
    if values.spend != nil {
      result += [
        history("monetary_value") { histories.spends[$0].mean },
        piece.number("expected_spend_per_purchase") { columns.expectedSpend[$0] },
        piece.number("expected_value_\(days)") { columns.expectedPurchases[$0] * columns.expectedSpend[$0] },
        piece.number("clv_\(values.choice.months)_months") { lifetimeMargin($0, values) },
      ]
    }
    if let churnProbabilities {
      result.append(piece.number("churn_probability") { churnProbabilities[$0] })
      if values.spend != nil { result.append(piece.number("value_at_risk") { valueAtRisk($0) }) }
    }
    return result
  }
}

extension Array where Element: Hashable {
  /// Where an element stands in a short list that has it.
  func place(_ element: Element) -> Int { firstIndex(of: element) ?? 0 }
}
