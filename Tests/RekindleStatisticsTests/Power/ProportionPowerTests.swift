import RekindleStatistics
import Testing

/// Numbers of R's power.prop.test: Fixtures/power.
@Suite struct ProportionPowerTests {
  @Test func powerIsR() {
    #expect(near(ProportionPower(control: 0.1).power(variant: 0.15, units: 200), 0.1858013037140756))
    let strict = ProportionPower(control: 0.5, bothTails: true)
    #expect(near(strict.power(variant: 0.55, units: 100), 0.07886034958136481))
  }

  @Test func unitsAreR() {
    #expect(near(ProportionPower(control: 0.1).units(variant: 0.12, power: 0.8), 2 * 3840.847482436274))
    let rare = ProportionPower(control: 0.002, alternative: .greater)
    #expect(near(rare.units(variant: 0.003, power: 0.9), 2 * 42710.31346546168))
  }

  @Test func detectableIsR() {
    #expect(near(ProportionPower(control: 0.1).detectable(units: 4000, power: 0.8), 0.1281562443051972))
  }

  @Test(arguments: ProportionPower.Method.allCases, Alternative.allCases)
  func theThreeQuestionsAgree(method: ProportionPower.Method, alternative: Alternative) {
    for share in [0.1, 0.5, 0.8] {
      for bothTails in [false, true] {
        let test = ProportionPower(
          control: 0.3, alpha: 0.01, alternative: alternative, variantShare: share, method: method,
          bothTails: bothTails)
        let variant = test.detectable(units: 3000, power: 0.85, above: false)
        #expect(alternative == .greater ? variant > 0.3 : variant < 0.3)
        #expect(near(test.power(variant: variant, units: 3000), 0.85))
        #expect(near(test.units(variant: variant, power: 0.85), 3000))
      }
    }
  }

  @Test func whatCannotBeFoundIsTold() {
    let test = ProportionPower(control: 0.3, alternative: .greater)
    #expect(test.units(variant: 0.2, power: 0.8).isNaN)
    #expect(test.units(variant: 0.3, power: 0.8) == .infinity)
    #expect(test.detectable(units: 4, power: 0.99).isNaN)
    #expect(ProportionPower(control: 0).power(variant: 0.1, units: 100).isNaN)
  }

  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * abs(b) }
}
