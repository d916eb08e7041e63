internal import RekindleStatistics

/// Sums and sums of products of a few columns in many cells at once, exact but for the last rounding.
///
/// Of m columns every cell holds its count, Σ x_j and Σ x_j x_k (j ≤ k), each as a running sum and the
/// sum of what its roundings lost:
/// ```
/// s' = fl(s + p),   lost += (s + p) − s'  +  (x_j x_k − p),   p = fl(x_j x_k)
/// ```
/// The result is as if it had been computed with twice the digits and rounded once. That is why the
/// order of the units, the cut into batches and the number of threads change no bit of a report, and
/// why sums need no centring on the way: n Σ x² − (Σ x)² loses half of 106 bits, not of 53.
///
/// Source: T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", 2005: Sum2 and Dot2.
struct CompensatedSums: Sendable {
  let columnCount: Int
  /// Of a cell: the count, the running sums, what they lost.
  private let stride: Int
  private var storage: [Double]

  init(columnCount: Int, cells: Int = 0) {
    self.columnCount = columnCount
    stride = 1 + 2 * (columnCount + columnCount * (columnCount + 1) / 2)
    storage = [Double](repeating: 0, count: cells * stride)
  }

  var cellCount: Int { storage.count / stride }

  mutating func grow(toCells count: Int) {
    guard count > cellCount else { return }
    storage.append(contentsOf: repeatElement(0, count: count * stride - storage.count))
  }

  /// Adds `count` rows: column j of row i at `rows[j * rowStride + i]`, into cell `cells[i]`; below 0: none.
  /// - Precondition: every cell exists.
  mutating func add(
    _ rows: UnsafePointer<Double>, rowStride: Int, count: Int, cells: UnsafePointer<Int32>
  ) {
    let (m, stride) = (columnCount, stride)
    let terms = (stride - 1) / 2
    storage.withUnsafeMutableBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * m) { scratch in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * m) { places in
          guard let x = scratch.baseAddress, let filled = places.baseAddress else { return }
          // The upper and lower halves of the digits, of which products are exact.
          let (upper, lower) = (x + m, x + 2 * m)
          // Where the products of column j begin, counted back to column 0.
          let begin = filled + m
          for j in 0..<m { begin[j] = m + j * m - j * (j - 1) / 2 - j }
          for i in 0..<count where cells[i] >= 0 {
            let cell = base + Int(cells[i]) * stride
            cell[0] += 1
            let sum = cell + 1
            let lost = sum + terms
            // A 0 adds nothing anywhere, and most units bought nothing and miss no covariate.
            var k = 0
            for j in 0..<m {
              let value = rows[j * rowStride + i]
              if value == 0 { continue }
              let spread = value * 134_217_729  // 2²⁷ + 1
              filled[k] = j
              x[k] = value
              upper[k] = spread - (spread - value)
              lower[k] = value - upper[k]
              k += 1
              let old = sum[j]
              let new = old + value
              let back = new - old
              lost[j] += (old - (new - back)) + (value - back)
              sum[j] = new
            }
            for a in 0..<k {
              let first = begin[filled[a]]
              for b in a..<k {
                let product = x[a] * x[b]
                let rest =
                  ((upper[a] * upper[b] - product) + upper[a] * lower[b] + lower[a] * upper[b])
                  + lower[a] * lower[b]
                let t = first + filled[b]
                let old = sum[t]
                let new = old + product
                let back = new - old
                lost[t] += (old - (new - back)) + (product - back) + rest
                sum[t] = new
              }
            }
          }
        }
      }
    }
  }

  func count(_ cell: Int) -> Int { Int(storage[cell * stride]) }

  /// Σ x_j.
  func sum(_ cell: Int, _ j: Int) -> Double {
    let place = cell * stride + 1 + j
    return storage[place] + storage[place + (stride - 1) / 2]
  }

  /// The cell's moments, rounded once.
  func moments(_ cell: Int) -> Moments {
    let n = count(cell)
    guard n > 0 else { return Moments(columns: columnCount) }
    let terms = (stride - 1) / 2
    func term(_ t: Int) -> TwoFold {
      let place = cell * stride + 1 + t
      return TwoFold(sumOf: storage[place], storage[place + terms])
    }
    let means = (0..<columnCount).map { term($0) / Double(n) }
    var products: [Double] = []
    var t = columnCount
    for j in 0..<columnCount {
      for k in j..<columnCount {
        let product = term(t)
        let left = (product - term(j) * means[k]).value
        // A square is never negative; below the last digit of its parts it is nothing.
        let isNoise = abs(left) <= 0x1p-80 * abs(product.value)
        products.append(isNoise ? 0 : j == k ? max(0, left) : left)
        t += 1
      }
    }
    return Moments(count: n, means: means.map(\.value), crossProducts: products)
  }
}

/// A number as the unevaluated sum of two doubles: about 32 digits.
private struct TwoFold {
  let high: Double
  let low: Double

  var value: Double { high + low }

  init(sumOf a: Double, _ b: Double) {
    high = a + b
    let back = high - a
    low = (a - (high - back)) + (b - back)
  }

  static func - (a: TwoFold, b: TwoFold) -> TwoFold {
    let top = TwoFold(sumOf: a.high, -b.high)
    return TwoFold(sumOf: top.high, top.low + a.low - b.low)
  }

  static func * (a: TwoFold, b: TwoFold) -> TwoFold {
    let product = a.high * b.high
    let rest = (-product).addingProduct(a.high, b.high) + (a.high * b.low + a.low * b.high)
    return TwoFold(sumOf: product, rest)
  }

  static func / (a: TwoFold, n: Double) -> TwoFold {
    let first = a.high / n
    let left = a.high.addingProduct(-first, n) + a.low
    return TwoFold(sumOf: first, left / n)
  }
}
