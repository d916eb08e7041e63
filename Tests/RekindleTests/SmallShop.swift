/// A shop small enough to read, with customers who stay and customers who leave.
enum SmallShop {
  static let project = """
    rekindle: 1
    sources:
      orders:
        file: orders.csv
        kind: purchase
        customer: customer_id
        time: order_ts
        value: amount
    features:
      sets: []
      add:
        purchases_90d: count(purchase, last 90d)
        recency: days_since_last(purchase)
        spend_90d: sum(purchase.value, last 90d)
    churn:
      horizon: 30d

    """

  /// Sixty customers of 400 days who buy every 5 to 27 days. One that leaves does so at the end of a
  /// year's tenth part; the later parts have more of them, so that every window has some.
  static func orders(leaving: (Int) -> Bool = { $0 % 3 != 0 }) -> String {
    var rows = ["customer_id,order_ts,amount,qty"]
    for customer in 0..<60 {
      var day = customer % 7
      let end = leaving(customer) ? 40 * (1 + customer % 10) : 400
      while day < end {
        rows.append("c\(customer),\(date(day)),\(10 + (customer * 7 + day) % 40).50,\(1 + day % 3)")
        day += 5 + customer % 23
      }
    }
    return rows.joined(separator: "\n") + "\n"
  }

  /// Days after the first of January 2024, a leap year.
  static func date(_ day: Int) -> String {
    var rest = day
    for (index, length) in [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28].enumerated() {
      if rest < length {
        let (year, month) = (2024 + index / 12, 1 + index % 12)
        return "\(year)-\(pad(month))-\(pad(rest + 1))"
      }
      rest -= length
    }
    return "2025-03-01"
  }

  private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
