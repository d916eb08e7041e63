import RekindleStatistics
import Testing

@Suite struct LiftIntervalTests {
  private let control = [9, 11, 10.4, 12.5]
  private let variant = [14, 11, 19, 12, 13, 15.5]

  @Test func endsInvertWelchsTest() throws {
    let expected = try MeansFixture("means/expected.csv")
    let arms = try MeansFixture.revenue(["revenue"])
    let lift = TwoMeans(control: arms[0], variant: arms[1]).effect().liftInterval
    #expect(agrees(lift.lower, try expected.value("fieller", "lower")))
    #expect(agrees(lift.upper, try expected.value("fieller", "upper")))
    let tiny = TwoMeans(control: moments([control]), variant: moments([variant]))
    let small = tiny.effect(confidence: 0.9).liftInterval
    #expect(agrees(small.lower, try expected.value("fieller_tiny", "lower")))
    #expect(agrees(small.upper, try expected.value("fieller_tiny", "upper")))
    for end in [small.lower, small.upper] {
      let p = tiny.effect(against: .lift(end)).pValue
      #expect(agrees(p, 0.1, within: 1e-10))
    }
  }

  @Test func oneSidedEndsInvertTheOneSidedTest() {
    let means = TwoMeans(control: moments([control]), variant: moments([variant]))
    let greater = means.effect(confidence: 0.9, alternative: .greater)
    #expect(greater.liftInterval.upper == .infinity)
    let end = greater.liftInterval.lower
    let p = means.effect(alternative: .greater, against: .lift(end)).pValue
    #expect(agrees(p, 0.1, within: 1e-10))
    #expect(means.effect(alternative: .less).liftInterval.lower == -.infinity)
    // A loss of 9 against a loss of 14: "variant above" is a lift of a negative number, downwards.
    let losses = TwoMeans(
      control: moments([variant.map { -$0 }]), variant: moments([control.map { -$0 }]))
    let smaller = losses.effect(alternative: .greater)
    #expect(smaller.pValue < 0.05 && smaller.liftInterval.upper < 0)
    #expect(smaller.liftInterval.lower == -.infinity)
  }

  @Test func holdsZeroExactlyWhenTheTestDoesNotReject() {
    for shift in stride(from: 0.0, through: 8, by: 0.25) {
      let means = TwoMeans(
        control: moments([control]), variant: moments([variant.map { $0 - 4 + shift }]))
      for alternative in Alternative.allCases {
        let effect = means.effect(alternative: alternative)
        #expect(effect.liftInterval.contains(0) == (effect.pValue > 0.05))
        #expect(effect.differenceInterval.contains(0) == (effect.pValue > 0.05))
      }
    }
  }

  @Test func isUnboundedWhenTheControlMayBeZero() {
    // t = 2.0 with 3 degrees of freedom: a mean that 95 % cannot tell from 0, and 80 % can.
    let vague = TwoMeans(control: moments([[0, 0.5, 1.5, 2]]), variant: moments([variant]))
    let effect = vague.effect()
    #expect(effect.liftInterval == .unbounded && !effect.liftInterval.isBounded)
    #expect(effect.pValue < 0.05)
    #expect(vague.effect(confidence: 0.8).liftInterval.isBounded)
  }

  @Test func smallLiftsOfLargeMeansKeepTheirDigits() {
    // d = 1 on 10⁸; the same arms less 10⁸ + 1 on the scale of the spread give the difference's interval.
    let a = EstimatedArms(
      control: 1e8, variant: 1e8 + 1, controlVariance: 0.01, variantVariance: 0.01, reference: .normal,
      method: "")
    let effect = a.effect()
    #expect(agrees(effect.liftInterval.lower * 1e8, effect.differenceInterval.lower, within: 1e-7))
    #expect(agrees(effect.liftInterval.upper * 1e8, effect.differenceInterval.upper, within: 1e-7))
  }

  @Test func deltaIsTheFirstOrderVariance() {
    let arms = EstimatedArms(
      control: 10, variant: 12, controlVariance: 0.25, variantVariance: 0.09, reference: .normal, method: "")
    // Var(b/a) = V_b/a² + b² V_a/a⁴.
    let error = (0.09 / 100 + 144 * 0.25 / 10_000).squareRoot()
    let z = 1.959963984540054
    let delta = arms.effect(lift: .delta).liftInterval
    #expect(agrees(delta.lower, 0.2 - z * error, within: 1e-12))
    #expect(agrees(delta.upper, 0.2 + z * error, within: 1e-12))
  }

  @Test func methodsMeetInLargeSamples() {
    var arms = EstimatedArms(
      control: 10, variant: 10.5, controlVariance: 1e-4, variantVariance: 2e-4, covariance: 0.3e-4,
      reference: .normal, method: "")
    let fieller = arms.effect().liftInterval
    for method in [EstimatedArms.LiftMethod.delta, .logDelta] {
      let other = arms.effect(lift: method).liftInterval
      #expect(agrees(other.lower, fieller.lower, within: 1e-3))
      #expect(agrees(other.upper, fieller.upper, within: 1e-3))
    }
    arms.variant = -1
    #expect(arms.effect(lift: .logDelta).liftInterval.lower.isNaN)
    #expect(arms.effect(lift: .delta).liftInterval.upper < -1)
  }
}
