public import RekindleCore

/// Whether a variant is not worse than its control by more than a margin, or not different from it by more.
///
/// ```
/// absolute margin m:   θ = variant − control + m              (higher is better)
/// relative margin m:   θ = variant − (1 − m) control
/// not inferior when θ > 0;  for "lower is better" the signs of m and of θ turn round
/// ```
/// A relative margin is tested as the linear contrast that it is, not through the estimated lift: no
/// quotient, so nothing to approximate, and the verdict is that of Fieller's interval of the lift.
///
/// `alpha` is one-sided everywhere. Non-inferiority at 0.025 decides as the ordinary 95 % interval does;
/// equivalence at 0.05 as the 90 % interval, which is its convention.
///
/// Sources: D. J. Schuirmann, 1987 (two one-sided tests); E. C. Fieller, 1954; the contrast form of
/// relative margins, I. Pigeot, J. Schäfer, J. Röhmel and D. Hauschke, 2003.
public struct MarginTest: Sendable, Hashable {
  /// A difference that would not matter, 0 or above.
  public enum Margin: Sendable, Hashable {
    /// In the unit of the metric.
    case absolute(Double)
    /// A share of the control's value.
    case relative(Double)
  }

  public enum Better: String, Sendable, Hashable, Codable, CaseIterable {
    case higher, lower
  }

  public let margin: Margin
  public let better: Better
  private let arms: EstimatedArms

  /// - Throws: `RK0896` for a margin that is negative or not finite, a relative one of 1 or more, or a
  ///   relative one of a control that is not above 0 (a share of it has then no meaning as a loss).
  public init(_ arms: EstimatedArms, margin: Margin, better: Better) throws(Diagnostic) {
    switch margin {
    case .absolute(let size), .relative(let size):
      guard size >= 0, size.isFinite else {
        throw Diagnostic(
          "RK0896", "the margin \(size) is not a number of 0 or above",
          help: "write how large a loss would not matter")
      }
    }
    if case .relative(let share) = margin {
      guard share < 1 else {
        throw Diagnostic(
          "RK0896", "the relative margin \(share) allows the whole of the control's value to be lost",
          help: "write a share below 1: 0.02 for two per cent")
      }
      guard arms.control > 0 else {
        throw Diagnostic(
          "RK0896", "a relative margin needs a control above 0, and it is \(arms.control)",
          help: "give an absolute margin, in the unit of the metric")
      }
    }
    self.arms = arms
    self.margin = margin
    self.better = better
  }

  /// An absolute margin for any estimate with a standard error.
  /// - Parameter degreesOfFreedom: `nil` for the normal distribution.
  public init(
    difference: Double, standardError: Double, degreesOfFreedom: Double?, margin: Double, better: Better
  ) throws(Diagnostic) {
    try self.init(
      EstimatedArms(
        control: 0, variant: difference, controlVariance: 0, variantVariance: standardError * standardError,
        reference: degreesOfFreedom.map { .student($0) } ?? .normal, method: "margin"),
      margin: .absolute(margin), better: better)
  }

  // MARK: Non-inferiority

  public struct NonInferiority: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
      /// The loss is shown to be smaller than the margin.
      case nonInferior = "non_inferior"
      /// The loss is shown to be larger than the margin.
      case inferior
      /// Neither is shown.
      case inconclusive
    }

    public let verdict: Verdict
    /// Of a loss of exactly the margin, against a smaller one.
    public let pValue: Double
    /// Of a loss of exactly the margin, against a larger one.
    public let inferiorPValue: Double
    /// θ over its standard error; positive on the good side.
    public let statistic: Double
    public let degreesOfFreedom: Double?
    /// The worst value that the data do not contradict, with confidence 1 − alpha: of the difference for an
    /// absolute margin, of the lift for a relative one. Infinite where there is no end.
    public let bound: Double
  }

  /// - Parameter alpha: one-sided, 0 < alpha < 0.5.
  /// - Returns: NaN and `inconclusive` where there is no variance.
  public func nonInferiority(alpha: Double = 0.025) -> NonInferiority {
    let alternative: Alternative = better == .higher ? .greater : .less
    let sign = better == .higher ? -1.0 : 1.0
    let effect = test(at: sign, alternative, confidence: 1 - alpha)
    let inferior = test(at: sign, alternative == .greater ? .less : .greater, confidence: 1 - alpha).pValue
    let interval = isRelative ? effect.liftInterval : effect.differenceInterval
    return NonInferiority(
      verdict: effect.pValue <= alpha ? .nonInferior : inferior <= alpha ? .inferior : .inconclusive,
      pValue: effect.pValue, inferiorPValue: inferior, statistic: -sign * effect.statistic,
      degreesOfFreedom: effect.degreesOfFreedom,
      bound: better == .higher ? interval.lower : interval.upper)
  }

  // MARK: Equivalence

  public struct Equivalence: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
      /// The difference is shown to be smaller than the margin, either way.
      case equivalent
      /// It is shown to be larger than the margin, one way.
      case different
      case inconclusive
    }

    public let verdict: Verdict
    /// The larger of the two.
    public let pValue: Double
    /// Of a variant below the control by the margin.
    public let lowerPValue: Double
    /// Of a variant above the control by the margin.
    public let upperPValue: Double
    /// With confidence 1 − 2 alpha: of the difference, or of the lift.
    public let interval: Interval
  }

  /// Two one-sided tests, each at alpha. Which direction is better does not matter.
  /// - Parameter alpha: 0 < alpha < 0.5.
  public func equivalence(alpha: Double = 0.05) -> Equivalence {
    let lower = test(at: -1, .greater, confidence: 1 - alpha).pValue
    let upper = test(at: 1, .less, confidence: 1 - alpha).pValue
    // Both sides at once, so half of alpha each.
    let beyond = min(
      test(at: -1, .less, confidence: 1 - alpha).pValue, test(at: 1, .greater, confidence: 1 - alpha).pValue)
    let pValue = lower.isNaN || upper.isNaN ? .nan : max(lower, upper)
    let effect = arms.effect(confidence: 1 - 2 * alpha)
    return Equivalence(
      verdict: pValue <= alpha ? .equivalent : beyond <= alpha / 2 ? .different : .inconclusive,
      pValue: pValue, lowerPValue: lower, upperPValue: upper,
      interval: isRelative ? effect.liftInterval : effect.differenceInterval)
  }

  private var isRelative: Bool {
    if case .relative = margin { true } else { false }
  }

  /// Against a loss (−1) or a gain (1) of exactly the margin.
  private func test(at sign: Double, _ alternative: Alternative, confidence: Double) -> Effect {
    let hypothesis: EstimatedArms.Hypothesis =
      switch margin {
      case .absolute(let size): .difference(sign * size)
      case .relative(let share): .lift(sign * share)
      }
    return arms.effect(confidence: confidence, alternative: alternative, against: hypothesis)
  }
}
