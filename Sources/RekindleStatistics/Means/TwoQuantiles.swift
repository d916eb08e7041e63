internal import RekindleNumerics

/// A quantile of one measure in two arms: the median order, the 95th percentile of a waiting time.
///
/// ```
/// j, k = (n + 1) p ∓ 2 √(n p (1 − p))            rounded
/// z_j  : Φ(−z_j) = P(B < j),   z_k : Φ(−z_k) = P(B ≥ k),   B ~ Binomial(n, p)
/// SE   = (x_(k) − x_(j)) / (z_j + z_k)
/// ```
/// The interval [x_(j), x_(k)] holds the quantile with a probability that the binomial distribution gives
/// exactly, whatever the values' own; its width tells the standard error, and no density need be
/// estimated. For the median it is Price and Bonett's. The reference distribution is the normal.
///
/// The estimate is the sample quantile of type 7 (linear interpolation). It needs a distribution without
/// gaps at the quantile: of values that are 0 for most units a low quantile is 0 in every sample, and
/// there is nothing to compare.
///
/// Source: R. M. Price and D. G. Bonett, "Distribution-free confidence intervals for difference and ratio
/// of medians", Journal of Statistical Computation and Simulation 72, 2002; A. Deng, U. Knoblich, J. Lu,
/// "Applying the delta method in metric analytics", KDD 2018.
public struct TwoQuantiles: Sendable, Hashable {
  public let probability: Double
  private let control: Estimate
  private let variant: Estimate

  private struct Estimate: Hashable {
    var count: Int
    var value: Double
    var variance: Double
  }

  /// - Parameters:
  ///   - control: one value a unit; NaN is missing.
  ///   - probability: 0 < p < 1.
  public init(control: [Double], variant: [Double], at probability: Double) {
    self.probability = probability
    self.control = Self.estimate(Quantiles(control), probability)
    self.variant = Self.estimate(Quantiles(variant), probability)
  }

  public var estimates: EstimatedArms {
    EstimatedArms(
      control: control.value, variant: variant.value, controlVariance: control.variance,
      variantVariance: variant.variance, reference: .normal, method: "quantile")
  }

  /// See ``EstimatedArms/effect(confidence:alternative:against:lift:)``.
  public func effect(
    confidence: Double = 0.95, alternative: Alternative = .twoSided,
    against hypothesis: EstimatedArms.Hypothesis = .difference(0),
    lift: EstimatedArms.LiftMethod = .fieller
  ) -> Effect {
    estimates.effect(confidence: confidence, alternative: alternative, against: hypothesis, lift: lift)
  }

  public var findings: [EstimateFinding] {
    var findings: [EstimateFinding] = []
    var constant: [Arm] = []
    for (arm, estimate) in [(Arm.control, control), (.variant, variant)] {
      if estimate.count == 0 {
        findings.append(.noUnits(arm))
      } else if estimate.variance.isNaN {
        findings.append(.tooFewForQuantile(arm))
      } else if estimate.variance == 0 {
        constant.append(arm)
      }
    }
    findings += constant.count == 2 ? [.noVariance] : constant.map { .constantArm($0) }
    if control.value == 0 { findings.append(.controlIsZero) }
    return findings
  }

  private static func estimate(_ values: Quantiles, _ p: Double) -> Estimate {
    let count = values.sorted.count
    let n = Double(count)
    let reach = 2 * (n * p * (1 - p)).squareRoot()
    let j = ((n + 1) * p - reach).rounded()
    let k = ((n + 1) * p + reach).rounded()
    guard j >= 1, k <= n, j < k else { return Estimate(count: count, value: values(p), variance: .nan) }
    let law = Binomial(trials: count, probability: p)
    let z =
      Normal().upperQuantile(law.cdf(Int(j) - 1)) + Normal().upperQuantile(law.upperTail(Int(k) - 1))
    let error = (values.sorted[Int(k) - 1] - values.sorted[Int(j) - 1]) / z
    return Estimate(count: count, value: values(p), variance: error * error)
  }
}
