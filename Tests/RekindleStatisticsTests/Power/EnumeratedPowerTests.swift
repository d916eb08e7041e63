import RekindleStatistics
import Testing

/// The same sums in R: Fixtures/power.
@Suite struct EnumeratedPowerTests {
  @Test func fisherAndScoreAreR() {
    let fisher = EnumeratedPower(test: .fisher, controlUnits: 20, variantUnits: 25)
    #expect(abs(fisher.power(control: 0.1, variant: 0.5) - 0.8154230726203384) < 1e-12)
    let score = EnumeratedPower(test: .score, controlUnits: 20, variantUnits: 25)
    #expect(abs(score.power(control: 0.1, variant: 0.5) - 0.8672096149577273) < 1e-12)
    let size = EnumeratedPower(test: .score, controlUnits: 30, variantUnits: 30)
    #expect(abs(size.power(control: 0.05, variant: 0.05) - 0.02835684725126531) < 1e-12)
  }

  @Test func boschlooIsSafeAndStrongerThanFisher() {
    for rate in [0.1, 0.35] {
      let boschloo = EnumeratedPower(test: .boschloo, controlUnits: 18, variantUnits: 15)
      let fisher = EnumeratedPower(test: .fisher, controlUnits: 18, variantUnits: 15)
      #expect(boschloo.power(control: rate, variant: rate) <= 0.05)
      #expect(
        boschloo.power(control: rate, variant: rate + 0.4) > fisher.power(control: rate, variant: rate + 0.4))
    }
  }

  /// With many units the enumeration meets the formula.
  @Test func manyUnitsMeetTheNormalFormula() {
    let exact = EnumeratedPower(test: .score, controlUnits: 800, variantUnits: 800)
      .power(control: 0.3, variant: 0.36)
    let formula = ProportionPower(control: 0.3, bothTails: true).power(variant: 0.36, units: 1600)
    #expect(abs(exact - formula) < 0.005)
  }

  @Test func noUnitsNoPower() {
    let empty = EnumeratedPower(test: .score, controlUnits: 0, variantUnits: 5)
    #expect(empty.power(control: 0.1, variant: 0.2).isNaN)
    #expect(
      EnumeratedPower(test: .score, controlUnits: 5, variantUnits: 5).power(control: 1.1, variant: 0).isNaN)
  }
}
