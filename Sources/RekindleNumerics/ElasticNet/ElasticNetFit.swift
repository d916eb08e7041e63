/// A fitted regularisation path: one solution for each λ, the largest first.
public struct ElasticNetFit: Sendable, Hashable {
  /// L values, decreasing.
  public let lambdas: [Double]
  /// L × p, for the columns as they were given.
  public let coefficients: Matrix
  /// L intercepts, for the columns as they were given.
  public let intercepts: [Double]
  /// How many coefficients are not zero, for each λ.
  public let nonzeroCounts: [Int]
  /// 1 − deviance / `nullDeviance`, for each λ.
  public let devianceRatios: [Double]
  /// 2 Σ wᵢ ℓᵢ of the model that has an intercept alone.
  public let nullDeviance: Double
  /// The largest violation of the optimality conditions, for each λ; at most the tolerance asked for.
  public let violations: [Double]
  /// How many times all rows were read for a gradient.
  public let gradientPasses: Int
  /// How many times all rows were read for a matrix of second derivatives.
  public let hessianPasses: Int
}
