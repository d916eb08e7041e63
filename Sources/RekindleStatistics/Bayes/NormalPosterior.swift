internal import RekindleNumerics

/// What is believed of an effect before the data: normal, in the unit of the effect (a difference, or a
/// lift as a share).
public struct NormalPrior: Sendable, Hashable {
  public let mean: Double
  /// Positive; infinite: nothing is believed.
  public let standardDeviation: Double

  /// - Precondition: `standardDeviation` > 0.
  public init(mean: Double = 0, standardDeviation: Double) {
    precondition(standardDeviation > 0, "a prior of no width leaves nothing to learn")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// No prior belief.
  public static let flat = NormalPrior(standardDeviation: .infinity)
}

/// What is known of an effect after an estimate with a normal error.
///
/// ```
/// 1/σ² = 1/τ² + 1/s²,   μ = σ² (m/τ² + e/s²)
/// ```
/// e, s: estimate and its standard error; m, τ: the prior's mean and standard deviation. All in the unit of
/// the effect. NaN where the estimate or its error is.
public struct NormalPosterior: Sendable, Hashable {
  public let mean: Double
  public let standardDeviation: Double

  /// - Parameter standardError: 0 leaves the estimate as the only possible value.
  public init(estimate: Double, standardError: Double, prior: NormalPrior = .flat) {
    // The prior's share of the weight, by variances: an infinite one gives 0, and no ∞ / ∞.
    let ratio = standardError / prior.standardDeviation
    let share = ratio * ratio / (1 + ratio * ratio)
    mean = share > 0 ? share * prior.mean + (1 - share) * estimate : estimate
    standardDeviation = standardError / (1 + ratio * ratio).squareRoot()
  }

  /// P(effect > value).
  public func probabilityAbove(_ value: Double = 0) -> Double {
    guard standardDeviation > 0 else { return degenerate(mean > value ? 1 : 0) }
    return Normal().upperTail((value - mean) / standardDeviation)
  }

  /// P(effect < value).
  public func probabilityBelow(_ value: Double = 0) -> Double {
    guard standardDeviation > 0 else { return degenerate(mean < value ? 1 : 0) }
    return Normal().cdf((value - mean) / standardDeviation)
  }

  /// E[max(value − effect, 0)]: what one risks by choosing the variant, where more is better, and by keeping
  /// the control, where less is.
  public func expectedShortfall(below value: Double = 0) -> Double { expectedExcess(of: value - mean) }

  /// E[max(effect − value, 0)]: what one risks by keeping the control, where more is better.
  public func expectedExcess(above value: Double = 0) -> Double { expectedExcess(of: mean - value) }

  /// The equal-tailed interval that holds the effect with probability `probability`.
  public func interval(probability: Double = 0.95) -> Interval {
    let half = Normal().upperQuantile((1 - probability) / 2) * standardDeviation
    return Interval(mean - half, mean + half)
  }

  /// E[max(X, 0)] of a normal X with mean m and this standard deviation.
  ///
  /// ```
  /// σ (φ(z) − z P(Z > z)),   z = −m/σ
  /// ```
  /// Far out, where that difference cancels, by its series in 1/z².
  private func expectedExcess(of m: Double) -> Double {
    guard standardDeviation > 0 else { return degenerate(max(m, 0)) }
    let z = -m / standardDeviation
    let density = 0.398_942_280_401_432_7 * exponential(-z * z / 2)
    guard z > 30 else { return standardDeviation * (density - z * Normal().upperTail(z)) }
    let s = 1 / (z * z)
    return standardDeviation * density * s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s * (1 - 9 * s))))
  }

  private func degenerate(_ value: Double) -> Double {
    mean.isNaN || standardDeviation.isNaN ? .nan : value
  }
}
