import RekindleStatistics
import Testing

@Suite struct TwoRatiosTests {
  @Test func agreesWithTeaTasting() throws {
    let peers = try MeansFixture("means/tea_tasting.csv")
    let arms = try MeansFixture.revenue(["revenue", "sessions", "orders"])
    let effect = TwoRatios(control: arms[0], variant: arms[1]).effect(lift: .logDelta)
    for (quantity, value) in [
      ("control", effect.control), ("treatment", effect.variant), ("effect_size", effect.difference),
      ("effect_size_ci_lower", effect.differenceInterval.lower),
      ("effect_size_ci_upper", effect.differenceInterval.upper),
      ("rel_effect_size_ci_lower", effect.liftInterval.lower),
      ("rel_effect_size_ci_upper", effect.liftInterval.upper), ("pvalue", effect.pValue),
      ("statistic", effect.statistic),
    ] {
      let wanted = try peers.value("ratio", quantity)
      #expect(agrees(value, wanted), "\(quantity): \(value), not \(wanted)")
    }
    let orders = TwoRatios(control: arms[0], variant: arms[1], numerator: 2, denominator: 1)
    let less = orders.effect(confidence: 0.9, alternative: .less, lift: .logDelta)
    #expect(agrees(less.pValue, try peers.value("ratio_less", "pvalue")))
    #expect(agrees(less.liftInterval.upper, try peers.value("ratio_less", "rel_effect_size_ci_upper")))
  }

  @Test func overADenominatorOfOneItIsWelchs() throws {
    let control = moments([[3, 0, 5, 9], [1, 1, 1, 1]])
    let variant = moments([[4, 2, 8, 9, 1], [1, 1, 1, 1, 1]])
    var effect = TwoRatios(control: control, variant: variant).effect()
    #expect(effect.method == "ratio_delta")
    effect.method = "welch"
    #expect(effect == TwoMeans(control: control, variant: variant).effect())
  }

  /// The linearised values' moments are those of the values linearised one by one.
  @Test func linearisedMomentsAreThoseOfTheUnits() throws {
    let columns: [[Double]] = [[3, 0, 5, 9, 2], [1, 2, 2, 5, 1], [7, 8, 1, 2, 3]]
    let ratio = RatioLinearisation(moments(columns))
    let byUnit = zip(columns[0], columns[1]).map { ratio($0, over: $1) }
    let direct = moments([byUnit, columns[2]])
    let derived = ratio.moments(keeping: [2])
    #expect(agrees(derived.means[0], direct.means[0], within: 1e-14))
    for (a, b) in zip(derived.crossProducts, direct.crossProducts) {
      #expect(agrees(a, b, within: 1e-12))
    }
  }

  /// tea-tasting's covariate of a ratio is the ratio before; with θ taken as known, and as it takes it
  /// from the arms put together, it is one linearised column on another.
  @Test func withAKnownSlopeOnARatioItIsTeaTastings() throws {
    func both(_ moments: Moments) -> Moments {
      let outcome = RatioLinearisation(moments).moments(keeping: [2, 3])
      return RatioLinearisation(outcome, numerator: 1, denominator: 2).moments(keeping: [0])
    }
    let peers = try MeansFixture("means/tea_tasting.csv")
    let arms = try MeansFixture.revenue(["revenue", "sessions", "prior", "visits"])
    var together = arms[0]
    together.merge(arms[1])
    let theta = both(together).covariance(0, 1) / both(together).variance(0)
    let effect = CUPED(arms: arms.map(both), outcome: 1, coefficients: [theta]).estimates().effect()
    #expect(agrees(effect.difference, try peers.value("cuped_ratio", "effect_size")))
    #expect(agrees(effect.statistic, try peers.value("cuped_ratio", "statistic")))
    #expect(agrees(effect.pValue, try peers.value("cuped_ratio", "pvalue")))
    #expect(agrees(effect.differenceInterval.upper, try peers.value("cuped_ratio", "effect_size_ci_upper")))
  }

  /// Slopes on both sums before explain at least as much as one on their ratio.
  @Test func adjustedRatiosAreNarrower() throws {
    let arms = try MeansFixture.revenue(["revenue", "sessions", "prior", "visits"])
    let linear = arms.map { RatioLinearisation($0).moments(keeping: [2, 3]) }
    let cuped = CUPED(arms: linear)
    let effect = cuped.estimates().effect()
    let plain = TwoRatios(control: arms[0], variant: arms[1]).effect()
    let share = effect.standardError / plain.standardError
    #expect(share < 0.9 && agrees(1 - cuped.varianceReduction(), share * share))
    let lin = LinAdjustment(arms: linear).estimates().effect()
    #expect(agrees(lin.standardError, effect.standardError, within: 0.1))
  }

  @Test func aDenominatorOfZeroIsNamed() {
    let none = moments([[1, 2, 3], [0, 0, 0]])
    let some = moments([[1, 2, 3], [1, 0, 2]])
    let ratios = TwoRatios(control: none, variant: some)
    #expect(ratios.findings == [.denominatorIsZero(.control)])
    #expect(ratios.effect().control.isNaN && ratios.effect().pValue.isNaN)
    // Everyone pays 0.1 for each: the ratio does not vary, although both sums do.
    let fixed = moments([[0.1, 0.2, 0.7], [1, 2, 7]])
    #expect(TwoRatios(control: fixed, variant: fixed).findings == [.noVariance])
    #expect(TwoRatios(control: fixed, variant: fixed).effect().pValue.isNaN)
    #expect(TwoRatios(control: some, variant: Moments(columns: 2)).findings == [.noUnits(.variant)])
  }
}
