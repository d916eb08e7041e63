internal import RekindleNumerics

/// How surely a comparison of two proportions finds a difference: power, number of units, or the
/// smallest difference that is found, each from the other two.
///
/// With `N` units, a share `w` of them in the variant, n_c = (1 − w) N, n_v = w N,
///
/// ```
/// score:   power = Φ( (|d| − z SE₀) / SE₁ )
///          SE₀² = p̄ (1 − p̄) (1/n_c + 1/n_v),  p̄ = (1 − w) p_c + w p_v,  SE₁² = p_c q_c / n_c + p_v q_v / n_v
/// wald:    power = Φ( |d| / SE₁ − z )
/// ```
/// d = p_v − p_c; z is the upper α/2 quantile of the normal distribution, or α one-sided. `score` is the
/// test that uses the pooled variance (R's `power.prop.test`, the chi-square test without continuity
/// correction) and the default. Numbers of units are real: round up at the end.
///
/// Two-sided, finding the difference with the wrong sign does not count, unless `bothTails`.
///
/// Source: J. L. Fleiss, B. Levin, M. C. Paik, "Statistical Methods for Rates and Proportions", 3rd ed.,
/// section 4.2.
public struct ProportionPower: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    case score, wald
  }

  /// p_c, strictly between 0 and 1.
  public let control: Double
  public let alpha: Double
  /// `greater`: the variant is expected above the control.
  public let alternative: Alternative
  /// w, strictly between 0 and 1.
  public let variantShare: Double
  public let method: Method
  public let bothTails: Bool

  /// What is out of range gives NaN everywhere.
  public init(
    control: Double, alpha: Double = 0.05, alternative: Alternative = .twoSided, variantShare: Double = 0.5,
    method: Method = .score, bothTails: Bool = false
  ) {
    self.control = control
    self.alpha = alpha
    self.alternative = alternative
    self.variantShare = variantShare
    self.method = method
    self.bothTails = bothTails
  }

  /// - Parameters:
  ///   - variant: p_v, 0 to 1.
  ///   - units: of both arms together, > 0.
  public func power(variant: Double, units: Double) -> Double {
    guard isDefined, variant >= 0, variant <= 1, units > 0 else { return .nan }
    let sign = alternative == .less || alternative == .twoSided && variant < control ? -1.0 : 1.0
    let z = criticalValue
    let d = sign * (variant - control) * units.squareRoot()
    let atNull = z * (method == .score ? nullDeviation(variant) : deviation(variant))
    let opposite =
      bothTails && alternative == .twoSided ? Normal().cdf((-d - atNull) / deviation(variant)) : 0
    return Normal().cdf((d - atNull) / deviation(variant)) + opposite
  }

  /// How many units both arms need together; infinite for no difference, NaN where it has the wrong sign.
  public func units(variant: Double, power: Double) -> Double {
    guard isDefined, power > alpha, power < 1, variant >= 0, variant <= 1 else { return .nan }
    if variant == control { return .infinity }
    if alternative != .twoSided, (variant > control) != (alternative == .greater) { return .nan }
    if !bothTails || alternative != .twoSided {
      let z = criticalValue
      let beta = Normal().quantile(power)
      let atNull = z * (method == .score ? nullDeviation(variant) : deviation(variant))
      let root = (atNull + beta * deviation(variant)) / (variant - control)
      return root * root
    }
    return monotoneRoot(from: 1e-9, outwards: 16) { self.power(variant: variant, units: $0) - power }
  }

  /// The variant's proportion nearest to the control's that is found with `power`, above the control or
  /// below it; NaN where not even 1 or 0 is.
  /// - Parameter above: for the two-sided test; a one-sided one has its own side.
  public func detectable(units: Double, power: Double, above: Bool = true) -> Double {
    guard isDefined, power > alpha, power < 1 else { return .nan }
    let isAbove = alternative == .twoSided ? above : alternative == .greater
    return monotoneRoot(from: control, to: isAbove ? 1 : 0) {
      self.power(variant: $0, units: units) - power
    }
  }

  private var isDefined: Bool {
    control > 0 && control < 1 && variantShare > 0 && variantShare < 1 && alpha > 0 && alpha < 1
  }

  private var criticalValue: Double {
    Normal().upperQuantile(alternative == .twoSided ? alpha / 2 : alpha)
  }

  /// √N SE₁.
  private func deviation(_ variant: Double) -> Double {
    (control * (1 - control) / (1 - variantShare) + variant * (1 - variant) / variantShare).squareRoot()
  }

  /// √N SE₀.
  private func nullDeviation(_ variant: Double) -> Double {
    let mean = (1 - variantShare) * control + variantShare * variant
    return (mean * (1 - mean) / (variantShare * (1 - variantShare))).squareRoot()
  }
}
