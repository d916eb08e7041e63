internal import RekindleCore
internal import RekindleNumerics

/// How far apart the arms' covariate means are.
///
/// ```
/// M = Σ_a (1/n_a) T_a' S⁻¹ T_a,   T_a = Σ_{i in a} (x_i − mean of i's stratum)
/// ```
/// S is the covariance within the strata. For two arms M is the squared Mahalanobis distance between their
/// means, (n₁ n₂ / n) d' S⁻¹ d. Dealt at random, M is nearly χ² with p (A − 1) degrees of freedom, p covariates
/// and A arms: deals with M below its quantile at `acceptance` are balanced enough.
///
/// A missing value is set to the mean of the others and told by a column of its own. Columns that are sums of
/// others say nothing new and are left out.
///
/// Source: K. L. Morgan, D. B. Rubin, "Rerandomization to improve covariate balance in experiments", Ann.
/// Statist. 40(2), 2012.
struct CovariateBalance: Sendable {
  /// Whitened, centred covariates: those of unit i from `i · columnCount` on; all units of the table, of which
  /// only those of `deal` are set.
  let values: [Double]
  let columnCount: Int
  private let deal: Deal
  let threshold: Double

  /// - Parameter covariates: by column, one value a unit, NaN where missing, none infinite.
  init(_ covariates: [[Double]], deal: Deal, acceptance: Double) {
    self.deal = deal
    let unitCount = covariates.first?.count ?? 0
    let units = deal.strata.flatMap(\.units)
    var columns: [[Double]] = []
    for column in covariates {
      let known = units.filter { !column[$0].isNaN }
      let mean = known.isEmpty ? 0 : known.reduce(0) { $0 + column[$1] } / Double(known.count)
      columns.append(column.map { $0.isNaN ? mean : $0 })
      if known.count < units.count { columns.append(column.map { $0.isNaN ? 1 : 0 }) }
    }
    for place in columns.indices { CovariateBalance.centre(&columns[place], deal.strata) }

    var gram = Matrix(rows: columns.count, columns: columns.count)
    for j in columns.indices {
      for k in 0...j {
        var sum = 0.0
        for unit in units { sum += columns[j][unit] * columns[k][unit] }
        gram[j, k] = sum
        gram[k, j] = sum
      }
    }
    let dependent = Set(dependentColumns(ofGram: gram))
    let kept = columns.indices.filter { !dependent.contains($0) }
    columnCount = kept.count
    let degrees = Double(max(1, units.count - deal.strata.count { !$0.units.isEmpty }))
    values = CovariateBalance.whiten(kept.map { columns[$0] }, gram, kept, degrees, unitCount)
    let arms = deal.weights.count { $0 > 0 }
    let dimension = Double(kept.count * (arms - 1))
    threshold = dimension > 0 ? ChiSquared(degreesOfFreedom: dimension).quantile(acceptance) : 0
  }

  func distance(_ arms: [Int32]) -> Double {
    var totals = [Double](repeating: 0, count: deal.weights.count * columnCount)
    var counts = [Int](repeating: 0, count: deal.weights.count)
    for stratum in deal.strata {
      for unit in stratum.units {
        let arm = Int(arms[unit])
        counts[arm] += 1
        for j in 0..<columnCount { totals[arm * columnCount + j] += values[unit * columnCount + j] }
      }
    }
    var distance = 0.0
    for arm in counts.indices where counts[arm] > 0 {
      var square = 0.0
      for j in 0..<columnCount { square += totals[arm * columnCount + j] * totals[arm * columnCount + j] }
      distance += square / Double(counts[arm])
    }
    return distance
  }

  private static func centre(_ column: inout [Double], _ strata: [Deal.Stratum]) {
    var (raw, left) = (0.0, 0.0)
    for stratum in strata {
      let mean = stratum.units.reduce(0) { $0 + column[$1] } / Double(stratum.units.count)
      for unit in stratum.units {
        raw += column[unit] * column[unit]
        column[unit] -= mean
        left += column[unit] * column[unit]
      }
    }
    // What a constant leaves is rounding; whitened it would weigh as much as a covariate.
    guard left <= 1e-24 * raw else { return }
    for stratum in strata {
      for unit in stratum.units { column[unit] = 0 }
    }
  }

  /// Rows z with z z' summing to the distance: forward substitution by the factor L of S = L L'.
  private static func whiten(
    _ columns: [[Double]], _ gram: Matrix, _ kept: [Int], _ degrees: Double, _ unitCount: Int
  ) -> [Double] {
    let p = kept.count
    var L = Matrix(rows: p, columns: p)
    for i in 0..<p {
      for j in 0...i {
        var sum = gram[kept[i], kept[j]] / degrees
        for k in 0..<j { sum -= L[i, k] * L[j, k] }
        L[i, j] = i == j ? sum.squareRoot() : sum / L[j, j]
      }
    }
    var rows = [Double](repeating: 0, count: unitCount * p)
    for unit in 0..<unitCount {
      for i in 0..<p {
        var value = columns[i][unit]
        for k in 0..<i { value -= L[i, k] * rows[unit * p + k] }
        rows[unit * p + i] = value / L[i, i]
      }
    }
    return rows
  }
}
