import Foundation
import RekindleStatistics
import Testing

@Suite struct AdjustedPValuesTests {
  /// A test at level 1 − confidence rejects when p ≤ that level; so the interval leaves out the null
  /// exactly then. The levels must reproduce the adjusted decisions in every family.
  @Test(arguments: PValueAdjustment.allCases)
  func intervalsDecideAsTheAdjustedPValues(_ method: PValueAdjustment) {
    var state: UInt64 = 11
    for round in 0..<600 {
      let p = (0..<(1 + round % 9)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Coarse values make ties.
        let u = Double(state >> 11) * 0x1p-53
        return round % 2 == 0 ? u * u * u * 0.2 : (u * u * 40).rounded() / 400 + 0.0003
      }
      for alpha in [0.01, 0.05, 0.2] {
        let family = AdjustedPValues(p, by: method)
        let levels = family.levels(alpha: alpha)
        let rejected = family.rejected(alpha: alpha)
        for i in p.indices {
          // Not at the edge, where one rounding decides.
          if near(family.adjusted[i], alpha, 1e-12) { continue }
          #expect((p[i] <= levels[i]) == rejected[i], "\(method) \(p) \(alpha) \(i)")
          #expect(levels[i] >= alpha / Double(p.count) * (1 - 1e-12))
          #expect(levels[i] <= alpha * (1 + 1e-12))
        }
      }
    }
  }

  /// Five p-values at 0.05: Holm rejects two (0.05/5, 0.05/4) and stops at 0.05/3.
  @Test func holmStepsByHand() {
    let family = AdjustedPValues([0.03, 0.001, 0.012, 0.8, 0.2], by: .holm)
    #expect(family.rejected(alpha: 0.05) == [false, true, true, false, false])
    let levels = family.levels(alpha: 0.05)
    for (level, divisor) in zip(levels, [3.0, 5, 4, 3, 3]) { #expect(near(level, 0.05 / divisor, 1e-15)) }
    #expect(family.guarantee == .decisions)
  }

  /// Benjamini and Yekutieli (2005): R of m selected, all intervals at 1 − R alpha / m.
  @Test func falseCoverageLevelByHand() {
    let family = AdjustedPValues([0.001, 0.02, 0.021, 0.5], by: .benjaminiHochberg)
    for level in family.levels(alpha: 0.05) { #expect(near(level, 3 * 0.05 / 4, 1e-15)) }
    // Nothing selected: Bonferroni's.
    let none = AdjustedPValues([0.4, 0.5], by: .benjaminiHochberg)
    #expect(none.levels(alpha: 0.05) == [0.025, 0.025])
  }

  @Test func equalPValuesHaveEqualIntervals() {
    for method in PValueAdjustment.allCases {
      let levels = AdjustedPValues([0.012, 0.001, 0.012, 0.6, 0.012], by: method).levels(alpha: 0.05)
      #expect(levels[0] == levels[2] && levels[2] == levels[4])
    }
  }
}
