/// A ratio of sums, as revenue per session or items per order, in two arms.
///
/// ```
/// R_k = Σ y / Σ x,   V_k = Σ ((y − R_k x) / x̄_k)² / (n_k (n_k − 1))
/// ```
/// The delta method over units of assignment (``RatioLinearisation``), with Welch's reference. For
/// adjustment by covariates give the linearised moments of every arm to ``CUPED`` or ``LinAdjustment``;
/// the numerator and denominator before the exposure are two covariates there, and not their quotient,
/// which customers without a denominator do not have.
///
/// A denominator near 0 in many samples makes any ratio's interval too short; where the denominator is
/// the same for all units the ratio is a mean, and this is exactly Welch's.
public struct TwoRatios: Sendable, Hashable {
  public let control: RatioLinearisation
  public let variant: RatioLinearisation

  /// - Precondition: the moments have both columns.
  public init(control: Moments, variant: Moments, numerator: Int = 0, denominator: Int = 1) {
    self.control = RatioLinearisation(control, numerator: numerator, denominator: denominator)
    self.variant = RatioLinearisation(variant, numerator: numerator, denominator: denominator)
  }

  public var estimates: EstimatedArms {
    var arms = linearised.welch
    arms.method = "ratio_delta"
    return arms
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
    let empty = [(Arm.control, control), (.variant, variant)]
      .filter { $0.1.denominatorMean == 0 && $0.1.moments().count > 0 }
      .map { EstimateFinding.denominatorIsZero($0.0) }
    // Without a denominator the linearised values are not finite, which says nothing more.
    return empty.isEmpty ? linearised.findings : empty
  }

  private var linearised: TwoMeans {
    TwoMeans(control: control.moments(), variant: variant.moments())
  }
}
