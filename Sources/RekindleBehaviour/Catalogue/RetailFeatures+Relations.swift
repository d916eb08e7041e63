/// The part of the catalogue that is about the relation: price, loyalty, messages, visits, service.
extension FeatureSet {
  static let price: [Entry] = [
    .builtIn(
      "discount_order_share",
      RetailFormulas.shrunkRate("{orders last 365d where discount > 0}", of: "{orders last 365d}"),
      unit: "share",
      .raises, "cooling: depends on discounts", reason: "{value} of orders with a discount"),
    .builtIn(
      "discount_depth",
      "sum(purchase.discount, last 365d) / (sum(purchase.value, last 365d) + sum(purchase.discount, last 365d))",
      unit: "share", .raises, "depth of discounts", reason: "{value} off on average"),
    .builtIn(
      "full_price_trend",
      RetailFormulas.trend(
        "{orders last 90d where coalesce(discount, 0) <= 0}",
        from: "{orders between 180d and 90d ago where coalesce(discount, 0) <= 0}"), unit: "log ratio",
      .lowers,
      "only buys on a deal", reason: "full-price orders against the quarter before ({value})"),
    .builtIn(
      "coupon_redeem_rate",
      RetailFormulas.shrunkRate("count(coupon, last 90d where redeemed)", of: "count(coupon, last 90d)"),
      unit: "share", .lowers, "coupons still work", reason: "redeemed {value} of coupons"),
    .builtIn(
      "coupon_unused_streak", "streak(coupon, last 180d where \(RetailFormulas.couponUnused))",
      unit: "coupons",
      model: .log1p, .raises, "cooling: coupons go unused", reason: "the last {value} coupons lapsed unused"),
  ].compactMap { $0 }

  static let loyalty: [Entry] = [
    .builtIn(
      "points_balance", "latest(points.balance)", unit: "points", model: .log1p, .lowers, "cost of switching",
      reason: "{value} points on the account"),
    .builtIn(
      "days_since_points", "days_since_last(points)", unit: "days", .raises, "loyalty activity",
      reason: "points last moved {value} days ago"),
    .builtIn(
      "points_stopped", "count(points, between 240d and 60d ago) > 0 and count(points, last 60d) == 0",
      unit: "flag", .raises, "cooling: points stopped", reason: "stopped collecting points"),
    .builtIn(
      "points_expiring_share", "latest(points.expiring) / latest(points.balance)", unit: "share", .either,
      "a prompt", reason: "{value} of the points lapse soon"),
    .builtIn(
      "tier_level", "latest(tier.level)", unit: "level", .lowers, "standing", reason: "tier {value}"),
    .builtIn(
      "tier_drop",
      "max(coalesce(max(tier.level, last 365d), latest(tier.level)),"
        + " coalesce(latest(tier.level, between 3650d and 365d ago), latest(tier.level))) - latest(tier.level)",
      unit: "levels", .raises, "cooling: tier dropped", reason: "lost {value} tiers in a year"),
    .builtIn(
      "tier_gap_orders", "latest(tier.gap) / aov_365", unit: "orders", .raises, "the tier is out of reach",
      reason: "{value} orders short of keeping the tier"),
  ].compactMap { $0 }

  static let messages: [Entry] = [
    .builtIn(
      "open_rate_90",
      RetailFormulas.shrunkRate("count(message, last 90d where opened)", of: "count(message, last 90d)"),
      unit: "share", .lowers, "attention", reason: "opens {value} of messages"),
    .builtIn(
      "open_rate_change",
      openRateChange, unit: "log odds", .lowers, "cooling: opens decline",
      reason: "opens fewer messages ({value})"),
    .builtIn(
      "click_rate_90",
      RetailFormulas.shrunkRate("count(message, last 90d where clicked)", of: "count(message, last 90d)"),
      unit: "share", .lowers, "sturdier than opens", reason: "clicks {value} of messages"),
    .builtIn(
      "days_since_click", "days_since_last(message where clicked)", unit: "days", .raises, "attention",
      reason: "last click {value} days ago"),
    .builtIn(
      "opted_out_channel", "any(consent, last 180d where not granted)", unit: "flag", .raises,
      "closes a channel",
      reason: "opted out of a channel"),
    .builtIn(
      "contacts_per_week", "count(message, last 28d) / 4", unit: "messages a week", model: .spline, .either,
      "dose",
      reason: "{value} messages a week"),
    .builtIn(
      "over_contact", "contacts_per_week > 3", unit: "flag", .raises, "cooling: contact pressure",
      reason: "more than 3 messages a week"),
    .builtIn(
      "contacts_per_response", "count(message, last 28d) / (count(message, last 28d where clicked) + 1)",
      unit: "messages", .raises, "fatigue", reason: "{value} messages for each click"),
  ].compactMap { $0 }

  /// The difference of two log odds of opening, each drawn to the population's rate by two messages.
  private static let openRateChange: String = {
    func logOdds(_ window: String) -> String {
      let opened = "count(message, \(window) where opened)"
      let sent = "count(message, \(window))"
      let base = "population_mean(share(message, last 120d where opened))"
      return "log((\(opened) + 2 * \(base)) / (\(sent) - \(opened) + 2 * (1 - \(base))))"
    }
    let before = "between 120d and 30d ago"
    return "if(count(message, last 30d) >= 4 and count(message, \(before)) >= 4,"
      + " \(logOdds("last 30d")) - \(logOdds(before)), missing)"
  }()

  static let visits: [Entry] = [
    .builtIn(
      "sessions_30", "count(visit, last 30d)", unit: "visits", model: .log1p, .lowers, "interest",
      reason: "{value} visits in 30 days"),
    .builtIn(
      "sessions_trend_30",
      RetailFormulas.trend("count(visit, last 30d)", from: "count(visit, between 60d and 30d ago)"),
      unit: "log ratio", .lowers, "cooling: visits decline",
      reason: "visits against the month before ({value})"),
    .builtIn(
      "days_since_visit", "days_since_last(visit)", unit: "days", .raises, "interest",
      reason: "last visit {value} days ago"),
    .builtIn(
      "browse_no_buy_90",
      "count(visit, last 90d where product_view and not ordered) / count(visit, last 90d where product_view)",
      unit: "share", .either, "looks without buying", reason: "{value} of visits end without an order"),
    .builtIn(
      "cart_abandon_rate_90",
      RetailFormulas.shrunkRate("count(cart, last 90d where abandoned)", of: "count(cart, last 90d)"),
      unit: "share", .either, "hesitation", reason: "leaves {value} of carts"),
  ].compactMap { $0 }

  static let service: [Entry] = [
    .builtIn(
      "return_rate_365", "sum(refund.value, last 365d) / sum(purchase.value, last 365d)", unit: "share",
      .raises,
      "dissatisfaction", reason: "returned {value} of a year's spend"),
    .builtIn(
      "tickets_90", "count(ticket, last 90d)", unit: "tickets", model: .log1p, .raises, "trouble",
      reason: "{value} contacts with service in 90 days"),
    .builtIn(
      "slow_reply_180", "count(\(RetailFormulas.replyHours) > 48) > 0", unit: "flag", .raises,
      "cooling: slow replies", reason: "waited more than 48 hours for a reply"),
    .builtIn(
      "worst_reply_hours", "coalesce(max(\(RetailFormulas.replyHours)), 0)", unit: "hours", model: .log1p,
      .raises,
      "dose of the same", reason: "waited {value} hours for a reply"),
    .builtIn(
      "open_tickets", "count(count(ticket by ticket) > count(ticket_close by ticket))", unit: "tickets",
      model: .log1p,
      .raises, "unsolved trouble", reason: "{value} tickets still open"),
    .builtIn(
      "late_delivery_rate",
      RetailFormulas.shrunkRate("count(delivery, last 180d where late)", of: "count(delivery, last 180d)"),
      unit: "share", .raises, "trouble", reason: "{value} of deliveries late"),
  ].compactMap { $0 }
}
