internal import Foundation
internal import RekindleNumerics

/// The true churn probability of a customer at a moment: of no order in the days that follow,
/// given every row of every table before that moment, under the law that made the rows.
///
/// ```
/// P(no order in H days | history) = E[ (b / (b + M))^a ]
/// a = shape + x,   b = rate + Σ m to date,   M = Σ m over the H days, had no order come
/// ```
///
/// - x: orders beyond the first.
/// - The hidden rate Λ is integrated out by its posterior Gamma(a, b): no rate is peeped at.
/// - The expectation runs over what else may come (visits, messages, coupons, parcels, replies)
///   while no order does, and is the mean over `continuations` simulated futures. Given no order
///   the future of the rest does not depend on Λ, which is why the two may be taken apart.
///
/// The standard error of the mean is below 0.01 at 128 futures, which have streams of their own.
enum TrueChurn {
  static let continuations = 128

  static func probability(
    of state: CustomerState, from day: Int, horizon: Int, law: ShopLaw, stream: RandomStream
  ) -> Double {
    var stream = stream
    var nothing = NoRecord()
    let a = ShopLaw.rateShape + Double(state.repeats)
    let b = ShopLaw.rateRate + state.exposure
    var sum = 0.0
    for _ in 0..<continuations {
      var future = state
      var m = 0.0
      for ahead in day..<day + horizon {
        m += future.live(day: ahead, law: law, stream: &stream, into: &nothing)
      }
      sum += exp(-a * log1p(m / b))
    }
    return sum / Double(continuations)
  }
}
