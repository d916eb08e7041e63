internal import Foundation
internal import RekindleCore

/// Solves several paths over the same rows at once: the full data's and, in cross-validation, one
/// a fold.
///
/// A proximal quasi-Newton method. Each step minimises a quadratic model with the penalty
/// (`PenalisedQuadratic`); its gradient is exact, in double, over all rows; its matrix is kept
/// from one λ to the next as long as steps still cut the violation of the optimality conditions
/// tenfold. A λ is solved when an exact gradient shows the conditions to hold.
///
/// The rows are read for all paths together, each path at its own λ: a reading costs little more
/// for six coefficient vectors than for one, and scores the tested rows on the way. The matrix
/// is made group by group at one path's coefficients and summed over the groups that each path
/// trains on, since the folds' coefficients are close; a path that this serves badly gets its own.
struct PathSolver {
  let specification: ElasticNetPath
  let pass: PathPass
  var lambdas: [Double] = []
  var paths: [PathState]
  /// How many λ's the first path solved before it stopped early; `nil` while it has not.
  var limit: Int?
  var gradientPasses = 0
  var hessianPasses = 0

  /// The smallest weight above 0.
  private let leastWeight: Double

  var rows: PackedRows { pass.rows }

  /// - Parameter roles: for each path, the part of each group; the first path decides the λ's.
  init(
    _ specification: ElasticNetPath, _ rows: PackedRows, roles: [[Role]]
  ) throws(Diagnostic) {
    self.specification = specification
    pass = PathPass(rows: rows, workers: specification.workers)
    leastWeight = rows.w.reduce(.infinity) { $1 > 0 ? min($0, $1) : $0 }
    paths = []
    let p = rows.columns
    let given = specification.penaltyFactors ?? [Double](repeating: 1, count: p)
    let mean = given.reduce(0, +) / Double(max(1, p))
    for (index, part) in roles.enumerated() {
      var weight = 0.0
      var positive = 0.0
      var testWeight = 0.0
      var first = [Double](repeating: 0, count: p)
      var second = first
      for (moment, role) in zip(rows.moments, part) {
        if role == .test { testWeight += moment.weight }
        guard role == .train else { continue }
        weight += moment.weight
        positive += moment.positive
        for j in 0..<p {
          first[j] += moment.first[j]
          second[j] += moment.second[j]
        }
      }
      guard positive > 0, positive < weight else {
        throw Diagnostic(
          "RK0104", "all \(index == 0 ? "rows" : "rows that fold \(index - 1) trains on") have one label",
          help: "a model needs rows of both classes")
      }
      var isFree = [Bool](repeating: false, count: p)
      var l1Unit = [Double](repeating: 0, count: p)
      var l2Unit = l1Unit
      for j in 0..<p {
        let variance = second[j] / weight - (first[j] / weight) * (first[j] / weight)
        isFree[j] = !rows.isConstant[j] && variance > 1e-12 * second[j] / weight
        let unit = specification.standardize ? variance.squareRoot() : 1 / rows.scales[j]
        if isFree[j] {
          l1Unit[j] = given[j] / mean * unit
          l2Unit[j] = given[j] / mean * unit * unit
        }
      }
      let rate = positive / weight
      var null = [Double](repeating: 0, count: p + 1)
      null[0] = log(positive / (weight - positive))
      paths.append(
        PathState(
          roles: part, weight: weight, testWeight: testWeight,
          nullLoss: -(positive * log(rate) + (weight - positive) * log1p(-rate)), l1Unit: l1Unit,
          l2Unit: l2Unit, isFree: isFree, trial: null))
    }
  }

  /// Solves every path to its end.
  mutating func run() throws(Diagnostic) {
    var reading = Array(paths.indices)
    while !reading.isEmpty {
      let points = pass.evaluate(reading.map { paths[$0].trial }, roles: reading.map { paths[$0].roles })
      gradientPasses += 1
      for (path, point) in zip(reading, points) { take(point, path) }
      for path in paths.indices where !paths[path].isFinished {
        try refuseSeparation(path)
        advance(path)
      }
      reading = paths.indices.filter {
        !paths[$0].isFinished && (paths[$0].index >= 0 || !lambdasAwaited($0))
      }
      for path in reading where paths[path].readings >= 200 {
        throw Diagnostic(
          "RK0107",
          "no solution at lambda \(lambda(path) ?? .infinity) after \(paths[path].readings) readings of the rows",
          notes: ["largest violation: \(paths[path].violation), asked for: \(tolerance(path))"],
          help: "the classes may be separable: leave out the smallest values of lambda")
      }
      refreshHessians(reading)
      let steps = specification.workers.map(blocks: reading.count) { [self, reading] in
        let state = paths[reading[$0]]
        if state.isHalving, let current = state.current {
          return zip(current.beta, state.trial).map { $0 + 0.5 * ($1 - $0) }
        }
        return state.step(
          lambda: lambda(reading[$0]), l1Ratio: specification.l1Ratio, tolerance: tolerance(reading[$0]))
      }
      for (path, step) in zip(reading, steps) { paths[path].trial = step }
    }
  }

  /// A fold's coefficients are only scored, on rows whose own noise is far larger: ten times the
  /// violation is let pass, but not where that is no longer small beside the penalty.
  private func tolerance(_ path: Int) -> Double {
    let own = specification.tolerance
    guard path > 0, let lambda = lambda(path) else { return own }
    return max(own, min(10 * own, 0.01 * lambda))
  }

  /// The λ a path is at; `nil` before the first.
  private func lambda(_ path: Int) -> Double? {
    paths[path].index < 0 ? nil : lambdas[paths[path].index]
  }

  /// Whether a path has nothing to do until the first one has fixed the λ's.
  private func lambdasAwaited(_ path: Int) -> Bool {
    paths[path].index < 0 && lambdas.isEmpty && paths[path].violation <= tolerance(path)
  }

  /// A loss below log 2 for every row that counts means that a plane parts the classes: without a
  /// penalty there is then no minimum, however small the gradient has become.
  private func refuseSeparation(_ path: Int) throws(Diagnostic) {
    guard let point = paths[path].current, lambda(path) ?? 0 == 0, point.loss < log(2.0) * leastWeight else {
      return
    }
    throw Diagnostic(
      "RK0108", "the columns that are not penalised separate the classes: there is no solution",
      help: "leave lambda 0 out, and give every column a penalty factor above 0")
  }

  /// Accepts the point just read, or goes back half way.
  private mutating func take(_ point: PathPoint, _ path: Int) {
    let lambda = lambda(path)
    let rho = specification.l1Ratio
    let violation = paths[path].violation(at: point, lambda: lambda, l1Ratio: rho)
    paths[path].readings += 1
    guard let current = paths[path].current else {
      paths[path].current = point
      paths[path].violation = violation
      paths[path].wantsHessian = true
      return
    }
    let before = paths[path].objective(at: current, lambda: lambda, l1Ratio: rho)
    let after = paths[path].objective(at: point, lambda: lambda, l1Ratio: rho)
    // Near the solution the objective no longer tells two points apart; the violation does.
    let isBetter = after <= before || violation < 0.5 * paths[path].violation
    if isBetter {
      if violation > tolerance(path), violation > 0.1 * paths[path].violation {
        paths[path].wantsHessian = true
      }
      paths[path].learn(from: current, to: point)
      paths[path].current = point
      paths[path].violation = violation
      paths[path].hessianIsOfThisPoint = false
      paths[path].isHalving = false
    } else if paths[path].hessianIsOfThisPoint {
      paths[path].isHalving = true
    } else {
      paths[path].wantsHessian = true
      paths[path].isIndependent = true
    }
  }

  /// Notes every λ that the current point already solves.
  private mutating func advance(_ path: Int) {
    guard let point = paths[path].current else { return }
    let rho = specification.l1Ratio
    while paths[path].violation <= tolerance(path) {
      if paths[path].index < 0 {
        if path == 0 { chooseLambdas(from: point) }
        if lambdas.isEmpty { return }
      } else {
        paths[path].solutions.append(
          PathState.Solution(
            beta: point.beta, loss: point.loss, testDeviance: point.testDeviance,
            violation: paths[path].violation))
        if path == 0, shouldStop { limit = paths[0].solutions.count }
      }
      paths[path].index += 1
      paths[path].readings = 0
      paths[path].hessianIsOfThisLambda = false
      if paths[path].index >= limit ?? lambdas.count {
        paths[path].isFinished = true
        return
      }
      paths[path].violation = paths[path].violation(at: point, lambda: lambda(path), l1Ratio: rho)
    }
    if let limit, paths[path].solutions.count >= limit { paths[path].isFinished = true }
  }

  /// glmnet's rule for the end of an automatic path.
  private var shouldStop: Bool {
    guard case .automatic = specification.lambdas, paths[0].solutions.count >= 5 else { return false }
    let ratios = paths[0].solutions.suffix(2).map { 1 - $0.loss / paths[0].nullLoss }
    return ratios[1] - ratios[0] < 1e-5 || ratios[1] > 0.999
  }

  private mutating func chooseLambdas(from null: PathPoint) {
    switch specification.lambdas {
    case .given(let values):
      lambdas = values.sorted(by: >)
    case .automatic(let count, let ratio):
      var largest = 0.0
      for j in 0..<rows.columns where paths[0].isFree[j] && paths[0].l1Unit[j] > 0 {
        largest = max(largest, abs(null.gradient[j + 1]) / paths[0].weight / paths[0].l1Unit[j])
      }
      largest /= max(specification.l1Ratio, 0.001)
      // No column tells anything: any λ will do, and the path ends by its own rule.
      if largest == 0 { largest = 1 }
      let end = ratio ?? (rows.rows > rows.columns ? 1e-4 : 1e-2)
      lambdas = (0..<count).map { count == 1 ? largest : largest * pow(end, Double($0) / Double(count - 1)) }
    }
  }

  /// Makes a new matrix of second derivatives where a path asks for one.
  private mutating func refreshHessians(_ reading: [Int]) {
    for path in reading where paths[path].wantsHessian && paths[path].hessianIsOfThisLambda {
      paths[path].isIndependent = true
    }
    for path in reading where paths[path].wantsHessian {
      guard let beta = paths[path].current?.beta else { continue }
      let groups = pass.hessians(at: beta)
      hessianPasses += 1
      for other in reading where other == path || !(paths[other].isIndependent || paths[path].isIndependent) {
        paths[other].hessian = PathHessian(
          groups, roles: paths[other].roles, weight: paths[other].weight, columns: rows.columns)
        paths[other].wantsHessian = false
        paths[other].hessianIsOfThisLambda = true
        paths[other].hessianIsOfThisPoint = other == path
        paths[other].isHalving = false
      }
    }
  }

  /// A solved path on the scale of the columns as given.
  func fit(ofPath path: Int) -> ElasticNetFit {
    let state = paths[path]
    let solutions = state.solutions.prefix(limit ?? lambdas.count)
    var coefficients = Matrix(rows: solutions.count, columns: rows.columns)
    var intercepts: [Double] = []
    for (row, solution) in solutions.enumerated() {
      var intercept = solution.beta[0]
      for j in 0..<rows.columns where solution.beta[j + 1] != 0 {
        let value = solution.beta[j + 1] / rows.scales[j]
        coefficients[row, j] = value
        intercept -= value * rows.means[j]
      }
      intercepts.append(intercept)
    }
    return ElasticNetFit(
      lambdas: Array(lambdas.prefix(solutions.count)), coefficients: coefficients, intercepts: intercepts,
      nonzeroCounts: solutions.map { $0.beta.dropFirst().count { $0 != 0 } },
      devianceRatios: solutions.map { 1 - $0.loss / state.nullLoss }, nullDeviance: 2 * state.nullLoss,
      violations: solutions.map(\.violation), gradientPasses: gradientPasses, hessianPasses: hessianPasses)
  }
}
