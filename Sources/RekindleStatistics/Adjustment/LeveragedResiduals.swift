internal import RekindleNumerics

/// What the heteroscedasticity-consistent variance HC2 of an arm's regression needs of its units,
/// gathered in a second pass over them.
///
/// ```
/// z_i = (1, x_i − x̄)                      one unit
/// h_i = 1/n + (x_i − x̄)' S⁻¹ (x_i − x̄)    leverage
/// M   = Σ z_i z_i' e_i² / (1 − h_i)       (q + 1) × (q + 1)
/// Var(m(x₀)) = g' M g,   g = (1/n, S⁻¹ (x₀ − x̄))
/// ```
/// e_i is the residual. The leverages are not functions of moments of any finite order, so that the
/// first pass gathers moments, and the second this sum: memory is q² in both. A unit that its own
/// coefficient fits alone has h = 1 and e = 0; its quotient is put at the arm's residual variance, its
/// expectation where the variance is constant.
///
/// Source: J. G. MacKinnon and H. White, "Some heteroskedasticity-consistent covariance matrix
/// estimators with improved finite sample properties", 1985.
public struct LeveragedResiduals: Sendable, Hashable {
  public let regression: ArmRegression
  public private(set) var count = 0
  /// M, the upper triangle by rows.
  public private(set) var products: [Double]
  private var shift: [Double]

  public init(_ regression: ArmRegression) {
    self.regression = regression
    let order = regression.covariates.count + 1
    products = [Double](repeating: 0, count: order * (order + 1) / 2)
    shift = [Double](repeating: 0, count: order)
    shift[0] = 1
  }

  /// From sums that were kept: with the moments they are all that HC2 needs, in place of the units.
  /// - Precondition: `products` is M of this regression, (q + 1)(q + 2) / 2 numbers.
  public init(_ regression: ArmRegression, count: Int, products: [Double]) {
    self.init(regression)
    precondition(products.count == self.products.count, "\(products.count) sums of HC2")
    self.count = count
    self.products = products
  }

  /// Takes in a unit of the arm.
  /// - Parameter values: in the order of the moments' columns.
  public mutating func add(_ values: [Double]) {
    let means = regression.moments.means
    var residual = values[regression.outcome] - means[regression.outcome]
    for (j, column) in regression.covariates.enumerated() {
      shift[j + 1] = values[column] - means[column]
      residual -= regression.coefficients[j] * shift[j + 1]
    }
    var leverage = 1 / Double(regression.moments.count)
    let q = regression.covariates.count
    for j in 0..<q {
      var row = 0.0
      for k in 0..<q { row += regression.inverse[j, k] * shift[k + 1] }
      leverage += shift[j + 1] * row
    }
    let free = 1 - leverage
    let weight = free > 1e-10 ? residual * residual / free : regression.residualVariance
    var index = 0
    for j in 0...q {
      for k in j...q {
        products[index] += weight * shift[j] * shift[k]
        index += 1
      }
    }
    count += 1
  }

  /// Takes in the units of `other`.
  /// - Precondition: the same regression.
  public mutating func merge(_ other: LeveragedResiduals) {
    precondition(other.regression == regression)
    for index in products.indices { products[index] += other.products[index] }
    count += other.count
  }

  /// NaN until every unit of the moments has been taken in.
  func variance(at place: [Double]) -> Double {
    guard count == regression.moments.count else { return .nan }
    let g = [1 / Double(count)] + regression.inverse.times(regression.shift(to: place))
    var sum = 0.0
    var index = 0
    for j in g.indices {
      for k in j..<g.count {
        sum += (j == k ? 1 : 2) * g[j] * g[k] * products[index]
        index += 1
      }
    }
    return sum
  }
}
