internal import RekindleNumerics

/// The rates of a control and a variant: the sufficient numbers of their comparison.
public struct TwoProportions: Sendable, Hashable {
  public let control: ProportionCounts
  public let variant: ProportionCounts

  public init(control: ProportionCounts, variant: ProportionCounts) {
    self.control = control
    self.variant = variant
  }

  /// p̂(variant) − p̂(control); NaN with an empty arm.
  public var difference: Double { crossDifference / (Double(control.count) * Double(variant.count)) }

  /// x₁ n₀ − x₀ n₁: whole numbers, so that a small difference of large rates loses no digit.
  private var crossDifference: Double {
    Double(variant.successes) * Double(control.count) - Double(control.successes) * Double(variant.count)
  }

  /// p̂(variant) / p̂(control) − 1; +∞ where only the control has no success, NaN where neither has one.
  public var lift: Double {
    guard control.count > 0, variant.count > 0 else { return .nan }
    return crossDifference / (Double(control.successes) * Double(variant.count))
  }

  /// √(p̂₀ (1 − p̂₀)/n₀ + p̂₁ (1 − p̂₁)/n₁): of the difference, without the hypothesis of no difference.
  public var standardError: Double { (control.rateVariance + variant.rateVariance).squareRoot() }

  /// What is used when no method is named: Boschloo's exact test where an arm is below 1,000 units, the
  /// score test elsewhere. The intervals are those of Miettinen and Nurminen either way.
  ///
  /// Boschloo's test takes a hundredth of a second with 1,000 units an arm and a second or two with a
  /// million in the other arm.
  public var recommendedMethod: ProportionMethod {
    min(control.count, variant.count) < 1000 ? .boschloo : .miettinenNurminen
  }

  /// The comparison of the variant with its control.
  ///
  /// A one-sided `alternative` gives one-sided intervals of the same `confidence`: the other end is that
  /// of the parameter, ±1 of a difference, −1 or ∞ of a lift. With an empty arm the estimates, the
  /// statistic and p are NaN and the intervals hold everything. `statistic` is the method's z, and NaN of
  /// the exact tests.
  /// - Parameter confidence: 0 < confidence < 1.
  public func effect(
    method: ProportionMethod = .miettinenNurminen, confidence: Double = 0.95,
    alternative: Alternative = .twoSided
  ) -> Effect {
    let z = alternative.critical(confidence)
    let found = results(method, critical: z, alternative: alternative)
    return Effect(
      control: control.rate, variant: variant.rate, difference: difference, standardError: standardError,
      differenceInterval: alternative.bounded(found.difference, within: Self.allDifferences), lift: lift,
      liftInterval: alternative.bounded(found.lift, within: Self.allLifts), method: method.rawValue,
      degreesOfFreedom: nil, statistic: found.statistic, pValue: found.pValue)
  }
}
