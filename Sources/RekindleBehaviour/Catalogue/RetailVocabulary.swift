public import RekindleEvents

extension EventSchema {
  /// The kinds and attributes that the built-in feature sets speak of.
  ///
  /// A source does not have to give all of it: features whose kinds or attributes are absent drop
  /// out. Nothing else is known about a shop; other kinds and attributes can be mapped freely and
  /// used in features of one's own.
  ///
  /// | kind | an event is | attributes |
  /// |---|---|---|
  /// | `purchase` | an order, or a line of one | `value` paid after discounts; `order` the order's id, needed where a row is a line; `product`; `category`; `quantity` in pieces; `channel` (`online`, `store` …); `discount` the money taken off; `price_tier` where in its category's price range the product lies, 0 to 1 |
  /// | `refund` | money given back | `value`, positive |
  /// | `visit` | a session on the site or in the app | `product_view` whether a product was looked at; `ordered` whether it ended in an order |
  /// | `cart` | a cart that was filled | `abandoned` whether it was left without an order |
  /// | `message` | a marketing message that was delivered | `channel`; `opened` and `clicked` by a person, not by a mail proxy |
  /// | `coupon` | a coupon that was handed out | `redeemed`; `expires` the time after which it is void |
  /// | `points` | a change of the points account | `balance` after it; `expiring` the points of it that lapse within 30 days |
  /// | `tier` | a change or confirmation of the loyalty tier | `level`, higher is better; `gap` the money still to spend to keep it |
  /// | `ticket` | a question or complaint | `ticket` its id |
  /// | `ticket_reply` | an answer of the shop | `ticket` |
  /// | `ticket_close` | a ticket is closed | `ticket` |
  /// | `delivery` | an order arrives | `late` |
  /// | `consent` | the customer allows or forbids a channel | `channel`; `granted` |
  ///
  /// Flags such as `opened`, `redeemed` and `abandoned` become true after the event itself. Where a
  /// source has the time at which they were last written, map it as `recorded`, so that the past
  /// is seen as it was known then.
  public static let retail = EventSchema(kinds: [
    kind(
      "purchase",
      [
        ("value", .number), ("order", .category), ("product", .category), ("category", .category),
        ("quantity", .number), ("channel", .category), ("discount", .number), ("price_tier", .number),
      ]),
    kind("refund", [("value", .number)]),
    kind("visit", [("product_view", .flag), ("ordered", .flag)]),
    kind("cart", [("abandoned", .flag)]),
    kind("message", [("channel", .category), ("opened", .flag), ("clicked", .flag)]),
    kind("coupon", [("redeemed", .flag), ("expires", .time)]),
    kind("points", [("balance", .number), ("expiring", .number)]),
    kind("tier", [("level", .number), ("gap", .number)]),
    kind("ticket", [("ticket", .category)]),
    kind("ticket_reply", [("ticket", .category)]),
    kind("ticket_close", [("ticket", .category)]),
    kind("delivery", [("late", .flag)]),
    kind("consent", [("channel", .category), ("granted", .flag)]),
  ])

  private static func kind(_ name: String, _ attributes: [(String, AttributeType)]) -> Kind {
    Kind(name: name, attributes: attributes.map { Attribute(name: $0.0, type: $0.1) })
  }
}
