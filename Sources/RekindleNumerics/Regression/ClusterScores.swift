internal import COpenBLAS
internal import RekindleCore

/// The middle of the clustered sandwich.
///
/// ```
/// meat = (1/Σw) · G/(G−1) · Σ_g S_g S_g',   S_g = Σ_{i in g} wᵢ (pᵢ − yᵢ) (1, zᵢ)
/// ```
/// in the coordinates of the problem. Rows of a cluster need not be neighbours; within a cluster
/// they are added in the order of the rows, and clusters in the order of their codes.
struct ClusterScores {
  /// (p + 1) × (p + 1), both triangles set.
  let meat: Matrix
  let clusters: Int

  /// Clusters in one task.
  private static let chunk = 1024

  init(problem: LogisticProblem, theta: [Double], codes: [Int32]) throws(Diagnostic) {
    let n = problem.X.rows
    let p = problem.columns
    guard codes.count == n, !codes.contains(where: { $0 < 0 }) else {
      throw Diagnostic(
        "RK0109", "\(codes.count) cluster codes for \(n) rows, \(codes.filter { $0 < 0 }.count) missing",
        help: "give every row the code of its cluster, 0 or more")
    }
    // A stable order of the rows by code, and where each code begins.
    let order = codes.indices.sorted { (codes[$0], $0) < (codes[$1], $1) }
    let starts = order.indices.filter { $0 == 0 || codes[order[$0]] != codes[order[$0 - 1]] } + [n]
    clusters = starts.count - 1
    guard clusters > 1 else {
      throw Diagnostic(
        "RK0109", "all rows are in one cluster", help: "a clustered covariance needs at least two clusters")
    }

    let residual = ClusterScores.residuals(problem, theta)
    let stride = p + 1
    let count = clusters
    let parts: [[Double]] = problem.specification.workers.map(
      blocks: (count + ClusterScores.chunk - 1) / ClusterScores.chunk
    ) { block in
      let range = block * ClusterScores.chunk..<min(count, (block + 1) * ClusterScores.chunk)
      var scores = [Double](repeating: 0, count: range.count * stride)
      for g in range {
        let base = (g - range.lowerBound) * stride
        for i in order[starts[g]..<starts[g + 1]] {
          scores[base] += residual[i]
          for j in 0..<p {
            scores[base + j + 1] +=
              residual[i] * (problem.X.storage[i * p + j] - problem.centre[j]) / problem.scale[j]
          }
        }
      }
      var gram = [Double](repeating: 0, count: stride * stride)
      rk_syrk_transposed(Int64(range.count), Int64(stride), 1, scores, Int64(stride), 0, &gram, Int64(stride))
      return gram
    }
    var meat = Matrix(rows: stride, columns: stride)
    let factor = Double(clusters) / Double(clusters - 1) / problem.weightSum
    for i in 0..<stride {
      for j in i..<stride {
        var sum = 0.0
        for part in parts { sum += part[i * stride + j] }
        meat[i, j] = sum * factor
        meat[j, i] = meat[i, j]
      }
    }
    self.meat = meat
  }

  /// wᵢ (pᵢ − yᵢ) of every row.
  private static func residuals(_ problem: LogisticProblem, _ theta: [Double]) -> [Double] {
    let p = problem.columns
    let beta = (0..<p).map { theta[$0 + 1] / problem.scale[$0] }
    let blocks = RowBlocks(rows: problem.X.rows, thinning: 1)
    let parts: [[Double]] = problem.specification.workers.map(blocks: blocks.chunks) { chunk in
      var residual: [Double] = []
      blocks.forEachRun(chunk: chunk, longest: 8192) { run in
        for i in run {
          var eta = theta[0] + (problem.offset?[i] ?? 0)
          for j in 0..<p { eta += (problem.X.storage[i * p + j] - problem.centre[j]) * beta[j] }
          residual.append((logistic(eta) - problem.y[i]) * (problem.weights?[i] ?? 1))
        }
      }
      return residual
    }
    return parts.flatMap { $0 }
  }
}
