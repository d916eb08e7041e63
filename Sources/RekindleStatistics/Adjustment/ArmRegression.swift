internal import RekindleNumerics

/// The least-squares line of an outcome on covariates within one arm, from its moments.
///
/// ```
/// θ   = S⁻¹ s                    S: products of the covariates, s: with the outcome
/// σ²  = (S_yy − θ's) / (n − 1 − q)
/// m(x₀) = ȳ + θ'(x₀ − x̄)         value at the covariates x₀
/// Var(m(x₀)) = σ² (1/n + δ' S⁻¹ δ),  δ = x₀ − x̄
/// ```
/// q is the number of covariates.
public struct ArmRegression: Sendable, Hashable {
  public let moments: Moments
  public let outcome: Int
  /// Columns of the moments.
  public let covariates: [Int]
  /// θ, in the order of the covariates; NaN where there are too few units.
  public let coefficients: [Double]
  /// n − 1 − q; not above 0 where there are too few units.
  public let degreesOfFreedom: Double
  /// σ²; NaN where there are too few units.
  public let residualVariance: Double
  /// S⁻¹.
  let inverse: Matrix

  /// - Precondition: the covariates are independent of one another within the arm.
  init(_ moments: Moments, outcome: Int, covariates: [Int]) {
    self.moments = moments
    self.outcome = outcome
    self.covariates = covariates
    let S = WithinArms.products(of: [moments], covariates)
    inverse = Cholesky(S)?.inverse() ?? Matrix(rows: covariates.count, columns: covariates.count)
    let s = covariates.map { moments.crossProduct($0, outcome) }
    degreesOfFreedom = Double(moments.count - 1 - covariates.count)
    coefficients = degreesOfFreedom > 0 ? inverse.times(s) : s.map { _ in .nan }
    let total = moments.crossProduct(outcome, outcome)
    let squares = residualSquares(total - dot(coefficients, s), of: total)
    residualVariance = degreesOfFreedom > 0 ? squares / degreesOfFreedom : .nan
  }

  /// x₀ − x̄.
  func shift(to place: [Double]) -> [Double] {
    zip(place, covariates).map { $0 - moments.means[$1] }
  }

  func value(at place: [Double]) -> Double {
    moments.count > 0 ? moments.means[outcome] + dot(coefficients, shift(to: place)) : .nan
  }

  /// With one residual variance in the arm.
  func variance(at place: [Double]) -> Double {
    let delta = shift(to: place)
    return residualVariance * (1 / Double(moments.count) + quadraticForm(delta, inverse, delta))
  }
}

extension Matrix {
  func times(_ x: [Double]) -> [Double] {
    (0..<rows).map { i in
      var sum = 0.0
      for j in 0..<columns { sum += self[i, j] * x[j] }
      return sum
    }
  }

  /// Of a few covariates: a call of the library would cost more than the work.
  func times(_ other: Matrix) -> Matrix {
    var product = Matrix(rows: rows, columns: other.columns)
    for i in 0..<rows {
      for k in 0..<columns {
        for j in 0..<other.columns { product[i, j] += self[i, k] * other[k, j] }
      }
    }
    return product
  }
}
