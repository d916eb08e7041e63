public import RekindleCore

/// What regularisation path of a logistic regression is asked for: the mix of the two penalties,
/// the strengths, and how closely each solution must hold.
///
/// For each λ the coefficients minimise, with the intercept never penalised,
///
///     J(β₀, β) = (1/Σw) Σ wᵢ ℓᵢ + λ Σⱼ fⱼ [ (1 − ρ)/2 βⱼ² + ρ |βⱼ| ]
///     ℓᵢ = log(1 + exp ηᵢ) − yᵢ ηᵢ,   ηᵢ = β₀ + xᵢ'β
///
/// - λ: `lambda`, penalty strength for one unit of mean loss. ρ: `l1Ratio`.
/// - x: columns divided by their standard deviation (divisor N) when `standardize`; coefficients
///   are reported for the columns as given.
/// - w: case weights; only their ratios change the coefficients. f: `penaltyFactors`.
///
/// Source: J. Friedman, T. Hastie, R. Tibshirani, "Regularization Paths for Generalized Linear
/// Models via Coordinate Descent", J. Stat. Softw. 33(1), 2010; names and defaults as R's glmnet.
public struct ElasticNetPath: Sendable, Hashable {
  /// Which strengths the path visits.
  public enum Lambdas: Sendable, Hashable {
    /// `count` values, equally spaced in logarithm, from the smallest λ at which every penalised
    /// coefficient is zero (computed with ρ = 0.001 where ρ is less) down to `ratio` times that.
    /// `ratio` is 1e-4 where rows outnumber columns and 1e-2 elsewhere, unless given. The path ends
    /// early as glmnet does: from the fifth λ on, when the deviance ratio rose by less than 1e-5,
    /// or passed 0.999.
    case automatic(count: Int = 100, ratio: Double? = nil)
    /// These values, visited from the largest to the smallest, all of them.
    case given([Double])
  }

  /// ρ in 0...1: 0 is ridge, 1 is lasso.
  public var l1Ratio: Double
  public var lambdas: Lambdas
  public var standardize: Bool
  /// One factor a column, 0 for a column that is not penalised; rescaled to mean 1, as in glmnet.
  public var penaltyFactors: [Double]?
  /// The largest violation of the optimality conditions that a solution may have: a derivative of
  /// the mean loss by a coefficient of a standardised column, computed in double on all rows. A
  /// violation of ε leaves the objective within about ε² of its minimum. Not below 1e-12.
  public var tolerance: Double
  /// Threads; their number changes no bit of the result.
  public var workers: Workers

  public init(
    l1Ratio: Double, lambdas: Lambdas = .automatic(), standardize: Bool = true,
    penaltyFactors: [Double]? = nil, tolerance: Double = 1e-7,
    workers: Workers = Workers(1)
  ) {
    self.l1Ratio = l1Ratio
    self.lambdas = lambdas
    self.standardize = standardize
    self.penaltyFactors = penaltyFactors
    self.tolerance = tolerance
    self.workers = workers
  }

  /// Fits the path.
  /// - Parameters:
  ///   - X: n × p, without a column of ones. A constant column keeps the coefficient 0.
  ///   - y: n labels, each 0 or 1.
  ///   - weights: n case weights, none negative; `nil` is 1 for each.
  /// - Throws: `RK0101` sizes that differ, `RK0102` a value that is not finite, `RK0103` a label that
  ///   is not 0 or 1, `RK0104` one class only, `RK0105` a bad weight, `RK0106` a specification that
  ///   makes no sense, `RK0107` no solution reached, `RK0108` separable classes without a penalty.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public func fit(
    X: Matrix, y: [Double], weights: [Double]? = nil
  ) throws(Diagnostic) -> ElasticNetFit {
    try validate(columns: X.columns)
    let rows = try PackedRows(X, y, weights: weights, groups: nil, workers: workers)
    var solver = try PathSolver(self, rows, roles: [[.train]])
    try solver.run()
    return solver.fit(ofPath: 0)
  }

  func validate(columns: Int) throws(Diagnostic) {
    guard l1Ratio >= 0, l1Ratio <= 1 else {
      throw Diagnostic("RK0106", "l1_ratio is \(l1Ratio)", help: "give a number from 0 (ridge) to 1 (lasso)")
    }
    guard tolerance >= 1e-12, tolerance <= 1e-3 else {
      throw Diagnostic("RK0106", "the tolerance is \(tolerance)", help: "give a number from 1e-12 to 1e-3")
    }
    switch lambdas {
    case .automatic(let count, let ratio):
      guard count >= 1, ratio.map({ $0 > 0 && $0 < 1 }) ?? true else {
        throw Diagnostic(
          "RK0106", "\(count) values of lambda down to \(ratio ?? 0) of the largest",
          help: "ask for at least one value, and for a ratio between 0 and 1")
      }
    case .given(let values):
      guard !values.isEmpty, values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw Diagnostic("RK0106", "lambda is \(values)", help: "give finite numbers that are not negative")
      }
    }
    if let factors = penaltyFactors {
      guard factors.count == columns else {
        throw Diagnostic(
          "RK0101", "\(factors.count) penalty factors for \(columns) columns", help: "give one a column")
      }
      guard factors.allSatisfy({ $0 >= 0 && $0.isFinite }), factors.contains(where: { $0 > 0 }) else {
        throw Diagnostic(
          "RK0106", "a penalty factor is negative or not finite, or all are 0",
          help: "give 1 for a column penalised as usual and 0 for one not penalised")
      }
    }
  }
}
