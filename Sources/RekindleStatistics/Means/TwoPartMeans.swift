/// A mean of values most of which are 0, taken apart: how many convert, and what a converter is worth.
///
/// ```
/// E = p m                                   mean = conversion × value per converter
/// E_b − E_a = (p_b − p_a) (m_a + m_b)/2     through conversion
///           + (m_b − m_a) (p_a + p_b)/2     through value
/// ```
/// The two contributions sum to the difference exactly. It is the symmetric split: which factor is
/// changed first makes no difference, as it would were one factor held at the control's level.
///
/// Conversion and value per converter are uncorrelated within an arm; a contribution's variance follows
/// by the delta method from the four, its degrees of freedom by Satterthwaite. The value of converters
/// compares different customers in the two arms, those whom each arm made convert: the contributions
/// describe the difference, and only the difference itself is the effect of the campaign.
///
/// Source: A. F. Shorrocks, "Decomposition procedures for distributional analysis: a unified framework
/// based on the Shapley value", Journal of Economic Inequality 11, 2013.
public struct TwoPartMeans: Sendable, Hashable {
  private let control: Parts
  private let variant: Parts
  private let means: TwoMeans
  private let rates: TwoMeans

  private struct Parts: Hashable {
    var rate: Double
    var rateVariance: Double
    var units: Double
    var converters: Double
    var value: Double
    var valueVariance: Double

    init(_ moments: Moments, value column: Int, converted: Int) {
      units = Double(moments.count)
      converters = (units * moments.means[converted]).rounded()
      rate = converters / units
      rateVariance = moments.variance(converted) / units
      value = converters > 0 ? moments.means[column] * units / converters : .nan
      let squares =
        moments.crossProduct(column, column) - converters * (units - converters) / units * value * value
      valueVariance =
        converters > 1 ? max(0, squares) / (converters - 1) / converters : .nan
    }
  }

  /// - Parameters:
  ///   - value: the column of the values, 0 for those who did not convert.
  ///   - converted: the column that is 1 for those who did and 0 for the others.
  public init(control: Moments, variant: Moments, value: Int = 0, converted: Int = 1) {
    self.control = Parts(control, value: value, converted: converted)
    self.variant = Parts(variant, value: value, converted: converted)
    means = TwoMeans(control: control, variant: variant, column: value)
    rates = TwoMeans(control: control, variant: variant, column: converted)
  }

  /// The mean over all units, by Welch.
  public var total: EstimatedArms { means.welch }

  /// The share that converts, by Welch; for the score test give the counts to the test of proportions.
  public var conversion: EstimatedArms { rates.welch }

  /// The mean over converters, by Welch among them.
  public var valuePerConverter: EstimatedArms {
    EstimatedArms(
      control: control.value, variant: variant.value, controlVariance: control.valueVariance,
      variantVariance: variant.valueVariance,
      reference: .welch(control: control.converters - 1, variant: variant.converters - 1),
      method: "welch")
  }

  /// What conversion brings to the difference: `control` is the control's mean, `variant` what it would
  /// be by this part alone.
  public var throughConversion: EstimatedArms {
    let value = (control.value + variant.value) / 2
    let rate = variant.rate - control.rate
    return contribution(
      rate * value, gradient: [-value, rate / 2, value, rate / 2], method: "two_part_conversion")
  }

  /// What value per converter brings to the difference.
  public var throughValue: EstimatedArms {
    let value = variant.value - control.value
    let rate = (control.rate + variant.rate) / 2
    return contribution(
      value * rate, gradient: [value / 2, -rate, value / 2, rate], method: "two_part_value")
  }

  public var findings: [EstimateFinding] {
    means.findings
      + [(Arm.control, control), (.variant, variant)]
      .filter { $0.1.converters < 2 && $0.1.units > 1 }
      .map { .tooFewConverters($0.0) }
  }

  /// - Parameter gradient: by p_a, m_a, p_b, m_b.
  private func contribution(_ amount: Double, gradient: [Double], method: String) -> EstimatedArms {
    let variances = [
      control.rateVariance, control.valueVariance, variant.rateVariance, variant.valueVariance,
    ]
    let freedoms = [control.units, control.converters, variant.units, variant.converters].map { $0 - 1 }
    let ofControl = [control.value, control.rate, 0, 0]
    var (own, level, both, spread) = (0.0, 0.0, 0.0, 0.0)
    for i in variances.indices {
      let part = gradient[i] * gradient[i] * variances[i]
      own += part
      // A conversion without variance in an arm has no part here, whatever its degrees of freedom.
      if part > 0 { spread += part * part / freedoms[i] }
      level += ofControl[i] * ofControl[i] * variances[i]
      both += ofControl[i] * gradient[i] * variances[i]
    }
    return EstimatedArms(
      control: means.welch.control, variant: means.welch.control + amount, controlVariance: level,
      variantVariance: level + own + 2 * both, covariance: level + both,
      reference: .student(own * own / spread), method: method)
  }
}
