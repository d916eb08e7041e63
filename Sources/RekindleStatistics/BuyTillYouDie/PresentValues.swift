package import RekindleCore

/// What every customer of a population is expected to buy, as counted and as worth today, and the chance of
/// nothing.
///
/// Given that a customer is still there, what is to come depends on the number of repeats and the age
/// alone, not on when the last purchase was:
///
/// ```
/// E[X(t) | x, t_x, T] = P(alive | x, t_x, T) · g(t; x, T)
/// P(nothing in H)     = 1 − P(alive) + P(alive) · s(H; x, T)
/// ```
/// A shop that counts in days has few such pairs, and g with its hypergeometric function is most of the
/// work, so it is computed once a pair.
package struct PresentValues: Sendable {
  private struct Pair: Sendable {
    /// g at the horizon.
    let purchases: Double
    /// s.
    let none: Double
    /// Σᵢ (g(i P) − g((i − 1) P)) / (1 + d)^i.
    let discounted: Double
  }

  private let pairs: [Pair]
  /// Of each customer.
  private let places: [UInt32]

  /// - Parameters:
  ///   - histories: ones that can be (`RepeatHistory.isPossible`).
  ///   - horizon: of expected purchases and the chance of none.
  ///   - lifetime: `nil` leaves the discounted purchases missing.
  package init<Model: PurchaseModel>(
    _ histories: [RepeatHistory], timing: Model, horizon: TimeSpan,
    lifetime: (periods: Int, discount: DiscountRate)?, workers: Workers
  ) {
    let n = histories.count
    let repeats = DistinctKeys(count: n, values: { histories[$0].repeats })
    let ages = DistinctKeys(count: n, values: { histories[$0].counted(in: timing.unit).age })
    let keys = DistinctKeys(count: n) { UInt64(repeats.places[$0]) << 32 | UInt64(ages.places[$0]) }
    places = keys.places
    let (repeatValues, ageValues) = (repeats.values, ages.values)
    let size = 256
    pairs = workers.map(blocks: (keys.keys.count + size - 1) / size) { block -> [Pair] in
      keys.keys[block * size..<min(keys.keys.count, (block + 1) * size)].map { key in
        let x = repeatValues[Int(key >> 32)]
        let age = ageValues[Int(key & 0xFFFF_FFFF)]
        // Whoever bought on the last day is likeliest to be there: nothing is lost in the division.
        let fresh = RepeatHistory(repeats: x, lastAge: x > 0 ? age : 0, age: age, unit: timing.unit)
        let alive = timing.probabilityAlive(fresh)
        let value = lifetime.map {
          timing.discountedValue(fresh, spend: 1, periods: $0.periods, discount: $0.discount) / alive
        }
        return Pair(
          purchases: timing.expectedPurchases(fresh, within: horizon) / alive,
          none: max(0, timing.probabilityOfNoPurchase(fresh, within: horizon) - (1 - alive)) / alive,
          discounted: value ?? .nan)
      }
    }.flatMap { $0 }
  }

  /// - Parameters:
  ///   - customer: index in the histories.
  ///   - alive: the customer's P(alive).
  package func expectedPurchases(_ customer: Int, alive: Double) -> Double {
    alive * pairs[Int(places[customer])].purchases
  }

  package func probabilityOfNoPurchase(_ customer: Int, alive: Double) -> Double {
    (1 - alive) + alive * pairs[Int(places[customer])].none
  }

  /// Of purchases that are worth 1 each.
  package func discountedPurchases(_ customer: Int, alive: Double) -> Double {
    alive * pairs[Int(places[customer])].discounted
  }
}
