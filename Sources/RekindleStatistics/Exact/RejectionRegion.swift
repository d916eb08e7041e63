internal import RekindleNumerics

/// Some of the pairs (x₀, x₁) that two arms may show, and how likely they are at most if both arms have
/// the same rate, whatever that is.
///
/// The pairs of one x₀ are the x₁ from `lowest[x₀]` upwards and those up to `highest[x₀]`. With the masses
/// of both arms from their ratios and the tails of one of them as running sums, the probability at one
/// rate costs n₀ + n₁ steps, not n₀ n₁.
struct RejectionRegion {
  private let lowest: [Int]
  private let highest: [Int]?
  private let control: MassRatios
  private let variant: MassRatios

  /// - Parameters:
  ///   - lowest: One for each x₀ in 0...n₀; `variant` + 1 where there is none.
  ///   - highest: Likewise, −1 where there is none; `nil`: nowhere.
  init(lowest: [Int], highest: [Int]? = nil, variant: Int) {
    self.lowest = lowest
    self.highest = highest
    control = MassRatios(trials: lowest.count - 1)
    self.variant = MassRatios(trials: variant)
  }

  /// For each x₀ in 0...`control` the smallest x₁ in 0...`variant` that `belongs`, `variant` + 1 where
  /// there is none. `belongs` must hold upwards in x₁ and downwards in x₀ (Barnard's convexity), so
  /// that the answer never falls.
  static func boundary(
    control: Int, variant: Int, _ belongs: (_ x0: Int, _ x1: Int) -> Bool
  ) -> [Int] {
    var found: [Int] = []
    found.reserveCapacity(control + 1)
    var outside = -1
    for x0 in 0...control {
      // Doubling steps, then halving: cheap when the boundary moves by one and when by thousands.
      var step = 1
      var inside = outside + 1
      while inside <= variant, !belongs(x0, inside) {
        outside = inside
        inside = min(variant + 1, outside + step)
        step *= 2
      }
      while inside - outside > 1 {
        let middle = outside + (inside - outside) / 2
        if belongs(x0, middle) { inside = middle } else { outside = middle }
      }
      found.append(inside)
    }
    return found
  }

  /// The largest probability over all rates.
  ///
  /// In u, with π = u² / (u² + (1 − u)²), the information about the rate is nearly even, so that an even
  /// grid of step 0.07 / √n misses no maximum by more than a hundredth. Every maximum on the grid that
  /// is within a twentieth of the largest is then narrowed by golden sections to 10⁻⁹ in u: the
  /// result is the supremum to about 10⁻¹² relative.
  func supremum() -> Double {
    // At the very ends only one pair is left.
    if contains(0, 0) || contains(control.trials, variant.trials) { return 1 }
    var work = Work(control: control.trials, variant: variant.trials, leastMass: 1e-40)
    let found = supremum(&work)
    // What was left out is nothing beside a probability that is not tiny itself.
    guard found < 1e-20 else { return found }
    work.leastMass = 1e-300
    return supremum(&work)
  }

  private func supremum(_ work: inout Work) -> Double {
    let n = Double(max(control.trials, variant.trials))
    let steps = max(64, Int((n.squareRoot() / 0.07).rounded(.up)))
    let width = 1 / Double(steps)
    var grid = [Double](repeating: 0, count: steps + 1)
    for i in 1..<steps { grid[i] = probability(Double(i) * width, &work) }
    let top = grid.max() ?? 0
    var best = top
    for i in 1..<steps where grid[i] >= 0.95 * top && grid[i] >= grid[i - 1] && grid[i] >= grid[i + 1] {
      best = max(best, peak(from: Double(i - 1) * width, to: Double(i + 1) * width, &work))
    }
    return min(1, best)
  }

  private func contains(_ x0: Int, _ x1: Int) -> Bool {
    x1 >= lowest[x0] || (highest.map { x1 <= $0[x0] } ?? false)
  }

  private func peak(from a: Double, to b: Double, _ work: inout Work) -> Double {
    let golden = 0.618_033_988_749_894_9
    var (a, b) = (a, b)
    var (c, d) = (b - golden * (b - a), a + golden * (b - a))
    var (fc, fd) = (probability(c, &work), probability(d, &work))
    while b - a > 1e-9 {
      if fc > fd {
        (b, d, fd) = (d, c, fc)
        c = b - golden * (b - a)
        fc = probability(c, &work)
      } else {
        (a, c, fc) = (c, d, fd)
        d = a + golden * (b - a)
        fd = probability(d, &work)
      }
    }
    return max(fc, fd)
  }

  private struct Work {
    var masses: [Double]
    /// P(X₁ ≥ k) at k.
    var tails: [Double]
    /// Smaller masses are left out.
    var leastMass: Double

    init(control: Int, variant: Int, leastMass: Double) {
      self.leastMass = leastMass
      masses = [Double](repeating: 0, count: max(control, variant) + 1)
      tails = [Double](repeating: 0, count: variant + 2)
    }
  }

  private func probability(_ u: Double, _ work: inout Work) -> Double {
    let odds = (u / (1 - u)) * (u / (1 - u))
    let band = variant.masses(odds, from: work.leastMass, into: &work.masses)
    // Running sums from the far ends, where the masses are small, keep all digits of a small tail.
    var sum = 0.0
    for k in stride(from: band.upperBound, through: band.lowerBound, by: -1) {
      sum += work.masses[k]
      work.tails[k] = sum
    }
    var lowerTails: [Double] = []
    if highest != nil {
      lowerTails.reserveCapacity(band.count)
      sum = 0
      for k in band {
        sum += work.masses[k]
        lowerTails.append(sum)
      }
    }
    let outer = control.masses(odds, from: work.leastMass, into: &work.masses)
    var total = 0.0
    for x0 in outer {
      let first = lowest[x0]
      var tail = 0.0
      if first <= band.upperBound { tail = work.tails[max(first, band.lowerBound)] }
      if let highest, highest[x0] >= band.lowerBound {
        tail += lowerTails[min(highest[x0], band.upperBound) - band.lowerBound]
      }
      total += work.masses[x0] * tail
    }
    return total
  }
}

/// The masses of a binomial distribution at many rates.
private struct MassRatios {
  let trials: Int
  /// (n − k) / (k + 1) and its inverse.
  private let up: [Double]
  private let down: [Double]

  init(trials: Int) {
    self.trials = trials
    up = (0..<max(trials, 0)).map { Double(trials - $0) / Double($0 + 1) }
    down = up.map { 1 / $0 }
  }

  /// Sets the masses that are at least `least` and returns where they are.
  func masses(_ odds: Double, from least: Double, into masses: inout [Double]) -> ClosedRange<Int> {
    let rate = odds / (1 + odds)
    let mode = min(trials, Int(Double(trials + 1) * rate))
    let start = Binomial(trials: trials, probability: rate).mass(mode)
    masses[mode] = start
    var (high, low) = (mode, mode)
    var w = start
    while high < trials {
      w *= up[high] * odds
      if w < least { break }
      high += 1
      masses[high] = w
    }
    w = start
    let inverse = 1 / odds
    while low > 0 {
      w *= down[low - 1] * inverse
      if w < least { break }
      low -= 1
      masses[low] = w
    }
    return low...high
  }
}
