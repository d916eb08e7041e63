internal import RekindleNumerics

/// The covariates of an experiment as their spread within the arms shows them, those that carry nothing
/// left out.
///
/// ```
/// S = Σ_k S_k      S_k: centred cross-products of the covariates within arm k
/// ```
/// Within, because a difference between the arms' means is chance by design and must not steer a slope.
struct WithinArms: Sendable, Hashable {
  let arms: [Moments]
  let outcome: Int
  /// Columns of the moments; the dropped are not among them.
  let kept: [Int]
  let findings: [EstimateFinding]

  /// - Parameter eachArm: a covariate must vary, apart from those before it, within every arm and not
  ///   only within some. Arms with too few units for the covariates are not asked: they have no
  ///   regression, and must not take the covariates of the others with them.
  init(arms: [Moments], outcome: Int, covariates: [Int], eachArm: Bool) {
    self.arms = arms
    self.outcome = outcome
    let groups = eachArm ? arms.filter { $0.count > covariates.count + 1 }.map { [$0] } : [arms]
    // Dropping one column can only free the others, so one round over each group is enough when the
    // groups are taken one after the other.
    var kept = covariates
    for group in groups {
      let products = Self.products(of: group, kept)
      let constant = Set(kept.filter { column in group.allSatisfy { $0.isConstant(column) } })
      let dependent = Set(dependentColumns(ofGram: products).map { kept[$0] })
      kept.removeAll { constant.contains($0) || dependent.contains($0) }
    }
    self.kept = kept
    findings = covariates.enumerated().filter { !kept.contains($0.element) }
      .map { .covariateDropped($0.offset) }
  }

  /// S of some arms for some columns.
  static func products(of arms: [Moments], _ columns: [Int]) -> Matrix {
    var S = Matrix(rows: columns.count, columns: columns.count)
    for arm in arms {
      for (i, j) in columns.enumerated() {
        for (k, l) in columns.enumerated() { S[i, k] += arm.crossProduct(j, l) }
      }
    }
    return S
  }

  /// The products of some arms' covariates with the outcome.
  func outcomeProducts(of arms: [Moments]) -> [Double] {
    kept.map { column in arms.reduce(0) { $0 + $1.crossProduct(column, outcome) } }
  }

  /// The means of the covariates over the units of all arms.
  var grandMeans: [Double] {
    let total = Double(arms.reduce(0) { $0 + $1.count })
    return kept.map { column in
      arms.reduce(0) { $0 + Double($1.count) * $1.means[column] } / total
    }
  }

  /// Coefficients in the order asked for, 0 for a dropped covariate.
  func spread(_ coefficients: [Double], over covariates: [Int]) -> [Double] {
    covariates.map { column in kept.firstIndex(of: column).map { coefficients[$0] } ?? 0 }
  }
}

/// A residual sum of squares that came of a difference: 0 where it is no more than the rounding of the
/// total it was taken from, so that an outcome that the covariates give exactly has no variance left.
func residualSquares(_ squares: Double, of total: Double) -> Double {
  squares > 1e-13 * total ? squares : squares.isNaN ? .nan : 0
}

extension EstimateFinding {
  /// The findings of an adjusted comparison: those of the plain one, and what the adjustment did.
  static func of(
    _ estimates: EstimatedArms, within: WithinArms, control: Int, variant: Int
  ) -> [EstimateFinding] {
    let plain = of(
      control: within.arms[control], variant: within.arms[variant], column: within.outcome)
    let exact = estimates.standardError == 0 && !plain.contains(.noVariance)
    return plain + within.findings + (exact ? [.noVariance] : [])
  }
}

/// x' A y of a square matrix.
func quadraticForm(_ x: [Double], _ A: Matrix, _ y: [Double]) -> Double {
  var sum = 0.0
  for i in x.indices {
    var row = 0.0
    for j in y.indices { row += A[i, j] * y[j] }
    sum += x[i] * row
  }
  return sum
}

func dot(_ x: [Double], _ y: [Double]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += x[i] * y[i] }
  return sum
}
