/// Pieces from which the formulas of the built-in sets are put together, and the way in which a
/// formula is written for sources that give less.
///
/// A formula may hold placeholders, each with a window and clauses:
///
/// - `{orders last 90d}`: the number of orders. Where purchases carry an `order` id (a row is a line)
///   it is `distinct(purchase.order, last 90d)`, else `count(purchase, last 90d)`.
/// - `{largest last 365d}`, `{typical last 365d}`: the value of the largest and of the median order. Where a
///   row is a line its order's lines are summed first.
/// - `{net last 90d}`: money kept, `sum(purchase.value, …) - sum(refund.value, …)`; without refunds
///   the first sum alone.
enum RetailFormulas {
  /// A rate of small counts, drawn to the population's by two events.
  ///
  ///     (a + 2 p) / (b + 2),   p = population mean of a / b
  ///
  /// Missing where b = 0: a customer who never got a message has no open rate.
  static func shrunkRate(_ a: String, of b: String) -> String {
    "if(\(b) > 0, (\(a) + 2 * population_mean(\(a) / \(b))) / (\(b) + 2), missing)"
  }

  /// ln((now + k) / (before + k)): 0 for no change, symmetric in growth and decline.
  static func trend(_ now: String, from before: String, plus k: String = "0.5") -> String {
    "log((\(now) + \(k)) / (\(before) + \(k)))"
  }

  /// The customer's own median gap between order days, of the latest 8, drawn to the population's
  /// median with the weight of two gaps; the population's for a customer with one order day.
  static let ownInterval: String = {
    let gaps = "min(8, max(0, active_days(purchase) - 1))"
    return "(\(gaps) * coalesce(gap_median(purchase, latest 8), 0)"
      + " + 2 * population_median(gap_median(purchase, latest 8))) / (\(gaps) + 2)"
  }()

  /// The customer's own cycle in a category, drawn in the same way to the population's median of
  /// the customers' typical cycles; missing for a category bought on one day only.
  static let categoryCycle =
    "((active_days(purchase by category) - 1) * gap_median(purchase by category)"
    + " + 2 * population_median(median(gap_median(purchase by category)))) / (active_days(purchase by category) + 1)"

  /// Time since a category was last bought, in cycles.
  static let categoryLateness = "days_since_last(purchase by category) / (\(categoryCycle))"

  /// Half the population's typical order, for logarithms of money.
  static let halfOrder = "0.5 * population_median({typical last 365d})"

  /// Hours from the opening of each ticket of the last 180 days to its first answer, or to now.
  static let replyHours =
    "24 * (days_since_first(ticket, last 180d by ticket) - coalesce(days_since_first(ticket_reply by ticket), 0))"

  /// A coupon's fate once it has one: unused or not; missing while it can still be used.
  static let couponUnused = "if(redeemed or expires > 0, not redeemed, missing)"

  /// The texts of a formula with its placeholders filled, for the richest sources first.
  static func alternatives(of formula: String) -> [String] {
    var texts: [String] = []
    for hasOrderIds in [true, false] {
      for hasRefunds in [true, false] {
        let text = filled(formula) { name, clauses in
          switch name {
          case "orders":
            return hasOrderIds ? "distinct(purchase.order, \(clauses))" : "count(purchase, \(clauses))"
          case "largest", "typical":
            let function = name == "largest" ? "max" : "median"
            return hasOrderIds
              ? "\(function)(sum(purchase.value, \(clauses) by order))"
              : "\(function)(purchase.value, \(clauses))"
          default:
            let paid = "sum(purchase.value, \(clauses))"
            return hasRefunds ? "(\(paid) - sum(refund.value, \(clauses)))" : paid
          }
        }
        if !texts.contains(text) { texts.append(text) }
      }
    }
    return texts
  }

  private static func filled(_ formula: String, _ piece: (Substring, Substring) -> String) -> String {
    var text = ""
    var rest = formula[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      text += rest[..<open]
      let inside = rest[rest.index(after: open)..<close]
      let name = inside.prefix { $0 != " " }
      text += piece(name, inside.dropFirst(name.count + 1))
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }
}

extension FeatureSet.Entry {
  /// An entry of a built-in set.
  /// - Parameter formula: in the language, with the placeholders of `RetailFormulas`. The texts are
  ///   constants and a test parses every one, so a text that does not parse is dropped here.
  static func builtIn(
    _ name: String, _ formula: String, unit: String, model transform: FeatureDefinition.Transform = .identity,
    _ sign: FeatureSet.Sign, _ rationale: String, reason: String
  ) -> FeatureSet.Entry? {
    let definitions = RetailFormulas.alternatives(of: formula).compactMap { text in
      (try? Expression(parsing: text)).map {
        FeatureDefinition(name: name, expression: $0, unit: unit, reason: reason, transform: transform)
      }
    }
    guard let first = definitions.first else { return nil }
    return FeatureSet.Entry(
      preferred: first, others: Array(definitions.dropFirst()), sign: sign, rationale: rationale,
      isBuiltIn: true)
  }
}
