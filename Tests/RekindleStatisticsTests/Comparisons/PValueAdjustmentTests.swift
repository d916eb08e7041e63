import Foundation
import RekindleStatistics
import Testing

@Suite struct PValueAdjustmentTests {
  /// R 4.2, `p.adjust`; families with ties, a missing value and a p-value of 1e-40 among them.
  @Test func agreesWithR() throws {
    var family: [Double] = []
    var checked = 0
    for line in try referenceLines("comparisons/adjust.csv") {
      let values = line[2].split(separator: " ").map { Double($0) ?? .nan }
      if line[1] == "p" {
        family = values
        continue
      }
      let method = try #require(PValueAdjustment(rawValue: line[1]))
      let adjusted = method.adjusted(family)
      for (mine, theirs) in zip(adjusted, values) { #expect(near(mine, theirs, 1e-13)) }
      checked += 1
    }
    #expect(checked == 42)
  }

  @Test func theOrderOfTheRowsDoesNotMatter() {
    let p = [0.04, 0.001, 0.04, 0.3, 1e-40, 0.012, .nan, 0.0125]
    let order = [5, 0, 7, 3, 6, 1, 4, 2]
    for method in PValueAdjustment.allCases {
      let straight = method.adjusted(p)
      let shuffled = method.adjusted(order.map { p[$0] })
      for (place, original) in order.enumerated() {
        #expect(near(shuffled[place], straight[original], 0), "\(method)")
      }
    }
  }

  /// What is known of their strength: each procedure is at least as strong as the one before it.
  @Test func strongerProceduresGiveSmallerValues() {
    var state: UInt64 = 5
    for _ in 0..<200 {
      let p = (0..<7).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return pow(Double(state >> 11) * 0x1p-53, 3)
      }
      let chain: [PValueAdjustment] = [.bonferroni, .holm, .hochberg, .hommel, .benjaminiHochberg, .none]
      let values = chain.map { $0.adjusted(p) }
      for (weak, strong) in zip(values, values.dropFirst()) {
        #expect(zip(weak, strong).allSatisfy { $0 >= $1 - 1e-15 })
      }
    }
  }

  @Test func whatIsNoPValueLeavesTheFamily() {
    let family = AdjustedPValues([0.01, .nan, 0.04], by: .bonferroni)
    #expect(family.adjusted[0] == 0.02 && family.adjusted[1].isNaN && family.adjusted[2] == 0.08)
    #expect(family.familySize == 2)
    #expect(family.leftOut == [1])
    #expect(family.confidences(alpha: 0.05)[1].isNaN)
    #expect(AdjustedPValues([.nan], by: .hommel).familySize == 0)
    #expect(PValueAdjustment.holm.adjusted([]).isEmpty)
    #expect(PValueAdjustment.holm.adjusted([-0.1, 1.2]).allSatisfy { $0.isNaN })
  }
}
