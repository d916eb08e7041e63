import RekindleStatistics
import Testing

/// The same integrals by SciPy's adaptive quadrature: Fixtures/power/levels.py.
@Suite struct SimultaneousLevelTests {
  @Test func dunnettIsTheIntegral() {
    let equal = SimultaneousLevel.dunnett(0.05, control: 0.25, variants: [0.25, 0.25, 0.25])
    #expect(abs(equal - 0.018825393669449065) < 1e-13)
    let unequal = SimultaneousLevel.dunnett(0.05, control: 0.4, variants: [0.1, 0.2, 0.3])
    #expect(abs(unequal - 0.017608818536138084) < 1e-13)
    // Two arms against one control of the same size: d = 2.2121 (Dunnett 1964, infinite degrees).
    let two = SimultaneousLevel.dunnett(0.05, control: 1, variants: [1, 1])
    #expect(abs(two - 0.02696) < 2e-5)
  }

  @Test func tukeyIsTheIntegral() {
    #expect(abs(SimultaneousLevel.tukey(0.05, arms: 4) / 0.010198310654466983 - 1) < 1e-11)
    #expect(abs(SimultaneousLevel.tukey(0.05, arms: 12) / 0.0010830886379447492 - 1) < 1e-11)
    #expect(SimultaneousLevel.tukey(0.05, arms: 2) == 0.05)
  }

  @Test func correlationNeverCostsMoreThanBonferroni() {
    for arms in 2...12 {
      let dunnett = SimultaneousLevel.dunnett(
        0.01, control: 1, variants: [Double](repeating: 1, count: arms))
      #expect(dunnett > SimultaneousLevel.bonferroni(0.01, comparisons: arms) && dunnett < 0.01)
    }
    // A huge control makes the arms independent: 1 − (1 − α)^⅓.
    let independent = SimultaneousLevel.dunnett(0.05, control: 1e9, variants: [1, 1, 1])
    #expect(abs(independent - 0.016952427508) < 1e-8)
    #expect(SimultaneousLevel.dunnett(0.05, control: 0, variants: [1, 1]).isNaN)
  }
}
