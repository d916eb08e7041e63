internal import RekindleCore

/// Looks for separation: a direction in which the likelihood rises for ever, so that no maximum
/// exists and whatever an iteration returns is where it happened to stop.
///
/// ```
/// separated along δ:   (2yᵢ − 1) · (δ₀ + Σⱼ δⱼ zᵢⱼ) ≥ 0 for every row, and > 0 for some
/// ```
/// Complete separation when it is > 0 for all rows, quasi-complete otherwise. The candidate for δ is
/// the last Newton step: where a minimum exists it dies away with the gradient, while along a
/// separating direction every step moves the linear predictor of the separated rows by about 1,
/// however small the gradient has become. The inequality is then checked on every row, so a finding
/// is a certificate, not a guess from large numbers.
///
/// Source: A. Albert and J. A. Anderson, "On the existence of maximum likelihood estimates in logistic
/// regression models", Biometrika 71, 1984.
struct Separation {
  /// Whether the step moves some linear predictor by so much that the fit has not settled.
  let isLarge: Bool
  /// The error to throw when the data are separated along the step.
  let finding: Diagnostic?

  /// - Parameter loss: (1/Σw) Σ w ℓ where the iteration stands.
  init(problem: LogisticProblem, direction: [Double], kept: [Int], loss: Double) {
    let p = problem.columns
    let beta = (0..<p).map { direction[$0 + 1] / problem.scale[$0] }
    let blocks = RowBlocks(rows: problem.X.rows, thinning: 1)
    // Of the moves towards the row's own class, the least and the greatest.
    let parts: [(least: Double, greatest: Double)] = problem.specification.workers.map(blocks: blocks.chunks)
    { chunk in
      var least = Double.infinity
      var greatest = -Double.infinity
      blocks.forEachRun(chunk: chunk, longest: 8192) { run in
        for i in run where problem.weights.map({ $0[i] > 0 }) ?? true {
          var move = direction[0]
          for j in 0..<p { move += (problem.X.storage[i * p + j] - problem.centre[j]) * beta[j] }
          if problem.y[i] == 0 { move = -move }
          least = min(least, move)
          greatest = max(greatest, move)
        }
      }
      return (least, greatest)
    }
    let least = parts.map { $0.least }.min() ?? 0
    let greatest = parts.map { $0.greatest }.max() ?? 0
    isLarge = max(greatest, -least) > 0.05
    guard isLarge, least >= -0.01 * greatest else {
      finding = nil
      return
    }
    // Rows that the direction leaves undivided hold a row of each class, and two such rows cannot be
    // fitted with less than 2 log 2; where all are divided the loss falls to 0.
    let isComplete = loss * problem.weightSum < 0.5
    let strongest = kept.filter { $0 > 0 }.map { abs(direction[$0]) }.max() ?? 0
    let columns = kept.filter { $0 > 0 && abs(direction[$0]) > 1e-3 * strongest }.map { $0 - 1 }
    let names = columns.map { problem.name($0) }.joined(separator: ", ")
    finding = Diagnostic(
      "RK0108",
      "\(isComplete ? "complete" : "quasi-complete") separation: \(names) \(columns.count == 1 ? "tells" : "tell") the classes apart without error in \(isComplete ? "all" : "some") rows, so no finite coefficient is best",
      notes: ["separating columns: \(names)"],
      help: "add a penalty (lambda > 0), or remove or merge what separates")
  }
}
