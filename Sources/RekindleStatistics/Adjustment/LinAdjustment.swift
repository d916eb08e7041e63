/// Means adjusted by a regression of each arm's own, read at the covariates' mean over all arms.
///
/// ```
/// m_k = ȳ_k + θ_k'(x̄ − x̄_k)          = the arm's coefficient in y ~ arm * (x − x̄)
/// ```
/// It cannot be less precise than the plain difference in large samples, whatever the true relation,
/// which one slope for all arms can be when the arms are of unequal size. Recommended where there are
/// covariates.
///
/// Two variances. ``estimates(control:variant:)`` needs moments alone and lets each arm have its own
/// residual variance, the same for all its units. ``estimates(residuals:control:variant:)`` is HC2, as
/// `estimatr::lm_lin` computes it, and needs the second pass of ``LeveragedResiduals``. They differ by
/// a share of order 1/n: an arm's mean residual square is the same in both, and only the unequal weights
/// that unequal covariate means bring tell them apart.
///
/// Both speak of the units at hand: their covariate means are taken as given (Lin 2013, and `estimatr`).
/// With slopes that differ much between the arms, the effect in a wider population of which the units
/// are a sample has a variance that is larger by (θ_l − θ_k)'Σ(θ_l − θ_k)/N.
///
/// Source: W. Lin, "Agnostic notes on regression adjustments to experimental data", Annals of Applied
/// Statistics 7, 2013.
public struct LinAdjustment: Sendable, Hashable {
  /// One an arm, in their order; what ``LeveragedResiduals`` begins with.
  public let regressions: [ArmRegression]
  private let within: WithinArms
  private let grandMeans: [Double]

  /// - Parameters:
  ///   - arms: all arms of the experiment.
  ///   - outcome: the column that is compared.
  ///   - covariates: columns known before the exposure; `nil`: all others. One that does not vary in
  ///     some arm, apart from those before it, is left out of all arms.
  /// - Precondition: the arms have the same columns.
  public init(arms: [Moments], outcome: Int = 0, covariates: [Int]? = nil) {
    let columns = covariates ?? (0..<(arms.first?.columnCount ?? 0)).filter { $0 != outcome }
    let within = WithinArms(arms: arms, outcome: outcome, covariates: columns, eachArm: true)
    regressions = arms.map { ArmRegression($0, outcome: outcome, covariates: within.kept) }
    self.within = within
    grandMeans = within.grandMeans
  }

  /// What stands in the way of the comparison, or must be told beside it.
  public func findings(control: Int = 0, variant: Int = 1) -> [EstimateFinding] {
    EstimateFinding.of(
      estimates(control: control, variant: variant), within: within, control: control, variant: variant)
      + [(Arm.control, control), (.variant, variant)]
      .filter { regressions[$0.1].degreesOfFreedom < 1 && within.arms[$0.1].count > 1 }
      .map { .tooFewForCovariates($0.0) }
  }

  /// The adjusted means of two arms, each arm with one residual variance; degrees of freedom by
  /// Satterthwaite from n_k − 1 − q.
  public func estimates(control: Int = 0, variant: Int = 1) -> EstimatedArms {
    let (a, b) = (regressions[control], regressions[variant])
    return EstimatedArms(
      control: a.value(at: grandMeans), variant: b.value(at: grandMeans),
      controlVariance: a.variance(at: grandMeans), variantVariance: b.variance(at: grandMeans),
      reference: .welch(control: a.degreesOfFreedom, variant: b.degreesOfFreedom), method: "lin")
  }

  /// The adjusted means of two arms with HC2 variances; degrees of freedom as `estimatr` has them: all
  /// units less all coefficients, of all arms.
  /// - Parameter residuals: one an arm, in their order, every unit taken in.
  public func estimates(
    residuals: [LeveragedResiduals], control: Int = 0, variant: Int = 1
  ) -> EstimatedArms {
    let freedom = regressions.reduce(0) { $0 + max(0, $1.degreesOfFreedom) }
    return EstimatedArms(
      control: regressions[control].value(at: grandMeans),
      variant: regressions[variant].value(at: grandMeans),
      controlVariance: residuals[control].variance(at: grandMeans),
      variantVariance: residuals[variant].variance(at: grandMeans),
      reference: .student(freedom), method: "lin_hc2")
  }

  /// The share of the difference's variance that the adjustment took away, by the moments.
  public func varianceReduction(control: Int = 0, variant: Int = 1) -> Double {
    let plain = TwoMeans(
      control: within.arms[control], variant: within.arms[variant], column: within.outcome)
    return reduction(from: plain.welch, to: estimates(control: control, variant: variant))
  }
}
