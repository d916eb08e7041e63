internal import RekindleNumerics

/// The methods that are chosen by name; the table is at `ProportionMethod`.
extension TwoProportions {
  struct Results {
    var difference: Interval
    var lift: Interval
    var statistic: Double
    var pValue: Double
  }

  func results(_ method: ProportionMethod, critical z: Double, alternative: Alternative) -> Results {
    switch method {
    case .miettinenNurminen:
      let test = scoreTest(alternative: alternative)
      return scored(critical: z, statistic: test.statistic, pValue: test.pValue)
    case .newcombe: return newcombe(critical: z, alternative: alternative)
    case .wald: return wald(critical: z, alternative: alternative)
    case .agrestiCaffo: return oneMoreEach.wald(critical: z, alternative: alternative)
    case .delta: return delta(critical: z, alternative: alternative)
    case .logDelta: return logDelta(critical: z, alternative: alternative)
    case .boschloo:
      return scored(critical: z, statistic: .nan, pValue: boschlooPValue(alternative: alternative))
    case .fisher: return scored(critical: z, statistic: .nan, pValue: fisherPValue(alternative: alternative))
    case .barnard:
      return scored(critical: z, statistic: .nan, pValue: barnardPValue(alternative: alternative))
    case .midP: return scored(critical: z, statistic: .nan, pValue: midPValue(alternative: alternative))
    }
  }

  /// The intervals of Miettinen and Nurminen beside the p-value of a test.
  private func scored(critical z: Double, statistic: Double, pValue: Double) -> Results {
    Results(
      difference: scoreDifferenceInterval(critical: z), lift: scoreRatioInterval(critical: z).minusOne,
      statistic: statistic, pValue: pValue)
  }

  /// Newcombe's hybrid of two Wilson intervals (lᵢ, uᵢ), and its like for the ratio.
  ///
  /// ```
  /// p̂₁ − p̂₀ − √((p̂₁ − l₁)² + (u₀ − p̂₀)²),   p̂₁ − p̂₀ + √((u₁ − p̂₁)² + (p̂₀ − l₀)²)
  /// C / (A + √(A² − C D)),  A = p̂₁ p̂₀,  C = l₁ (2 p̂₁ − l₁),  D = u₀ (2 p̂₀ − u₀)
  /// ```
  /// The second line is the ratio's lower end; the upper has l and u exchanged.
  ///
  /// Sources: R. G. Newcombe, 1998, method 10; A. Donner and G. Y. Zou, 2012.
  private func newcombe(critical z: Double, alternative: Alternative) -> Results {
    let test = scoreTest(alternative: alternative)
    guard control.count > 0, variant.count > 0 else { return .nothing }
    let (w0, w1) = (control.wilson(critical: z), variant.wilson(critical: z))
    let (p0, p1) = (control.rate, variant.rate)
    let difference = Interval(
      self.difference - Self.length(p1 - w1.lower, w0.upper - p0),
      self.difference + Self.length(w1.upper - p1, p0 - w0.lower))
    let A = p0 * p1
    let C = w1.lower * (2 * p1 - w1.lower)
    let D = w0.upper * (2 * p0 - w0.upper)
    let lower = C > 0 ? C / (A + max(0, A * A - C * D).squareRoot()) : 0
    let c = w1.upper * (2 * p1 - w1.upper)
    let d = w0.lower * (2 * p0 - w0.lower)
    let upper = d > 0 ? (A + max(0, A * A - c * d).squareRoot()) / d : .infinity
    return Results(
      difference: difference, lift: Interval(lower, upper).minusOne, statistic: test.statistic,
      pValue: test.pValue)
  }

  private static func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }

  /// The unpooled error around the difference; its interval is cut at ±1.
  private func wald(critical z: Double, alternative: Alternative) -> Results {
    guard control.count > 0, variant.count > 0 else { return .nothing }
    let statistic = Self.standardised(difference, standardError * standardError)
    return Results(
      difference: waldInterval(critical: z), lift: deltaInterval(critical: z), statistic: statistic,
      pValue: alternative.normalPValue(statistic))
  }

  private func waldInterval(critical z: Double) -> Interval {
    Interval(max(-1, difference - z * standardError), min(1, difference + z * standardError))
  }

  /// The standard error of the lift by the delta method: what a normal posterior of the lift is made of.
  ///
  /// ```
  /// se² = v₁ / p̂₀² + v₀ p̂₁² / p̂₀⁴,   vᵢ = p̂ᵢ (1 − p̂ᵢ) / nᵢ
  /// ```
  /// NaN or infinite where the control has no success.
  public var liftStandardError: Double {
    let (p0, p1) = (control.rate, variant.rate)
    return (variant.rateVariance + control.rateVariance * (p1 / p0) * (p1 / p0)).squareRoot() / p0
  }

  /// Cut at −1; everything where the control has no success.
  private func deltaInterval(critical z: Double) -> Interval {
    guard control.successes > 0 else { return Self.allLifts }
    return Interval(max(-1, lift - z * liftStandardError), lift + z * liftStandardError)
  }

  private func delta(critical z: Double, alternative: Alternative) -> Results {
    guard control.count > 0, variant.count > 0 else { return .nothing }
    let statistic =
      control.successes > 0 ? Self.standardised(lift, liftStandardError * liftStandardError) : .nan
    return Results(
      difference: waldInterval(critical: z), lift: deltaInterval(critical: z), statistic: statistic,
      pValue: alternative.normalPValue(statistic))
  }

  /// On the scale of ln(p₁ / p₀), whose squared error is (1 − p̂₁)/x₁ + (1 − p̂₀)/x₀. An arm without a
  /// success leaves nothing to be said.
  ///
  /// Source: D. Katz et al., 1978.
  private func logDelta(critical z: Double, alternative: Alternative) -> Results {
    guard control.count > 0, variant.count > 0 else { return .nothing }
    guard control.successes > 0, variant.successes > 0 else {
      return Results(
        difference: waldInterval(critical: z), lift: Self.allLifts, statistic: .nan, pValue: .nan)
    }
    let center = logarithm(onePlus: lift)
    let variance =
      Double(variant.failures) / Double(variant.count) / Double(variant.successes)
      + Double(control.failures) / Double(control.count) / Double(control.successes)
    let half = z * variance.squareRoot()
    let statistic = Self.standardised(center, variance)
    return Results(
      difference: waldInterval(critical: z),
      lift: Interval(exponentialMinusOne(center - half), exponentialMinusOne(center + half)),
      statistic: statistic, pValue: alternative.normalPValue(statistic))
  }

  /// With a success and a failure added to each arm.
  ///
  /// Source: A. Agresti and B. Caffo, 2000.
  private var oneMoreEach: TwoProportions {
    guard control.count > 0, variant.count > 0 else { return self }
    return TwoProportions(control: control.oneMoreEach, variant: variant.oneMoreEach)
  }
}

extension TwoProportions.Results {
  /// An empty arm: nothing is tested, nothing is excluded.
  fileprivate static var nothing: Self {
    Self(
      difference: TwoProportions.allDifferences, lift: TwoProportions.allLifts, statistic: .nan,
      pValue: .nan)
  }
}

extension ProportionCounts {
  fileprivate var oneMoreEach: ProportionCounts {
    ProportionCounts(successes: successes + 1, count: count + 2)
  }
}

extension Interval {
  /// Of a lift, from that of a ratio.
  fileprivate var minusOne: Interval { Interval(lower - 1, upper - 1) }
}
