internal import Foundation
internal import RekindleCore
internal import RekindleNumerics

/// The coefficients of one design, with their inference.
///
/// Ridge and no penalty: the fit itself. Lasso and elastic net select columns at λ; the coefficients
/// are then those of an unpenalised fit of the selected columns, so that estimates, errors and
/// scores belong to one fit (the relaxed lasso). Errors do not know of the selection, and the notes
/// say so.
struct CoefficientFit {
  /// On the scale of the design's columns; 0 where not selected or aliased.
  var intercept: Double
  var coefficients: [Double]
  /// Clustered by customer, order columns + 1; 0 where there is no coefficient, as in the next two.
  var covariance: [Double]
  /// From the information matrix alone.
  var plainCovariance: [Double]
  /// HC0, rows taken as independent.
  var robustCovariance: [Double]
  /// Columns that are linear combinations of those before them.
  var aliased: [Int]
  var iterations: Int
  var gradientNorm: Double
  var logLikelihood: Double
  var nullLogLikelihood: Double
  var notes: [String] = []

  init(
    X: Matrix, y: [Double], clusters: [Int32], names: [String], specification: TrainingSpecification,
    lambda: Double, workers: Workers
  ) throws(Diagnostic) {
    var kept = Array(0..<X.columns)
    var design = X
    var ridge = lambda
    if specification.effectiveL1Ratio > 0, lambda > 0 {
      let path = ElasticNetPath(
        l1Ratio: specification.effectiveL1Ratio, lambdas: .given([lambda]), workers: workers)
      let selection = try path.fit(X: X, y: y)
      kept = kept.filter { selection.coefficients[0, $0] != 0 }
      guard !kept.isEmpty else {
        throw Diagnostic(
          "RK0415", "at lambda \(lambda) the penalty leaves no column",
          help: "give a smaller training.lambda, or use ridge")
      }
      design = X.takingColumns(kept)
      ridge = 0
      notes.append(
        "\(kept.count) of \(X.columns) columns selected at lambda \(lambda), then fitted without a penalty; "
          + "the standard errors do not know of the selection")
    }
    let regression = LogisticRegression(lambda: ridge, workers: workers)
    let fit = try regression.fit(X: design, y: y, names: kept.map { names[$0] })
    let clustered = try LogisticInference(
      fit: fit, X: design, y: y, covariance: .clustered(by: clusters), workers: workers)
    let plain = try LogisticInference(fit: fit, X: design, y: y, workers: workers)
    let robust = try LogisticInference(fit: fit, X: design, y: y, covariance: .robust, workers: workers)

    let order = X.columns + 1
    intercept = fit.intercept
    coefficients = [Double](repeating: 0, count: X.columns)
    // Places of the fitted terms in the whole design, the intercept first.
    let places = [0] + kept.map { $0 + 1 }
    for (term, place) in places.enumerated() where term > 0 && !fit.coefficients[term - 1].isNaN {
      coefficients[place - 1] = fit.coefficients[term - 1]
    }
    func placed(_ fitted: Matrix) -> [Double] {
      var whole = [Double](repeating: 0, count: order * order)
      for (term, place) in places.enumerated() {
        for (other, otherPlace) in places.enumerated() {
          let value = fitted[term, other]
          whole[place * order + otherPlace] = value.isNaN ? 0 : value
        }
      }
      return whole
    }
    covariance = placed(clustered.covariance)
    plainCovariance = placed(plain.covariance)
    robustCovariance = placed(robust.covariance)
    aliased = fit.aliased.map { kept[$0] }
    iterations = fit.iterations
    gradientNorm = fit.gradientNorm
    logLikelihood = fit.logLikelihood
    nullLogLikelihood = clustered.nullLogLikelihood
  }

  /// The table of coefficients on the scale of the transformed features.
  ///
  ///     βⱼ raw = βⱼ / sⱼ,   β₀ raw = β₀ − Σ βⱼ mⱼ / sⱼ
  ///
  /// `mⱼ`, `sⱼ` mean and deviation of the standardised column (0 and 1 in the plain style).
  func table(_ preparation: Preparation) -> [Coefficient] {
    let columns = preparation.columns
    let isPlain = preparation.style == .plain
    let order = columns.count + 1
    let scales = columns.map { isPlain ? 1 : $0.deviation }
    let shifts = columns.map { isPlain ? 0 : $0.mean / $0.deviation }
    // The intercept is a combination of all terms, so its variance takes the whole covariance.
    let loadings = [1] + shifts.map { -$0 }
    func interceptError(_ covariance: [Double]) -> Double {
      var variance = 0.0
      for row in 0..<order {
        for column in 0..<order {
          variance += loadings[row] * covariance[row * order + column] * loadings[column]
        }
      }
      return max(0, variance).squareRoot()
    }
    let rawIntercept = zip(coefficients, shifts).reduce(intercept) { $0 - $1.0 * $1.1 }
    var rows = [
      Coefficient(
        term: "(Intercept)", estimate: rawIntercept, standardized: intercept,
        error: interceptError(covariance), plain: interceptError(plainCovariance),
        robust: interceptError(robustCovariance))
    ]
    for (index, column) in columns.enumerated() {
      let diagonal = (index + 1) * (order + 1)
      func error(_ covariance: [Double]) -> Double { covariance[diagonal].squareRoot() / scales[index] }
      rows.append(
        Coefficient(
          term: column.name, estimate: coefficients[index] / scales[index], standardized: coefficients[index],
          error: error(covariance), plain: error(plainCovariance), robust: error(robustCovariance)))
    }
    return rows
  }
}

extension Coefficient {
  /// - Parameters:
  ///   - error: clustered; 0 where there is no coefficient.
  ///   - plain, robust: likewise.
  fileprivate init(
    term: String, estimate: Double, standardized: Double, error: Double, plain: Double, robust: Double
  ) {
    self.init(term: term, estimate: estimate, standardized: standardized)
    guard error.isFinite, error > 0 else { return }
    standardErrorPlain = plain
    standardErrorHC0 = robust
    standardError = error
    let statistic = estimate / error
    z = statistic
    pValue = 2 * Normal().upperTail(abs(statistic))
    low = estimate - normal975 * error
    high = estimate + normal975 * error
    let ratio = exp(estimate)
    oddsRatio = term == "(Intercept)" || !ratio.isFinite ? nil : ratio
  }
}
