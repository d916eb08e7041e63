internal import RekindleNumerics
internal import RekindleStatistics

/// Whether the arms are alike in what was known before the exposure, all covariates together.
///
/// ```
/// T = Σ_k n_k d_k' V⁻¹ d_k,   d_k = x̄_k − x̄,   V = Σ_k S_k / (N − arms)
/// ```
/// is chi-square with q (arms − 1) degrees of freedom when the assignment was at random (the trace of
/// Lawley and Hotelling). One test, because among many covariates some differ by chance. Columns that do
/// not vary, or repeat others, are left out; q is what remains.
struct BalanceTest {
  let statistic: Double
  let degreesOfFreedom: Double
  let pValue: Double
  /// The covariate whose means differ most, in standard deviations, and by how much.
  let worst: (name: String, shift: Double)?

  /// - Returns: `nil` where nothing can be tested.
  init?(_ covariates: CovariateMoments, arms: [Int]) {
    guard !covariates.columns.isEmpty, covariates.byArm.count > (arms.max() ?? 0) else { return nil }
    let parts = arms.map { covariates.byArm[$0] }.filter { $0.count > 1 }
    let total = parts.reduce(0) { $0 + $1.count }
    guard parts.count > 1, total > parts.count else { return nil }
    let all = covariates.columns.indices
    func within(_ columns: [Int]) -> Matrix {
      var V = Matrix(rows: columns.count, columns: columns.count)
      for (i, j) in columns.enumerated() {
        for (k, l) in columns.enumerated() {
          V[i, k] = parts.reduce(0) { $0 + $1.crossProduct(j, l) } / Double(total - parts.count)
        }
      }
      return V
    }
    let varying = all.filter { column in parts.contains { $0.crossProduct(column, column) > 0 } }
    let dependent = dependentColumns(ofGram: within(varying))
    let kept = varying.indices.filter { !dependent.contains($0) }.map { varying[$0] }
    let V = within(kept)
    guard !kept.isEmpty, let factor = Cholesky(V) else { return nil }
    let grand = kept.map { column in
      parts.reduce(0) { $0 + Double($1.count) * $1.means[column] } / Double(total)
    }
    var sum = 0.0
    var worst: (name: String, shift: Double)?
    for part in parts {
      let d = zip(kept, grand).map { part.means[$0] - $1 }
      sum += Double(part.count) * zip(d, factor.solve(d)).reduce(0) { $0 + $1.0 * $1.1 }
      for (place, column) in kept.enumerated() {
        let shift = d[place] / V[place, place].squareRoot()
        if abs(shift) > abs(worst?.shift ?? 0) { worst = (covariates.columns[column].label, shift) }
      }
    }
    statistic = sum
    degreesOfFreedom = Double(kept.count * (parts.count - 1))
    pValue = ChiSquared(degreesOfFreedom: degreesOfFreedom).upperTail(sum)
    self.worst = worst
  }
}

extension MomentPlan.Column {
  /// In a sentence.
  var label: String {
    switch self {
    case .covariate(let name): name
    case .missing(let name): "missing \(name)"
    default: name
    }
  }
}
