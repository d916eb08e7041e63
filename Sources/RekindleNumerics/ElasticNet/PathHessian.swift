/// Approximate second derivatives of a path's mean loss, intercept first: made from all rows once in a
/// while, and corrected by every gradient since.
struct PathHessian: Sendable {
  /// Rows and columns: p + 1.
  let width: Int
  /// width × width, both triangles.
  private var matrix: [Double]
  /// Σ w p(1 − p) of the path's rows at the coefficients that `matrix` is for.
  private var curvature: Double

  /// From the matrices of the groups that the path trains on; `weight` is their Σw.
  init(_ groups: [GroupHessian], roles: [Role], weight: Double, columns: Int) {
    width = columns + 1
    curvature = 0
    matrix = [Double](repeating: 0, count: width * width)
    for (group, role) in zip(groups, roles) where role == .train {
      curvature += group.curvature
      for k in matrix.indices { matrix[k] += group.matrix[k] }
    }
    for j in 0..<width {
      for k in j..<width {
        let value = matrix[j * width + k] / weight
        matrix[j * width + k] = value
        matrix[k * width + j] = value
      }
    }
    // All probabilities 0 or 1 leave nothing to divide by; the step is then tried and halved.
    curvature = max(curvature, 1e-300)
    matrix[0] = max(matrix[0], 1e-300)
  }

  /// Makes the matrix carry the step s to the change y of the gradient that was seen (BFGS):
  ///
  ///     H ← H − H s s'H / s'H s + y y' / y's
  ///
  /// Steps along a path point much the same way from one λ to the next, so each gradient corrects
  /// just the direction that the next step takes.
  mutating func correct(step s: [Double], gradientChange y: [Double], curvature now: Double) {
    rescale(to: now)
    var image = [Double](repeating: 0, count: width)
    for j in 0..<width where s[j] != 0 {
      for k in 0..<width { image[k] += matrix[j * width + k] * s[j] }
    }
    var along = 0.0
    var seen = 0.0
    for j in 0..<width {
      along += s[j] * image[j]
      seen += s[j] * y[j]
    }
    // The loss is convex: anything else is rounding, in steps too short to learn from.
    guard along > 0, seen > 1e-3 * along else { return }
    for j in 0..<width {
      for k in 0..<width {
        matrix[j * width + k] += y[j] * y[k] / seen - image[j] * image[k] / along
      }
    }
  }

  /// The second derivatives shrink as probabilities leave one half, by much the same factor
  /// everywhere: Σ w p(1 − p), which every reading of the rows gives, follows that at no cost.
  private mutating func rescale(to now: Double) {
    let factor = max(now / curvature, 1e-6)
    for k in matrix.indices { matrix[k] *= factor }
    curvature = max(now, 1e-300)
  }

  /// With the free intercept minimised out: its second derivative, those with each coefficient
  /// divided by it, and what is left of the p × p matrix.
  func reduced(curvature now: Double) -> (intercept: Double, coupling: [Double], matrix: [Double]) {
    var scaled = self
    scaled.rescale(to: now)
    let p = width - 1
    let corner = scaled.matrix[0]
    let coupling = (0..<p).map { scaled.matrix[$0 + 1] / corner }
    var rest = [Double](repeating: 0, count: p * p)
    for j in 0..<p {
      for k in j..<p {
        let value = scaled.matrix[(j + 1) * width + k + 1] - coupling[j] * scaled.matrix[k + 1]
        rest[j * p + k] = value
        rest[k * p + j] = value
      }
    }
    return (corner, coupling, rest)
  }
}
