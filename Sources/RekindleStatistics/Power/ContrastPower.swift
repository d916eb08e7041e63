internal import RekindleNumerics

/// The power of any comparison of averages of cells: two arms, the main effect of a factor, an interaction.
///
/// ```
/// effect = Σ c_j μ_j,   SE² = Σ c_j² σ_j² / (w_j N)
/// normal:  power = Φ( (|effect| − z SE₀) / SE ),          SE₀ with the variances if there were no effect
/// t:       power = P( T_{ν, |effect|/SE} > t_ν ),          ν = SE⁴ / Σ ( (c_j² σ_j² / n_j)² / (n_j − 1) )
/// ```
/// with a share w_j of the `N` units in cell j. A main effect of a 2 × 2 design has c = ±½ in four cells of
/// N/4: SE² = 4σ²/N, that of two arms of N/2. An interaction, the difference of differences, has c = ±1:
/// SE² = 16σ²/N, so that an effect of the same size needs four times the units.
///
/// Two-sided, finding the effect with the wrong sign does not count.
public struct ContrastPower: Sendable, Hashable {
  public struct Cell: Sendable, Hashable {
    /// c_j; cells with 0 have no part.
    public var coefficient: Double
    /// w_j > 0.
    public var share: Double
    /// σ_j², one unit's, under the effect.
    public var variance: Double
    /// One unit's, if there were no effect; only the normal test asks.
    public var nullVariance: Double

    /// - Parameter nullVariance: `nil`: the same.
    public init(coefficient: Double, share: Double, variance: Double, nullVariance: Double? = nil) {
      self.coefficient = coefficient
      self.share = share
      self.variance = variance
      self.nullVariance = nullVariance ?? variance
    }
  }

  public enum Test: String, Sendable, Hashable, Codable {
    case normal, t
  }

  public let cells: [Cell]
  public let alpha: Double
  public let alternative: Alternative
  public let test: Test

  /// - Parameter cells: at least two with a coefficient.
  public init(
    cells: [Cell], alpha: Double = 0.05, alternative: Alternative = .twoSided, test: Test = .normal
  ) {
    self.cells = cells.filter { $0.coefficient != 0 }
    self.alpha = alpha
    self.alternative = alternative
    self.test = test
  }

  /// - Parameter units: N, of all cells of the experiment, also those without a part.
  public func power(effect: Double, units N: Double) -> Double {
    let tail = alternative == .twoSided ? alpha / 2 : alpha
    let toward = alternative == .twoSided ? abs(effect) : alternative == .less ? -effect : effect
    guard cells.count >= 2, N > 0, tail > 0, tail < 0.5 else { return .nan }
    let error = (sum(\.variance) / N).squareRoot()
    switch test {
    case .normal:
      let atNull = Normal().upperQuantile(tail) * (sum(\.nullVariance) / N).squareRoot()
      return Normal().cdf((toward - atNull) / error)
    case .t:
      let degrees = degreesOfFreedom(units: N)
      guard degrees > 0 else { return .nan }
      // Beyond 1000 standard errors the power is 1 or 0 to the last digit.
      let shifted = NoncentralT(
        degreesOfFreedom: degrees, noncentrality: max(-1000, min(1000, toward / error)))
      return shifted.upperTail(StudentT(degreesOfFreedom: degrees).upperQuantile(tail))
    }
  }

  /// How many units the whole experiment needs; infinite for no effect, NaN where it has the wrong sign.
  public func units(effect: Double, power: Double) -> Double {
    let tail = alternative == .twoSided ? alpha / 2 : alpha
    guard cells.count >= 2, power > alpha, power < 1, tail > 0, tail < 0.5, !effect.isNaN else {
      return .nan
    }
    if effect == 0 { return .infinity }
    if alternative != .twoSided, (effect > 0) != (alternative == .greater) { return .nan }
    let root =
      (Normal().upperQuantile(tail) * sum(\.nullVariance).squareRoot()
        + Normal().quantile(power) * sum(\.variance).squareRoot()) / effect
    if test == .normal { return root * root }
    // Two units in the smallest cell; the t test needs a few more than the normal one.
    let least = 2 / (cells.map(\.share).min() ?? 1)
    let gap = { (units: Double) in self.power(effect: effect, units: units) - power }
    if gap(least) >= 0 { return least }
    return monotoneRoot(from: least, outwards: max(1, root * root - least), of: gap)
  }

  private func sum(_ variance: KeyPath<Cell, Double>) -> Double {
    cells.reduce(0) { $0 + $1.coefficient * $1.coefficient * $1[keyPath: variance] / $1.share }
  }

  private func degreesOfFreedom(units N: Double) -> Double {
    var (total, squares) = (0.0, 0.0)
    for cell in cells {
      let n = cell.share * N
      guard n > 1 else { return .nan }
      let part = cell.coefficient * cell.coefficient * cell.variance / n
      total += part
      squares += part * part / (n - 1)
    }
    return total * total / squares
  }
}
