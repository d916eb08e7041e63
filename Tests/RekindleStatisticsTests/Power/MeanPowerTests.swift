import RekindleStatistics
import Testing

/// Numbers of R's power.t.test and pwr's pwr.t2n.test: Fixtures/power.
@Suite struct MeanPowerTests {
  @Test func powerIsR() {
    let test = MeanPower(controlDeviation: 1, method: .pooled)
    #expect(near(test.power(difference: 1, units: 40), 0.8689528016924978))
    let strict = MeanPower(controlDeviation: 1, method: .pooled, bothTails: true)
    #expect(near(strict.power(difference: -0.2, units: 40), 0.0945673276173733))
    let unequal = MeanPower(controlDeviation: 1, variantShare: 0.7, method: .pooled)
    // pwr counts both tails.
    let both = MeanPower(controlDeviation: 1, variantShare: 0.7, method: .pooled, bothTails: true)
    #expect(near(both.power(difference: 0.5, units: 100), 0.6212852360535667))
    #expect(unequal.power(difference: 0.5, units: 100) < 0.6212852360535667)
  }

  @Test func unitsAreR() {
    let test = MeanPower(controlDeviation: 2, method: .pooled)
    #expect(near(test.units(difference: 0.5, power: 0.9), 2 * 337.200798088759))
    let oneSided = MeanPower(controlDeviation: 2, alternative: .greater, method: .pooled)
    #expect(near(oneSided.units(difference: 0.5, power: 0.9), 2 * 274.7221575832267))
  }

  @Test func detectableIsR() {
    let test = MeanPower(controlDeviation: 3, method: .pooled)
    #expect(near(test.detectable(units: 100, power: 0.8), 1.697648805236621))
  }

  @Test(arguments: MeanPower.Method.allCases, Alternative.allCases)
  func theThreeQuestionsAgree(method: MeanPower.Method, alternative: Alternative) {
    for share in [0.2, 0.5] {
      let test = MeanPower(
        controlDeviation: 4, variantDeviation: 7, alternative: alternative, variantShare: share,
        method: method)
      let difference = test.detectable(units: 150, power: 0.9)
      #expect((difference < 0) == (alternative == .less))
      #expect(near(test.power(difference: difference, units: 150), 0.9))
      #expect(near(test.units(difference: difference, power: 0.9), 150))
    }
  }

  @Test func manyUnitsMakeAllMethodsAlike() {
    let values = MeanPower.Method.allCases.map {
      MeanPower(controlDeviation: 30, method: $0).power(difference: 0.5, units: 100_000)
    }
    #expect(abs(values[0] - values[2]) < 1e-4 && abs(values[1] - values[2]) < 1e-4)
  }

  @Test func aScaleChangesNothing() {
    let small = MeanPower(controlDeviation: 1, variantDeviation: 1.5)
    let large = MeanPower(controlDeviation: 1000, variantDeviation: 1500)
    #expect(near(large.units(difference: 200, power: 0.8), small.units(difference: 0.2, power: 0.8)))
  }

  @Test func aHugeDifferenceNeedsTheFewestUnits() {
    #expect(MeanPower(controlDeviation: 1).units(difference: 1e6, power: 0.8) == 4)
    #expect(MeanPower(controlDeviation: 1).units(difference: 0, power: 0.8) == .infinity)
    #expect(MeanPower(controlDeviation: 0).power(difference: 1, units: 100).isNaN)
  }

  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-8 * abs(b) }
}
