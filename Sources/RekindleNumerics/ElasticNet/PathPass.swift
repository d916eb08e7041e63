internal import CKernels
internal import COpenBLAS
internal import Foundation
internal import RekindleCore

/// What one reading of all rows tells of one coefficient vector, as sums over rows, in packed columns.
struct PathPoint: Sendable {
  /// Intercept, then p coefficients.
  var beta: [Double]
  /// Σ wᵢ ℓᵢ over the rows trained on.
  var loss = 0.0
  /// Σ wᵢ (pᵢ − yᵢ), then Σ wᵢ (pᵢ − yᵢ) xᵢ, over the rows trained on.
  var gradient: [Double]
  /// Σ wᵢ pᵢ (1 − pᵢ) over the rows trained on: how much curvature is left there.
  var curvature = 0.0
  /// 2 Σ wᵢ ℓᵢ over the rows tested on, each probability kept within 1e-5 of 0 and 1.
  var testDeviance = 0.0

  init(beta: [Double]) {
    self.beta = beta
    gradient = [Double](repeating: 0, count: beta.count)
  }
}

/// The part a group of rows plays for a path.
enum Role: Sendable {
  case train
  case test
  case unused
}

/// Readings of all rows: gradients for several coefficient vectors at once (the rows, not the
/// arithmetic, are the cost), and second derivatives group by group.
struct PathPass: Sendable {
  /// Panels of a block of rows for the second derivatives: it stays in the second-level cache.
  static let blockPanels = 32
  /// log(p / (1 − p)) at p = 1 − 1e-5.
  static let testBound = log((1 - 1e-5) / 1e-5)

  let rows: PackedRows
  let workers: Workers

  init(rows: PackedRows, workers: Workers) {
    rk_blas_use_one_thread()
    self.rows = rows
    self.workers = workers
  }

  /// Loss, gradient and test deviance of each coefficient vector.
  /// - Parameters:
  ///   - betas: one intercept-first vector for each path that takes part.
  ///   - roles: for each of them, the part of each group.
  func evaluate(_ betas: [[Double]], roles: [[Role]]) -> [PathPoint] {
    let partial = workers.map(blocks: rows.chunks.count) { evaluate(betas, roles, chunk: rows.chunks[$0]) }
    return betas.indices.map { path in
      var total = PathPoint(beta: betas[path])
      for part in partial {
        total.loss += part[path].loss
        total.curvature += part[path].curvature
        total.testDeviance += part[path].testDeviance
        for j in total.gradient.indices { total.gradient[j] += part[path].gradient[j] }
      }
      return total
    }
  }

  private func evaluate(_ betas: [[Double]], _ roles: [[Role]], chunk: PackedRows.Chunk) -> [PathPoint] {
    let p = rows.columns
    let trained = betas.indices.filter { roles[$0][chunk.group] == .train }
    let used = trained + betas.indices.filter { roles[$0][chunk.group] == .test }
    let count = used.count
    var points = betas.map { PathPoint(beta: $0) }
    if count == 0 { return points }
    var slopes: [Double] = []
    var active: [Int32] = []
    for j in 0..<p {
      for path in used { slopes.append(betas[path][j + 1]) }
      if slopes.suffix(count).contains(where: { $0 != 0 }) { active.append(Int32(j)) }
    }
    var scratch = [Double](repeating: 0, count: 8 * (p + 4) * count)
    var gradient = [Double](repeating: 0, count: p * count)
    var sums = [Double](repeating: 0, count: 3 * count)
    rows.x.withUnsafeBufferPointer { x in
      rows.y.withUnsafeBufferPointer { y in
        rows.w.withUnsafeBufferPointer { w in
          guard let x = x.baseAddress, let y = y.baseAddress, let w = w.baseAddress else { return }
          let start = chunk.places.lowerBound
          rk_path_rows(
            Int64(chunk.count), Int64(p), Int64(count), Int64(trained.count), x + start * p, slopes,
            used.map { betas[$0][0] }, Int64(active.count), active, y + start, w + start,
            rows.hasUnitWeights ? 1 : 0, PathPass.testBound, &scratch, &gradient, &sums)
        }
      }
    }
    for (slot, path) in used.enumerated() {
      if slot >= trained.count {
        points[path].testDeviance = 2 * sums[3 * slot]
        continue
      }
      points[path].loss = sums[3 * slot]
      points[path].gradient[0] = sums[3 * slot + 1]
      points[path].curvature = sums[3 * slot + 2]
      for j in 0..<p { points[path].gradient[j + 1] = gradient[j * count + slot] }
    }
    return points
  }

  /// Σ wᵢ pᵢ(1 − pᵢ) [1, xᵢ][1, xᵢ]' for each group, p at one coefficient vector.
  func hessians(at beta: [Double]) -> [GroupHessian] {
    let partial = workers.map(blocks: rows.chunks.count) { hessian(beta, chunk: rows.chunks[$0]) }
    let width = rows.columns + 1
    var totals = [GroupHessian](
      repeating: GroupHessian(curvature: 0, matrix: [Double](repeating: 0, count: width * width)),
      count: rows.groups)
    for (chunk, part) in zip(rows.chunks, partial) {
      totals[chunk.group].curvature += part.curvature
      for k in part.matrix.indices { totals[chunk.group].matrix[k] += part.matrix[k] }
    }
    return totals
  }

  private func hessian(_ beta: [Double], chunk: PackedRows.Chunk) -> GroupHessian {
    let p = rows.columns
    let width = p + 1
    let slopes = Array(beta.dropFirst())
    var scaled = [Double](repeating: 0, count: PathPass.blockPanels * PackedRows.lanes * width)
    var result = GroupHessian(curvature: 0, matrix: [Double](repeating: 0, count: width * width))
    rows.x.withUnsafeBufferPointer { x in
      rows.w.withUnsafeBufferPointer { w in
        guard let x = x.baseAddress, let w = w.baseAddress else { return }
        for start in stride(from: chunk.start, to: chunk.start + chunk.count, by: PathPass.blockPanels) {
          let panels = min(PathPass.blockPanels, chunk.start + chunk.count - start)
          let place = start * PackedRows.lanes
          rk_path_gram_rows(
            Int64(panels), Int64(p), x + place * p, slopes, beta[0], w + place, Int64(width), &scaled,
            &result.curvature)
          rk_syrk_transposed(
            Int64(panels * PackedRows.lanes), Int64(width), 1, scaled, Int64(width), 1, &result.matrix,
            Int64(width))
        }
      }
    }
    return result
  }
}

/// The second derivatives of Σ wᵢ ℓᵢ over one group of rows.
struct GroupHessian: Sendable {
  /// Σ wᵢ pᵢ (1 − pᵢ).
  var curvature: Double
  /// (p + 1) × (p + 1) row-major, the upper triangle.
  var matrix: [Double]
}
