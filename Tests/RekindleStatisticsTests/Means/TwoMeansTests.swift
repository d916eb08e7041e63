import RekindleStatistics
import Testing

@Suite struct TwoMeansTests {
  private let expected = try? MeansFixture("means/expected.csv")

  private func check(_ name: String, _ effect: Effect) throws {
    let expected = try #require(expected)
    for (quantity, value) in [
      ("se", effect.standardError), ("df", effect.degreesOfFreedom ?? .nan), ("p", effect.pValue),
      ("statistic", effect.statistic), ("lower", effect.differenceInterval.lower),
      ("upper", effect.differenceInterval.upper),
    ] {
      let wanted = try expected.value(name, quantity)
      #expect(agrees(value, wanted), "\(name) \(quantity): \(value), not \(wanted)")
    }
  }

  @Test func agreesWithR() throws {
    let arms = try MeansFixture.revenue(["revenue"])
    let means = TwoMeans(control: arms[0], variant: arms[1])
    try check("welch", means.effect())
    try check("welch_less_90", means.effect(confidence: 0.9, alternative: .less))
    try check("welch_greater_margin", means.effect(alternative: .greater, against: .difference(-3)))
    try check("student", means.student.effect())
    let tiny = TwoMeans(control: moments([[0.5, 3, 3.5]]), variant: moments([[1, 2, 4, 4.5]]))
    try check("tiny", tiny.effect(confidence: 0.99))
  }

  @Test func tailsDoNotUnderflow() throws {
    let values = (1...200).map { Double($0) / 200 }
    let far = TwoMeans(control: moments([values]), variant: moments([values.map { $0 + 1.2 }]))
    try check("far", far.effect())
    #expect(far.effect().pValue > 0 && far.effect().pValue < 1e-100)
  }

  @Test func agreesWithSciPyAndTeaTasting() throws {
    let peers = try MeansFixture("means/tea_tasting.csv")
    let arms = try MeansFixture.revenue(["revenue"])
    let effect = TwoMeans(control: arms[0], variant: arms[1]).effect(lift: .logDelta)
    #expect(agrees(effect.pValue, try peers.value("scipy", "pvalue")))
    #expect(agrees(effect.statistic, try peers.value("scipy", "statistic")))
    #expect(agrees(effect.lift, try peers.value("mean", "rel_effect_size")))
    #expect(agrees(effect.liftInterval.lower, try peers.value("mean", "rel_effect_size_ci_lower")))
    #expect(agrees(effect.liftInterval.upper, try peers.value("mean", "rel_effect_size_ci_upper")))
  }

  @Test func scaleAndPlaceChangeOnlyWhatTheyMust() {
    let (a, b) = ([3.0, 5, 4, 9, 7.5], [6.0, 8, 11, 4, 9, 10])
    let plain = TwoMeans(control: moments([a]), variant: moments([b])).effect()
    let scaled = TwoMeans(
      control: moments([a.map { $0 * 100 }]), variant: moments([b.map { $0 * 100 }])
    ).effect()
    #expect(agrees(scaled.pValue, plain.pValue, within: 1e-12))
    #expect(agrees(scaled.liftInterval.lower, plain.liftInterval.lower, within: 1e-10))
    let swapped = TwoMeans(control: moments([b]), variant: moments([a])).effect()
    #expect(agrees(swapped.difference, -plain.difference, within: 1e-12))
    #expect(agrees(swapped.pValue, plain.pValue, within: 1e-12))
    // The interval of 1/ρ is that of ρ turned over.
    #expect(agrees(1 + swapped.liftInterval.lower, 1 / (1 + plain.liftInterval.upper), within: 1e-10))
  }

  @Test func whatCannotBeComputedIsNamed() {
    let some = moments([[1, 2, 3]])
    let none = TwoMeans(control: Moments(columns: 1), variant: some)
    #expect(none.findings == [.noUnits(.control)])
    #expect(none.effect().pValue.isNaN && none.effect().control.isNaN)
    let one = TwoMeans(control: some, variant: moments([[4]]))
    #expect(one.findings == [.oneUnit(.variant)])
    #expect(one.effect().difference == 2 && one.effect().pValue.isNaN)
    #expect(one.effect().differenceInterval.lower.isNaN)
    // 0.1 summed and divided is not 0.1: still constant.
    let tenths = moments([[Double](repeating: 0.1, count: 30)])
    let flat = TwoMeans(control: tenths, variant: moments([[Double](repeating: 0.3, count: 7)]))
    #expect(flat.findings == [.noVariance])
    #expect(flat.effect().pValue.isNaN && flat.effect().liftInterval.lower.isNaN)
    let half = TwoMeans(control: moments([[0, 0, 0]]), variant: some)
    #expect(half.findings == [.constantArm(.control), .controlIsZero])
    #expect(half.effect().pValue < 1 && half.effect().lift.isNaN)
    #expect(half.effect().degreesOfFreedom == 2)
    let wild = TwoMeans(control: some, variant: moments([[1, .infinity]]))
    #expect(wild.findings == [.notFinite(.variant)])
    #expect(wild.effect().pValue.isNaN)
  }
}
