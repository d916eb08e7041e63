internal import COpenBLAS

/// A logistic regression that was fitted, and the proof that it converged.
public struct LogisticFit: Sendable, Hashable {
  /// β₀ on the scale of the columns as given.
  public let intercept: Double
  /// βⱼ, one a column, on the scale of the columns as given; NaN for an aliased column.
  public let coefficients: [Double]
  /// The columns without a coefficient, ascending: each is constant or a linear combination of
  /// earlier ones, and predictions need it not.
  public let aliased: [Int]
  /// Steps that were accepted over all rows.
  public let iterations: Int
  /// The largest component of the gradient of the objective at the coefficients, in absolute value;
  /// computed in double precision over all rows.
  public let gradientNorm: Double
  /// J at the coefficients (see ``LogisticRegression``).
  public let objective: Double
  /// −Σ wᵢ ℓᵢ: the log-likelihood, without the penalty.
  public let logLikelihood: Double
  public let rows: Int
  /// Σw.
  public let weightSum: Double
  /// λ, as it was asked for.
  public let lambda: Double
  /// dⱼ of the penalty ½ Σ dⱼ βⱼ² that the objective puts on the coefficients as given.
  package let penalty: [Double]

  /// −2 log-likelihood (that of the saturated model is 0).
  public var deviance: Double { -2 * logLikelihood }

  /// `ηᵢ = offsetᵢ + β₀ + Σⱼ xᵢⱼ βⱼ` for the n rows of `X`; an aliased column adds nothing.
  /// - Precondition: `X` has as many columns as there are coefficients.
  public func linearPredictor(X: Matrix, offset: [Double]? = nil) -> [Double] {
    precondition(
      X.columns == coefficients.count, "\(X.columns) columns for \(coefficients.count) coefficients")
    LinearAlgebra.prepare()
    var eta = offset?.map { $0 + intercept } ?? [Double](repeating: intercept, count: X.rows)
    let beta = coefficients.map { $0.isNaN ? 0 : $0 }
    if X.columns > 0, X.rows > 0 {
      rk_gemv(Int64(X.rows), Int64(X.columns), 1, X.storage, Int64(X.columns), beta, 1, &eta)
    }
    return eta
  }

  /// `P(yᵢ = 1) = 1 / (1 + exp(−ηᵢ))` for the n rows of `X`.
  public func probabilities(X: Matrix, offset: [Double]? = nil) -> [Double] {
    linearPredictor(X: X, offset: offset).map { logistic($0) }
  }
}
