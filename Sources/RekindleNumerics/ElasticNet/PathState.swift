internal import Foundation

/// One path on its way down the λ's: the full data's, or a fold's.
struct PathState: Sendable {
  /// What was found at one λ.
  struct Solution: Sendable {
    /// Intercept, then p coefficients, for packed columns.
    var beta: [Double]
    var loss: Double
    var testDeviance: Double
    var violation: Double
  }

  let roles: [Role]
  /// Σw over the rows trained on.
  let weight: Double
  /// Σw over the rows tested on.
  let testWeight: Double
  let nullLoss: Double
  /// λρ·l1Unit[j] and λ(1 − ρ)·l2Unit[j] are the penalties in packed columns.
  let l1Unit: [Double]
  let l2Unit: [Double]
  /// Columns that vary among the rows trained on.
  let isFree: [Bool]

  /// Index of the λ being solved; −1 is the model without the penalised columns.
  var index = -1
  var current: PathPoint?
  var trial: [Double]
  var violation = Double.infinity
  /// Readings spent on the present λ.
  var readings = 0
  /// Whether the next point lies half way back to the current one.
  var isHalving = false
  var solutions: [Solution] = []
  var isFinished = false

  var hessian: PathHessian?
  var wantsHessian = false
  /// Whether another path's coefficients no longer serve this one for second derivatives.
  var isIndependent = false
  /// Whether the present matrix was made for this λ, and whether at this very point.
  var hessianIsOfThisLambda = false
  var hessianIsOfThisPoint = false

  /// The derivative of the mean loss.
  func meanGradient(_ point: PathPoint) -> [Double] { point.gradient.map { $0 / weight } }

  func penalties(lambda: Double?, l1Ratio: Double) -> (l1: [Double], l2: [Double], isFree: [Bool]) {
    guard let lambda else {
      let zeros = [Double](repeating: 0, count: isFree.count)
      return (zeros, zeros, isFree.indices.map { isFree[$0] && l1Unit[$0] == 0 })
    }
    return (l1Unit.map { lambda * l1Ratio * $0 }, l2Unit.map { lambda * (1 - l1Ratio) * $0 }, isFree)
  }

  /// The largest violation of the optimality conditions at `point`.
  func violation(at point: PathPoint, lambda: Double?, l1Ratio: Double) -> Double {
    let penalty = penalties(lambda: lambda, l1Ratio: l1Ratio)
    var worst = abs(point.gradient[0]) / weight
    for j in isFree.indices where penalty.isFree[j] {
      worst = max(
        worst,
        penaltyViolation(
          gradient: point.gradient[j + 1] / weight, value: point.beta[j + 1], l1: penalty.l1[j],
          l2: penalty.l2[j]))
    }
    return worst
  }

  func objective(at point: PathPoint, lambda: Double?, l1Ratio: Double) -> Double {
    let penalty = penalties(lambda: lambda, l1Ratio: l1Ratio)
    var value = point.loss / weight
    for j in isFree.indices {
      let b = point.beta[j + 1]
      value += penalty.l1[j] * abs(b) + 0.5 * penalty.l2[j] * b * b
    }
    return value
  }

  /// Corrects the second derivatives by what a step showed.
  mutating func learn(from old: PathPoint, to new: PathPoint) {
    var step = new.beta
    var change = new.gradient
    for j in step.indices {
      step[j] -= old.beta[j]
      change[j] = (change[j] - old.gradient[j]) / weight
    }
    hessian?.correct(step: step, gradientChange: change, curvature: new.curvature)
  }

  /// The minimum of the quadratic model at the current point: exact gradient, approximate second
  /// derivatives, the penalty as it is.
  func step(lambda: Double?, l1Ratio: Double, tolerance: Double) -> [Double] {
    guard let current, let hessian else { return trial }
    let penalty = penalties(lambda: lambda, l1Ratio: l1Ratio)
    let gradient = meanGradient(current)
    let p = isFree.count
    let reduced = hessian.reduced(curvature: current.curvature)
    let centre = Array(current.beta.dropFirst())
    let quadratic = PenalisedQuadratic(
      size: p, matrix: reduced.matrix,
      q: (0..<p).map { gradient[$0 + 1] - reduced.coupling[$0] * gradient[0] },
      l1: penalty.l1, l2: penalty.l2, isFree: penalty.isFree)
    let b = quadratic.minimum(centre: centre, tolerance: 0.01 * tolerance)
    var intercept = current.beta[0] - gradient[0] / reduced.intercept
    for j in 0..<p { intercept -= reduced.coupling[j] * (b[j] - centre[j]) }
    return [intercept] + b
  }
}
