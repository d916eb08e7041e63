internal import RekindleBehaviour

/// The playbook of a shop that has written none.
///
/// The order is: service issue, not due, non-price, price. Whoever is waiting for the shop hears about that
/// and nothing else. Whoever is not due to buy (overdue ratio below 1) is kept warm at most and then left
/// alone. Whoever is due is reminded of something that costs no margin, and only one who has been silent for
/// twice the own interval is offered money; one whom the price guards keep from the offer gets content
/// instead.
enum BuiltInPlaybook {
  /// An action, and how its rule is written for richer and for poorer sources, best first.
  struct Entry {
    var action: Action
    var rules: [Expression]
  }

  /// What `open_ticket_hours` (a fact) has to exceed comes from the guard.
  /// - Parameters:
  ///   - channels: those for marketing.
  ///   - service: those for service.
  static func entries(channels: [String], service: [String], guards: Guards) -> [Entry] {
    let stale = guards.openTicket?.staleAfter ?? Guards.OpenTicket().staleAfter
    // The texts are constants, and a test parses every one; one that does not parse would be left out.
    func entry(
      _ id: String, _ kind: Action.Kind, _ rules: [String], _ core: Action.Core? = nil, offer: Offer? = nil,
      reason: String
    ) -> Entry? {
      let parsed = rules.compactMap { try? Expression(parsing: $0) }
      guard let first = parsed.first else { return nil }
      return Entry(
        action: Action(
          id: id, kind: kind, when: first,
          channels: kind == .nothing ? [] : kind.isService ? service : channels, core: core,
          send: kind.isService ? .now : .auto(.day), offer: offer, reason: reason),
        rules: parsed)
    }
    return [
      entry(
        "call_about_ticket", .serviceCall, ["open_ticket_hours > \(stale)"], .need,
        reason: "a ticket has been open for {open_ticket_hours} hours"),
      entry(
        "ask_after_slow_reply", .survey, ["slow_reply_180 and count(ticket, last 30d) >= 1"], .experience,
        reason: "waited {worst_reply_hours} hours for a reply"),
      // Keep warm: the active.
      entry(
        "keep_warm_points", .pointsReminder, ["overdue_ratio < 1 and points_expiring_share >= 0.2"], .value,
        reason: "{points_expiring_share} of the points lapse soon"),
      entry(
        "keep_warm_tier", .tierReminder,
        ["overdue_ratio < 1 and tier_gap_orders > 0 and tier_gap_orders <= 1"], .value,
        reason: "{tier_gap_orders} orders short of keeping the tier"),
      entry(
        "keep_warm_content", .content, ["overdue_ratio < 1 and count(message, last 21d) == 0"], .emotion,
        reason: "not due yet, and has heard nothing for 21 days"),
      entry(
        "not_due", .nothing, ["overdue_ratio < 1"],
        reason: "last order {days_since_last_order} days ago, usually every {ipi_median}: not due yet"),
      // Wake up: the silent, without money first.
      entry(
        "remind_of_supplies", .replenishment, ["replenishment_lateness >= 1"], .need,
        reason: "{replenishment_lateness} usual cycles since {replenishment_category} was last bought"),
      entry(
        "remind_of_points", .pointsReminder, ["points_expiring_share >= 0.1"], .value,
        reason: "{points_expiring_share} of the points lapse soon"),
      entry(
        "remind_of_tier", .tierReminder, ["tier_gap_orders > 0 and tier_gap_orders <= 1"], .value,
        reason: "{tier_gap_orders} orders short of keeping the tier"),
      entry(
        "recommend_second", .recommendation, ["single_order_flag and overdue_ratio < 2"], .experience,
        reason: "has bought once, {days_since_last_order} days ago"),
      entry(
        "wake_up_content", .content, ["overdue_ratio < 2"], .emotion,
        reason: "{overdue_ratio} times the usual interval since the last order"),
      entry(
        "wake_up_coupon", .coupon, ["overdue_ratio >= 2 and churn_probability >= 0.5", "overdue_ratio >= 2"],
        .value, offer: Offer(.share(0.1)),
        reason:
          "{overdue_ratio} times the usual interval since the last order, churn probability {churn_probability}"
      ),
      entry(
        "wake_up_anyway", .content, ["overdue_ratio >= 2"], .emotion,
        reason: "{overdue_ratio} times the usual interval since the last order"),
    ].compactMap { $0 }
  }

  /// The desk that answers tickets needs no consent: the customer asked.
  static let desk = Channel("service_desk", consent: nil)
}
