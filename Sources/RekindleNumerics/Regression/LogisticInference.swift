public import RekindleCore

/// What a fitted logistic regression says about the population: covariance, standard errors,
/// z, p, intervals, and how well it fits.
///
/// ```
/// A = Σ wᵢ pᵢ (1 − pᵢ) x̃ᵢ x̃ᵢ' + Σw D         x̃ᵢ = (1, xᵢ),  D = diag(0, dⱼ) the penalty's
/// sᵢ = (yᵢ − pᵢ) x̃ᵢ
///
/// inverse information   A⁻¹
/// robust (HC0)          A⁻¹ (Σ wᵢ sᵢ sᵢ') A⁻¹
/// clustered             A⁻¹ (G/(G−1) Σ_g S_g S_g') A⁻¹,   S_g = Σ_{i in g} wᵢ sᵢ
/// ```
/// Weights are counts: a row of weight 2 is two independent rows. With a penalty A is the penalised
/// information, so the errors are those of the shrunken coefficients around their own expectation;
/// they say nothing of the bias that the penalty buys.
///
/// The clustered covariance is that of R's `sandwich::vcovCL` with its defaults for a glm.
/// statsmodels multiplies it by a further (n − 1)/(n − k).
public struct LogisticInference: Sendable, Hashable {
  /// Which covariance.
  public enum Covariance: Sendable, Hashable {
    case inverseInformation
    case robust
    /// One code ≥ 0 a row; rows of one code may depend on each other.
    case clustered(by: [Int32])
  }

  /// The intercept, then one a column; NaN where aliased, as in all that follows.
  public let estimates: [Double]
  /// (p + 1) × (p + 1), intercept first; NaN in the rows and columns of aliased terms.
  public let covariance: Matrix
  /// The number of clusters, where they are.
  public let clusters: Int?
  public let logLikelihood: Double
  /// Of the model of the intercept (and the offset) alone.
  public let nullLogLikelihood: Double
  /// Σw.
  public let observations: Double
  /// tr(A⁻¹ A₀), A₀ the information without the penalty: the number of free parameters of an
  /// unpenalised fit, fewer with a penalty.
  public let effectiveParameters: Double

  /// Computes the inference for a fit; one to three passes over the data that it was fitted to.
  ///
  /// - Throws: `RK0101` a length that does not match the fit, `RK0109` clusters that do not fit,
  ///   `RK0110` an information matrix that cannot be inverted.
  public init(
    fit: LogisticFit, X: Matrix, y: [Double], weights: [Double]? = nil, offset: [Double]? = nil,
    covariance kind: Covariance = .inverseInformation, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    guard fit.coefficients.count == X.columns else {
      throw Diagnostic(
        "RK0101", "the matrix has \(X.columns) columns where the fit has \(fit.coefficients.count)",
        help: "give the data that the regression was fitted to")
    }
    let problem = try LogisticProblem(
      specification: LogisticRegression(
        lambda: 1, penaltyFactors: fit.penalty, standardize: false, workers: workers),
      X: X, y: y, weights: weights, offset: offset, names: nil)
    let p = X.columns
    let kept = [0] + (0..<p).filter { !fit.aliased.contains($0) }.map { $0 + 1 }
    var theta = [fit.intercept] + [Double](repeating: 0, count: p)
    for k in kept.dropFirst() {
      theta[k] = fit.coefficients[k - 1] * problem.scale[k - 1]
      theta[0] += fit.coefficients[k - 1] * problem.centre[k - 1]
    }

    let sweep = problem.sweep(at: theta, thinning: 1, gram: .double)
    guard let information = sweep.gram.map({ LogisticInference.part($0, kept) }),
      let factor = Cholesky(information)
    else {
      throw Diagnostic(
        "RK0110", "the information matrix is not positive definite, so there are no standard errors",
        help: "remove columns that nearly repeat others, or add a penalty")
    }
    // Everything up to here is a mean over the observations.
    let bread = factor.inverse()
    var middle: Matrix?
    switch kind {
    case .inverseInformation:
      clusters = nil
    case .robust:
      middle = problem.sweep(at: theta, thinning: 1, gram: .scores).gram.map {
        LogisticInference.part($0, kept)
      }
      clusters = nil
    case .clustered(let codes):
      let scores = try ClusterScores(problem: problem, theta: theta, codes: codes)
      middle = LogisticInference.part(scores.meat, kept)
      clusters = scores.clusters
    }
    let standardised = middle.map { LogisticInference.sandwich(bread, $0) } ?? bread
    covariance = LogisticInference.raw(standardised, kept: kept, problem: problem)

    var effective = Double(kept.count)
    for (a, k) in kept.enumerated() where k > 0 { effective -= bread[a, a] * problem.penalty[k - 1] }
    effectiveParameters = effective
    estimates = [fit.intercept] + fit.coefficients
    logLikelihood = -sweep.loss * problem.weightSum
    observations = problem.weightSum
    let null = try LogisticRegression(tolerance: 1e-12, workers: workers).fit(
      X: Matrix(rows: X.rows, columns: 0), y: y, weights: weights, offset: offset)
    nullLogLikelihood = null.logLikelihood
  }

  // MARK: Terms

  /// √ of the diagonal of the covariance.
  public var standardErrors: [Double] {
    (0..<covariance.rows).map { covariance[$0, $0].squareRoot() }
  }

  /// Estimate / standard error.
  public var z: [Double] { zip(estimates, standardErrors).map { $0 / $1 } }

  /// `P(|Z| > |z|)`, Z standard normal.
  public var pValues: [Double] { z.map { 2 * Normal().upperTail(abs($0)) } }

  /// Wald intervals: estimate ± z₍₁₊level₎⸝₂ · standard error.
  /// - Parameter level: the confidence, 0 < level < 1.
  public func intervals(level: Double = 0.95) -> [ClosedInterval] {
    let reach = Normal().upperQuantile((1 - level) / 2)
    return zip(estimates, standardErrors).map { ClosedInterval(low: $0 - reach * $1, high: $0 + reach * $1) }
  }

  // MARK: Fit

  public var deviance: Double { -2 * logLikelihood }
  public var nullDeviance: Double { -2 * nullLogLikelihood }
  /// `−2 log L + 2 k`, k the ``effectiveParameters``.
  public var aic: Double { deviance + 2 * effectiveParameters }
  /// `−2 log L + k log Σw`.
  public var bic: Double { deviance + effectiveParameters * logarithm(observations) }
  /// McFadden's pseudo-R²: `1 − log L / log L₀`.
  public var mcFadden: Double { 1 - logLikelihood / nullLogLikelihood }
  /// The likelihood-ratio test of all columns together: `2 (log L − log L₀)` and its χ² tail.
  /// Meant for a fit without a penalty.
  public var likelihoodRatio: (statistic: Double, degrees: Int, pValue: Double) {
    let statistic = 2 * (logLikelihood - nullLogLikelihood)
    let degrees = estimates.dropFirst().filter { !$0.isNaN }.count
    return (statistic, degrees, ChiSquared(degreesOfFreedom: Double(degrees)).upperTail(statistic))
  }

  // MARK: Matrices

  /// The kept rows and columns of a matrix of which the lower triangle is set.
  private static func part(_ full: Matrix, _ kept: [Int]) -> Matrix {
    var small = Matrix(rows: kept.count, columns: kept.count)
    for (a, i) in kept.enumerated() {
      for (b, j) in kept.enumerated() { small[a, b] = i >= j ? full[i, j] : full[j, i] }
    }
    return small
  }

  private static func sandwich(_ bread: Matrix, _ meat: Matrix) -> Matrix {
    product(product(bread, meat), bread)
  }

  private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for k in 0..<a.columns {
        let value = a[i, k]
        for j in 0..<b.columns { result[i, j] += value * b[k, j] }
      }
    }
    return result
  }

  /// From the mean, standardised coordinates to the sum, raw ones: `T C T' / Σw` where
  /// `βⱼ = θⱼ / scaleⱼ` and `β₀ = θ₀ − Σ centreⱼ θⱼ / scaleⱼ`.
  private static func raw(_ C: Matrix, kept: [Int], problem: LogisticProblem) -> Matrix {
    var T = Matrix(rows: kept.count, columns: kept.count)
    T[0, 0] = 1
    for (a, k) in kept.enumerated() where k > 0 {
      T[a, a] = 1 / problem.scale[k - 1]
      T[0, a] = -problem.centre[k - 1] / problem.scale[k - 1]
    }
    var transposed = T
    for i in 0..<T.rows {
      for j in 0..<T.rows { transposed[j, i] = T[i, j] }
    }
    let small = product(product(T, C), transposed)
    var full = Matrix(rows: problem.columns + 1, columns: problem.columns + 1)
    for k in full.storage.indices { full.storage[k] = .nan }
    for (a, i) in kept.enumerated() {
      for (b, j) in kept.enumerated() {
        // The two halves differ by rounding; a covariance is symmetric to the bit.
        full[i, j] = 0.5 * (small[a, b] + small[b, a]) / problem.weightSum
      }
    }
    return full
  }
}

/// Two ends, both included.
public struct ClosedInterval: Sendable, Hashable {
  public let low: Double
  public let high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}
