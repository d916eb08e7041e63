internal import RekindleCore
internal import RekindleLifecycle
internal import RekindleNumerics
internal import RekindleStatistics
public import RekindleTables

extension LadderReport {
  /// The days at which curves are read.
  static let days: [Double] = [30, 60, 90, 180, 365]

  /// One section's table; `nil` where there is none.
  /// - Parameter forPeople: the cohorts as a triangle, where programs get a row a cell, and of each
  ///   category the likeliest next ones, where programs get all.
  public func table(_ section: Section, forPeople: Bool = false) -> ResultTable? {
    switch section {
    case .rungs: rungTable()
    case .oneAndDone: oneAndDoneTable()
    case .curves: curveTable()
    case .groups: comparison.map(groupTable)
    case .replenishment: replenishment.map(replenishmentTable)
    case .association: association.map { associationTable($0, forPeople: forPeople) }
    case .channels: channels.map(channelTable)
    case .retention: retention.map { forPeople ? triangle($0) : cellTable($0) }
    case .flow: flow.map(flowTable)
    case .discounts: discounts.map(discountTable)
    case .thirdPurchase: discounts.map(thirdPurchaseTable)
    case .promotions: choice.promotions.isEmpty ? nil : discounts.map(promotionTable)
    }
  }

  public func text(_ sections: [Section]) -> String {
    (people(sections).map { $0.text() } + [omitted.map { $0 + "\n" }.joined()]).joined(separator: "\n")
  }

  public func markdown(_ sections: [Section]) -> String {
    (people(sections).map { $0.markdown() } + [omitted.map { "- \($0)\n" }.joined()])
      .joined(separator: "\n")
  }

  private func people(_ sections: [Section]) -> [ResultTable] {
    sections.compactMap { table($0, forPeople: true) }
  }

  public func json(_ sections: [Section]) -> String {
    let tables = sections.compactMap { section in
      table(section).map { "\(jsonString(section.rawValue)):\($0.json())" }
    }
    return "{\"as_of\":\(jsonString(log.calendar.text(asOf))),\"occasion\":\"\(choice.occasion.rawValue)\","
      + tables.joined(separator: ",") + (tables.isEmpty ? "" : ",")
      + "\"left_out\":[\(omitted.map(jsonString).joined(separator: ","))]}\n"
  }

  // MARK: The ladder

  private func rungTable() -> ResultTable {
    ResultTable(
      title: "Repurchase ladder: from the k-th purchase \(choice.occasion.rawValue) to the next",
      columns: [
        .init("from"), .init("reached"), .init("repeated"), .init("naive_share"),
        .init("ever"), .init("low"), .init("high"), .init("median_days", digits: 0),
        .init("median_of_repeaters", digits: 0), .init("ever_within_days", digits: 0),
      ],
      rows: ladder.rungs.filter { $0.reached > 0 }.map { rung in
        let interval = rung.interval(within: rung.reliableDays)
        return [
          .integer(rung.from), .integer(rung.reached), .integer(rung.repeated),
          .percent(rung.repeatedShare), .percent(rung.probability), .percent(interval.lower),
          .percent(interval.upper), .number(rung.medianDays), .number(rung.medianDaysOfRepeaters),
          .number(rung.reliableDays),
        ]
      })
  }

  private func oneAndDoneTable() -> ResultTable {
    var table = ResultTable(
      title: "One and done",
      columns: [
        .init("customers"), .init("one_purchase_so_far"), .init("never_again"), .init("low"), .init("high"),
        .init("ever_within_days", digits: 0),
      ])
    if let first = ladder.rungs.first, first.reached > 0 {
      let (share, interval) = ladder.oneAndDone()
      table.append([
        .integer(first.reached), .percent(1 - first.repeatedShare), .percent(share),
        .percent(interval.lower), .percent(interval.upper),
        .number(first.reliableDays),
      ])
    }
    return table
  }

  private func curveTable() -> ResultTable {
    var table = ResultTable(
      title: "Bought again within so many days (Kaplan-Meier, 95% pointwise)",
      columns: [
        .init("from"), .init("days", digits: 0), .init("probability"), .init("low"), .init("high"),
        .init("at_risk"),
      ])
    for rung in ladder.rungs where rung.reached > 0 {
      for days in Self.days where !rung.probability(within: days).isNaN {
        let interval = rung.interval(within: days)
        table.append([
          .integer(rung.from), .number(days), .percent(rung.probability(within: days)),
          .percent(interval.lower), .percent(interval.upper), .integer(rung.curve.atRisk(at: days)),
        ])
      }
    }
    return table
  }

  private func groupTable(_ comparison: Comparison) -> ResultTable {
    var table = ResultTable(
      title: "Rung \(comparison.rung) by \(comparison.by)",
      columns: [
        .init("group", alignment: .leading), .init("reached"), .init("repeated"),
        .init("expected", digits: 1),
      ]
        + [90.0, 365].flatMap { days -> [ResultTable.Column] in
          [
            .init("within_\(shortest(days))d"), .init("low_\(shortest(days))d"),
            .init("high_\(shortest(days))d"),
          ]
        } + [
          .init("median_days", digits: 0), .init("chi_squared", digits: 3), .init("df"),
          .init("p_value", digits: 6),
        ])
    for (index, (name, curve)) in comparison.curves.enumerated() where curve.count > 0 {
      table.append(
        [.text(name), .integer(curve.count), .integer(curve.eventCount)]
          + [comparison.test.map { .number($0.expected[index]) } ?? .missing]
          + [90.0, 365].flatMap { probability(curve, within: $0) } + [.number(curve.median)]
          + testCells(comparison.test, isShown: table.rows.isEmpty))
    }
    return table
  }

  /// `1 − S(days)` with its interval.
  private func probability(_ curve: KaplanMeier, within days: Double) -> [ResultTable.Cell] {
    let left = curve.interval(at: days)
    return [.percent(1 - curve.survival(at: days)), .percent(1 - left.upper), .percent(1 - left.lower)]
  }

  /// The log-rank test, in the first row of its groups.
  private func testCells(_ test: LogRank?, isShown: Bool) -> [ResultTable.Cell] {
    guard let test, isShown else { return [.missing, .missing, .missing] }
    return [.number(test.chiSquared), .integer(test.degreesOfFreedom), .number(test.pValue)]
  }

  // MARK: Discounts

  private func discountTable(_ discounts: DiscountDependence) -> ResultTable {
    typealias Customer = DiscountDependence.Customer
    let bands: [(String, (Customer) -> Bool)] = [
      ("never", { $0.discountedDays == 0 }),
      ("under half", { $0.discountedDays > 0 && $0.discountedShare < 0.5 }),
      ("half to 80%", { 0.5 <= $0.discountedShare && $0.discountedShare < 0.8 }),
      ("80% or more, under 3 days", { $0.discountedShare >= 0.8 && $0.days < 3 }),
      ("80% or more, 3 days or more", { $0.discountedShare >= 0.8 && $0.days >= 3 }),
    ]
    let buyers = discounts.customers.filter { $0.days > 0 }
    return ResultTable(
      title: "Discount dependence, by the share of purchase days with a discount",
      columns: [
        .init("discounted", alignment: .leading), .init("customers"), .init("share"),
        .init("purchase_days", digits: 1), .init("median_interval", digits: 0),
        .init("median_interval_full_price", digits: 0),
      ],
      rows: bands.map { name, belongs in
        let own = buyers.filter(belongs)
        return [
          .text(name), .integer(own.count), .percent(Double(own.count) / Double(buyers.count)),
          .number(own.isEmpty ? .nan : Double(own.reduce(0) { $0 + $1.days }) / Double(own.count)),
          .number(Quantiles(own.map(\.interval)).median),
          .number(Quantiles(own.map(\.fullPriceInterval)).median),
        ]
      })
  }

  private func thirdPurchaseTable(_ discounts: DiscountDependence) -> ResultTable {
    var table = ResultTable(
      title: "Second to third purchase, by the price of the second",
      columns: [
        .init("second", alignment: .leading), .init("reached"), .init("repeated"), .init("within_90d"),
        .init("low_90d"), .init("high_90d"), .init("within_365d"), .init("low_365d"), .init("high_365d"),
        .init("chi_squared", digits: 3), .init("df"), .init("p_value", digits: 6),
      ])
    func add(_ curves: [(String, KaplanMeier)], _ test: LogRank?) {
      for (place, (name, curve)) in curves.enumerated() {
        table.append(
          [.text(name), .integer(curve.count), .integer(curve.eventCount)]
            + [90.0, 365].flatMap { probability(curve, within: $0) } + testCells(test, isShown: place == 0))
      }
    }
    let byPrice = discounts.thirdPurchase
    add([("full price", byPrice.without), ("discounted", byPrice.with)], byPrice.test)
    if let byCoupon = discounts.thirdPurchaseByCoupon {
      add([("without coupon", byCoupon.without), ("coupon", byCoupon.with)], byCoupon.test)
    }
    return table
  }

  private func promotionTable(_ discounts: DiscountDependence) -> ResultTable {
    ResultTable(
      title: "Bought in a promotion: again within so many days of its end",
      columns: [
        .init("first_day", alignment: .leading), .init("last_day", alignment: .leading), .init("buyers"),
        .init("within_30d"), .init("low_30d"), .init("high_30d"), .init("within_90d"), .init("low_90d"),
        .init("high_90d"), .init("median_days", digits: 0),
      ],
      rows: choice.promotions.map { promotion in
        let curve = discounts.afterPromotion(
          .init(firstDay: promotion.first.daysSinceEpoch, lastDay: promotion.last.daysSinceEpoch))
        return [
          .text(promotion.first.description), .text(promotion.last.description), .integer(curve.count),
        ] + [30.0, 90].flatMap { probability(curve, within: $0) } + [.number(curve.median)]
      })
  }
}
