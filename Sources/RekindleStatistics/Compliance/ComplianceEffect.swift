internal import RekindleNumerics

/// What a campaign did to those who took it up because it was sent to them: the effect of opening, with the
/// sending, which was dealt by chance, as the instrument.
///
/// ```
/// Δy = mean outcome(variant) − mean outcome(control)       the effect of sending
/// Δd = share that opened(variant) − share(control)         the first stage
/// β  = Δy / Δd                                             Wald's estimator, two-stage least squares
/// u  = y − β d,   Var β = (s²_u(variant)/n + s²_u(control)/n) / Δd²
/// ```
/// Comparing openers with the rest of their own arm would compare eager customers with indifferent ones;
/// this does not. It is the effect on those whom the sending moved, and needs two things that no test can
/// show: that sending works through opening only, and that it makes nobody open less.
///
/// The standard error is the heteroscedasticity-robust one of two-stage least squares with n_g − 1 in each
/// arm (HC2). The interval is Anderson and Rubin's: all β that the test of Δy − β Δd = 0 does not reject.
/// It holds its level however weak the first stage is, and then has no ends.
///
/// Sources: G. W. Imbens and J. D. Angrist, 1994; T. W. Anderson and H. Rubin, 1949; J. H. Stock and M. Yogo,
/// 2005 (weak instruments).
public struct ComplianceEffect: Sendable, Hashable {
  /// The β that the data do not contradict.
  public enum ConfidenceSet: Sendable, Hashable {
    case interval(Interval)
    /// Everything but the inside of this: Δd may be 0, Δy hardly.
    case outside(Interval)
    case everything
    case undefined

    public func contains(_ value: Double) -> Bool {
      switch self {
      case .interval(let interval): interval.contains(value)
      case .outside(let hole): value <= hole.lower || value >= hole.upper
      case .everything: true
      case .undefined: false
      }
    }
  }

  public enum Finding: Sendable, Hashable {
    /// An arm of fewer than two units, or numbers that are not finite.
    case noData
    /// As many opened in one arm as in the other: there is no first stage.
    case noFirstStage
    /// The first stage's F, below 10: β is biased and its standard error too small. Read the set.
    case weakFirstStage(F: Double)
    /// Fewer opened in the variant than in the control.
    case reversedFirstStage

    public var message: String {
      switch self {
      case .noData: "too few units to estimate the effect of opening"
      case .noFirstStage: "sending made no difference to opening, so it says nothing of what opening does"
      case .weakFirstStage:
        "sending moved opening too little (first-stage F below 10): trust the interval, not the estimate"
      case .reversedFirstStage: "fewer opened where it was sent: check which arm is the control"
      }
    }
  }

  /// Shares that took it up.
  public let takenControl: Double
  public let takenVariant: Double
  /// Δd.
  public let firstStage: Double
  /// (Δd / SE)²: how strong the instrument is.
  public let firstStageF: Double
  /// Δy.
  public let intentionToTreat: Double
  public let intentionToTreatStandardError: Double
  /// β, in the unit of the outcome.
  public let effect: Double
  public let standardError: Double
  /// n − 2.
  public let degreesOfFreedom: Double
  /// Of β = 0, by Anderson and Rubin's test, which is that of Δy = 0.
  public let statistic: Double
  public let pValue: Double
  public let confidenceSet: ConfidenceSet
  /// β ± t SE, by the delta method: to be compared with other software's.
  public let waldInterval: Interval
  public let findings: [Finding]

  /// - Parameters:
  ///   - outcome: column of y.
  ///   - taken: column of d: 1 for a unit that opened, 0 for one that did not.
  ///   - confidence: 0 < confidence < 1.
  public init(
    control: Moments, variant: Moments, outcome: Int = 0, taken: Int = 1, confidence: Double = 0.95
  ) {
    func gap(_ column: Int) -> Double {
      control.count > 0 && variant.count > 0 ? variant.means[column] - control.means[column] : .nan
    }
    func variance(_ j: Int, _ k: Int) -> Double {
      control.covariance(j, k) / Double(control.count) + variant.covariance(j, k) / Double(variant.count)
    }
    let (y, d) = (gap(outcome), gap(taken))
    let (vyy, vyd, vdd) = (variance(outcome, outcome), variance(outcome, taken), variance(taken, taken))
    takenControl = control.count > 0 ? control.means[taken] : .nan
    takenVariant = variant.count > 0 ? variant.means[taken] : .nan
    firstStage = d
    firstStageF = d == 0 ? 0 : d * d / vdd
    intentionToTreat = y
    intentionToTreatStandardError = vyy.squareRoot()
    degreesOfFreedom = Double(control.count + variant.count - 2)

    let usable = y.isFinite && d.isFinite && vyy.isFinite && vdd.isFinite && vyy > 0
    let law = ReferenceLaw(degreesOfFreedom: degreesOfFreedom)
    let t = usable ? law.criticalValue(confidence: confidence, alternative: .twoSided) : .nan
    statistic = usable ? y / vyy.squareRoot() : .nan
    pValue = usable ? law.pValue(statistic, .twoSided) : .nan
    effect = usable && d != 0 ? y / d : .nan
    standardError = max(0, vyy - 2 * effect * vyd + effect * effect * vdd).squareRoot() / abs(d)
    waldInterval =
      standardError.isFinite
      ? Interval(effect - t * standardError, effect + t * standardError) : .undefined
    confidenceSet =
      usable
      ? ComplianceEffect.set(y: y, d: d, vyy: vyy, vyd: vyd, vdd: vdd, t: t) : .undefined
    var findings: [Finding] = []
    if !usable {
      findings.append(.noData)
    } else if d == 0 {
      findings.append(.noFirstStage)
    } else {
      if firstStageF < 10 { findings.append(.weakFirstStage(F: firstStageF)) }
      if d < 0 { findings.append(.reversedFirstStage) }
    }
    self.findings = findings
  }

  /// `(y − β d)² ≤ t² (vyy − 2 β vyd + β² vdd)`, that is `a β² − 2 b β + c ≤ 0`.
  private static func set(
    y: Double, d: Double, vyy: Double, vyd: Double, vdd: Double, t: Double
  ) -> ConfidenceSet {
    let t2 = t * t
    let a = d * d - t2 * vdd
    let b = y * d - t2 * vyd
    let c = y * y - t2 * vyy
    let inside = b * b - a * c
    guard inside >= 0, a != 0 else {
      // a < 0 without roots: always below 0. (a > 0 has roots: β = y/d is in the set.) a = 0 is a
      // half-line at most, which no double meets but by design; it is told as everything.
      return .everything
    }
    let root = inside.squareRoot()
    // The root of larger size first, the other from the product of both: no cancellation.
    let q = b + (b < 0 ? -root : root)
    let ends = q == 0 ? (0, 0) : (q / a, c / q)
    let interval = Interval(min(ends.0, ends.1), max(ends.0, ends.1))
    return a > 0 ? .interval(interval) : .outside(interval)
  }
}
