/// The steps and gradient changes of the last iterations, and the L-BFGS direction from them.
///
/// ```
/// direction = −H g,   H the limited-memory BFGS matrix with H₀ = the given preconditioner
/// ```
/// Source: J. Nocedal and S. Wright, "Numerical Optimization", 2nd ed., algorithm 7.4.
struct SecantPairs {
  private var pairs: [(step: [Double], change: [Double], scale: Double)] = []
  private static let memory = 10

  /// Keeps a pair when the objective curved upwards along the step; one that did not would make the
  /// direction point uphill.
  mutating func add(step: [Double], change: [Double]) {
    let curvature = dot(step, change)
    guard curvature > 0 else { return }
    if pairs.count == SecantPairs.memory { pairs.removeFirst() }
    pairs.append((step, change, 1 / curvature))
  }

  /// - Parameter precondition: maps a vector v to −H₀ v.
  func direction(gradient: [Double], precondition: ([Double]) -> [Double]) -> [Double] {
    var q = gradient
    var alphas: [Double] = []
    for pair in pairs.reversed() {
      let alpha = pair.scale * dot(pair.step, q)
      for i in q.indices { q[i] -= alpha * pair.change[i] }
      alphas.append(alpha)
    }
    var direction = precondition(q)
    for (pair, alpha) in zip(pairs, alphas.reversed()) {
      // The direction is already negated, so that beta is too.
      let beta = -pair.scale * dot(pair.change, direction)
      for i in direction.indices { direction[i] -= (alpha - beta) * pair.step[i] }
    }
    return direction
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
