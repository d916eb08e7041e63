public import RekindleCore

/// What logistic regression to fit: the penalty, when to stop, how many threads.
///
/// ```
/// P(yᵢ = 1) = 1 / (1 + exp(−ηᵢ)),   ηᵢ = offsetᵢ + β₀ + Σⱼ xᵢⱼ βⱼ
///
/// J(β₀, β) = (1/Σw) Σᵢ wᵢ ℓᵢ + λ/2 Σⱼ fⱼ βⱼ²
/// ℓᵢ = log(1 + exp(ηᵢ)) − yᵢ ηᵢ
/// ```
/// The intercept β₀ is always fitted and never penalised. With `standardize` the penalty is on the
/// coefficients of the standardised columns `(x − mean) / sd`, sd with divisor Σw, as in glmnet; what
/// is returned is on the scale of the columns as given. λ is per observation: scikit-learn's `C` is
/// `1 / (λ Σw)`, and duplicating every row changes nothing.
///
/// The fit is a pure function of the data: the number of threads changes no bit of it.
public struct LogisticRegression: Sendable {
  /// λ ≥ 0, the strength of the ridge penalty. 0 is maximum likelihood.
  public var lambda: Double
  /// fⱼ ≥ 0, one a column, multiplies λ; `nil` is all 1. A column with 0 is not penalised.
  public var penaltyFactors: [Double]?
  /// The largest component of the gradient of J, in absolute value, at which the fit has converged.
  /// The gradient is by the coefficients that the penalty is on (of standardised columns with
  /// `standardize`), in double precision over all rows.
  public var tolerance: Double
  /// How many steps over all rows may be taken.
  public var maximumIterations: Int
  /// Whether the penalty is on the coefficients of standardised columns. Without a penalty it
  /// changes only the scale in which the gradient is measured.
  public var standardize: Bool
  public var workers: Workers

  public init(
    lambda: Double = 0, penaltyFactors: [Double]? = nil, tolerance: Double = 1e-8,
    maximumIterations: Int = 100, standardize: Bool = true, workers: Workers = Workers(1)
  ) {
    self.lambda = lambda
    self.penaltyFactors = penaltyFactors
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
    self.standardize = standardize
    self.workers = workers
  }

  /// The λ that scikit-learn calls `C`: `λ = 1 / (C Σw)`; an infinite `C` is no penalty.
  public static func lambda(C: Double, weightSum: Double) -> Double {
    C.isInfinite ? 0 : 1 / (C * weightSum)
  }

  /// Fits the regression.
  ///
  /// - Parameters:
  ///   - X: n × p, one row an observation, without a column for the intercept; finite.
  ///   - y: n labels, each 0 or 1; both occur.
  ///   - weights: n counts wᵢ ≥ 0 (a row of weight 2 is two rows); `nil` is all 1.
  ///   - offset: n known parts of η; `nil` is all 0.
  ///   - names: what to call the p columns in messages; `nil` is "column 0", "column 1", ….
  /// - Returns: the coefficients, with the proof that they are a stationary point. Columns that are
  ///   linear combinations of earlier ones (and, where a penalty is on all columns, constant ones)
  ///   have no coefficient: see ``LogisticFit/aliased``.
  /// - Throws: `RK0101` a length that does not match, `RK0102` a value that is not finite, `RK0103` a
  ///   label that is not 0 or 1, `RK0104` one class only, `RK0105` a bad weight, `RK0106` a bad
  ///   specification, `RK0107` no convergence, `RK0108` complete or quasi-complete separation.
  public func fit(
    X: Matrix, y: [Double], weights: [Double]? = nil, offset: [Double]? = nil,
    names: [String]? = nil
  ) throws(Diagnostic) -> LogisticFit {
    let problem = try LogisticProblem(
      specification: self, X: X, y: y, weights: weights, offset: offset, names: names)
    var solver = LogisticSolver(problem: problem)
    return try solver.solve()
  }
}
