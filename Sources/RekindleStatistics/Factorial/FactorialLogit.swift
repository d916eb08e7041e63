internal import RekindleCore
internal import RekindleNumerics

/// The logistic regression of a share on the columns of a factorial model, from the cells' counts, and for
/// each term the likelihood-ratio test of leaving it out while the rest stays.
///
/// The columns are centred, so that leaving out a main effect beside its interactions asks whether the
/// average of its log odds ratios over the other factors' levels is 0.
struct FactorialLogit {
  /// One a column; `nil` where there is no fit.
  private(set) var coefficients: [FactorialTable.Logit?]
  /// One a term.
  private(set) var ratios: [FactorialTable.LikelihoodRatio?]
  /// Why there is no fit.
  private(set) var failure: Diagnostic?

  /// - Parameter sizes: the number of columns of each term, in their order.
  /// - Returns: `nil` when the outcome is not a share.
  init?(columns: [[Double]], sizes: [Int], cells: [FactorialCell]) {
    coefficients = columns.map { _ in nil }
    ratios = sizes.map { _ in nil }
    guard cells.allSatisfy({ $0.successes != nil }) else { return nil }
    do throws(Diagnostic) {
      let data = Counts(cells)
      let full = try data.fit(columns)
      let inference = try LogisticInference(
        fit: full, X: data.design(columns), y: data.y, weights: data.weights)
      let (errors, z, p) = (inference.standardErrors, inference.z, inference.pValues)
      var ratios = self.ratios
      var first = 0
      for (term, size) in sizes.enumerated() {
        let rest = columns.indices.filter { !(first..<(first + size)).contains($0) }
        let reduced = try data.fit(rest.map { columns[$0] })
        let statistic = max(0, 2 * (full.logLikelihood - reduced.logLikelihood))
        ratios[term] = FactorialTable.LikelihoodRatio(
          statistic: statistic, degrees: size,
          pValue: ChiSquared(degreesOfFreedom: Double(size)).upperTail(statistic))
        first += size
      }
      coefficients = columns.indices.map {
        FactorialTable.Logit(
          coefficient: full.coefficients[$0], standardError: errors[$0 + 1], statistic: z[$0 + 1],
          pValue: p[$0 + 1])
      }
      self.ratios = ratios
    } catch {
      failure = error
    }
  }

  /// Two rows a cell: those with 1, then those with 0, each weighted by its count.
  private struct Counts {
    let y: [Double]
    let weights: [Double]

    init(_ cells: [FactorialCell]) {
      y = cells.flatMap { _ in [1.0, 0.0] }
      weights = cells.flatMap { cell in
        let successes = cell.successes ?? 0
        return [Double(successes), Double(cell.count - successes)]
      }
    }

    func design(_ columns: [[Double]]) -> Matrix {
      var X = Matrix(rows: y.count, columns: columns.count)
      for (j, column) in columns.enumerated() {
        for (i, value) in column.enumerated() {
          X[2 * i, j] = value
          X[2 * i + 1, j] = value
        }
      }
      return X
    }

    func fit(_ columns: [[Double]]) throws(Diagnostic) -> LogisticFit {
      try LogisticRegression(tolerance: 1e-12).fit(X: design(columns), y: y, weights: weights)
    }
  }
}
