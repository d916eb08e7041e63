internal import Foundation

/// The law of the shop: every rate and every effect, as numbers.
///
/// Customers live day by day. On day t a customer places a Poisson number of orders with mean
///
/// ```
/// Λ · m(t),    m(t) = W(t) · season(t) · weekday(t) · need(t) · coupon(t) · click(t)
/// ```
///
/// - Λ: the customer's own rate, drawn once from a gamma law; the only hidden quantity that orders
///   depend on.
/// - W: warmth, from 0.02 to 1.5. It is 1 at the first order, fades by a share every day, and rises
///   with every visit, opened message, click and order. A late delivery or a slow reply of the
///   service cuts it. Visits and opens depend on W in turn: as a customer cools, visits get rare,
///   messages stay closed, coupons expire, intervals lengthen, baskets narrow, and what would warm
///   the customer no longer happens. That is the drop-out. It is a slide, more likely for slow
///   buyers and after bad service, and almost never reversed.
/// - need: below 1 just after an order in a category with a cycle, above 1 when the cycle is due.
/// - coupon, click: above 1 while a coupon is valid, and in the week after a click.
///
/// Everything in m(t) follows from rows of the tables. So the posterior of Λ, given all that is in
/// them up to a moment, is exactly gamma again: after x orders beyond the first
///
/// ```
/// Λ | history  ~  Gamma(shape + x,  rate + Σ m)
/// ```
///
/// which is what lets `TrueChurn` state a probability given the history and not given what no shop
/// can know.
struct ShopLaw: Sendable {
  // The own rate: mean shape / rate orders a day at m = 1.
  static let rateShape = 3.0
  static let rateRate = 76.0

  // Warmth.
  static let fading = [0.025, 0.023, 0.021, 0.019]  // a day, by tier
  static let warmthFloor = 0.045
  static let warmthCap = 1.4
  static let warmthOfVisit = 0.1
  static let warmthOfOpen = 0.05
  static let warmthOfClick = 0.08
  static let warmthOfOrder = 0.24
  static let keptAfterLateDelivery = 0.75
  static let keptAfterSlowReply = 0.6

  // Visits without an order, a day at W = 1, and what happens in them.
  static let visitRate = 0.10
  static let cartShare = 0.2

  // Orders.
  static let couponEffect = 1.25
  static let clickEffect = 1.35
  static let clickDays = 7
  static let needAfterOrder = 0.6
  static let needWhenDue = 1.25

  // Deliveries: the chance to arrive on the day of each age, given not before; late from day 6.
  static let arrival = [0, 0.1, 0.4, 0.55, 0.65, 0.7, 0.5]
  static let lateFromDay = 6
  static let ticketAfterDelivery = 0.03
  static let ticketAfterLateDelivery = 0.45
  static let replyChance = 0.55
  static let slowFromDay = 3
  static let refundShare = 0.04

  // What the shop sends.
  static let newsletterEvery = 21
  static let winBackAtDays = 60
  static let lastMessageAtDays = 300
  static let couponEvery = 45
  static let couponShare = 0.25
  static let couponAtDays = 80
  static let couponDays = 21
  static let optOutShare = 0.004

  // Loyalty.
  static let tierSpend = [0.0, 15_000, 40_000, 90_000]  // hundredths of spend, halved every 180 days
  static let tierReviewEvery = 90
  static let spendFading = 0.003851  // ln 2 / 180
  static let pointsToRedeem = 300

  /// season × weekday for the days of the log and a horizon beyond.
  let calendarFactor: [Double]
  let firstDay: Int32

  init(firstDay: Int32, days: Int) {
    self.firstDay = firstDay
    calendarFactor = (0..<days).map { day in
      // 1970-01-01 was a Thursday; Monday is 0.
      let weekday = (Int(firstDay) + day + 3) % 7
      // Highest near the end of November, lowest half a year away.
      let year = 2 * Double.pi * (Double(Int(firstDay) + day) - 329) / 365.25
      return [0.9, 0.9, 0.92, 0.98, 1.1, 1.2, 1.0][weekday] * (1 + 0.18 * cos(year))
    }
  }

  /// The effect of the replenishment cycle, by days since the last order.
  static func need(days: Int, cycle: Double) -> Double {
    if cycle == 0 { return 1 }
    let phase = Double(days) / cycle
    if phase < 1 { return needAfterOrder + (needWhenDue - needAfterOrder) * phase }
    return max(1, needWhenDue - 0.7 * (phase - 1))
  }

  static func openChance(warmth: Double) -> Double { 0.04 + 0.5 * warmth / (warmth + 0.6) }
}
