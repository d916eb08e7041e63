import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// What CDNOW gives: orders with a number of pieces and a value.
private let ordersOnly = EventSchema(kinds: [
  .init(
    name: "purchase",
    attributes: [.init(name: "quantity", type: .number), .init(name: "value", type: .number)])
])

@Suite struct FeatureSetTests {
  /// The names of the catalogue's table.
  private static let catalogue = [
    "days_since_last_order", "tenure_days", "orders_30", "orders_90", "orders_365", "order_days_life",
    "repeat_frequency", "single_order_flag", "active_month_share", "ipi_median", "ipi_cv", "overdue_ratio",
    "overdue_percentile", "ipi_lengthening", "ipi_slope", "open_gap_vs_last", "regularity_k", "clumpiness",
    "orders_trend_90", "orders_yoy", "p_alive", "p_no_purchase_90d", "expected_purchases_90d",
    "expected_spend_per_purchase", "net_90", "net_365", "aov_365", "items_per_order_365", "net_trend_90",
    "aov_trend", "items_trend", "top_order_share", "price_tier_drift", "categories_90", "categories_365",
    "breadth_trend", "category_entropy", "category_kept_share", "lost_top_category", "new_product_share",
    "channels_365", "channel_shift", "replen_overdue_max", "replen_overdue_spend", "replen_overdue_count",
    "replen_qty_adjusted", "discount_order_share", "discount_depth", "full_price_trend", "coupon_redeem_rate",
    "coupon_unused_streak", "points_balance", "days_since_points", "points_stopped", "points_expiring_share",
    "tier_level", "tier_drop", "tier_gap_orders", "open_rate_90", "open_rate_change", "click_rate_90",
    "days_since_click", "opted_out_channel", "contacts_per_week", "over_contact", "contacts_per_response",
    "sessions_30", "sessions_trend_30", "days_since_visit", "browse_no_buy_90", "cart_abandon_rate_90",
    "return_rate_365", "tickets_90", "slow_reply_180", "worst_reply_hours", "open_tickets",
    "late_delivery_rate",
  ]

  @Test func retailIsTheWholeCatalogue() {
    #expect(FeatureSet.retail.entries.map(\.name) == Self.catalogue)
    #expect(FeatureSet.cooling.entries.count == 12)
    #expect(FeatureSet.retail.core.allSatisfy { FeatureSet.retail[$0] != nil })
    #expect(FeatureSet.retail.core.count == 8)
    let splines = FeatureSet.retail.entries.filter { $0.definition.transform == .spline }.map(\.name)
    #expect(splines == ["days_since_last_order", "tenure_days", "overdue_ratio", "contacts_per_week"])
  }

  @Test(arguments: FeatureSet.builtIn.map(\.name))
  func everyFeatureChecksAndSaysWhatItIs(_ name: String) throws {
    let set = try #require(FeatureSet.named(name))
    let available = set.available(in: .retail)
    #expect(available.dropped == [])
    #expect(throws: Never.self) { try FeatureGraph(available.kept, schema: .retail) }
    for definition in available.kept {
      #expect(definition.unit?.isEmpty == false, "\(definition.name)")
      #expect(definition.reason?.isEmpty == false, "\(definition.name)")
    }
    for entry in set.entries {
      #expect(!entry.rationale.isEmpty, "\(entry.name)")
      // What a reason quotes exists.
      for name in placeholders(entry.definition.reason ?? "") where name != "value" {
        #expect(set[name] != nil, "\(entry.name) quotes \(name)")
      }
    }
  }

  private func placeholders(_ text: String) -> [String] {
    text.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
  }

  @Test func anOrdersOnlyLogKeepsWhatIsAboutOrders() throws {
    let available = FeatureSet.retail.available(in: ordersOnly)
    #expect(
      available.kept.map(\.name) == [
        "days_since_last_order", "tenure_days", "orders_30", "orders_90", "orders_365", "order_days_life",
        "repeat_frequency", "single_order_flag", "active_month_share", "ipi_median", "ipi_cv",
        "overdue_ratio",
        "overdue_percentile", "ipi_lengthening", "ipi_slope", "open_gap_vs_last", "regularity_k",
        "clumpiness",
        "orders_trend_90", "orders_yoy", "p_alive", "p_no_purchase_90d", "expected_purchases_90d",
        "expected_spend_per_purchase", "net_90", "net_365", "aov_365", "items_per_order_365",
        "net_trend_90",
        "aov_trend", "items_trend", "top_order_share",
      ])
    let graph = try FeatureGraph(available.kept, schema: ordersOnly)
    #expect(graph.types["single_order_flag"] == .flag)
    func formula(_ name: String) -> String? {
      available.kept.first { $0.name == name }?.expression.description
    }
    #expect(formula("orders_90") == "count(purchase, last 90d)")
    #expect(formula("net_90") == "sum(purchase.value, last 90d)")
    func reason(_ name: String) -> String? { available.dropped.first { $0.name == name }?.reason }
    #expect(reason("sessions_30") == "no source gives visit")
    #expect(reason("categories_90") == "no source gives purchase.category")
    #expect(reason("over_contact") == "it uses contacts_per_week: no source gives message")
    #expect(reason("tier_gap_orders") == "no source gives tier")
    #expect(available.kept.count + available.dropped.count == Self.catalogue.count)
  }

  @Test func whatASourceGivesDecidesTheFormula() throws {
    let lines = EventSchema(kinds: [
      .init(
        name: "purchase",
        attributes: [.init(name: "value", type: .number), .init(name: "order", type: .category)]),
      .init(name: "refund", attributes: [.init(name: "value", type: .number)]),
    ])
    let kept = FeatureSet.retail.available(in: lines).kept
    func formula(_ name: String) -> String? { kept.first { $0.name == name }?.expression.description }
    #expect(formula("orders_90") == "distinct(purchase.order, last 90d)")
    #expect(formula("net_90") == "sum(purchase.value, last 90d) - sum(refund.value, last 90d)")
    let odd = EventSchema(kinds: [
      .init(name: "purchase", attributes: [.init(name: "value", type: .category)])
    ])
    let dropped = FeatureSet.retail.available(in: odd).dropped
    #expect(
      dropped.first { $0.name == "net_90" }?.reason
        == "purchase.value is a category, and a number is needed")
    #expect(
      dropped.first { $0.name == "aov_365" }?.reason
        == "it uses net_365: purchase.value is a category, and a number is needed")
  }

  @Test func featuresAreAddedReplacedAndRemoved() throws {
    var set = FeatureSet(name: "own")
    let orders = FeatureDefinition(name: "orders", expression: try Expression(parsing: "count(purchase)"))
    let ratio = FeatureDefinition(name: "ratio", expression: try Expression(parsing: "orders / (orders + 1)"))
    try set.add(orders)
    try set.add(ratio)
    #expect(throws: Diagnostic.self) { try set.add(orders) }
    try set.remove("orders")
    #expect(set.entries.map(\.name) == ["ratio"])
    #expect(set["ratio"]?.definition.expression.description == "count(purchase) / (count(purchase) + 1)")
    try set.replace(FeatureDefinition(name: "ratio", expression: Expression(.number(1))))
    #expect(set["ratio"]?.definition.expression.description == "1")
    do throws(Diagnostic) {
      try set.remove("ration")
      Issue.record("removed")
    } catch {
      #expect(error.code == "RK0335")
      #expect(error.hint == "did you mean ratio?")
    }
  }

  @Test func aRemovedFeatureLivesOnInThoseThatUseIt() throws {
    var set = FeatureSet.retail
    try set.remove("net_365")
    try set.remove("ipi_median")
    let kept = set.available(in: ordersOnly).kept
    #expect(!kept.contains { $0.name == "net_365" })
    #expect(
      kept.first { $0.name == "aov_365" }?.expression.description
        == "sum(purchase.value, last 365d) / orders_365")
    #expect(throws: Never.self) { try FeatureGraph(kept, schema: ordersOnly) }
  }

  @Test func theTallyCountsWhatIsKept() throws {
    let kept = FeatureSet.cooling.available(in: ordersOnly).kept
    #expect(kept.map(\.name) == ["cooling_interval", "cooling_spend", "cooling_count"])
    #expect(
      kept.last?.expression.description
        == "if(coalesce(cooling_interval, false), 1, 0) + if(coalesce(cooling_spend, false), 1, 0)")
    let none = FeatureSet.cooling.available(in: EventSchema(kinds: []))
    #expect(none.kept.isEmpty)
    #expect(none.dropped.count == 13)
  }

  @Test func theTableHasARowAFeature() {
    let lines = FeatureSet.retail.markdown.split(separator: "\n")
    #expect(lines.count == FeatureSet.retail.entries.count + 2)
    #expect(
      lines[2].hasPrefix("| `days_since_last_order` | `days_since_last(purchase)` | days | spline | + |"))
  }
}
