internal import Foundation
internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleNumerics

/// The strength of a penalty, chosen on customers and windows that the fit has not seen.
///
/// A fold's validation rows are those of its customers in the latest training window; it learns from
/// the other customers in the earlier windows (in all, when there is one window). So a strength is
/// good when the model holds for other people at a later time, which is what it will be asked to do.
struct LambdaChoice {
  var lambda: Double
  var trials: [LambdaTrial]
  var note: String

  /// - Parameters:
  ///   - l1Ratio: 0 takes the λ of least loss; above 0 the greatest λ within one standard error of
  ///     it, the convention where the penalty also selects.
  init(
    design: Matrix, y: [Double], rows: LabelledRows, specification: TrainingSpecification, workers: Workers
  ) throws(Diagnostic) {
    let l1Ratio = specification.effectiveL1Ratio
    let latest = rows.table.times.max()
    let hasEarlier = rows.table.times.contains { $0 != latest }
    let fold = rows.table.customers.map { dealt($0, seed: specification.seed, to: specification.folds) }
    let lambdas = Self.grid(design, y, l1Ratio: l1Ratio)
    var losses: [[Double]] = []
    for k in 0..<specification.folds {
      let training = fold.indices.filter { fold[$0] != k && (!hasEarlier || rows.table.times[$0] != latest) }
      let validation = fold.indices.filter { fold[$0] == k && rows.table.times[$0] == latest }
      let events = training.count { y[$0] > 0.5 }
      guard events > 0, events < training.count, !validation.isEmpty else { continue }
      losses.append(
        try Self.losses(
          design, y, training: training, validation: validation, lambdas: lambdas, l1Ratio: l1Ratio,
          workers: workers))
    }
    guard !losses.isEmpty else {
      throw Diagnostic(
        "RK0414",
        "too few customers to choose lambda: no fold has churners, customers who stayed, and a later window",
        help: "give training.lambda, such as 0.01, or bring more customers")
    }
    trials = lambdas.indices.map { index in
      let values = losses.map { $0[index] }
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let error =
        values.count > 1 ? (squares / Double(values.count - 1) / Double(values.count)).squareRoot() : 0
      return LambdaTrial(lambda: lambdas[index], meanLoss: mean, standardError: error)
    }
    // λ descends, so the first of equal losses is the stronger penalty.
    let best = trials.min { $0.meanLoss < $1.meanLoss } ?? trials[0]
    let chosen =
      l1Ratio == 0 ? best : trials.first { $0.meanLoss <= best.meanLoss + best.standardError } ?? best
    lambda = chosen.lambda
    let rule = l1Ratio == 0 ? "of least loss" : "within one standard error of the least loss"
    note =
      "lambda \(lambda) \(rule) over \(losses.count) folds of customers"
      + (hasEarlier ? ", learnt on earlier windows and judged on the latest" : "")
      + (lambda == lambdas.last ? "; it is the weakest that was tried" : "")
      + (lambda == lambdas.first ? "; it is the strongest that was tried" : "")
  }

  /// 25 strengths from the greatest that matters: three decades down where the penalty selects, five
  /// for ridge, which begins ten times higher.
  private static func grid(_ design: Matrix, _ y: [Double], l1Ratio: Double) -> [Double] {
    let n = Double(design.rows)
    let rate = y.reduce(0, +) / n
    // |X'(y − ȳ)| / n on standardised columns: where the lasso begins. Plain columns are scaled here.
    var greatest = 0.0
    for column in 0..<design.columns {
      var sum = 0.0
      var squares = 0.0
      var product = 0.0
      for row in 0..<design.rows {
        let x = design[row, column]
        sum += x
        squares += x * x
        product += x * (y[row] - rate)
      }
      let variance = squares / n - sum / n * (sum / n)
      if variance > 0 { greatest = max(greatest, abs(product) / n / variance.squareRoot()) }
    }
    let top = l1Ratio > 0 ? greatest / l1Ratio : 10 * max(greatest, 1e-3)
    let decades = l1Ratio > 0 ? 3.0 : 5.0
    return (0..<25).map { top * pow(10, -decades * Double($0) / 24) }
  }

  private static func losses(
    _ design: Matrix, _ y: [Double], training: [Int], validation: [Int], lambdas: [Double], l1Ratio: Double,
    workers: Workers
  ) throws(Diagnostic) -> [Double] {
    let own = design.taking(training)
    let labels = training.map { y[$0] }
    let path = ElasticNetPath(l1Ratio: l1Ratio, lambdas: .given(lambdas), workers: workers)
    let fit = try path.fit(X: own, y: labels)
    return lambdas.indices.map { index in
      let beta = (0..<design.columns).map { fit.coefficients[index, $0] }
      return loss(design, y, validation, intercept: fit.intercepts[index], beta: beta)
    }
  }

  private static func loss(
    _ design: Matrix, _ y: [Double], _ rows: [Int], intercept: Double, beta: [Double]
  ) -> Double {
    var sum = 0.0
    for row in rows {
      var eta = intercept
      for column in beta.indices { eta += design[row, column] * beta[column] }
      sum += max(eta, 0) + log1p(exp(-abs(eta))) - y[row] * eta
    }
    return sum / Double(rows.count)
  }
}

extension Matrix {
  /// The rows of `indices`, in that order.
  func taking(_ indices: [Int]) -> Matrix {
    var values: [Double] = []
    values.reserveCapacity(indices.count * columns)
    for row in indices { values += storage[row * columns..<(row + 1) * columns] }
    return Matrix(rows: indices.count, columns: columns, storage: values)
  }

  /// The columns of `indices`, in that order.
  func takingColumns(_ indices: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: indices.count)
    for row in 0..<rows {
      for (place, column) in indices.enumerated() { result[row, place] = self[row, column] }
    }
    return result
  }
}
