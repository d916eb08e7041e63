extension FeatureSet {
  /// The built-in catalogue: recency, rhythm, value, breadth, replenishment, channels, price,
  /// loyalty, messages, visits and service.
  ///
  /// Where the language cannot say exactly what a catalogue of the field says, the nearest sound
  /// formula stands here, and this is the difference:
  ///
  /// - `days_since_last_order` and `tenure_days` run from the event and not from the midnight of its
  ///   day, so they have fractions where times do.
  /// - `active_month_share` counts calendar months by their number: a window of 365 days that
  ///   touches the same month in two years counts it once.
  /// - `price_tier_drift` reads the price percentile of a product from the attribute `price_tier`;
  ///   the language has no percentile over the shop's products.
  /// - `category_entropy` is not divided by ln K: a constant factor changes nothing in a model that
  ///   standardises.
  /// - Replenishment: a category counts for a customer who bought it on two days or more, and its
  ///   cycle is drawn to one population median over all categories, not to its own; categories that
  ///   are no consumables are not excluded.
  /// - Rates are drawn to the mean over customers of their own rates, each customer weighing the
  ///   same.
  /// - The horizon of `p_no_purchase_90d` and `expected_purchases_90d` is 90 days whatever the label's is,
  ///   so that a feature table does not depend on a label; a set's formulas may be replaced.
  public static let retail = FeatureSet(
    name: "retail",
    entries: rhythm + timing + value + breadth + replenishment + price + loyalty + messages + visits
      + service,
    core: [
      "days_since_last_order", "orders_90", "order_days_life", "net_90", "overdue_ratio", "ipi_lengthening",
      "net_trend_90", "breadth_trend",
    ])

  /// Recency, frequency and the customer's own rhythm.
  private static let rhythm: [Entry] = [
    .builtIn(
      "days_since_last_order", "days_since_last(purchase)", unit: "days", model: .spline, .raises,
      "the best single signal", reason: "last order {value} days ago, usually every {ipi_median}"),
    .builtIn(
      "tenure_days", "days_since_first(purchase)", unit: "days", model: .spline, .lowers, "base",
      reason: "customer for {value} days"),
    .builtIn(
      "orders_30", "{orders last 30d}", unit: "orders", model: .log1p, .lowers, "activity",
      reason: "{value} orders in 30 days"),
    .builtIn(
      "orders_90", "{orders last 90d}", unit: "orders", model: .log1p, .lowers, "activity",
      reason: "{value} orders in 90 days"),
    .builtIn(
      "orders_365", "{orders last 365d}", unit: "orders", model: .log1p, .lowers, "activity",
      reason: "{value} orders in a year"),
    .builtIn(
      "order_days_life", "active_days(purchase)", unit: "days", model: .log1p, .lowers, "habit",
      reason: "bought on {value} days so far"),
    .builtIn(
      "repeat_frequency", "active_days(purchase) - 1", unit: "days", model: .log1p, .lowers,
      "repeat purchases",
      reason: "came back {value} times"),
    .builtIn(
      "single_order_flag", "active_days(purchase) == 1", unit: "flag", .raises,
      "one order is a regime of its own", reason: "has bought once only"),
    .builtIn(
      "active_month_share",
      "min(1, distinct(purchase.month, last 365d) / min(12, floor(tenure_days / 30.4375) + 1))",
      unit: "share",
      .lowers, "steadiness", reason: "bought in {value} of the months"),
    .builtIn(
      "ipi_median", RetailFormulas.ownInterval, unit: "days", .either, "own rhythm",
      reason: "usually buys every {value} days"),
    .builtIn(
      "ipi_cv", "gap_cv(purchase, latest 8)", unit: "ratio", .either, "irregular buying",
      reason: "irregular intervals ({value} of their mean)"),
    .builtIn(
      "overdue_ratio", "days_since_last_order / ipi_median", unit: "ratio", model: .spline, .raises,
      "late against the own rhythm", reason: "{value} times the usual interval since the last order"),
    .builtIn(
      "overdue_percentile", "gap_percentile(purchase)", unit: "share", .raises, "lateness without a scale",
      reason: "longer without an order than {value} of the own intervals"),
    .builtIn(
      "ipi_lengthening", "gap_lengthening(purchase, latest 8)", unit: "log ratio", .raises,
      "cooling: intervals lengthen", reason: "intervals have grown ({value})"),
    .builtIn(
      "ipi_slope", "gap_slope(purchase, latest 8)", unit: "log ratio per interval", .raises,
      "robust trend of the same", reason: "intervals grow from order to order ({value})"),
    .builtIn(
      "open_gap_vs_last", "log((days_since_last_order + 1) / (gap_last(purchase) + 1))", unit: "log ratio",
      .raises, "the open interval is longer than the last",
      reason: "already longer than the last interval ({value})"),
    .builtIn(
      "regularity_k", "gap_regularity(purchase, latest 8)", unit: "shape", .either,
      "regular buyers make lateness informative", reason: "buys with regularity {value}"),
    .builtIn(
      "clumpiness", "clumpiness(purchase, last 365d)", unit: "0 to 1", .either, "buying in bursts",
      reason: "buys in bursts ({value})"),
    .builtIn(
      "orders_trend_90", RetailFormulas.trend("{orders last 90d}", from: "{orders between 180d and 90d ago}"),
      unit: "log ratio", .lowers, "slowing", reason: "orders against the quarter before ({value})"),
    .builtIn(
      "orders_yoy", RetailFormulas.trend("{orders last 90d}", from: "{orders between 455d and 365d ago}"),
      unit: "log ratio", .lowers, "slowing, free of season",
      reason: "orders against the year before ({value})"),
  ].compactMap { $0 }

  /// What models of purchase timing and spend expect.
  private static let timing: [Entry] = [
    .builtIn(
      "p_alive", "p_alive(purchase)", unit: "share", model: .logit, .lowers,
      "has not left unseen, by the own rhythm", reason: "still a customer with a chance of {value}"),
    .builtIn(
      "p_no_purchase_90d", "p_none(purchase, 90d)", unit: "share", model: .logit, .raises,
      "no purchase in 90 days, by rhythm and silence",
      reason: "by the own rhythm no purchase in 90 days with a chance of {value}"),
    .builtIn(
      "expected_purchases_90d", "expected_count(purchase, 90d)", unit: "purchases", model: .log1p, .lowers,
      "purchase days to come, by rhythm and silence", reason: "{value} purchase days expected in 90 days"),
    .builtIn(
      "expected_spend_per_purchase", "expected_mean(purchase.value)", unit: "currency", model: .log1p,
      .either, "spend of a purchase day, drawn to the shop's mean",
      reason: "{value} expected of a purchase day"),
  ].compactMap { $0 }

  /// Money and baskets.
  private static let value: [Entry] = [
    .builtIn(
      "net_90", "{net last 90d}", unit: "currency", model: .log1p, .lowers, "value",
      reason: "spent {value} in 90 days"),
    .builtIn(
      "net_365", "{net last 365d}", unit: "currency", model: .log1p, .lowers, "value",
      reason: "spent {value} in a year"),
    .builtIn(
      "aov_365", "net_365 / orders_365", unit: "currency", model: .log1p, .either, "basket level",
      reason: "{value} an order"),
    .builtIn(
      "items_per_order_365", "sum(purchase.quantity, last 365d) / orders_365", unit: "items", .lowers,
      "basket size", reason: "{value} items an order"),
    .builtIn(
      "net_trend_90",
      RetailFormulas.trend(
        "max(0, {net last 90d})", from: "max(0, {net between 180d and 90d ago})",
        plus: RetailFormulas.halfOrder),
      unit: "log ratio", .lowers, "cooling: spend declines",
      reason: "spend against the quarter before ({value})"),
    .builtIn(
      "aov_trend",
      "log(({net last 90d} / {orders last 90d})"
        + " / ({net between 365d and 90d ago} / {orders between 365d and 90d ago}))", unit: "log ratio",
      .lowers,
      "smaller baskets", reason: "order value against before ({value})"),
    .builtIn(
      "items_trend",
      RetailFormulas.trend(
        "sum(purchase.quantity, last 90d) / {orders last 90d}",
        from: "sum(purchase.quantity, between 180d and 90d ago) / {orders between 180d and 90d ago}"),
      unit: "log ratio", .lowers, "fewer items", reason: "items an order against before ({value})"),
    // With lines for rows an order is a group; where a row is an order it is one event.
    .builtIn(
      "top_order_share", "{largest last 365d} / net_365", unit: "share", .raises, "one-off spike",
      reason: "{value} of a year's spend in one order"),
    .builtIn(
      "price_tier_drift",
      "mean(purchase.price_tier, last 90d) - mean(purchase.price_tier, between 365d and 90d ago)",
      unit: "share", .lowers, "trading down", reason: "moved {value} in the price range"),
  ].compactMap { $0 }

  /// How much of the assortment, and of the channels.
  private static let breadth: [Entry] = [
    .builtIn(
      "categories_90", "distinct(purchase.category, last 90d)", unit: "categories", model: .log1p, .lowers,
      "breadth",
      reason: "{value} categories in 90 days"),
    .builtIn(
      "categories_365", "distinct(purchase.category, last 365d)", unit: "categories", model: .log1p, .lowers,
      "breadth", reason: "{value} categories in a year"),
    .builtIn(
      "breadth_trend",
      RetailFormulas.trend(
        "distinct(purchase.category, last 90d)", from: "distinct(purchase.category, between 180d and 90d ago)"
      ),
      unit: "log ratio", .lowers, "cooling: breadth narrows",
      reason: "categories against the quarter before ({value})"),
    .builtIn(
      "category_entropy", "entropy(sum(purchase.value, last 365d by category))", unit: "nats", .lowers,
      "quality of breadth", reason: "spend spread over categories ({value})"),
    .builtIn(
      "category_kept_share",
      "count(count(purchase, last 90d by category) > 0 and count(purchase, between 365d and 90d ago by category) > 0)"
        + " / distinct(purchase.category, between 365d and 90d ago)", unit: "share", .lowers,
      "narrowing net of the assortment", reason: "{value} of the earlier categories kept"),
    .builtIn(
      "lost_top_category",
      "max(if(count(purchase, last 90d by category) == 0,"
        + " sum(purchase.value, between 365d and 90d ago by category), missing))"
        + " >= max(sum(purchase.value, between 365d and 90d ago by category))", unit: "flag", .raises,
      "partial defection", reason: "no longer buys the main category"),
    .builtIn(
      "new_product_share",
      "sum(if(count(purchase by product) == count(purchase, last 180d by product),"
        + " count(purchase, last 180d by product), 0)) / count(purchase, last 180d)", unit: "share", .lowers,
      "exploration", reason: "{value} of purchases are new products"),
    .builtIn(
      "channels_365", "distinct(purchase.channel, last 365d)", unit: "channels", .lowers,
      "who uses several channels stays", reason: "{value} channels in a year"),
    .builtIn(
      "channel_shift",
      "share(purchase, last 90d where channel == \"online\")"
        + " - share(purchase, between 365d and 90d ago where channel == \"online\")", unit: "share", .either,
      "moves between channels", reason: "online share moved by {value}"),
  ].compactMap { $0 }

  /// What should have been bought again by now.
  private static let replenishment: [Entry] = [
    .builtIn(
      "replen_overdue_max", "max(\(RetailFormulas.categoryLateness))", unit: "ratio", .raises,
      "cooling: replenishment overdue", reason: "a usual purchase is {value} cycles late"),
    .builtIn(
      "replen_overdue_spend",
      "sum(sum(purchase.value, last 365d by category) * min(\(RetailFormulas.categoryLateness), 5))"
        + " / sum(purchase.value, last 365d)", unit: "ratio", .raises, "the same, weighted by spend",
      reason: "usual purchases are {value} cycles late, by spend"),
    .builtIn(
      "replen_overdue_count", "count(\(RetailFormulas.categoryLateness) > 1.5)", unit: "categories",
      model: .log1p,
      .raises, "breadth of lateness", reason: "{value} categories are overdue"),
    .builtIn(
      "replen_qty_adjusted",
      "max(if(sum(purchase.value, last 365d by category) == max(sum(purchase.value, last 365d by category)),"
        + " \(RetailFormulas.categoryLateness)"
        + " / (latest(purchase.quantity by category) / median(purchase.quantity by category)), missing))",
      unit: "ratio", .raises, "stocking up is not leaving",
      reason: "the main category is {value} cycles late, stock counted"),
  ].compactMap { $0 }
}
