internal import RekindleNumerics

/// The estimates of one quantity in two arms with their joint variance, from which every test and
/// interval of their difference and of their ratio follows.
///
/// ```
/// a, b          control, variant
/// d = b − a     difference
/// λ = b/a − 1   lift
/// Var(d) = V_a + V_b − 2 C
/// t = (d − d₀) / √Var(d)                        against a difference d₀
/// t = (d − λ₀ a) / √Var(d − λ₀ a)               against a lift λ₀
/// ```
/// All estimators of means end here, so that a metric has the same conventions whether it is adjusted,
/// a ratio, or clustered. The lift's test is one of a difference, `b − (1 + λ₀) a`: it needs no
/// approximation of a quotient.
public struct EstimatedArms: Sendable, Hashable {
  /// What the test statistic is referred to.
  public enum Reference: Sendable, Hashable {
    case normal
    /// Student's t with these degrees of freedom, whatever the hypothesis.
    case student(Double)
    /// Student's t, the degrees of freedom by Satterthwaite from those of each arm's variance.
    ///
    /// ```
    /// ν(ρ) = (V_b + ρ² V_a)² / (V_b²/ν_b + ρ⁴ V_a²/ν_a)      of b − ρ a
    /// ```
    case welch(control: Double, variant: Double)
  }

  /// How the interval of the lift is made.
  public enum LiftMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// All lifts that the test does not reject. Holds 0 exactly when the difference's interval does.
    case fieller
    /// First-order variance of the quotient; symmetric; may hold 0 when the test rejects it.
    case delta
    /// The same on the logarithm of the ratio; needs two values of one sign.
    case logDelta = "log_delta"
  }

  /// What is tested.
  public enum Hypothesis: Sendable, Hashable {
    /// In the unit of the metric.
    case difference(Double)
    /// Relative to the control.
    case lift(Double)
  }

  public var control: Double
  public var variant: Double
  /// V_a, of the estimate and not of the units.
  public var controlVariance: Double
  public var variantVariance: Double
  /// C: not 0 where the arms share an estimated slope or a covariate mean.
  public var covariance: Double
  public var reference: Reference
  /// The estimator's name.
  public var method: String

  public init(
    control: Double, variant: Double, controlVariance: Double, variantVariance: Double,
    covariance: Double = 0, reference: Reference, method: String
  ) {
    self.control = control
    self.variant = variant
    self.controlVariance = controlVariance
    self.variantVariance = variantVariance
    self.covariance = covariance
    self.reference = reference
    self.method = method
  }

  public var difference: Double { variant - control }

  /// NaN for a control of 0.
  public var lift: Double { control == 0 ? .nan : difference / control }

  /// Of the difference.
  public var standardError: Double { variance(lift: 0).squareRoot() }

  /// Var(d − λ a) = Var(b − (1 + λ) a).
  package func variance(lift: Double) -> Double {
    let ratio = 1 + lift
    return variantVariance + ratio * ratio * controlVariance - 2 * ratio * covariance
  }

  /// Of the reference distribution for d − λ a; `nil` for the normal.
  package func degreesOfFreedom(lift: Double = 0) -> Double? {
    switch reference {
    case .normal: return nil
    case .student(let freedom): return freedom
    case .welch(let controlFreedom, let variantFreedom):
      let a = (1 + lift) * (1 + lift) * controlVariance
      let b = variantVariance
      // Each share apart: the square of the sum may overflow where the quotient does not.
      let total = a + b
      return 1 / (b / total * (b / total) / variantFreedom + a / total * (a / total) / controlFreedom)
    }
  }

  /// Whether the standard error is no more than the rounding of the two values.
  var isConstant: Bool {
    let scale = max(abs(control), abs(variant))
    return !(standardError > 10 * Double.ulpOfOne * scale)
  }

  /// The comparison, tested and with its intervals.
  ///
  /// A one-sided alternative has one-sided intervals at the same confidence, as in R: for `greater` that
  /// of the difference is [lower, ∞). The lift's follows it, and where the control is negative it is the
  /// other side that has an end.
  /// - Parameters:
  ///   - confidence: of both intervals, 0 < confidence < 1.
  ///   - hypothesis: what the p-value is for; intervals do not depend on it.
  /// - Returns: NaN for the test and undefined intervals where a variance is missing or 0.
  public func effect(
    confidence: Double = 0.95, alternative: Alternative = .twoSided,
    against hypothesis: Hypothesis = .difference(0), lift liftMethod: LiftMethod = .fieller
  ) -> Effect {
    let error = standardError
    var effect = Effect(
      control: control, variant: variant, difference: difference, standardError: error,
      differenceInterval: .undefined, lift: lift, liftInterval: .undefined, method: method,
      degreesOfFreedom: nil, statistic: .nan, pValue: .nan)
    guard error.isFinite, !isConstant, degreesOfFreedom().map({ $0 > 0 }) ?? true else { return effect }

    switch hypothesis {
    case .difference(let value):
      effect.degreesOfFreedom = degreesOfFreedom()
      effect.statistic = (difference - value) / error
    case .lift(let value):
      effect.degreesOfFreedom = degreesOfFreedom(lift: value)
      effect.statistic = (difference - value * control) / variance(lift: value).squareRoot()
    }
    let law = ReferenceLaw(degreesOfFreedom: effect.degreesOfFreedom)
    effect.pValue = law.pValue(effect.statistic, alternative)

    let reach =
      ReferenceLaw(degreesOfFreedom: degreesOfFreedom())
      .criticalValue(confidence: confidence, alternative: alternative) * error
    effect.differenceInterval = Interval(
      alternative == .less ? -.infinity : difference - reach,
      alternative == .greater ? .infinity : difference + reach)
    if lift.isFinite {
      effect.liftInterval = liftInterval(liftMethod, confidence: confidence, alternative: alternative)
    }
    return effect
  }
}

/// Student's t, or the normal for `nil` degrees of freedom.
struct ReferenceLaw {
  let degreesOfFreedom: Double?

  func upperTail(_ t: Double) -> Double {
    guard let degreesOfFreedom else { return Normal().upperTail(t) }
    return StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(t)
  }

  func upperQuantile(_ q: Double) -> Double {
    guard let degreesOfFreedom else { return Normal().upperQuantile(q) }
    return StudentT(degreesOfFreedom: degreesOfFreedom).upperQuantile(q)
  }

  func pValue(_ statistic: Double, _ alternative: Alternative) -> Double {
    switch alternative {
    case .twoSided: min(1, 2 * upperTail(abs(statistic)))
    case .less: upperTail(-statistic)
    case .greater: upperTail(statistic)
    }
  }

  func criticalValue(confidence: Double, alternative: Alternative) -> Double {
    upperQuantile(alternative == .twoSided ? (1 - confidence) / 2 : 1 - confidence)
  }
}
