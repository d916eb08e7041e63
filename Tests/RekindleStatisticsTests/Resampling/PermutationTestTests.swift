import RekindleCore
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct PermutationTestTests {
  private let control: [Double] = [0, 0, 12.5, 3.2, 40, 0, 7.1]
  private let variant: [Double] = [9, 0, 55, 18.3, 21.4, 30.2]

  private func test(
    _ control: [Double], _ variant: [Double], _ randomisation: Randomisation = .free
  ) -> PermutationTest {
    PermutationTest(
      values: control + variant, arms: control.map { _ in 0 } + variant.map { _ in 1 },
      randomisation: randomisation)
  }

  @Test func exactPValuesAgreeWithSciPy() throws {
    let expected = try MeansFixture("resampling/expected.csv")
    // 13 choose 6 is 1,716.
    for (alternative, name) in [
      (Alternative.twoSided, "two-sided"), (.less, "less"), (.greater, "greater"),
    ] {
      let p = test(control, variant).effect(draws: 2000, seed: 1, alternative: alternative).pValue
      #expect(agrees(p, try expected.value("exact", name)), "\(name): \(p)")
    }
  }

  @Test func drawnPValuesComeNearTheExact() {
    let exact = test(control, variant).effect(draws: 2000, seed: 1)
    let drawn = test(control, variant).effect(draws: 1700, seed: 1)
    #expect(exact.statistic == drawn.statistic)
    // Of a share near 0.06 in 1,700: standard deviation 0.006, doubled.
    #expect(exact.pValue != drawn.pValue && abs(exact.pValue - drawn.pValue) < 0.05)
    #expect(abs(exact.differenceInterval.lower - drawn.differenceInterval.lower) < 5)
  }

  @Test func neitherThreadsNorOrderChangeDigits() {
    let one = test(control, variant).effect(draws: 500, seed: 9)
    #expect(test(control, variant).effect(draws: 500, seed: 9, workers: Workers(4)) == one)
    #expect(test(control.reversed(), variant.reversed()).effect(draws: 500, seed: 9) == one)
    #expect(test(control, variant).effect(draws: 500, seed: 10).pValue != one.pValue)
  }

  @Test func theIntervalHoldsZeroExactlyWhenTheTestDoesNotReject() {
    for shift in stride(from: -5.0, through: 60, by: 2.5) {
      let moved = variant.map { $0 + shift }
      for draws in [300, 2000] {
        for alternative in Alternative.allCases {
          let effect = test(control.map { $0 + 90 }, moved.map { $0 + 90 })
            .effect(draws: draws, seed: 4, alternative: alternative)
          #expect(effect.differenceInterval.contains(0) == (effect.pValue > 0.05))
          #expect(effect.liftInterval.contains(0) == (effect.pValue > 0.05))
        }
      }
    }
  }

  /// Four pairs, the variant's the larger in each: of 16 assignments within pairs one is as extreme.
  @Test func strataAreHonoured() {
    let (a, b) = ([1.0, 10, 100, 1000], [2.0, 12, 103, 1004])
    let pairs = [0, 1, 2, 3, 0, 1, 2, 3]
    let paired = test(a, b, .strata(pairs))
    #expect(paired.effect(draws: 16, seed: 1, alternative: .greater).pValue == 1.0 / 16)
    #expect(paired.effect(draws: 16, seed: 1).pValue == 2.0 / 16)
    #expect(test(a, b).effect(draws: 100, seed: 1).pValue > 0.5)
    // The same rule given as a redraw: 1/16 within its error, and never 0.
    let redraw = test(
      a, b,
      .redraw { stream in
        let first = (0..<4).map { _ in stream.bernoulli(0.5) ? 1 : 0 }
        return first + first.map { 1 - $0 }
      })
    let p = redraw.effect(draws: 4000, seed: 2, alternative: .greater).pValue
    #expect(abs(p - 1.0 / 16) < 0.015)
  }

  @Test func otherArmsTakeNoPart() {
    let three = PermutationTest(
      values: control + variant + [500, 600], arms: control.map { _ in 2 } + variant.map { _ in 0 } + [1, 1],
      control: 2, variant: 0)
    #expect(three.effect(draws: 2000, seed: 1) == test(control, variant).effect(draws: 2000, seed: 1))
  }

  @Test func pValuesAreNeverZeroNorAreThereAnyWithoutSpread() {
    let far = test((0..<30).map { Double($0) }, (0..<30).map { Double($0 + 1000) })
    #expect(far.effect(draws: 99, seed: 1).pValue == 0.02)
    let flat = test([5, 5, 5], [5, 5])
    #expect(flat.findings == [.noVariance] && flat.effect(draws: 99, seed: 1).pValue.isNaN)
    let apart = test([5, 5, 5, 5], [6, 6, 6, 6])
    #expect(apart.findings == [.noVariance])
    #expect(test([1], [2, 3]).findings == [.oneUnit(.control)])
  }

  @Test func keepsItsLevelOnHeavyTails() {
    var rejected = 0
    for run in 0..<400 {
      var stream = RandomStream(seed: 21).stream(UInt64(run))
      let values = (0..<40).map { _ in
        let z = stream.normal()
        return stream.bernoulli(0.3) ? z * z * z * z * z : 0
      }
      let effect = test(Array(values[..<15]), Array(values[15...])).effect(draws: 199, seed: UInt64(run))
      if effect.pValue <= 0.05 { rejected += 1 }
    }
    // 20 are expected, with a standard deviation of 4.4.
    #expect((6...34).contains(rejected), "\(rejected)")
  }
}
