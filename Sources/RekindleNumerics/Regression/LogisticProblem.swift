internal import CKernels
internal import RekindleCore

/// The data and the objective of one fit, checked, in the coordinates that the solver works in.
///
/// ```
/// θ = (θ₀, θ₁ … θₚ),   η = offset + θ₀ + Σⱼ θⱼ zⱼ,   zⱼ = (xⱼ − centreⱼ) / scaleⱼ
/// J(θ) = (1/Σw) Σ w ℓ + ½ Σⱼ dⱼ θⱼ²
/// ```
/// The z are never stored. Centring decouples the intercept and scaling makes one tolerance fit all
/// columns; both are done as the rows pass by. Where the objective penalises raw coefficients the
/// scale is folded into `d`, so that centre and scale are then mere coordinates and may come from a
/// sample of the rows.
struct LogisticProblem: Sendable {
  let specification: LogisticRegression
  let X: Matrix
  let y: [Double]
  let weights: [Double]?
  let offset: [Double]?
  let names: [String]?
  let weightSum: Double
  /// Σ w y.
  let eventSum: Double
  /// Both padded to whole vectors (`rk_padded`); the padding of `centre` is 0.
  let centre: [Double]
  let scale: [Double]
  /// Whether the centre must be subtracted from every value. Where means are not large beside
  /// spreads, subtracting it from the sums is as exact and faster.
  let centresValues: Bool
  /// dⱼ, one a column.
  let penalty: [Double]
  /// Columns without any variation: the intercept says what they say.
  let constant: [Int]

  var columns: Int { X.columns }
  /// Whether every column carries a penalty, so that the minimum exists whatever the data.
  var isPenalized: Bool { penalty.indices.allSatisfy { penalty[$0] > 0 || constant.contains($0) } }

  init(
    specification: LogisticRegression, X: Matrix, y: [Double], weights: [Double]?, offset: [Double]?,
    names: [String]?
  ) throws(Diagnostic) {
    try LogisticProblem.check(specification, X, y, weights, offset, names)
    self.specification = specification
    self.X = X
    self.y = y
    self.weights = weights
    self.offset = offset
    self.names = names
    if let weights {
      var total = 0.0
      var events = 0.0
      for i in weights.indices {
        total += weights[i]
        events += weights[i] * y[i]
      }
      weightSum = total
      eventSum = events
    } else {
      weightSum = Double(y.count)
      eventSum = y.reduce(0, +)
    }
    guard eventSum > 0, eventSum < weightSum else {
      throw Diagnostic(
        "RK0104", "every row has the label \(eventSum > 0 ? 1 : 0)",
        notes: ["rows: \(y.count), total weight: \(weightSum)"],
        help: "a model of two classes needs rows of both: widen the window or the horizon")
    }

    // The exact moments cost a pass over the rows; where they are only coordinates a sample will do,
    // unless a column does not vary in it.
    let blocks = RowBlocks(rows: X.rows, thinning: specification.standardize ? 1 : RowBlocks.coarse(X.rows))
    var moments = ColumnMoments(X: X, weights: weights, blocks: blocks, workers: specification.workers)
    if blocks.thinning > 1, moments.deviation.contains(0) {
      moments = ColumnMoments(
        X: X, weights: weights, blocks: RowBlocks(rows: X.rows, thinning: 1),
        workers: specification.workers)
    }
    if let bad = moments.deviation.firstIndex(where: { !$0.isFinite }) {
      throw LogisticProblem.notFinite(X, firstColumn: bad, names)
    }
    let padding = Int(rk_padded(Int64(X.columns))) - X.columns
    constant = moments.deviation.indices.filter { moments.deviation[$0] == 0 }
    centre = moments.mean + [Double](repeating: 0, count: padding)
    scale = moments.deviation.map { $0 == 0 ? 1 : $0 } + [Double](repeating: 1, count: padding)
    let (mean, deviation) = (centre, scale)
    centresValues = mean.indices.contains { abs(mean[$0]) > 1000 * deviation[$0] }
    var penalty: [Double] = []
    for j in 0..<X.columns {
      let strength = specification.lambda * (specification.penaltyFactors?[j] ?? 1)
      penalty.append(specification.standardize ? strength : strength / (scale[j] * scale[j]))
    }
    self.penalty = penalty
  }

  /// What to call a column.
  func name(_ column: Int) -> String { names?[column] ?? "column \(column)" }

  // MARK: Coordinates

  /// The gradient by the coefficients that the penalty is on, from the gradient by θ: its largest
  /// component in absolute value. Dropped columns are fixed at zero and do not count.
  func reportedNorm(_ gradient: [Double], kept: [Int]) -> Double {
    var largest = 0.0
    for k in kept {
      var component = gradient[k]
      if k > 0, !specification.standardize {
        component = component * scale[k - 1] + centre[k - 1] * gradient[0]
      }
      largest = max(largest, abs(component))
      if component.isNaN { return .nan }
    }
    return largest
  }

  /// The raw intercept and coefficients of θ.
  func raw(_ theta: [Double]) -> (intercept: Double, coefficients: [Double]) {
    var intercept = theta[0]
    var coefficients: [Double] = []
    for j in 0..<columns {
      let beta = theta[j + 1] / scale[j]
      coefficients.append(beta)
      intercept -= centre[j] * beta
    }
    return (intercept, coefficients)
  }

  // MARK: Checks

  private static func check(
    _ specification: LogisticRegression, _ X: Matrix, _ y: [Double], _ weights: [Double]?,
    _ offset: [Double]?, _ names: [String]?
  ) throws(Diagnostic) {
    func length(_ what: String, _ count: Int, _ wanted: Int, _ unit: String) throws(Diagnostic) {
      guard count == wanted else {
        throw Diagnostic(
          "RK0101", "\(what) has \(count) values where the matrix has \(wanted) \(unit)",
          help: "give one value for each of the \(unit)")
      }
    }
    try length("y", y.count, X.rows, "rows")
    if let weights { try length("weights", weights.count, X.rows, "rows") }
    if let offset { try length("offset", offset.count, X.rows, "rows") }
    if let names { try length("names", names.count, X.columns, "columns") }
    if let factors = specification.penaltyFactors {
      try length("penaltyFactors", factors.count, X.columns, "columns")
    }
    let factors = specification.penaltyFactors ?? []
    guard specification.lambda >= 0, specification.lambda.isFinite,
      factors.allSatisfy({ $0 >= 0 && $0.isFinite })
    else {
      throw Diagnostic(
        "RK0106", "a penalty must be finite and not negative",
        notes: ["lambda: \(specification.lambda)", "penalty factors: \(factors)"],
        help: "use lambda = 0 for no penalty")
    }
    guard specification.tolerance > 0, specification.maximumIterations > 0 else {
      throw Diagnostic(
        "RK0106", "the tolerance and the number of iterations must be positive",
        notes: [
          "tolerance: \(specification.tolerance)", "iterations: \(specification.maximumIterations)",
        ], help: "use the defaults, 1e-8 and 100")
    }
    if let row = y.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw Diagnostic(
        "RK0103", "the label of row \(row) is \(y[row])", help: "labels are 0 or 1; drop rows without one")
    }
    if let weights, let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw Diagnostic(
        "RK0105", "the weight of row \(row) is \(weights[row])",
        help: "weights count observations: finite and not negative")
    }
    if let offset, let row = offset.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(
        "RK0102", "the offset of row \(row) is \(offset[row])", help: "fill or drop missing values first")
    }
  }

  /// The error that names the first value that is not finite in or after a column.
  static func notFinite(_ X: Matrix, firstColumn: Int, _ names: [String]?) -> Diagnostic {
    var place: (row: Int, column: Int) = (0, firstColumn)
    search: for i in 0..<X.rows {
      for j in firstColumn..<X.columns where !X[i, j].isFinite {
        place = (i, j)
        break search
      }
    }
    let name = names?[place.column] ?? "column \(place.column)"
    return Diagnostic(
      "RK0102", "\(name) is \(X[place.row, place.column]) in row \(place.row)",
      help: "fill missing values (a mean and a missing indicator) before the fit")
  }
}
