internal import RekindleNumerics

/// Linear contrasts of independent values whose variances are estimated each on its own.
///
/// ```
/// θ = Σ cᵢ mᵢ,   Var θ = Σ cᵢ² vᵢ,   vᵢ = the squared standard error of mᵢ, with νᵢ degrees of freedom
/// ```
struct LinearContrasts {
  let values: [Double]
  /// vᵢ.
  let variances: [Double]
  /// νᵢ; infinite where vᵢ counts as known.
  let degrees: [Double]

  /// One contrast: its estimate, standard error, and Satterthwaite's degrees of freedom
  /// `(Σ cᵢ² vᵢ)² / Σ (cᵢ² vᵢ)² / νᵢ`.
  func estimate(_ c: [Double]) -> (value: Double, standardError: Double, degreesOfFreedom: Double) {
    var (value, variance) = (0.0, 0.0)
    for i in c.indices where c[i] != 0 {
      value += c[i] * values[i]
      variance += c[i] * c[i] * variances[i]
    }
    var share = 0.0
    for i in c.indices where c[i] != 0 {
      let part = c[i] * c[i] * variances[i] / variance
      share += part * part / degrees[i]
    }
    return (value, variance.squareRoot(), 1 / share)
  }

  /// Whether several contrasts are all 0: Welch and James' test in Johansen's form, for q rows `L` of
  /// full rank.
  ///
  /// ```
  /// W = (L m)' (L V L')⁻¹ (L m),   M = V L' (L V L')⁻¹ L
  /// A = Σ M_ii² / νᵢ
  /// F = W / (q + 2A − 6A/(q + 2)),  with q and q (q + 2) / (3A) degrees of freedom
  /// ```
  /// For one row it is the square of Welch's t with Satterthwaite's degrees; for the means of one factor,
  /// Welch's analysis of variance (R's `oneway.test`). Where all νᵢ are infinite, F = W / q.
  ///
  /// Source: S. Johansen, "The Welch-James approximation to the distribution of the residual sum of
  /// squares in a weighted linear regression", Biometrika 67, 1980.
  /// - Returns: NaN where `L V L'` is not positive definite.
  func jointTest(
    _ L: [[Double]]
  ) -> (statistic: Double, numerator: Double, denominator: Double, pValue: Double) {
    let q = Double(L.count)
    var covariance = Matrix(rows: L.count, columns: L.count)
    for a in L.indices {
      for b in L.indices {
        for i in values.indices { covariance[a, b] += L[a][i] * variances[i] * L[b][i] }
      }
    }
    let usable = covariance.storage.allSatisfy { $0.isFinite }
    guard usable, let factor = Cholesky(covariance) else { return (.nan, q, .nan, .nan) }
    let theta = L.map { row in
      var sum = 0.0
      for i in row.indices where row[i] != 0 { sum += row[i] * values[i] }
      return sum
    }
    let solved = factor.solve(theta)
    var W = 0.0
    for a in theta.indices { W += theta[a] * solved[a] }

    var A = 0.0
    for i in values.indices {
      let column = L.map { $0[i] }
      let weights = factor.solve(column)
      var M = 0.0
      for a in column.indices { M += column[a] * weights[a] }
      M *= variances[i]
      A += M * M / degrees[i]
    }
    guard A > 0 else { return (W / q, q, .infinity, ChiSquared(degreesOfFreedom: q).upperTail(W)) }
    let statistic = W / (q + 2 * A - 6 * A / (q + 2))
    let denominator = q * (q + 2) / (3 * A)
    let pValue = FisherF(numerator: q, denominator: denominator).upperTail(statistic)
    return (statistic, q, denominator, pValue)
  }
}
