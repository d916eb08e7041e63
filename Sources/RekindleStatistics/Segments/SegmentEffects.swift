internal import RekindleNumerics

/// The effect of one variant in several segments of the customers: first whether the segments differ at
/// all, then what each segment's effect is once it has borrowed from the others.
///
/// ```
/// yᵢ, sᵢ     effect in segment i and its standard error; segments share no unit
/// μ₀ = Σ yᵢ/sᵢ² / Σ 1/sᵢ²                 the common effect
/// Q  = Σ (yᵢ − μ₀)² / sᵢ²                  Cochran's, χ² with k − 1 degrees if the segments do not differ
/// I² = max(0, (Q − (k − 1)) / Q)           share of the spread that is not chance
/// τ²                                       variance of the true effects between segments
/// μ  = Σ yᵢ/(sᵢ² + τ²) / Σ 1/(sᵢ² + τ²)    their mean
/// Bᵢ = sᵢ² / (sᵢ² + τ²)                    how far segment i is drawn to the mean
/// shrunken effect   (1 − Bᵢ) yᵢ + Bᵢ μ
/// its variance      (1 − Bᵢ) sᵢ² + Bᵢ² / Σ 1/(sᵢ² + τ²)
/// ```
/// Q is also Wald's test of the interaction of arm and segment when variances count as known;
/// ``SegmentReport/interaction`` is the same with the standard errors' degrees of freedom.
///
/// The shrunken effects take τ² as known, as empirical Bayes does; with few segments their intervals are
/// somewhat short.
///
/// Sources: W. G. Cochran, 1954; J. P. T. Higgins and S. G. Thompson, 2002 (I²); B. Efron and C. Morris,
/// 1975 (shrinkage).
public struct SegmentEffects: Sendable, Hashable {
  public struct Segment: Sendable, Hashable {
    public var name: String
    public var effect: Double
    public var standardError: Double
    /// `nil` for the normal distribution.
    public var degreesOfFreedom: Double?

    public init(
      _ name: String, effect: Double, standardError: Double, degreesOfFreedom: Double? = nil
    ) {
      self.name = name
      self.effect = effect
      self.standardError = standardError
      self.degreesOfFreedom = degreesOfFreedom
    }
  }

  /// How τ² is estimated.
  public enum BetweenVariance: String, Sendable, Hashable, Codable, CaseIterable {
    /// The τ² at which the weighted spread is what it should be: Σ (yᵢ − μ)²/(sᵢ² + τ²) = k − 1.
    ///
    /// R. C. Paule and J. Mandel, 1982. The default: it leans less on the sizes of the segments.
    case pauleMandel = "paule_mandel"
    /// By moments, `(Q − (k − 1)) / (Σw − Σw²/Σw)` with w = 1/sᵢ², not below 0.
    ///
    /// R. DerSimonian and N. Laird, 1986.
    case dersimonianLaird = "dersimonian_laird"
  }

  public var segments: [Segment]

  public init(_ segments: [Segment]) { self.segments = segments }

  /// The report.
  ///
  /// - Parameter confidence: of each interval on its own, 0 < confidence < 1.
  /// - Returns: with fewer than two usable segments, NaN for what compares them. A segment without a finite
  ///   effect or a positive standard error is named in `leftOut`.
  public func report(
    confidence: Double = 0.95, between method: BetweenVariance = .pauleMandel
  ) -> SegmentReport {
    let usable = segments.filter {
      $0.effect.isFinite && $0.standardError.isFinite && $0.standardError > 0
    }
    let spread = SegmentSpread(
      effects: usable.map { $0.effect }, variances: usable.map { $0.standardError * $0.standardError })
    let tauSquared = spread.betweenVariance(method)
    let mean = spread.mean(tauSquared: tauSquared)
    let own = usable.map {
      ReferenceLaw(degreesOfFreedom: $0.degreesOfFreedom).pValue($0.effect / $0.standardError, .twoSided)
    }
    let adjusted = PValueAdjustment.benjaminiHochberg.adjusted(own)
    let reach = ReferenceLaw(degreesOfFreedom: nil)
      .criticalValue(confidence: confidence, alternative: .twoSided)
    let rows = usable.indices.map { i in
      let s2 = spread.variances[i]
      let pull = s2 / (s2 + tauSquared)
      let shrunken = (1 - pull) * usable[i].effect + pull * mean.value
      let error = ((1 - pull) * s2 + pull * pull * mean.variance).squareRoot()
      return SegmentReport.Row(
        name: usable[i].name, effect: usable[i].effect, standardError: usable[i].standardError,
        pValue: own[i], adjustedPValue: adjusted[i], pull: pull, shrunken: shrunken,
        shrunkenStandardError: error,
        shrunkenInterval: Interval(shrunken - reach * error, shrunken + reach * error))
    }
    let degrees = Double(usable.count - 1)
    return SegmentReport(
      rows: rows, leftOut: segments.filter { !usable.contains($0) }.map { $0.name },
      statistic: usable.count > 1 ? spread.Q : .nan, degrees: max(0, usable.count - 1),
      pValue: usable.count > 1 ? ChiSquared(degreesOfFreedom: degrees).upperTail(spread.Q) : .nan,
      inconsistency: usable.count > 1
        ? max(0, spread.Q - degrees) / max(spread.Q, .leastNonzeroMagnitude) : .nan,
      interaction: SegmentEffects.interaction(usable), method: method, tauSquared: tauSquared,
      mean: mean.value, meanStandardError: mean.variance.squareRoot())
  }

  private static func interaction(_ segments: [Segment]) -> SegmentReport.Interaction {
    guard segments.count > 1 else {
      return SegmentReport.Interaction(
        statistic: .nan, numeratorDegrees: 0, denominatorDegrees: .nan, pValue: .nan)
    }
    let test = LinearContrasts(
      values: segments.map { $0.effect }, variances: segments.map { $0.standardError * $0.standardError },
      degrees: segments.map { $0.degreesOfFreedom ?? .infinity }
    ).jointTest((1..<segments.count).map { i in segments.indices.map { $0 == i ? 1 : $0 == 0 ? -1 : 0 } })
    return SegmentReport.Interaction(
      statistic: test.statistic, numeratorDegrees: test.numerator, denominatorDegrees: test.denominator,
      pValue: test.pValue)
  }
}

/// What segments say of an effect; see ``SegmentEffects``.
public struct SegmentReport: Sendable, Hashable {
  /// In the order given, those left out missing.
  public let rows: [Row]
  public let leftOut: [String]
  /// Cochran's Q.
  public let statistic: Double
  /// k − 1.
  public let degrees: Int
  /// Of no difference between segments. Read it first: where it is large, one effect serves them all.
  public let pValue: Double
  /// I², from 0 to 1.
  public let inconsistency: Double
  public let interaction: Interaction
  /// How τ² was estimated.
  public let method: SegmentEffects.BetweenVariance
  /// τ², in the squared unit of the effect.
  public let tauSquared: Double
  /// μ.
  public let mean: Double
  public let meanStandardError: Double

  public struct Row: Sendable, Hashable {
    public let name: String
    public let effect: Double
    public let standardError: Double
    public let pValue: Double
    /// Benjamini and Hochberg's, over the segments.
    public let adjustedPValue: Double
    /// Bᵢ: 0 keeps the segment's own effect, 1 takes the mean of all.
    public let pull: Double
    public let shrunken: Double
    public let shrunkenStandardError: Double
    public let shrunkenInterval: Interval
  }

  /// Welch and James' test that all segments have one effect.
  public struct Interaction: Sendable, Hashable {
    public let statistic: Double
    public let numeratorDegrees: Double
    /// Infinite where the standard errors count as known.
    public let denominatorDegrees: Double
    public let pValue: Double
  }
}

/// The sums over segments.
struct SegmentSpread {
  let effects: [Double]
  /// sᵢ².
  let variances: [Double]

  /// μ and the variance of its estimate.
  func mean(tauSquared: Double) -> (value: Double, variance: Double) {
    var (weights, sum) = (0.0, 0.0)
    for (y, s2) in zip(effects, variances) {
      weights += 1 / (s2 + tauSquared)
      sum += y / (s2 + tauSquared)
    }
    return (sum / weights, 1 / weights)
  }

  /// Σ (yᵢ − μ)²/(sᵢ² + τ²).
  func spread(tauSquared: Double) -> Double {
    let mean = mean(tauSquared: tauSquared).value
    return zip(effects, variances).reduce(0) {
      $0 + ($1.0 - mean) * ($1.0 - mean) / ($1.1 + tauSquared)
    }
  }

  var Q: Double { spread(tauSquared: 0) }

  func betweenVariance(_ method: SegmentEffects.BetweenVariance) -> Double {
    let degrees = Double(effects.count - 1)
    let excess = Q - degrees
    guard effects.count > 1, excess > 0 else { return 0 }
    let w = variances.map { 1 / $0 }
    let total = w.reduce(0, +)
    let byMoments = excess / (total - w.reduce(0) { $0 + $1 * $1 } / total)
    switch method {
    case .dersimonianLaird: return byMoments
    case .pauleMandel: return monotoneRoot(from: 0, outwards: byMoments) { spread(tauSquared: $0) - degrees }
    }
  }
}
