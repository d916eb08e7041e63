extension FeatureSet {
  /// Twelve signs that a relation cools, and how many of them show: for reports, not for the model
  /// that already holds what they are made of.
  public static let cooling = FeatureSet(
    name: "cooling", entries: coolingFlags,
    tally: FeatureDefinition(
      name: "cooling_count", expression: Expression(.number(0)), unit: "flags",
      reason: "{value} signs of cooling"))

  private static let coolingFlags: [Entry] = [
    flag(
      "cooling_interval",
      "gap_lengthening(purchase, latest 8) >= log(1.5)"
        + " or days_since_last(purchase) / (\(RetailFormulas.ownInterval)) >= 1.5",
      "intervals 1.5 times as long", reason: "buys less often than usual"),
    flag(
      "cooling_breadth",
      "distinct(purchase.category, between 180d and 90d ago) >= 3 and distinct(purchase.category, last 90d)"
        + " <= 0.5 * distinct(purchase.category, between 180d and 90d ago)",
      "categories halved, from 3 or more", reason: "buys half the categories"),
    flag(
      "cooling_spend",
      "{net between 180d and 90d ago} > 0 and {net last 90d} <= 0.5 * {net between 180d and 90d ago}",
      "spend halved", reason: "spends half as much"),
    flag(
      "cooling_points", "count(points, between 240d and 60d ago) > 0 and count(points, last 60d) == 0",
      "points stopped", reason: "stopped collecting points"),
    flag(
      "cooling_tier",
      "max(coalesce(max(tier.level, last 365d), latest(tier.level)),"
        + " coalesce(latest(tier.level, between 3650d and 365d ago), latest(tier.level)))"
        + " - latest(tier.level) >= 1", "tier dropped", reason: "lost a tier"),
    flag(
      "cooling_opens",
      "if(count(message, last 30d) >= 4 and count(message, between 120d and 30d ago) >= 4,"
        + " share(message, last 30d where opened)"
        + " <= 0.5 * share(message, between 120d and 30d ago where opened), missing)",
      "open rate halved, 4 messages or more in each window", reason: "opens half as many messages"),
    flag(
      "cooling_visits",
      "count(visit, between 60d and 30d ago) >= 4"
        + " and count(visit, last 30d) <= 0.5 * count(visit, between 60d and 30d ago)",
      "visits halved, from 4 or more", reason: "visits half as often"),
    flag(
      "cooling_coupons",
      "streak(coupon, last 180d where \(RetailFormulas.couponUnused)) >= 3"
        + " and any(coupon, last 365d where redeemed)",
      "3 coupons unused in a row after one was used", reason: "lets coupons lapse"),
    flag(
      "cooling_discount",
      "{orders last 365d} >= 3 and {orders last 365d where discount > 0} / {orders last 365d} >= 0.8",
      "8 of 10 orders with a discount, 3 orders or more", reason: "buys with discounts only"),
    flag(
      "cooling_service", "count(\(RetailFormulas.replyHours) > 48) > 0", "a reply took more than 48 hours",
      reason: "waited long for a reply"),
    flag(
      "cooling_pressure", "count(message, last 28d) / 4 > 3", "more than 3 messages a week",
      reason: "gets many messages"),
    flag(
      "cooling_replenishment", "max(\(RetailFormulas.categoryLateness)) >= 1.5",
      "a category 1.5 cycles late", reason: "a usual purchase is overdue"),
  ].compactMap { $0 }

  private static func flag(_ name: String, _ formula: String, _ rationale: String, reason: String) -> Entry? {
    .builtIn(name, formula, unit: "flag", .raises, rationale, reason: reason)
  }
}
