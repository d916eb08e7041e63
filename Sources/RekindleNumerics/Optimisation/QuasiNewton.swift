/// The minimum of a smooth function of a few variables whose gradient is known: quasi-Newton steps (BFGS)
/// to its neighbourhood, then Newton steps, with the Hessian from differences of the gradient, until they
/// no longer move. Where the function gives its Hessian, all steps are Newton's but for those from places
/// where it is not convex.
///
/// ```
/// x ← x − t B ∇f(x),   B ≈ (∇²f)⁻¹
/// ```
/// The first part is robust far away, where the function need not be convex; the second ends with a
/// position that is good to rounding, a Hessian for standard errors, and a check that this is a minimum:
/// on a ridge that runs to infinity gradients become small too, but Newton steps do not.
///
/// Source: J. Nocedal, S. Wright, "Numerical Optimization", chapters 3 and 6.
package struct QuasiNewton: Sendable {
  package struct Point: Sendable {
    package let value: Double
    package let gradient: [Double]
    /// `nil` where the function does not give it.
    package let hessian: Matrix?

    package init(value: Double, gradient: [Double], hessian: Matrix? = nil) {
      self.value = value
      self.gradient = gradient
      self.hessian = hessian
    }
  }

  package struct Minimum: Sendable {
    package let position: [Double]
    package let value: Double
    package let hessian: Matrix
    /// Gradients that were computed.
    package let evaluations: Int
  }

  package enum Outcome: Sendable {
    case minimum(Minimum)
    /// Where it stood when it gave up, and why, as a clause.
    case failed(at: [Double], reason: String)
  }

  /// The greatest step of a variable at a time.
  package var longestStep = 2.0
  /// Farther than this from the start, in any variable, it is taken to be on a way to infinity.
  package var longestWay = 12.0
  package var mostIterations = 400

  package init() {}

  /// - Parameter f: a value that is not finite marks a place that cannot be had.
  package func minimise(from start: [Double], _ f: ([Double]) -> Point) -> Outcome {
    var evaluations = 0
    func evaluate(_ x: [Double]) -> Point {
      evaluations += 1
      return f(x)
    }
    let n = start.count
    var x = start
    var point = evaluate(x)
    guard point.value.isFinite else {
      return .failed(at: x, reason: "the function has no value at the start")
    }
    var B = Self.identity(n)
    var isFresh = true
    for _ in 0..<mostIterations {
      let newton = point.hessian.flatMap(Cholesky.init)?.solve(point.gradient)
      var step = (newton ?? B.map { row in Self.dot(row, point.gradient) }).map { -$0 }
      if Self.dot(step, point.gradient) >= 0 {
        B = Self.identity(n)
        isFresh = true
        step = point.gradient.map { -$0 }
      }
      let longest = step.reduce(0) { max($0, abs($1)) }
      if longest > longestStep { step = step.map { $0 * longestStep / longest } }
      let slope = Self.dot(step, point.gradient)
      // Near the minimum the value no longer tells steps apart; the second part takes over.
      if -slope < 1e-13 * max(1, abs(point.value)) { break }
      var share = 1.0
      var found: (x: [Double], point: Point)?
      while share > 1e-10 {
        let trial = zip(x, step).map { $0 + share * $1 }
        let there = evaluate(trial)
        if there.value.isFinite, there.value <= point.value + 1e-4 * share * slope {
          found = (trial, there)
          break
        }
        share /= 2
      }
      guard let next = found else {
        if isFresh { break }
        B = Self.identity(n)
        isFresh = true
        continue
      }
      Self.update(
        &B, s: zip(next.x, x).map(-), y: zip(next.point.gradient, point.gradient).map(-), first: isFresh)
      isFresh = false
      (x, point) = next
      if isFar(x, from: start) { return .failed(at: x, reason: "it runs to the edge") }
    }
    return polish(x, point, from: start, evaluate) { evaluations }
  }

  private func polish(
    _ position: [Double], _ first: Point, from start: [Double], _ f: ([Double]) -> Point,
    evaluations: () -> Int
  ) -> Outcome {
    var (x, point) = (position, first)
    for _ in 0..<30 {
      let hessian = point.hessian ?? Self.hessian(at: x) { f($0).gradient }
      guard hessian.storage.allSatisfy(\.isFinite), let factor = Cholesky(hessian) else {
        return .failed(at: x, reason: "the function is flat or bends down there")
      }
      let step = factor.solve(point.gradient).map { -$0 }
      let longest = step.reduce(0) { max($0, abs($1)) }
      if longest < 1e-9 {
        return .minimum(
          Minimum(position: x, value: point.value, hessian: hessian, evaluations: evaluations()))
      }
      // A Newton step far from the minimum may overshoot: halve it until the value does not rise.
      var share = min(1, longestStep / longest)
      var isBetter = false
      while share > 1e-6, !isBetter {
        let trial = zip(x, step).map { $0 + share * $1 }
        let there = f(trial)
        isBetter = there.value.isFinite && there.value <= point.value + 1e-14 * max(1, abs(point.value))
        if isBetter { (x, point) = (trial, there) }
        share /= 2
      }
      if !isBetter { return .failed(at: x, reason: "no step leads further down") }
      if isFar(x, from: start) { return .failed(at: x, reason: "it runs to the edge") }
    }
    return .failed(at: x, reason: "the steps do not become small")
  }

  private func isFar(_ x: [Double], from start: [Double]) -> Bool {
    zip(x, start).contains { abs($0 - $1) > longestWay }
  }

  /// By central differences of the gradient, made symmetric; the step balances the cubic term against
  /// rounding.
  private static func hessian(at x: [Double], _ gradient: ([Double]) -> [Double]) -> Matrix {
    let n = x.count
    let h = 1e-4
    var H = Matrix(rows: n, columns: n)
    for j in 0..<n {
      var (above, below) = (x, x)
      above[j] += h
      below[j] -= h
      let (up, down) = (gradient(above), gradient(below))
      for i in 0..<n { H[i, j] = (up[i] - down[i]) / (2 * h) }
    }
    for i in 0..<n {
      for j in 0..<i {
        let mean = (H[i, j] + H[j, i]) / 2
        H[i, j] = mean
        H[j, i] = mean
      }
    }
    return H
  }

  /// The BFGS update of the inverse Hessian; skipped where the curvature along the step is not positive.
  private static func update(_ B: inout [[Double]], s: [Double], y: [Double], first: Bool) {
    let sy = dot(s, y)
    let yy = dot(y, y)
    guard sy > 1e-12 * (dot(s, s) * yy).squareRoot(), yy > 0 else { return }
    let n = s.count
    if first {
      // The scale of the function, before anything is known of its shape.
      for i in 0..<n { B[i][i] = sy / yy }
    }
    let By = B.map { dot($0, y) }
    let factor = (1 + dot(y, By) / sy) / sy
    for i in 0..<n {
      for j in 0..<n { B[i][j] += factor * s[i] * s[j] - (By[i] * s[j] + s[i] * By[j]) / sy }
    }
  }

  private static func identity(_ n: Int) -> [[Double]] {
    (0..<n).map { i in (0..<n).map { i == $0 ? 1 : 0 } }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
