/// How many units there are, and the means and centred cross-products of what was measured on them:
/// all that the estimators of means, ratios and adjusted means need.
///
/// ```
/// n        = number of units
/// mean_j   = (1/n) Σ x_ij
/// S_jk     = Σ (x_ij − mean_j)(x_ik − mean_k)
/// ```
/// Of `m` columns `means` has m numbers and `crossProducts` m (m + 1) / 2: the upper triangle by rows.
/// Products are kept centred because sums of squares of large numbers lose the variance.
public struct Moments: Sendable, Hashable {
  public private(set) var count: Int
  public private(set) var means: [Double]
  public private(set) var crossProducts: [Double]

  /// Moments of no unit.
  public init(columns: Int) {
    count = 0
    means = [Double](repeating: 0, count: columns)
    crossProducts = [Double](repeating: 0, count: columns * (columns + 1) / 2)
  }

  /// - Precondition: `crossProducts` is the upper triangle of as many columns as there are means.
  public init(count: Int, means: [Double], crossProducts: [Double]) {
    precondition(crossProducts.count == means.count * (means.count + 1) / 2)
    self.count = count
    self.means = means
    self.crossProducts = crossProducts
  }

  /// From plain sums: `sums` Σ x_j and `products` Σ x_j x_k, the upper triangle by rows.
  /// - Precondition: as many products as the sums' upper triangle has.
  public init(count: Int, sums: [Double], products: [Double]) {
    precondition(products.count == sums.count * (sums.count + 1) / 2)
    self.count = count
    let n = Double(count)
    means = sums.map { count > 0 ? $0 / n : 0 }
    crossProducts = products
    var index = 0
    for j in sums.indices {
      for k in j..<sums.count {
        // Rounded once: a product rounded first would lose digits of the difference.
        crossProducts[index] = products[index].addingProduct(-sums[j], means[k])
        index += 1
      }
    }
  }

  public var columnCount: Int { means.count }

  /// S_jk.
  public func crossProduct(_ j: Int, _ k: Int) -> Double {
    crossProducts[Self.index(min(j, k), max(j, k), of: columnCount)]
  }

  /// The sample variance, with n − 1; NaN below two units.
  public func variance(_ j: Int) -> Double { covariance(j, j) }

  /// The sample covariance, with n − 1; NaN below two units.
  public func covariance(_ j: Int, _ k: Int) -> Double {
    count > 1 ? crossProduct(j, k) / Double(count - 1) : .nan
  }

  /// The moments of some of the columns, in the order asked for.
  public func columns(_ chosen: [Int]) -> Moments {
    var products: [Double] = []
    for (position, j) in chosen.enumerated() {
      for k in chosen[position...] { products.append(crossProduct(j, k)) }
    }
    return Moments(count: count, means: chosen.map { means[$0] }, crossProducts: products)
  }

  /// Takes in the units of `other`.
  ///
  /// ```
  /// S_jk = S_jk(a) + S_jk(b) + (n_a n_b / n) d_j d_k,   d = mean(b) − mean(a)
  /// ```
  /// Source: T. F. Chan, G. H. Golub, R. J. LeVeque, 1979.
  /// - Precondition: the same columns.
  public mutating func merge(_ other: Moments) {
    precondition(other.columnCount == columnCount)
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let (a, b) = (Double(count), Double(other.count))
    let share = b / (a + b)
    let d = zip(other.means, means).map { $0 - $1 }
    var index = 0
    for j in d.indices {
      for k in j..<d.count {
        crossProducts[index] += other.crossProducts[index] + a * share * d[j] * d[k]
        index += 1
      }
    }
    for j in d.indices { means[j] += share * d[j] }
    count += other.count
  }

  static func index(_ j: Int, _ k: Int, of columns: Int) -> Int {
    j * columns - j * (j - 1) / 2 + k - j
  }
}
