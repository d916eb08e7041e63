public import RekindleCore

/// Cross-validation of a regularisation path: the λ's come from the whole data, each fold fits all of
/// them on its own rows, standardised on its own, and is scored on the rows held out.
///
///     mₖ(λ)   mean over the rows of fold k:  2 ℓᵢ  (deviance),  or the area under their ROC curve
///     cvm(λ)  = Σₖ Wₖ mₖ / Σₖ Wₖ                         Wₖ: Σw of the rows tested in fold k
///     cvsd(λ) = √( Σₖ Wₖ (mₖ − cvm)² / Σₖ Wₖ / (K − 1) )   K: folds
///
/// Tested probabilities are kept within 1e-5 of 0 and 1 for the deviance, as in glmnet. A fold's
/// solution may violate the optimality conditions by ten times the path's tolerance. Unlike
/// `cv.glmnet` called without `lambda`, no fold is interpolated between λ's of its own.
public struct CrossValidation: Sendable, Hashable {
  public enum Measure: Sendable, Hashable {
    /// Mean deviance of a row, less is better.
    case deviance
    /// Area under the ROC curve, more is better.
    case auc
  }

  public var path: ElasticNetPath
  public var folds: Folds
  public var measure: Measure

  public init(_ path: ElasticNetPath, folds: Folds, measure: Measure = .deviance) {
    self.path = path
    self.folds = folds
    self.measure = measure
  }

  /// Fits the whole data's path and every fold's.
  /// - Parameters: as of ``ElasticNetPath/fit(X:y:weights:)``.
  /// - Throws: what that throws; `RK0101` where `folds` are of another number of rows; `RK0104` where
  ///   a fold trains on one class, or, for the area, tests on one.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public func fit(X: Matrix, y: [Double], weights: [Double]? = nil) throws(Diagnostic) -> CrossValidatedPath {
    try path.validate(columns: X.columns)
    guard folds.partOfRow.count == X.rows else {
      throw Diagnostic(
        "RK0101", "folds of \(folds.partOfRow.count) rows where the matrix has \(X.rows)",
        help: "give a fold a row")
    }
    let rows = try PackedRows(
      X, y, weights: weights, groups: (folds.partOfRow, folds.partCount), workers: path.workers)
    let all = [Role](repeating: .train, count: folds.partCount)
    var solver = try PathSolver(path, rows, roles: [all] + (0..<folds.count).map { folds.roles(fold: $0) })
    try solver.run()
    let fit = solver.fit(ofPath: 0)
    let tested = solver.paths.dropFirst()
    let scores: [[Double]]
    switch measure {
    case .deviance:
      scores = tested.map { fold in
        fold.solutions.prefix(fit.lambdas.count).map { $0.testDeviance / fold.testWeight }
      }
    case .auc:
      scores = try areas(rows, Array(tested), count: fit.lambdas.count)
    }
    return CrossValidatedPath(fit: fit, measure: measure, scores: scores, weights: tested.map(\.testWeight))
  }

  private func areas(_ rows: PackedRows, _ folds: [PathState], count: Int) throws(Diagnostic) -> [[Double]] {
    let found = path.workers.map(blocks: folds.count) { fold in
      let state = folds[fold]
      let places = rows.chunks.filter { state.roles[$0.group] == .test }.flatMap(\.places).filter {
        rows.order[$0] >= 0
      }
      let y = places.map { rows.y[$0] }
      let w = places.map { rows.w[$0] }
      return state.solutions.prefix(count).map { solution in
        let eta = places.map { place in
          var sum = 0.0
          let base = place / PackedRows.lanes * PackedRows.lanes * rows.columns + place % PackedRows.lanes
          for j in 0..<rows.columns { sum += rows.x[base + j * PackedRows.lanes] * solution.beta[j + 1] }
          return sum
        }
        return weightedArea(scores: eta, labels: y, weights: w)
      }
    }
    if let fold = found.firstIndex(where: { $0.contains { $0.isNaN } }) {
      throw Diagnostic(
        "RK0104", "all rows that fold \(fold) tests on have one label",
        help: "use fewer folds, or the deviance, which one class has too")
    }
    return found
  }
}

/// A cross-validated path: the fit to all rows and, for each of its λ's, how well it predicts.
public struct CrossValidatedPath: Sendable, Hashable {
  /// The path of all rows.
  public let fit: ElasticNetFit
  public let measure: CrossValidation.Measure
  /// mₖ(λ): K arrays of one value a λ.
  public let foldScores: [[Double]]
  /// glmnet's `cvm`, for each λ.
  public let means: [Double]
  /// glmnet's `cvsd`, for each λ; missing where there is one fold.
  public let standardErrors: [Double]
  /// Index of `lambda.min`: the largest λ with the best mean.
  public let bestIndex: Int
  /// Index of `lambda.1se`: the largest λ whose mean is within one standard error of the best.
  public let oneStandardErrorIndex: Int

  public var lambdaMin: Double { fit.lambdas[bestIndex] }
  public var lambdaOneStandardError: Double { fit.lambdas[oneStandardErrorIndex] }

  init(fit: ElasticNetFit, measure: CrossValidation.Measure, scores: [[Double]], weights: [Double]) {
    let total = weights.reduce(0, +)
    var means: [Double] = []
    var errors: [Double] = []
    for index in fit.lambdas.indices {
      let mean = zip(scores, weights).reduce(0) { $0 + $1.1 * $1.0[index] } / total
      let spread =
        zip(scores, weights).reduce(0) { sum, fold in
          sum + fold.1 * (fold.0[index] - mean) * (fold.0[index] - mean)
        } / total
      means.append(mean)
      errors.append(scores.count > 1 ? (spread / Double(scores.count - 1)).squareRoot() : .nan)
    }
    let losses = measure == .auc ? means.map { -$0 } : means
    let least = losses.min() ?? .nan
    let best = losses.firstIndex(of: least) ?? 0
    let bound = least + (errors[best].isNaN ? 0 : errors[best])
    self.fit = fit
    self.measure = measure
    foldScores = scores
    self.means = means
    standardErrors = errors
    bestIndex = best
    oneStandardErrorIndex = losses.firstIndex { $0 <= bound } ?? best
  }
}

/// Which of the λ's that a cross-validation found to use.
public enum LambdaRule: Sendable, Hashable {
  /// The λ that predicts best (`lambda.min`).
  case best
  /// The largest λ within one standard error of it (`lambda.1se`).
  case oneStandardError
}

/// Chooses the strength of a penalty by cross-validated deviance.
/// - Parameters:
///   - l1Ratio: ρ, 0 for ridge.
///   - penaltyFactors, workers: as of ``ElasticNetPath``.
/// - Returns: λ, for one unit of mean loss and standardised columns (`LogisticRegression.lambda` and
///   ``ElasticNetPath`` mean the same), and the cross-validation it was taken from.
/// - Throws: as ``CrossValidation/fit(X:y:weights:)``.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func chooseLambda(
  X: Matrix, y: [Double], weights: [Double]? = nil, folds: Folds, l1Ratio: Double = 0,
  penaltyFactors: [Double]? = nil, rule: LambdaRule = .best, workers: Workers = Workers(1)
) throws(Diagnostic) -> (lambda: Double, validation: CrossValidatedPath) {
  // Only λ is kept: its solution is fitted again by whoever uses it.
  let path = ElasticNetPath(
    l1Ratio: l1Ratio, penaltyFactors: penaltyFactors, tolerance: 1e-6, workers: workers)
  let validation = try CrossValidation(path, folds: folds).fit(X: X, y: y, weights: weights)
  return (rule == .best ? validation.lambdaMin : validation.lambdaOneStandardError, validation)
}
