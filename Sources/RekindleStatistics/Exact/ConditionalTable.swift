/// The number of successes in the variant when the successes of both arms together are given and the arms
/// do not differ: the hypergeometric distribution.
///
/// ```
/// P(x₁) = C(n₁, x₁) C(n₀, X − x₁) / C(n₀ + n₁, X)
/// ```
/// Masses come from their ratios, outwards from the largest, and are divided by their sum: no logarithm
/// of a factorial, whose last digits are lost as soon as the counts are large.
struct ConditionalTable {
  private let successes: Int
  private let n0: Int
  private let n1: Int

  init(successes: Int, control: Int, variant: Int) {
    self.successes = successes
    n0 = control
    n1 = variant
  }

  private var least: Int { max(0, successes - n0) }
  private var most: Int { min(successes, n1) }

  private var mode: Int {
    let share = (Double(successes) + 1) * (Double(n1) + 1) / Double(n0 + n1 + 2)
    return min(max(Int(share), least), most)
  }

  /// P(x + 1) / P(x).
  private func ratio(_ x: Int) -> Double {
    let (above, below) = (
      Double(n1 - x) * Double(successes - x), Double(x + 1) * Double(n0 - successes + x + 1)
    )
    return above / below
  }

  /// P(X < x), P(X = x) and P(X > x).
  func tails(_ x: Int) -> (below: Double, mass: Double, above: Double) {
    var (below, mass, above) = (0.0, 0.0, 0.0)
    let start = mode
    func add(_ k: Int, _ w: Double) {
      if k < x { below += w } else if k > x { above += w } else { mass += w }
    }
    // A tail is added up beyond x until what comes is nothing beside it.
    var (k, w) = (start, 1.0)
    add(k, w)
    while k < most, k <= x || w > above * 0x1p-60 {
      w *= ratio(k)
      k += 1
      if w == 0 { break }
      add(k, w)
    }
    (k, w) = (start, 1)
    while k > least, k >= x || w > below * 0x1p-60 {
      k -= 1
      w /= ratio(k)
      if w == 0 { break }
      add(k, w)
    }
    let total = below + mass + above
    return (below / total, mass / total, above / total)
  }

  /// The mass of all tables that are no likelier than `x`. Two tables count as equally likely within
  /// 10⁻⁷, as in R.
  func massNoLikelier(than x: Int) -> Double {
    var weights: [Double] = [1]
    var (k, w) = (mode, 1.0)
    var reference = k == x ? w : 0
    while k < most, w > 0 {
      w *= ratio(k)
      k += 1
      if k == x { reference = w }
      weights.append(w)
    }
    (k, w) = (mode, 1)
    while k > least, w > 0 {
      k -= 1
      w /= ratio(k)
      if k == x { reference = w }
      weights.append(w)
    }
    weights.sort()
    let limit = reference * (1 + 1e-7)
    var (part, total) = (0.0, 0.0)
    for w in weights {
      total += w
      if w <= limit { part = total }
    }
    return part / total
  }
}
