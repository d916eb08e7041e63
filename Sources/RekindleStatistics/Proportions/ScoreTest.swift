internal import RekindleNumerics

/// The score test of two proportions against a difference or a ratio that is given.
public struct ScoreTest: Sendable, Hashable {
  /// Standard normal under the hypothesis; positive where the variant is above what it says.
  public let statistic: Double
  public let pValue: Double
}

extension TwoProportions {
  /// Farrington and Manning's test of `p(variant) − p(control) = difference`.
  ///
  /// ```
  /// z = (p̂₁ − p̂₀ − δ) / √(p̃₀ (1 − p̃₀)/n₀ + p̃₁ (1 − p̃₁)/n₁)
  /// ```
  /// p̃ are the most likely rates with p̃₁ − p̃₀ = δ. At δ = 0 this is the pooled z test, the square root of
  /// `prop.test(correct = FALSE)` of R. A margin m of non-inferiority is `difference: −m`, `.greater`.
  /// An empty arm gives NaN; no variance and the estimate just as the hypothesis says gives z = 0.
  ///
  /// Source: C. P. Farrington and G. Manning, 1990.
  /// - Parameter difference: δ, −1 ≤ δ ≤ 1; NaN outside.
  public func scoreTest(difference: Double = 0, alternative: Alternative = .twoSided) -> ScoreTest {
    let z = abs(difference) <= 1 ? differenceStatistic(difference) : .nan
    return ScoreTest(statistic: z, pValue: alternative.normalPValue(z))
  }

  /// The test of `p(variant) / p(control) = ratio`, ratio > 0: a margin of non-inferiority that is
  /// relative to the control.
  ///
  /// ```
  /// z = (p̂₁ − φ p̂₀) / √(φ² p̃₀ (1 − p̃₀)/n₀ + p̃₁ (1 − p̃₁)/n₁)
  /// ```
  /// Source: C. P. Farrington and G. Manning, 1990.
  public func scoreTest(ratio: Double, alternative: Alternative = .twoSided) -> ScoreTest {
    let z = ratio > 0 && ratio < .infinity ? ratioStatistic(ratio) : .nan
    return ScoreTest(statistic: z, pValue: alternative.normalPValue(z))
  }

  /// z at p₁ − p₀ = δ, without the factor N / (N − 1).
  package func differenceStatistic(_ delta: Double) -> Double {
    guard control.count > 0, variant.count > 0 else { return .nan }
    let distance = difference - delta
    let rates = RestrictedRates.difference(delta, control: control, variant: variant)
    let variance =
      rates.p0 * (1 - rates.p0) / Double(control.count)
      + rates.p1 * (1 - rates.p1) / Double(variant.count)
    return Self.standardised(distance, variance)
  }

  /// z at p₁ = φ p₀, without the factor N / (N − 1).
  package func ratioStatistic(_ phi: Double) -> Double {
    guard control.count > 0, variant.count > 0 else { return .nan }
    let distance = variant.rate - phi * control.rate
    let rates = RestrictedRates.ratio(phi, control: control, variant: variant)
    let variance =
      phi * phi * (rates.p0 * (1 - rates.p0) / Double(control.count))
      + rates.p1 * (1 - rates.p1) / Double(variant.count)
    return Self.standardised(distance, variance)
  }

  /// 0 / 0 is 0: nothing contradicts the hypothesis.
  static func standardised(_ distance: Double, _ variance: Double) -> Double {
    distance == 0 ? 0 : distance / max(0, variance).squareRoot()
  }
}

extension Alternative {
  /// Of a statistic that is standard normal under the hypothesis.
  package func normalPValue(_ z: Double) -> Double {
    switch self {
    case .twoSided: 2 * Normal().upperTail(abs(z))
    case .less: Normal().cdf(z)
    case .greater: Normal().upperTail(z)
    }
  }

  /// The quantile that an interval of this side needs.
  package func critical(_ confidence: Double) -> Double {
    Normal().upperQuantile(self == .twoSided ? (1 - confidence) / 2 : 1 - confidence)
  }

  /// `interval`, but open to `least` or `most` where this side sets no bound.
  package func bounded(_ interval: Interval, within whole: Interval) -> Interval {
    switch self {
    case .twoSided: interval
    case .less: Interval(whole.lower, interval.upper)
    case .greater: Interval(interval.lower, whole.upper)
    }
  }
}
