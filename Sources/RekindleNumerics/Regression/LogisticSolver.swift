internal import RekindleCore

/// Finds the minimum of a ``LogisticProblem``.
///
/// Small problems: Newton's method, the second derivative of all rows at every step.
///
/// Large ones: the cost is then the number of times that all rows are read, and the second
/// derivative costs p times a gradient. So Newton's method runs on samples of the rows first (1/64,
/// then 1/8), which leaves θ within sampling error of the minimum and a second derivative near the
/// one there. From then on only gradients of all rows are taken; the steps are those of L-BFGS with
/// that factor as its first approximation, and contract fast because the factor is nearly right.
/// What the sample got wrong costs steps, never digits: the end is judged by the gradient of all
/// rows, in double precision.
struct LogisticSolver {
  private let problem: LogisticProblem
  /// The θ that are free: 0 the intercept, j + 1 column j.
  private var kept: [Int]
  private var aliased: [Int] = []
  private var iterations = 0

  /// A second derivative of all rows at every step, while it costs under this many multiplications.
  private static let newtonWork = 2e8
  /// No sample has fewer rows a column than this: with fewer the warm start can mislead.
  private static let rowsPerColumn = 100

  init(problem: LogisticProblem) {
    self.problem = problem
    kept = Array(0...problem.columns)
  }

  mutating func solve() throws(Diagnostic) -> LogisticFit {
    let p = problem.columns
    drop(problem.constant.map { $0 + 1 })
    var state = Point(theta: start())
    let samples = samples()
    if samples.isEmpty {
      state.sweep = problem.sweep(at: state.theta, thinning: 1, gram: .double)
      try checkFinite(state.sweep)
      dropDependent(state.sweep)
      state = try newton(from: state, until: problem.specification.tolerance)
    } else {
      state = try warm(state, samples: samples)
    }
    if samples.isEmpty || !problem.isPenalized {
      state = try confirm(state)
    }
    guard let sweep = state.sweep else { throw noConvergence(.nan) }
    let (intercept, found) = problem.raw(state.theta)
    var coefficients = found
    for j in aliased { coefficients[j] = .nan }
    let penalty = (0..<p).map { problem.penalty[$0] * problem.scale[$0] * problem.scale[$0] }
    return LogisticFit(
      intercept: intercept, coefficients: coefficients, aliased: aliased, iterations: iterations,
      gradientNorm: problem.reportedNorm(sweep.gradient, kept: kept), objective: sweep.objective,
      logLikelihood: -sweep.loss * problem.weightSum, rows: problem.X.rows, weightSum: problem.weightSum,
      lambda: problem.specification.lambda, penalty: penalty)
  }

  /// θ with what is known there.
  private struct Point {
    var theta: [Double]
    var sweep: LogisticSweep?
  }

  /// No effects, and the intercept that fits the base rate.
  private func start() -> [Double] {
    var theta = [Double](repeating: 0, count: problem.columns + 1)
    theta[0] = logarithm(problem.eventSum / (problem.weightSum - problem.eventSum))
    return theta
  }

  /// The thinnings to start on, coarsest first; none when Newton on all rows is cheap.
  private func samples() -> [Int] {
    let n = problem.X.rows
    let width = Double(problem.columns + 1)
    guard Double(n) * width * width > LogisticSolver.newtonWork else { return [] }
    return [64, 8].filter { n / $0 >= LogisticSolver.rowsPerColumn * (problem.columns + 1) }
  }

  // MARK: Columns that say nothing new

  private mutating func drop(_ indices: [Int]) {
    aliased = (aliased + indices.map { $0 - 1 }).sorted()
    kept.removeAll { indices.contains($0) }
  }

  /// Drops the columns whose second derivative, penalty included, is that of earlier ones.
  private mutating func dropDependent(_ sweep: LogisticSweep?) {
    guard let H = sweep?.gram else { return }
    let positions = dependentColumns(ofGram: reduced(H))
    drop(positions.map { kept[$0] })
  }

  private func reduced(_ H: Matrix) -> Matrix {
    if kept.count == H.rows { return H }
    var small = Matrix(rows: kept.count, columns: kept.count)
    for (a, i) in kept.enumerated() {
      for (b, j) in kept[...a].enumerated() { small[a, b] = H[i, j] }
    }
    return small
  }

  /// The factor of the second derivative on the free coordinates. One that is not positive definite
  /// (single precision, or a sample in which a column hardly varies) is shifted until it is.
  private func factor(_ H: Matrix) -> Cholesky? {
    var small = reduced(H)
    if let factor = Cholesky(small) { return factor }
    let largest = (0..<small.rows).map { small[$0, $0] }.max() ?? 0
    var shift = 1e-10 * largest
    while shift <= largest, shift > 0 {
      for i in 0..<small.rows { small[i, i] += shift }
      if let factor = Cholesky(small) { return factor }
      shift *= 100
    }
    return nil
  }

  /// `−H⁻¹ g` on the free coordinates, 0 on the others.
  private func newtonStep(_ factor: Cholesky, _ gradient: [Double]) -> [Double] {
    let solution = factor.solve(kept.map { gradient[$0] })
    var step = [Double](repeating: 0, count: gradient.count)
    for (k, i) in kept.enumerated() { step[i] = -solution[k] }
    return step
  }

  private func norm(_ sweep: LogisticSweep) -> Double { problem.reportedNorm(sweep.gradient, kept: kept) }

  // MARK: Newton

  /// Newton's method on a sample or on all rows, the second derivative renewed at every point.
  private mutating func newton(
    from start: Point, thinning: Int = 1, gram: LogisticSweep.Gram = .double, until tolerance: Double
  ) throws(Diagnostic) -> Point {
    var at = start
    var sweep = at.sweep ?? problem.sweep(at: at.theta, thinning: thinning, gram: gram)
    var steps = 0
    while norm(sweep) > tolerance {
      guard (thinning > 1 ? steps : iterations) < problem.specification.maximumIterations, let H = sweep.gram,
        let factor = factor(H)
      else {
        if thinning > 1 { break }
        throw noConvergence(norm(sweep))
      }
      guard
        let next = descend(
          from: at.theta, sweep, along: newtonStep(factor, sweep.gradient), thinning: thinning, gram: gram)
      else {
        if thinning > 1 { break }
        throw noConvergence(norm(sweep))
      }
      (at.theta, sweep) = next
      steps += 1
      if thinning == 1 { iterations += 1 }
    }
    at.sweep = sweep
    return at
  }

  /// The first of the points θ + t step, t = 1, ½, ¼ …, at which the objective is not higher.
  private func descend(
    from theta: [Double], _ sweep: LogisticSweep, along step: [Double], thinning: Int,
    gram: LogisticSweep.Gram
  ) -> (theta: [Double], sweep: LogisticSweep)? {
    // Near the minimum a step changes J by less than its rounding: equal is then good enough.
    let ceiling = sweep.objective + 1e-13 * abs(sweep.objective)
    var t = 1.0
    for _ in 0..<40 {
      let candidate = theta.indices.map { theta[$0] + t * step[$0] }
      let there = problem.sweep(at: candidate, thinning: thinning, gram: gram)
      if there.objective <= ceiling { return (candidate, there) }
      t /= 2
    }
    return nil
  }

  // MARK: Warm start and corrected steps

  private mutating func warm(_ start: Point, samples: [Int]) throws(Diagnostic) -> Point {
    var at = start
    for thinning in samples {
      // To a tenth of the sampling error of the gradient: closer would be closer to the sample only.
      let sampled = Double(problem.X.rows / thinning)
      at.sweep = nil
      at = try newton(
        from: at, thinning: thinning, gram: .single, until: 0.05 / sampled.squareRoot())
    }
    var factor = at.sweep?.gram.flatMap { self.factor($0) }
    if !problem.isPenalized || factor == nil {
      // Without a penalty on every column only all the rows can say which columns are dependent.
      let full = problem.sweep(at: at.theta, thinning: 1, gram: .double)
      try checkFinite(full)
      dropDependent(full)
      for j in aliased { at.theta[j + 1] = 0 }
      factor = full.gram.flatMap { self.factor($0) }
    }
    at.sweep = problem.sweep(at: at.theta, thinning: 1, gram: .none)
    let cold = Point(theta: start.theta, sweep: nil)
    if !(at.sweep?.objective.isFinite ?? false) || isWorse(at, than: cold) {
      at = cold
      at.sweep = problem.sweep(at: at.theta, thinning: 1, gram: .double)
      try checkFinite(at.sweep)
      factor = at.sweep?.gram.flatMap { self.factor($0) }
    }
    return try corrected(from: at, factor: factor)
  }

  /// Whether the warm start is no better, on all rows, than knowing the base rate alone. Without an
  /// offset the objective there needs no pass: it is the entropy of the base rate.
  private func isWorse(_ at: Point, than cold: Point) -> Bool {
    let base: Double
    if problem.offset == nil {
      let rate = problem.eventSum / problem.weightSum
      base = -rate * logarithm(rate) - (1 - rate) * logarithm(onePlus: -rate)
    } else {
      base = problem.sweep(at: cold.theta, thinning: 1, gram: .none).objective
    }
    return (at.sweep?.objective ?? .infinity) > base
  }

  /// Steps with the gradient of all rows: L-BFGS around a fixed factor.
  private mutating func corrected(from start: Point, factor first: Cholesky?) throws(Diagnostic) -> Point {
    var at = start
    var factor = first
    guard var sweep = at.sweep else { return at }
    var history = SecantPairs()
    while norm(sweep) > problem.specification.tolerance {
      guard iterations < problem.specification.maximumIterations, let preconditioner = factor else {
        throw noConvergence(norm(sweep))
      }
      let step = history.direction(gradient: sweep.gradient) { newtonStep(preconditioner, $0) }
      guard let next = descend(from: at.theta, sweep, along: step, thinning: 1, gram: .none) else {
        throw noConvergence(norm(sweep))
      }
      iterations += 1
      let isSlow = norm(next.sweep) > norm(sweep) / 3
      history.add(
        step: zip(next.theta, at.theta).map { $0 - $1 },
        change: zip(next.sweep.gradient, sweep.gradient).map { $0 - $1 })
      (at.theta, sweep) = next
      if isSlow, norm(sweep) > problem.specification.tolerance {
        // The sample's curvature is not that of all rows: take theirs.
        sweep = problem.sweep(at: at.theta, thinning: 1, gram: .single)
        factor = sweep.gram.flatMap { self.factor($0) }
        history = SecantPairs()
      }
    }
    at.sweep = sweep
    return at
  }

  // MARK: The end

  /// One more Newton step with the second derivative of all rows. It squares the remaining error;
  /// and where it is large although the gradient is small, there is no minimum: the data are
  /// separated.
  private mutating func confirm(_ point: Point) throws(Diagnostic) -> Point {
    var at = point
    var tolerance = problem.specification.tolerance
    while true {
      var sweep = at.sweep ?? problem.sweep(at: at.theta, thinning: 1, gram: .double)
      if sweep.gram == nil { sweep = problem.sweep(at: at.theta, thinning: 1, gram: .double) }
      guard let H = sweep.gram, let factor = factor(H) else { throw noConvergence(norm(sweep)) }
      let step = newtonStep(factor, sweep.gradient)
      if !problem.isPenalized {
        let separation = Separation(problem: problem, direction: step, kept: kept, loss: sweep.loss)
        if let found = separation.finding { throw found }
        if separation.isLarge {
          // The gradient is small, the step is not, and it separates nothing: go on from there.
          tolerance /= 100
          at.sweep = sweep
          at = try newton(from: at, until: tolerance)
          continue
        }
      }
      let polished = zip(at.theta, step).map { $0 + $1 }
      let there = problem.sweep(at: polished, thinning: 1, gram: .none)
      if norm(there) <= norm(sweep) {
        at = Point(theta: polished, sweep: there)
        iterations += 1
      } else {
        at.sweep = sweep
      }
      return at
    }
  }

  private func checkFinite(_ sweep: LogisticSweep?) throws(Diagnostic) {
    guard let sweep, sweep.objective.isFinite, sweep.gradient.allSatisfy({ $0.isFinite }) else {
      throw LogisticProblem.notFinite(problem.X, firstColumn: 0, problem.names)
    }
  }

  private func noConvergence(_ norm: Double) -> Diagnostic {
    Diagnostic(
      "RK0107", "the logistic regression did not converge in \(iterations) iterations",
      notes: [
        "largest gradient component: \(norm)", "tolerance: \(problem.specification.tolerance)",
      ],
      help: "add a penalty (lambda > 0), or look for columns on very different scales")
  }
}
