internal import RekindleBehaviour

/// What guard-rails ask of each customer at the plan's moment: a column a fact, a value a customer, in the
/// order of the log. Missing is NaN.
struct CustomerFacts: Sendable {
  let zones: CustomerZones
  /// `nil` where no action asks for them.
  let hours: SendHours?
  let isHeldOut: [Bool]
  let consent: ConsentStates
  let messages: MessageTimes
  /// Index into the playbook's channels; −1 for no preference.
  let preferredChannel: [Int8]
  /// Of the oldest open ticket.
  let openTicketHours: [Double]
  let daysSincePurchase: [Double]
  let daysSinceCoupon: [Double]
  let tierLevel: [Double]
  /// Of the orders of a year, those with a discount.
  let discountShare: [Double]
  let orders: [Double]
  let meanBasket: [Double]
  let churnProbability: [Double]
  let valueAtRisk: [Double]
  /// Whether each action is for each customer; a row an action.
  let rules: [[Bool]]
  /// What reasons speak of.
  let table: FeatureTable
}

/// Facts that are expressions. Their names hold a blank, so no rule can name or hide them.
enum FactFormula: String, CaseIterable {
  case daysSincePurchase = "fact days since purchase"
  case daysSinceCoupon = "fact days since coupon"
  case tierLevel = "fact tier level"
  case orders = "fact orders"
  case discountShare = "fact discount share"
  case meanBasket = "fact mean basket"
  case yearSpend = "fact year spend"

  /// For richer and for poorer sources, best first.
  var texts: [String] {
    switch self {
    case .daysSincePurchase: ["days_since_last(purchase)"]
    case .daysSinceCoupon: ["days_since_last(coupon)"]
    case .tierLevel: ["latest(tier.level)"]
    case .orders: ["distinct(purchase.order, last 365d)", "count(purchase, last 365d)"]
    case .discountShare:
      [
        "distinct(purchase.order, last 365d where discount > 0) / distinct(purchase.order, last 365d)",
        "count(purchase, last 365d where discount > 0) / count(purchase, last 365d)",
      ]
    case .meanBasket:
      [
        "coalesce(sum(purchase.value, last 365d) / distinct(purchase.order, last 365d), sum(purchase.value) / distinct(purchase.order))",
        "coalesce(mean(purchase.value, last 365d), mean(purchase.value))",
      ]
    case .yearSpend: ["sum(purchase.value, last 365d)"]
    }
  }
}
