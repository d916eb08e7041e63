internal import RekindleNumerics

/// How surely a comparison of two means finds a difference: power, number of units, or the smallest
/// difference that is found, each from the other two.
///
/// With `N` units, n_c = (1 − w) N and n_v = w N, a true difference `d` and
///
/// ```
/// SE² = σ_c² / n_c + σ_v² / n_v,   δ = |d| / SE
/// pooled:  power = P(T_{ν, δ} > t_{ν, α/2}),  ν = N − 2, σ_c = σ_v     (R's power.t.test)
/// welch:   the same with Satterthwaite's ν = SE⁴ / ( (σ_c²/n_c)²/(n_c − 1) + (σ_v²/n_v)²/(n_v − 1) )
/// normal:  power = Φ(δ − z(α/2))
/// ```
/// where T is noncentral t. Two-sided, finding the difference with the wrong sign does not count, unless
/// `bothTails`. Numbers of units are real: round up at the end.
///
/// Source: D. B. Owen, "A survey of properties and applications of the noncentral t-distribution",
/// Technometrics 10, 1968; B. K. Moser, G. R. Stevens, C. L. Watts, 1989 (Welch).
public struct MeanPower: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    case pooled, welch, normal
  }

  /// σ_c > 0, in the unit of the metric.
  public let controlDeviation: Double
  /// σ_v > 0. `pooled` uses the root mean square of both, weighted by the arms' degrees of freedom.
  public let variantDeviation: Double
  public let alpha: Double
  public let alternative: Alternative
  /// w, strictly between 0 and 1.
  public let variantShare: Double
  public let method: Method
  public let bothTails: Bool

  /// - Parameter variantDeviation: `nil`: as the control's.
  public init(
    controlDeviation: Double, variantDeviation: Double? = nil, alpha: Double = 0.05,
    alternative: Alternative = .twoSided, variantShare: Double = 0.5, method: Method = .welch,
    bothTails: Bool = false
  ) {
    self.controlDeviation = controlDeviation
    self.variantDeviation = variantDeviation ?? controlDeviation
    self.alpha = alpha
    self.alternative = alternative
    self.variantShare = variantShare
    self.method = method
    self.bothTails = bothTails
  }

  /// - Parameters:
  ///   - difference: variant − control.
  ///   - units: of both arms together; below two an arm the t tests have no power to speak of: NaN.
  public func power(difference: Double, units N: Double) -> Double {
    guard isDefined, N > 0 else { return .nan }
    let (nc, nv) = ((1 - variantShare) * N, variantShare * N)
    var (a, b) = (controlDeviation * controlDeviation / nc, variantDeviation * variantDeviation / nv)
    var degrees = Double.nan
    switch method {
    case .normal: break
    case .welch:
      guard nc > 1, nv > 1 else { return .nan }
      degrees = (a + b) * (a + b) / (a * a / (nc - 1) + b * b / (nv - 1))
    case .pooled:
      guard N > 2 else { return .nan }
      degrees = N - 2
      let pooled = (a * nc * (nc - 1) + b * nv * (nv - 1)) / (N - 2)
      (a, b) = (pooled / nc, pooled / nv)
    }
    let signed = alternative == .less || alternative == .twoSided && difference < 0 ? -difference : difference
    let delta = signed / (a + b).squareRoot()
    let tail = alternative == .twoSided ? alpha / 2 : alpha
    let isBoth = bothTails && alternative == .twoSided
    if method == .normal {
      let z = Normal().upperQuantile(tail)
      return Normal().upperTail(z - delta) + (isBoth ? Normal().cdf(-z - delta) : 0)
    }
    let t = StudentT(degreesOfFreedom: degrees).upperQuantile(tail)
    // Beyond 1000 standard errors the power is 1 or 0 to the last digit.
    let shifted = NoncentralT(degreesOfFreedom: degrees, noncentrality: max(-1000, min(1000, delta)))
    return shifted.upperTail(t) + (isBoth ? shifted.cdf(-t) : 0)
  }

  /// How many units both arms need together; infinite for no difference, NaN where it has the wrong sign.
  public func units(difference: Double, power: Double) -> Double {
    guard isDefined, power > alpha, power < 1, !difference.isNaN else { return .nan }
    if difference == 0 { return .infinity }
    if alternative != .twoSided, (difference > 0) != (alternative == .greater) { return .nan }
    let gap = { self.power(difference: difference, units: $0) - power }
    let least = leastUnits
    // A difference so large that the fewest units there can be already find it.
    if gap(least) >= 0 { return least }
    return monotoneRoot(from: least, outwards: max(1, approximateUnits(difference, power) - least), of: gap)
  }

  /// The smallest difference found with `power`, as a positive number; negative for the test `less`.
  public func detectable(units: Double, power: Double) -> Double {
    guard isDefined, power > alpha, power < 1, units >= leastUnits else { return .nan }
    let unit =
      (controlDeviation * controlDeviation / (1 - variantShare)
      + variantDeviation * variantDeviation / variantShare).squareRoot() / units.squareRoot()
    let sign = alternative == .less ? -1.0 : 1.0
    return sign
      * monotoneRoot(from: 0, outwards: 3 * unit) { self.power(difference: sign * $0, units: units) - power }
  }

  private var isDefined: Bool {
    controlDeviation > 0 && variantDeviation > 0 && variantShare > 0 && variantShare < 1 && alpha > 0
      && alpha < 1
  }

  /// Two in the smaller arm; a normal test has no least number.
  private var leastUnits: Double {
    method == .normal ? 1e-9 : 2 / min(variantShare, 1 - variantShare)
  }

  private func approximateUnits(_ difference: Double, _ power: Double) -> Double {
    let tail = alternative == .twoSided ? alpha / 2 : alpha
    let z = Normal().upperQuantile(tail) + Normal().quantile(power)
    let variance =
      controlDeviation * controlDeviation / (1 - variantShare)
      + variantDeviation * variantDeviation / variantShare
    return z * z * variance / (difference * difference)
  }
}
