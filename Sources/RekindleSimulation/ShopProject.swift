internal import RekindleCore

extension ShopSimulation {
  /// The text of a `rekindle.yaml` that maps the tables to events, so that `rekindle train` works
  /// in the folder at once.
  /// - Parameter file: the name of a table's file.
  public func projectFile(file: (ShopTable) -> String) -> String {
    func source(_ table: ShopTable, _ time: String, _ rest: String) -> String {
      """
        \(table.name):
          file: \(file(table))
          customer: customer_id
          time: \(time)
      \(rest)

      """
    }
    let sources = [
      source(
        .orders, "order_ts",
        """
            kind: purchase            # one row a line of an order
            value: amount
            attributes:
              order: order_id
              product: product
              category: category
              quantity: {column: quantity, type: number}
              gross: {column: gross, type: number}
              discount: {column: discount, type: number}
              channel: channel
              coupon: {column: coupon_used, type: flag}
        """),
      source(
        .refunds, "refund_ts",
        """
            kind: refund
            value: amount
            attributes:
              order: order_id
        """),
      source(
        .visits, "visit_ts",
        """
            kind: visit
            attributes:
              channel: channel
              product_view: {column: product_view, type: flag}
              ordered: {column: ordered, type: flag}
        """),
      source(
        .carts, "cart_ts",
        """
            kind: cart
            attributes:
              abandoned: {column: abandoned, type: flag}
        """),
      source(
        .messages, "sent_ts",
        """
            kind: message
            attributes:
              channel: channel
              campaign: campaign
              opened: {column: opened, type: flag}
              machine_open: {column: machine_open, type: flag}
              clicked: {column: clicked, type: flag}
        """),
      source(
        .coupons, "issued_ts",
        """
            recorded: updated_ts      # known with its fate: used, or expired
            kind: coupon
            attributes:
              redeemed: {column: redeemed, type: flag}
              expires: {column: expires, type: time}
              percent: {column: percent, type: number}
        """),
      source(
        .points, "points_ts",
        """
            kind: points
            value: points
            attributes:
              action: action
              balance: {column: balance, type: number}
        """),
      source(
        .tiers, "tier_ts",
        """
            kind: tier
            attributes:
              level: {column: level, type: number}
        """),
      source(
        .tickets, "ticket_ts",
        """
            kind: {column: action, map: {opened: ticket, replied: ticket_reply, closed: ticket_close}}
            attributes:
              ticket: ticket_id
        """),
      source(
        .deliveries, "delivered_ts",
        """
            kind: delivery
            attributes:
              order: order_id
              late: {column: late, type: flag}
        """),
      source(
        .consents, "consent_ts",
        """
            kind: consent
            attributes:
              channel: channel
              granted: {column: granted, type: flag}
        """),
    ]
    return """
      # A synthetic shop: \(customers) customers, seed \(seed), \(days) days from \(start).
      rekindle: 1
      time_zone: \(timeZone)
      currency: EUR
      sources:
      \(sources.joined())features:
        sets: [retail]
      churn:
        activity: purchase
        horizon: \(horizon)d
        eligible: count(purchase, last 365d) >= 1

      """
  }
}
