import RekindleNumerics
import Testing

@Suite struct DistributionsTests {
  /// R 4.2: pnorm, qnorm, pt, qt, pchisq, qchisq, with lower.tail = FALSE for the upper tails.
  @Test func valuesAreThoseOfR() {
    let normal = Normal()
    #expect(agree([normal.cdf(1.25)], [0.89435022633314476], to: 1e-14))
    #expect(agree([normal.upperTail(18)], [9.7409489189371508e-73], to: 1e-13))
    #expect(agree([normal.quantile(0.975)], [1.9599639845400539], to: 1e-14))
    // SciPy 1.17, norm.isf: R before 4.3 has only seven digits this far out.
    #expect(agree([normal.upperQuantile(1e-30)], [11.464024688443613], to: 1e-14))
    let t = StudentT(degreesOfFreedom: 4.5)
    #expect(agree([t.cdf(-2)], [0.054128953590562467], to: 1e-12))
    #expect(agree([t.upperTail(40)], [3.2247826064605019e-07], to: 1e-12))
    #expect(agree([t.upperQuantile(0.025)], [2.6589123472044034], to: 1e-12))
    let chiSquared = ChiSquared(degreesOfFreedom: 5)
    #expect(agree([chiSquared.upperTail(41.459025079)], [7.57819423182e-08], to: 1e-9))
    #expect(agree([chiSquared.upperTail(700)], [4.9119861035732004e-149], to: 1e-11))
    #expect(agree([chiSquared.cdf(0.3)], [0.0023569137394711453], to: 1e-12))
    #expect(agree([chiSquared.upperQuantile(0.05)], [11.070497693516351], to: 1e-12))
  }

  @Test func quantilesUndoTails() {
    let normal = Normal(mean: 3, standardDeviation: 2)
    let chiSquared = ChiSquared(degreesOfFreedom: 7)
    for q in [1e-200, 1e-9, 0.3, 0.999] {
      #expect(agree([normal.upperTail(normal.upperQuantile(q))], [q], to: 1e-11))
      #expect(agree([chiSquared.upperTail(chiSquared.upperQuantile(q))], [q], to: 1e-11))
    }
  }

  @Test func badParametersGiveNaN() {
    #expect(Normal(standardDeviation: 0).cdf(1).isNaN)
    #expect(Normal().quantile(1.5).isNaN)
    #expect(StudentT(degreesOfFreedom: -1).cdf(1).isNaN)
    #expect(ChiSquared(degreesOfFreedom: 0).upperTail(1).isNaN)
  }
}
