internal import RekindleNumerics

/// The exact test of a multinomial distribution.
///
/// ```
/// p = Σ P(y) over all y with Σ yᵢ = n and P(y) ≤ P(x)
/// ```
/// Two allocations count as equally likely within 10⁻⁷, as in R. A multinomial mass is a product of Poisson
/// masses divided by that of the total; so the arms are cut into two halves, the products of each half
/// are listed by their number of units and sorted, and the lists are read against each other. The work
/// is that of one half: half a million products for the 167 million allocations of 999 units to four arms.
struct MultinomialTest {
  private let counts: [Int]
  private let total: Int
  /// The Poisson mass of each count 0...n in each arm.
  private let masses: [[Double]]

  /// - Parameter shares: Positive, adding up to 1.
  init(counts: [Int], shares: [Double]) {
    self.counts = counts
    let total = counts.reduce(0, +)
    self.total = total
    masses = shares.map { share in
      let mean = Double(total) * share
      return (0...total).map { k in
        exponential(Double(k) * logarithm(mean) - mean - logGamma(Double(k) + 1))
      }
    }
  }

  /// How many products the larger half has: C(n + h, h) of h arms.
  static func work(units total: Int, arms: Int) -> Double {
    (1...max(1, (arms + 1) / 2)).reduce(1.0) { $0 * Double(total + $1) / Double($1) }
  }

  var pValue: Double {
    let seen = zip(masses, counts).reduce(1.0) { $0 * $1.0[$1.1] }
    let limit = seen * (1 + 1e-7)
    let middle = (masses.count + 1) / 2
    let first = products(of: masses[..<middle])
    let second = products(of: masses[middle...])
    var (part, whole) = (0.0, 0.0)
    for units in 0...total {
      let (a, b) = (first[units], second[total - units])
      // As the factor of one half falls, more and more of the other half is unlikely enough.
      var (taken, sum) = (0, 0.0)
      var inner = 0.0
      for factor in a.reversed() {
        while taken < b.count, factor * b[taken] <= limit {
          sum += b[taken]
          taken += 1
        }
        inner += factor * sum
      }
      part += inner
      whole += a.reduce(0, +) * b.reduce(0, +)
    }
    return min(1, part / whole)
  }

  /// The products of the masses of some arms, ascending, by the number of units in them.
  private func products(of arms: ArraySlice<[Double]>) -> [[Double]] {
    var lists = [[Double]](repeating: [], count: total + 1)
    func extend(_ rest: ArraySlice<[Double]>, _ used: Int, _ product: Double) {
      guard let arm = rest.first else {
        lists[used].append(product)
        return
      }
      for k in 0...(total - used) { extend(rest.dropFirst(), used + k, product * arm[k]) }
    }
    extend(arms, 0, 1)
    for units in lists.indices { lists[units].sort() }
    return lists
  }
}
