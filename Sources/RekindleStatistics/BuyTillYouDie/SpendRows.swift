internal import RekindleCore
internal import RekindleNumerics

/// The likelihood of the gamma-gamma model over a population, with its derivatives.
///
/// With S = x m_x, a customer's whole spend on repeats, what depends on the parameters is linear in x but for
/// gamma functions of x alone:
///
/// ```
/// ℓ = Σ [ln Γ(px+q) − ln Γ(px)] − N ln Γ(q) + N q ln v + p Σ x ln S − Σ ln m_x − p Σ x ln(v+S) − q Σ ln(v+S)
/// ```
/// so that customers with the same S are one row, whatever their x: it costs one logarithm.
struct SpendRows: PopulationLikelihood {
  /// Distinct S, ascending, and of their customers Σ 1 and Σ x.
  private var sums: [Double] = []
  private var customers: [Double] = []
  private var repeats: [Double] = []
  /// Distinct x, ascending, and how many customers have it.
  private let counts: [Double]
  private var customersOfCount: [Double]
  /// Σ x ln S and Σ ln m_x.
  private var weightedLogs = 0.0
  private var meanLogs = 0.0
  private(set) var count = 0

  private struct Customer {
    let sum: Double
    let repeats: UInt32
  }

  /// All customers, and where they are many every k-th of them, in the order of S and x.
  ///
  /// - Parameter spends: usable ones.
  static func joined(_ spends: [SpendHistory]) -> (all: SpendRows, sample: SpendRows?) {
    let repeats = DistinctKeys(count: spends.count, values: { spends[$0].repeats })
    let customers = spends.indices.map {
      Customer(sum: spends[$0].mean * spends[$0].repeats, repeats: repeats.places[$0])
    }
    let sorted = sortedByKey(sortedByKey(customers) { UInt64($0.repeats) }) { $0.sum.bitPattern }
    let counts = repeats.values
    let step = spends.count / LikelihoodSearch.sampleSize
    return (
      SpendRows(sorted, every: 1, counts: counts),
      step >= 4 ? SpendRows(sorted, every: step, counts: counts) : nil
    )
  }

  private init(_ sorted: [Customer], every step: Int, counts: [Double]) {
    self.counts = counts
    customersOfCount = [Double](repeating: 0, count: counts.count)
    for index in stride(from: step / 2, to: sorted.count, by: step) {
      let customer = sorted[index]
      let x = counts[Int(customer.repeats)]
      count += 1
      customersOfCount[Int(customer.repeats)] += 1
      if customer.sum == sums.last {
        customers[sums.count - 1] += 1
        repeats[sums.count - 1] += x
      } else {
        sums.append(customer.sum)
        customers.append(1)
        repeats.append(x)
      }
    }
    for row in sums.indices {
      let log = logarithm(sums[row])
      weightedLogs += repeats[row] * log
      meanLogs += customers[row] * log
    }
    for (x, n) in zip(counts, customersOfCount) { meanLogs -= n * logarithm(x) }
  }

  /// Of the customers' whole spend, by what they bought.
  var meanSpend: Double {
    sums.indices.reduce(0) { $0 + customers[$1] * sums[$1] }
      / repeats.reduce(0, +)
  }

  /// Σ over the rows of 1 and x, each times ln(v+S), 1/(v+S) and 1/(v+S)².
  private struct Sum: Sendable {
    var logs = SIMD2<Double>.zero
    var inverses = SIMD2<Double>.zero
    var squares = SIMD2<Double>.zero
  }

  /// - Parameter theta: p, q, v.
  func logLikelihood(at theta: [Double], workers: Workers) -> LikelihoodPoint {
    let (p, q, v) = (theta[0], theta[1], theta[2])
    let N = Double(count)
    let size = 8192
    let parts = workers.map(blocks: (sums.count + size - 1) / size) { block in
      var part = Sum()
      for row in block * size..<min(sums.count, (block + 1) * size) {
        let weight = SIMD2(customers[row], repeats[row])
        let inverse = 1 / (v + sums[row])
        part.logs += weight * logarithm(v + sums[row])
        part.inverses += weight * inverse
        part.squares += weight * (inverse * inverse)
      }
      return part
    }
    var sum = Sum()
    for part in parts {
      sum.logs += part.logs
      sum.inverses += part.inverses
      sum.squares += part.squares
    }
    // Of Σ [ln Γ(px+q) − ln Γ(px)]: value, slopes by p and q, bends by pp, pq and qq.
    var gammas = 0.0
    var (byP, byQ) = (0.0, 0.0)
    var (pp, pq, qq) = (0.0, 0.0, 0.0)
    for (x, n) in zip(counts, customersOfCount) where n > 0 {
      let (upper, lower) = (p * x + q, p * x)
      gammas += n * (logGamma(upper) - logGamma(lower))
      let (psi, bend) = (digamma(upper), trigamma(upper))
      byP += n * x * (psi - digamma(lower))
      byQ += n * psi
      pp += n * x * x * (bend - trigamma(lower))
      pq += n * x * bend
      qq += n * bend
    }
    let byPV = -sum.inverses.y
    let byQV = N / v - sum.inverses.x
    return LikelihoodPoint(
      value: gammas - N * logGamma(q) + N * q * logarithm(v) + p * (weightedLogs - sum.logs.y) - meanLogs
        - q * sum.logs.x,
      slope: [
        byP + weightedLogs - sum.logs.y, byQ - N * digamma(q) + N * logarithm(v) - sum.logs.x,
        p * byPV + q * byQV,
      ],
      curvature: Matrix(rows: [
        [pp, pq, byPV], [pq, qq - N * trigamma(q), byQV],
        [byPV, byQV, p * sum.squares.y + q * sum.squares.x - N * q / (v * v)],
      ]))
  }
}
