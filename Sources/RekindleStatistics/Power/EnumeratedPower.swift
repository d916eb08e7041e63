internal import RekindleNumerics

/// The true power of a test of two proportions with few units: every table that can come out is tested, and
/// the chances of those that reject are added.
///
/// ```
/// power = Σ over x_c, x_v:  [p-value(x_c, x_v) ≤ α] · Bin(x_c; n_c, p_c) · Bin(x_v; n_v, p_v)
/// ```
/// At `p_c = p_v` it is the test's true size. Tables less likely than 1e-15 together are left out, for the
/// exact tests take a while each: some seconds for arms of a hundred with Boschloo's.
public struct EnumeratedPower: Sendable, Hashable {
  public enum Test: String, Sendable, Hashable, Codable, CaseIterable {
    /// The score test, `TwoProportions.scoreTest`.
    case score
    case fisher
    case boschloo
    case barnard
  }

  public let test: Test
  public let controlUnits: Int
  public let variantUnits: Int
  public let alpha: Double
  public let alternative: Alternative

  /// - Parameter controlUnits: ≥ 1, as are `variantUnits`.
  public init(
    test: Test, controlUnits: Int, variantUnits: Int, alpha: Double = 0.05,
    alternative: Alternative = .twoSided
  ) {
    self.test = test
    self.controlUnits = controlUnits
    self.variantUnits = variantUnits
    self.alpha = alpha
    self.alternative = alternative
  }

  /// The chance to reject, whatever the sign of what is found; NaN for what is no probability.
  public func power(control: Double, variant: Double) -> Double {
    guard controlUnits > 0, variantUnits > 0, (0...1).contains(control), (0...1).contains(variant) else {
      return .nan
    }
    let c = likely(Binomial(trials: controlUnits, probability: control))
    let v = likely(Binomial(trials: variantUnits, probability: variant))
    var sum = 0.0
    for x in c {
      for y in v where pValue(x.count, y.count) <= alpha { sum += x.mass * y.mass }
    }
    return sum
  }

  /// The counts that matter, with their chances.
  private func likely(_ binomial: Binomial) -> [(count: Int, mass: Double)] {
    (0...binomial.trials).compactMap { count in
      let mass = binomial.mass(count)
      return mass > 1e-15 / Double(binomial.trials + 1) ? (count, mass) : nil
    }
  }

  private func pValue(_ control: Int, _ variant: Int) -> Double {
    let table = TwoProportions(
      control: ProportionCounts(successes: control, count: controlUnits),
      variant: ProportionCounts(successes: variant, count: variantUnits))
    return switch test {
    case .score: table.scoreTest(alternative: alternative).pValue
    case .fisher: table.fisherPValue(alternative: alternative)
    case .boschloo: table.boschlooPValue(alternative: alternative)
    case .barnard: table.barnardPValue(alternative: alternative)
    }
  }
}
