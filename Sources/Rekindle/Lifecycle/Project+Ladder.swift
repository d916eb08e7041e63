internal import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
internal import RekindleLifecycle

extension Project {
  /// What repeats in the shop, as seen from a moment.
  /// - Parameters:
  ///   - time: `nil`: the end of the log, as declared or as its last event says.
  ///   - sections: what to compute.
  ///   - by: how customers are grouped for the comparison (`LadderReport.Section.groups`).
  ///   - rung: which rung is compared, from 1.
  /// - Throws: `RK0910` without purchases, `RK0921` for too many groups; what reading throws.
  public func ladder(
    asOf time: Instant? = nil, sections: [LadderReport.Section] = LadderReport.Section.allCases,
    by grouping: String = "cohort", rung: Int = 1
  ) throws(Diagnostic) -> (report: LadderReport, intake: Intake) {
    let schema = try schema()
    try requirePurchases(in: schema)
    let grouping = try LadderGrouping(grouping, in: schema, try features(in: schema))
    let purchases =
      ["value", "order", "category", "quantity", "discount", "coupon", "channel"] + grouping.attributes
    var needed = purchaseAttributes(purchases, in: schema) + [grouping.expression].compactMap(\.self)
    if sections.contains(.channels) { needed += channelNeeds(in: schema) }
    let (log, intake) = try readEvents(for: needed)
    guard let asOf = time ?? logEnd ?? log.end else { throw emptyLog }
    let asked = Set(sections)
    let choice = file.lifecycle
    var parts = OptionalParts()
    let occasions = try stage("purchases") { () throws(Diagnostic) in
      try Occasions(of: log, asOf: asOf, unit: choice.occasion, workers: workers)
    }
    if let words = rowsForOrders(in: schema) { parts.omit("order ids", words) }
    let ladder = Ladder(occasions)
    let comparison =
      try asked.contains(.groups)
      ? parts.make("groups by \(grouping.text)") { () throws(Diagnostic) in
        let groups = try grouping.groups(of: log, occasions, workers: workers)
        // The table of rungs ends with the tenth; a higher one can be compared all the same.
        let tall = rung <= ladder.rungs.count ? ladder : Ladder(occasions, rungs: rung)
        let (curves, test) = tall.compare(rung: rung, groups)
        return LadderReport.Comparison(rung: rung, by: grouping.text, curves: curves, test: test)
      } : nil
    if let comparison {
      let filled = comparison.curves.count { $0.curve.count > 0 }
      if filled == 0 {
        let most = (0..<occasions.customerCount).map { occasions.range(of: $0).count }.max() ?? 0
        parts.omit(
          "groups of rung \(rung)", "nobody has bought \(rung) times, \(most) is the most")
      } else if filled == 1 {
        parts.omit("the log-rank test", "\(grouping.text) makes one group on rung \(rung)")
      }
    }
    let replenishment =
      try asked.contains(.replenishment)
      ? parts.make("replenishment") { () throws(Diagnostic) in
        try Replenishment(of: log, at: asOf, workers: workers)
      } : nil
    var reminders: [[FollowUpRule.Reminder]] = []
    if asked.contains(.replenishment) {
      for rule in choice.followUps {
        let own = try parts.make("reminders of \(rule.consumable)") { () throws(Diagnostic) in
          try rule.reminders(in: log, at: asOf, workers: workers)
        }
        reminders.append(own ?? [])
      }
    }
    let association =
      try asked.contains(.association)
      ? parts.make("category association") { () throws(Diagnostic) in
        try CategoryAssociation(of: log, at: asOf, workers: workers)
      } : nil
    let channels = asked.contains(.channels) ? channelPreference(of: log, at: asOf, schema, &parts) : nil
    let needsDiscounts = !asked.isDisjoint(with: [.discounts, .thirdPurchase, .promotions])
    let discounts =
      try needsDiscounts
      ? parts.make("discount dependence") { () throws(Diagnostic) in
        try DiscountDependence(of: log, at: asOf, workers: workers)
      } : nil
    if asked.contains(.promotions), choice.promotions.isEmpty {
      parts.omit("repurchase after promotions", "the project file has no lifecycle.promotions")
    }
    return (
      LadderReport(
        asOf: asOf, log: log, choice: choice, occasions: occasions, ladder: ladder,
        comparison: comparison, replenishment: replenishment, reminders: reminders,
        association: association, channels: channels,
        retention: asked.contains(.retention)
          ? CohortRetention(occasions, periods: choice.retention) : nil,
        flow: asked.contains(.flow) ? MonthlyFlow(occasions) : nil, discounts: discounts,
        omitted: parts.omitted),
      intake
    )
  }

  private func channelPreference(
    of log: EventLog, at asOf: Instant, _ schema: EventSchema, _ parts: inout OptionalParts
  ) -> ChannelPreference? {
    let hasChannels = ["purchase", "message"].contains {
      schema.kind($0)?.attribute("channel")?.type == .category
    }
    guard hasChannels else {
      parts.omit("channel preference", "neither purchases nor messages carry a channel")
      return nil
    }
    let preference = ChannelPreference(of: log, at: asOf)
    if !preference.knowsConsent {
      parts.omit("channels that may be used", "no source gives consents, and unknown is no")
    }
    return preference
  }

  private func channelNeeds(in schema: EventSchema) -> [Expression] {
    [("message", ["channel", "clicked"]), ("consent", ["channel", "granted"])].flatMap { kind, names in
      names.filter { schema.kind(kind)?.attribute($0) != nil }.map { name in
        Expression(.aggregate(Aggregate(.count, kind, attribute: name)))
      }
    }
  }
}
