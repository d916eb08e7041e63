internal import COpenBLAS

/// A quadratic with an elastic-net penalty, and its minimum:
///
///     q'(b − c) + ½ (b − c)'A(b − c) + Σⱼ l1ⱼ |bⱼ| + ½ Σⱼ l2ⱼ bⱼ²
///
/// A is p × p, symmetric, positive semidefinite; c the centre; q the gradient there.
///
/// Coordinate descent finds which coefficients are zero and the signs of the rest; with those
/// known the minimum is a linear system, solved by Cholesky. Along a path both rarely change, so
/// most minima cost one small factorisation. Descent alone converges slowly on the correlated
/// columns that window counts are (30, 60 and 90 days of one thing).
struct PenalisedQuadratic {
  let size: Int
  /// size × size, both triangles.
  let matrix: [Double]
  let q: [Double]
  let l1: [Double]
  let l2: [Double]
  /// Columns that may differ from zero.
  let isFree: [Bool]

  /// Minimises from `centre`; every optimality condition holds to `tolerance`, or nearly where A is
  /// so flat that sweeps alone must do.
  func minimum(centre: [Double], tolerance: Double) -> [Double] {
    var b = centre
    var r = q  // the quadratic's gradient at b
    for _ in 0..<200 {
      if let exact = solveWithSigns(of: b, centre: centre) {
        let gradient = gradientAt(exact, centre: centre)
        if violation(exact, gradient) <= tolerance { return exact }
        // A nearly singular matrix can give a solution that solves nothing.
        if value(exact, gradient, centre: centre) <= value(b, r, centre: centre) {
          b = exact
          r = gradient
        }
      }
      var change = 0.0
      for sweep in 0..<4 {
        change = self.sweep(&b, &r, activeOnly: sweep % 4 == 1 || sweep % 4 == 2)
        if change == 0 { break }
      }
      if change == 0 || violation(b, r) <= tolerance { break }
    }
    return b
  }

  /// The largest violation of the optimality conditions at b, where the quadratic's gradient is r.
  func violation(_ b: [Double], _ r: [Double]) -> Double {
    var worst = 0.0
    for j in 0..<size where isFree[j] {
      worst = max(worst, penaltyViolation(gradient: r[j], value: b[j], l1: l1[j], l2: l2[j]))
    }
    return worst
  }

  /// One round of coordinate descent; gives the largest change of the gradient's diagonal part.
  private func sweep(_ b: inout [Double], _ r: inout [Double], activeOnly: Bool) -> Double {
    var largest = 0.0
    matrix.withUnsafeBufferPointer { matrix in
      r.withUnsafeMutableBufferPointer { r in
        for j in 0..<size where isFree[j] && !(activeOnly && b[j] == 0) {
          let diagonal = matrix[j * size + j]
          guard diagonal + l2[j] > 0 else { continue }
          let u = diagonal * b[j] - r[j]
          let next =
            u > l1[j] ? (u - l1[j]) / (diagonal + l2[j]) : u < -l1[j] ? (u + l1[j]) / (diagonal + l2[j]) : 0
          let step = next - b[j]
          if step == 0 { continue }
          b[j] = next
          for k in 0..<size { r[k] += step * matrix[j * size + k] }
          largest = max(largest, abs(step) * (diagonal + l2[j]))
        }
      }
    }
    return largest
  }

  /// The minimum with the zeros and the signs of `b`, or `nil` where a sign would turn or the
  /// matrix is not positive definite.
  private func solveWithSigns(of b: [Double], centre: [Double]) -> [Double]? {
    let active = (0..<size).filter { isFree[$0] && (b[$0] != 0 || l1[$0] == 0) }
    let count = active.count
    var solved = [Double](repeating: 0, count: size)
    if count == 0 { return solved }
    // At b = 0 the gradient is q − A c.
    var origin = [Double](repeating: 0, count: size)
    matrix.withUnsafeBufferPointer { matrix in
      for j in 0..<size {
        var sum = q[j]
        for k in 0..<size where centre[k] != 0 { sum -= matrix[j * size + k] * centre[k] }
        origin[j] = sum
      }
    }
    var factor = [Double](repeating: 0, count: count * count)
    var right = [Double](repeating: 0, count: count)
    for (row, j) in active.enumerated() {
      for (column, k) in active.enumerated() { factor[row * count + column] = matrix[j * size + k] }
      factor[row * count + row] += l2[j]
      right[row] = -origin[j] - (b[j] > 0 ? l1[j] : b[j] < 0 ? -l1[j] : 0)
    }
    guard rk_potrf(Int64(count), &factor, Int64(count)) == 0,
      rk_potrs(Int64(count), 1, factor, Int64(count), &right, Int64(count)) == 0
    else { return nil }
    for (row, j) in active.enumerated() {
      let value = right[row]
      guard value.isFinite, l1[j] == 0 || (value != 0 && (value > 0) == (b[j] > 0)) else { return nil }
      solved[j] = value
    }
    return solved
  }

  /// The penalised quadratic at b, where the gradient of the quadratic alone is r.
  private func value(_ b: [Double], _ r: [Double], centre: [Double]) -> Double {
    var sum = 0.0
    for j in 0..<size {
      sum += 0.5 * (q[j] + r[j]) * (b[j] - centre[j])
      sum += l1[j] * abs(b[j]) + 0.5 * l2[j] * b[j] * b[j]
    }
    return sum
  }

  private func gradientAt(_ b: [Double], centre: [Double]) -> [Double] {
    var r = q
    matrix.withUnsafeBufferPointer { matrix in
      for k in 0..<size where b[k] != centre[k] {
        let step = b[k] - centre[k]
        for j in 0..<size { r[j] += step * matrix[k * size + j] }
      }
    }
    return r
  }
}

/// How far `gradient` is from the conditions of a minimum in one coordinate:
/// g + l2 b + l1 sign b = 0 where b ≠ 0, and |g| ≤ l1 where b = 0.
func penaltyViolation(gradient: Double, value: Double, l1: Double, l2: Double) -> Double {
  if value > 0 { return abs(gradient + l2 * value + l1) }
  if value < 0 { return abs(gradient + l2 * value - l1) }
  return max(0, abs(gradient) - l1)
}
