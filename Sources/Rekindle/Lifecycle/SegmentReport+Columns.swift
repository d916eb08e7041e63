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
      thirdPurchaseColumn(piece),
    ] + scoreColumns(piece) + activityColumns(piece) + coolingColumns(piece) + replenishmentColumns(piece)
      + valueColumns(piece)
  }

  /// The day on which chance became a habit; empty for who has not got there.
  private func thirdPurchaseColumn(_ piece: Piece) -> OutputColumn {
    // Both ascend.
    var next = thirdPurchases[...]
    return OutputColumn(
      "third_purchase_on",
      .text(
        piece.customers.map { customer in
          while let third = next.first, third.customer < customer { next.removeFirst() }
          guard let third = next.first, third.customer == customer else { return "" }
          return CivilDate(daysSinceEpoch: third.day).description
        }))
  }

  /// Of the categories that have a cycle, the one that is the most overdue.
  private func replenishmentColumns(_ piece: Piece) -> [OutputColumn] {
    guard let replenishment else { return [] }
    return [
      piece.category("replenishment_category", replenishment.categories.map(\.name)) {
        replenishment.mostOverdue(of: $0)?.category
      },
      piece.number("replenishment_lateness") { replenishment.mostOverdue(of: $0)?.lateness ?? .nan },
    ]
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
      // Sums of binary fractions: money has no more places than these.
      piece.number("spend") { (100 * scores.money.values[$0]).rounded() / 100 },
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
    // Many signs are of one date.
    var dates: [Instant: [UInt8]] = [:]
    for customer in piece.customers {
      for finding in cooling.findings(of: customer) where dates[finding.since] == nil {
        dates[finding.since] = Array(", since \(date(finding.since))".utf8)
      }
    }
    /// Such as `spend halved: 0.31 of before, since 2025-12-04 or earlier; tier dropped: 1 level, since …`.
    let words = piece.map { [dates] customer in
      var text: [UInt8] = []
      for finding in cooling.findings(of: customer) {
        if !text.isEmpty { text += "; ".utf8 }
        cooling.appendWords(of: finding, to: &text)
        text += dates[finding.since] ?? []
        if finding.mayBeEarlier { text += " or earlier".utf8 }
      }
      return String(decoding: text, as: UTF8.self)
    }
    // Of the oldest sign, and whether it may be older than that.
    let oldest = piece.map { customer in
      let findings = cooling.findings(of: customer)
      guard let since = findings.lazy.map(\.since).min() else { return (Instant.distantPast, Int32(-1)) }
      return (since, findings.contains { $0.since == since && $0.mayBeEarlier } ? 1 : 0)
    }
    return [
      OutputColumn("cooling_count", .integer(piece.map { Int64(cooling.findings(of: $0).count) })),
      OutputColumn("cooling_signs", .text(words)),
      OutputColumn("cooling_since", .time(oldest.map(\.0))),
      OutputColumn("cooling_since_or_earlier", .category(codes: oldest.map(\.1), words: ["no", "yes"])),
    ]
      + cooling.signals.indices.map { signal in
        piece.number(cooling.signals[signal].name + "_value") { customer in
          cooling.findings(of: customer).first { $0.signal == signal }?.value ?? .nan
        }
      }
  }

  /// Such as `2025-12-04 or earlier`.
  func since(_ finding: CoolingReport.Finding) -> String {
    date(finding.since) + (finding.mayBeEarlier ? " or earlier" : "")
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
