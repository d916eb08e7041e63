import RekindleStatistics
import Testing

@Suite struct ContrastPowerTests {
  @Test func twoArmsAreTheProportionsTest() {
    let (p, q) = (0.1, 0.13)
    let mean = 0.3 * p + 0.7 * q
    let contrast = ContrastPower(cells: [
      .init(coefficient: -1, share: 0.3, variance: p * (1 - p), nullVariance: mean * (1 - mean)),
      .init(coefficient: 1, share: 0.7, variance: q * (1 - q), nullVariance: mean * (1 - mean)),
    ])
    let proportions = ProportionPower(control: p, variantShare: 0.7)
    #expect(near(contrast.power(effect: q - p, units: 3000), proportions.power(variant: q, units: 3000)))
    #expect(near(contrast.units(effect: q - p, power: 0.9), proportions.units(variant: q, power: 0.9)))
  }

  @Test func twoArmsAreWelchsTest() {
    let contrast = ContrastPower(
      cells: [
        .init(coefficient: -1, share: 0.4, variance: 9), .init(coefficient: 1, share: 0.6, variance: 25),
      ], test: .t)
    let means = MeanPower(controlDeviation: 3, variantDeviation: 5, variantShare: 0.6)
    #expect(near(contrast.power(effect: 2, units: 70), means.power(difference: 2, units: 70)))
    #expect(near(contrast.units(effect: 2, power: 0.8), means.units(difference: 2, power: 0.8)))
  }

  @Test func aMainEffectCostsWhatTwoArmsDoAndAnInteractionFourTimesThat() {
    func units(_ coefficients: [Double]) -> Double {
      let share = 1 / Double(coefficients.count)
      return ContrastPower(cells: coefficients.map { .init(coefficient: $0, share: share, variance: 4) })
        .units(effect: 0.3, power: 0.8)
    }
    let arms = units([-1, 1])
    #expect(near(units([-0.5, -0.5, 0.5, 0.5]), arms))
    #expect(near(units([1, -1, -1, 1]), 4 * arms))
    // The number of factors does not matter.
    #expect(near(units([-0.25, -0.25, -0.25, -0.25, 0.25, 0.25, 0.25, 0.25]), arms))
  }

  @Test func aMarginIsExcludedOneSided() {
    // (1.96 + 0.8416)² · 4 · 0.04 / 0.01² in both arms.
    let margin = ContrastPower(
      cells: [-1, 1].map { .init(coefficient: $0, share: 0.5, variance: 0.04) }, alpha: 0.025,
      alternative: .greater)
    #expect(abs(margin.units(effect: 0.01, power: 0.8) - 7.848879734 * 4 * 0.04 / 1e-4) < 1e-3)
    #expect(margin.units(effect: -0.01, power: 0.8).isNaN)
    #expect(margin.power(effect: -0.01, units: 1000) < 0.025)
  }

  @Test func nothingToCompareIsMissing() {
    let lone = ContrastPower(cells: [.init(coefficient: 1, share: 1, variance: 1)])
    #expect(lone.power(effect: 1, units: 100).isNaN && lone.units(effect: 1, power: 0.8).isNaN)
    let pair = ContrastPower(cells: [-1, 1].map { .init(coefficient: $0, share: 0.5, variance: 1) })
    #expect(pair.units(effect: 0, power: 0.8) == .infinity)
  }

  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * abs(b) }
}
