import RekindleStatistics
import Testing

@Suite struct CUPEDTests {
  private func arms() throws -> [Moments] { try MeansFixture.revenue(["revenue", "prior", "visits"]) }

  @Test func theSlopeIsThatOfTheAnalysisOfCovariance() throws {
    let expected = try MeansFixture("adjustment/expected.csv")
    let cuped = CUPED(arms: try arms())
    #expect(agrees(cuped.coefficients[0], try expected.value("ancova", "theta_prior")))
    #expect(agrees(cuped.coefficients[1], try expected.value("ancova", "theta_visits")))
    #expect(agrees(cuped.estimates().difference, try expected.value("ancova", "difference")))
    #expect(agrees(cuped.estimates().control, try expected.value("emmeans", "control")))
    #expect(agrees(cuped.estimates().variant, try expected.value("emmeans", "variant")))
    #expect(cuped.findings().isEmpty)
  }

  /// Arms that are copies of one another but for a shift have one spread: then it is R's standard error,
  /// with an arm's share of the degrees of freedom.
  @Test func withEqualSpreadsItIsTheAnalysisOfCovariance() throws {
    let arm = try arms()[0]
    var other = arm.means
    other[0] += 3
    other[1] += 0.2
    let shifted = Moments(count: arm.count, means: other, crossProducts: arm.crossProducts)
    let cuped = CUPED(arms: [arm, shifted], covariates: [1])
    let theta = arm.crossProduct(0, 1) / arm.crossProduct(1, 1)
    let squares = 2 * (arm.crossProduct(0, 0) - theta * arm.crossProduct(0, 1))
    let n = Double(arm.count)
    let variance = squares / (2 * n - 3) * (2 / n + 0.2 * 0.2 / (2 * arm.crossProduct(1, 1)))
    #expect(agrees(cuped.estimates().standardError, variance.squareRoot(), within: 1e-12))
    #expect(agrees(cuped.estimates().difference, 3 - 0.2 * theta, within: 1e-12))
    #expect(agrees(cuped.estimates().effect().degreesOfFreedom ?? 0, 2 * n - 3, within: 1e-12))
  }

  /// With θ taken as known it is tea-tasting's estimator; its θ is that of the arms put together.
  @Test func withAKnownSlopeItIsTeaTastings() throws {
    let peers = try MeansFixture("means/tea_tasting.csv")
    let arms = try arms().map { $0.columns([0, 1]) }
    var together = arms[0]
    together.merge(arms[1])
    let theta = together.covariance(0, 1) / together.variance(1)
    let effect = CUPED(arms: arms, coefficients: [theta]).estimates().effect()
    #expect(agrees(effect.difference, try peers.value("cuped", "effect_size")))
    #expect(agrees(effect.control, try peers.value("cuped", "control")))
    #expect(agrees(effect.statistic, try peers.value("cuped", "statistic")))
    #expect(agrees(effect.pValue, try peers.value("cuped", "pvalue")))
    #expect(agrees(effect.differenceInterval.lower, try peers.value("cuped", "effect_size_ci_lower")))
    let own = CUPED(arms: arms).estimates()
    #expect(own.standardError > effect.standardError)
    #expect(agrees(own.standardError, effect.standardError, within: 0.02))
  }

  @Test func aCovariateWithoutUseIsDroppedByName() throws {
    let arms = try arms()
    let plain = TwoMeans(control: arms[0], variant: arms[1])
    let constant = arms.map { arm in
      Moments(
        count: arm.count, means: [arm.means[0], 7], crossProducts: [arm.crossProduct(0, 0), 0, 0])
    }
    let none = CUPED(arms: constant)
    #expect(none.findings() == [.covariateDropped(0)])
    #expect(none.coefficients == [0])
    #expect(agrees(none.estimates().effect().pValue, plain.effect().pValue, within: 1e-12))
    #expect(abs(none.varianceReduction()) < 1e-12)
    let twice = CUPED(arms: arms.map { $0.columns([0, 1, 1]) })
    #expect(twice.findings() == [.covariateDropped(1)])
    #expect(twice.estimates() == CUPED(arms: arms.map { $0.columns([0, 1]) }).estimates())
  }

  @Test func anEmptyArmLeavesTheOthersAlone() throws {
    let arms = try arms()
    let alone = CUPED(arms: arms).estimates()
    let one = moments([[4], [2], [1]])
    for extra in [Moments(columns: 3), one] {
      let more = CUPED(arms: arms + [extra])
      #expect(agrees(more.estimates().standardError, alone.standardError, within: 0.01))
      #expect(more.estimates(control: 0, variant: 2).effect().pValue.isNaN)
    }
    let none = CUPED(arms: arms + [Moments(columns: 3)])
    #expect(none.estimates(control: 0, variant: 2).variant.isNaN)
    #expect(none.findings(control: 0, variant: 2) == [.noUnits(.variant)])
  }

  @Test func anOutcomeThatIsTheCovariateHasNoVarianceLeft() {
    let values = [0.1, 0.7, 0.35, 1.9]
    let arms = [moments([values, values]), moments([values.map { $0 * 3 }, values.map { $0 * 3 }])]
    #expect(CUPED(arms: arms).findings() == [.noVariance])
    #expect(CUPED(arms: arms).estimates().effect().pValue.isNaN)
    #expect(LinAdjustment(arms: arms).findings() == [.noVariance])
  }

  @Test func reductionIsTheShareOfVarianceTakenAway() throws {
    // y = x + noise of a ninth of its variance.
    let x = (0..<400).map { Double(($0 * 7919) % 400) }
    let noise = (0..<400).map { Double(($0 * 104_729) % 400) / 3 }
    let y = zip(x, noise).map { $0 + $1 }
    let arms = [0, 1].map { arm in
      moments([y, x].map { column in column.indices.filter { $0 % 2 == arm }.map { column[$0] } })
    }
    #expect(abs(CUPED(arms: arms).varianceReduction() - 0.9) < 0.02)
  }
}
