package import RekindleCore

/// What every customer is expected to buy, as counted and as worth today.
///
/// Given that a customer is still there, what is to come depends on the number of repeats and the age
/// alone, not on when the last purchase was:
///
/// ```
/// E[X(t) | x, t_x, T] = P(alive | x, t_x, T) · g(t; x, T)
/// ```
/// A shop that counts in days has few such pairs, and g with its hypergeometric function is most of the
/// work, so it is computed once a pair.
package struct PresentValues: Sendable {
  /// g at the horizon.
  private var purchases: [Pair: Double] = [:]
  /// Σᵢ (g(i P) − g((i − 1) P)) / (1 + d)^i.
  private var discounted: [Pair: Double] = [:]

  private struct Pair: Hashable, Comparable {
    let repeats: Double
    let age: Double

    init(_ history: RepeatHistory) {
      repeats = history.repeats
      age = history.age
    }

    static func < (a: Pair, b: Pair) -> Bool { (a.repeats, a.age) < (b.repeats, b.age) }
  }

  package init(
    _ histories: [RepeatHistory], timing: some PurchaseModel, horizon: TimeSpan,
    lifetime: (periods: Int, discount: DiscountRate)?, workers: Workers
  ) {
    let unit = histories.first?.unit ?? .day
    let pairs = Set(histories.map(Pair.init)).sorted()
    let size = 256
    let parts = workers.map(blocks: (pairs.count + size - 1) / size) { block -> [(Double, Double)] in
      pairs[block * size..<min(pairs.count, (block + 1) * size)].map { pair in
        // Whoever bought on the last day is likeliest to be there: nothing is lost in the division.
        let fresh = RepeatHistory(
          repeats: pair.repeats, lastAge: pair.repeats > 0 ? pair.age : 0, age: pair.age, unit: unit)
        let alive = timing.probabilityAlive(fresh)
        let value = lifetime.map {
          timing.discountedValue(fresh, spend: 1, periods: $0.periods, discount: $0.discount) / alive
        }
        return (timing.expectedPurchases(fresh, within: horizon) / alive, value ?? .nan)
      }
    }
    for (pair, (count, value)) in zip(pairs, parts.joined()) {
      purchases[pair] = count
      discounted[pair] = value
    }
  }

  /// - Parameter alive: the customer's P(alive).
  package func expectedPurchases(_ history: RepeatHistory, alive: Double) -> Double {
    alive * (purchases[Pair(history)] ?? .nan)
  }

  /// Of purchases that are worth 1 each.
  package func discountedPurchases(_ history: RepeatHistory, alive: Double) -> Double {
    alive * (discounted[Pair(history)] ?? .nan)
  }
}
