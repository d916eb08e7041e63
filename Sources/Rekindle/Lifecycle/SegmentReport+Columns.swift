public import RekindleCore
public import RekindleEvents
internal import RekindleLifecycle
internal import RekindleTables

extension SegmentReport {
  /// The report as columns of a file, a row a known customer, ordered by id.
  ///
  /// A column for which the sources do not suffice is left out; what cannot be computed of a customer is
  /// empty. Names end in the unit where one is needed.
  public func outputColumns(workers: Workers) -> [OutputColumn] {
    [
      OutputColumn("customer_id", .text(rows.map { log.customers[Int($0)] })),
      OutputColumn("as_of", .time([Instant](repeating: asOf, count: rows.count))),
      category("stage", Stage.allCases.map(\.rawValue)) { stages[$0].map(Stage.allCases.place) },
      category("grade", RelationshipGrade.allCases.map(\.rawValue)) {
        grades[$0].map(RelationshipGrade.allCases.place)
      },
      thirdPurchaseColumn(),
    ] + scoreColumns() + activityColumns() + coolingColumns(workers) + replenishmentColumns()
      + valueColumns()
  }

  /// The day on which chance became a habit; empty for who has not got there.
  private func thirdPurchaseColumn() -> OutputColumn {
    var days = [String](repeating: "", count: log.customers.count)
    for third in thirdPurchases {
      days[Int(third.customer)] = CivilDate(daysSinceEpoch: third.day).description
    }
    return OutputColumn("third_purchase_on", .text(rows.map { days[Int($0)] }))
  }

  /// Of the categories that have a cycle, the one that is the most overdue.
  private func replenishmentColumns() -> [OutputColumn] {
    guard let replenishment else { return [] }
    return [
      category("replenishment_category", replenishment.categories.map(\.name)) {
        replenishment.mostOverdue(of: $0)?.category
      },
      number("replenishment_lateness") { replenishment.mostOverdue(of: $0)?.lateness ?? .nan },
    ]
  }

  private func scoreColumns() -> [OutputColumn] {
    guard let scores else { return [] }
    let segments = scores.classicalSegments
    let all = ClassicalSegment.allCases
    var columns = [
      number("days_since_last_purchase") { scores.recencyDays.values[$0] },
      number("purchase_days") { scores.frequency.values[$0] },
      // Sums of binary fractions: money has no more places than these.
      number("spend") { (100 * scores.money.values[$0]).rounded() / 100 },
      number("recency_score") { scores.scores[$0].map { Double($0.recency) } ?? .nan },
      number("frequency_score") { scores.scores[$0].map { Double($0.frequency) } ?? .nan },
      number("money_score") { scores.scores[$0].map { Double($0.money) } ?? .nan },
      category("segment", all.map(\.rawValue)) { segments[$0].map(all.place) },
      category("segment_zh", all.map(\.chineseName)) { segments[$0].map(all.place) },
    ]
    if let groups {
      columns.append(
        category("group", RFMGroup.allCases.map(\.rawValue)) { RFMGroup.allCases.place(groups[$0]) })
    }
    return columns
  }

  private func activityColumns() -> [OutputColumn] {
    let bands = ActivityBand.allCases
    let timings = Activity.Timing.allCases
    return [
      category("activity", bands.map(\.rawValue)) { activities[$0].map { bands.place($0.band) } },
      category("activity_by", ["own_rhythm", "days"]) { activities[$0].map { $0.byRhythm == nil ? 1 : 0 } },
      number("usual_interval_days") { activities[$0]?.interval ?? .nan },
      number("overdue_ratio") { activities[$0]?.overdueRatio ?? .nan },
      category("timing", timings.map(\.rawValue)) {
        activities[$0]?.timing(choice.activity).map(timings.place)
      },
    ]
  }

  /// How many signs show, which in words, the day since which the oldest has, and the measured value of
  /// each that shows.
  private func coolingColumns(_ workers: Workers) -> [OutputColumn] {
    guard let cooling else { return [] }
    // They come by customer.
    var starts = [0]
    starts.reserveCapacity(cooling.counts.count + 1)
    for count in cooling.counts { starts.append(starts[starts.count - 1] + count) }
    // Signs are as old as one of the few dates looked at, or as some day of replenishment.
    let dates = Dictionary(
      Set(cooling.findings.lazy.map(\.since)).map { ($0, Array(", since \(date($0))".utf8)) },
      uniquingKeysWith: { first, _ in first })
    /// Such as `spend halved: 0.31 of before, since 2025-12-04 or earlier; tier dropped: 1 level, since …`.
    let words = workers.map(rows: rows.count) { [starts] row in
      let customer = Int(rows[row])
      var text: [UInt8] = []
      for finding in cooling.findings[starts[customer]..<starts[customer + 1]] {
        if !text.isEmpty { text += "; ".utf8 }
        cooling.appendWords(of: finding, to: &text)
        text += dates[finding.since] ?? []
        if finding.mayBeEarlier { text += " or earlier".utf8 }
      }
      return String(decoding: text, as: UTF8.self)
    }
    // Of the oldest sign, and whether it may be older than that.
    let oldest = workers.map(rows: rows.count) { [starts] row in
      let customer = Int(rows[row])
      let findings = cooling.findings[starts[customer]..<starts[customer + 1]]
      guard let since = findings.lazy.map(\.since).min() else { return (Instant.distantPast, Int32(-1)) }
      return (since, findings.contains { $0.since == since && $0.mayBeEarlier } ? 1 : 0)
    }
    var values = [[Double]](
      repeating: [Double](repeating: .nan, count: log.customers.count), count: cooling.signals.count)
    for finding in cooling.findings { values[finding.signal][Int(finding.customer)] = finding.value }
    return [
      OutputColumn("cooling_count", .integer(rows.map { Int64(cooling.counts[Int($0)]) })),
      OutputColumn("cooling_signs", .text(words)),
      OutputColumn("cooling_since", .time(oldest.map(\.0))),
      OutputColumn("cooling_since_or_earlier", .category(codes: oldest.map(\.1), words: ["no", "yes"])),
    ]
      + cooling.signals.indices.map { signal in
        number(cooling.signals[signal].name + "_value") { values[signal][$0] }
      }
  }

  /// Such as `2025-12-04 or earlier`.
  func since(_ finding: CoolingReport.Finding) -> String {
    date(finding.since) + (finding.mayBeEarlier ? " or earlier" : "")
  }

  func date(_ instant: Instant) -> String {
    CivilDate(daysSinceEpoch: log.calendar.day(of: instant)).description
  }

  private func valueColumns() -> [OutputColumn] {
    guard let values else { return [] }
    let unit = values.choice.unit.rawValue + "s"
    var history = [[Double]](repeating: [Double](repeating: .nan, count: log.customers.count), count: 4)
    for (index, customer) in values.histories.customers.enumerated() {
      let own = values.histories.histories[index]
      let figures = [own.repeats, own.lastAge, own.age, values.histories.spends[index].mean]
      for column in figures.indices { history[column][Int(customer)] = figures[column] }
    }
    let columns = values.columns
    let days = "\(values.horizonDays)d"
    var result = [
      number("frequency") { history[0][$0] },
      number("recency_\(unit)") { history[1][$0] },
      number("T_\(unit)") { history[2][$0] },
      number("p_alive") { columns.probabilityAlive[$0] },
      number("p_no_purchase_\(days)") { columns.probabilityOfNoPurchase[$0] },
      number("expected_purchases_\(days)") { columns.expectedPurchases[$0] },
    ]
    if values.spend != nil {
      result += [
        number("monetary_value") { history[3][$0] },
        number("expected_spend_per_purchase") { columns.expectedSpend[$0] },
        number("expected_value_\(days)") { columns.expectedPurchases[$0] * columns.expectedSpend[$0] },
        number("clv_\(values.choice.months)_months") { lifetimeMargin($0, values) },
      ]
    }
    if let churnProbabilities {
      result.append(number("churn_probability") { churnProbabilities[$0] })
      if values.spend != nil { result.append(number("value_at_risk") { valueAtRisk($0) }) }
    }
    return result
  }

  private func number(_ name: String, _ value: (Int) -> Double) -> OutputColumn {
    OutputColumn(name, .number(rows.map { value(Int($0)) }))
  }

  private func category(_ name: String, _ words: [String], _ place: (Int) -> Int?) -> OutputColumn {
    OutputColumn(name, .category(codes: rows.map { Int32(place(Int($0)) ?? -1) }, words: words))
  }
}

extension Array where Element: Hashable {
  /// Where an element stands in a short list that has it.
  func place(_ element: Element) -> Int { firstIndex(of: element) ?? 0 }
}
