import RekindleStatistics
import Testing

@Suite struct PostStratificationTests {
  private typealias Stratum = PostStratification.Stratum

  private func strata(_ names: [Double]) throws -> [Stratum] {
    let table = try MeansFixture("means/revenue.csv")
    let (y, arm, segment) = (
      try table.column("revenue"), try table.column("arm"), try table.column("segment")
    )
    return names.map { name in
      let cells = (0...1).map { k in
        moments([y.indices.filter { segment[$0] == name && arm[$0] == Double(k) }.map { y[$0] }])
      }
      return Stratum(control: cells[0], variant: cells[1])
    }
  }

  @Test func agreesWithEstimatrsBlocks() throws {
    let expected = try MeansFixture("adjustment/expected.csv")
    let effect = PostStratification(strata: try strata([0, 1, 2, 3])).estimates.effect()
    #expect(agrees(effect.difference, try expected.value("blocks", "difference")))
    #expect(agrees(effect.standardError, try expected.value("blocks", "se")))
    // The convention that differs: Satterthwaite's degrees of freedom.
    #expect((effect.degreesOfFreedom ?? 0) < 232)
  }

  @Test func oneStratumIsWelchs() throws {
    let stratum = try strata([2])[0]
    var effect = PostStratification(strata: [stratum]).estimates.effect()
    effect.method = "welch"
    let welch = TwoMeans(control: stratum.control, variant: stratum.variant).effect()
    #expect(agrees(effect.pValue, welch.pValue, within: 1e-12))
    #expect(agrees(effect.degreesOfFreedom ?? 0, welch.degreesOfFreedom ?? 1, within: 1e-12))
  }

  /// All of the difference between the arms is that one has more of the dear stratum.
  @Test func takesAwayTheImbalance() {
    let cheap = moments([[1, 2, 3]])
    let dear = moments([[101, 102, 103]])
    var (manyCheap, manyDear) = (cheap, dear)
    for _ in 0..<3 { manyCheap.merge(cheap) }
    for _ in 0..<3 { manyDear.merge(dear) }
    let post = PostStratification(strata: [
      Stratum(control: manyCheap, variant: cheap), Stratum(control: dear, variant: manyDear),
    ])
    #expect(abs(post.estimates.difference) < 1e-12)
    #expect(post.varianceReduction > 0.99)
    #expect(post.findings.isEmpty)
  }

  @Test func thinStrataAreMergedAndToldAndNoUnitIsLost() throws {
    let all = try strata([0, 1, 2, 3])
    let thin = [
      Stratum(control: moments([[1]]), variant: moments([[2, 3]])),
      Stratum(control: moments([[4, 8, 9]]), variant: Moments(columns: 1)),
      Stratum(control: Moments(columns: 1), variant: Moments(columns: 1)),
    ]
    let post = PostStratification(strata: all + thin)
    #expect(post.findings == [.strataMerged(2)])
    #expect(post.strata.count == 5)
    #expect(post.strata.reduce(0) { $0 + $1.control.count + $1.variant.count } == 246)
    let one = PostStratification(strata: all + [thin[1]])
    #expect(one.findings == [.strataMerged(2)] && one.strata.count == 4)
    let hopeless = PostStratification(strata: [thin[1]])
    #expect(hopeless.findings == [.noUnits(.variant)])
    #expect(hopeless.estimates.effect().pValue.isNaN)
  }
}
