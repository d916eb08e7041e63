import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct TwoPartMeansTests {
  private func arm(_ values: [Double]) -> Moments { moments([values, values.map { $0 == 0 ? 0 : 1 }]) }

  @Test func theContributionsSumToTheDifference() throws {
    let table = try MeansFixture("means/revenue.csv")
    let (revenue, arms) = (try table.column("revenue"), try table.column("arm"))
    let split = (0...1).map { k in zip(revenue, arms).filter { $0.1 == Double(k) }.map(\.0) }
    let parts = TwoPartMeans(control: arm(split[0]), variant: arm(split[1]))
    #expect(parts.findings.isEmpty)
    let sum = parts.throughConversion.difference + parts.throughValue.difference
    #expect(agrees(sum, parts.total.difference, within: 1e-10))
    // The value per converter is Welch among the converters.
    let converters = TwoMeans(
      control: moments([split[0].filter { $0 > 0 }]), variant: moments([split[1].filter { $0 > 0 }]))
    let (mine, theirs) = (parts.valuePerConverter.effect(), converters.effect())
    #expect(agrees(mine.pValue, theirs.pValue, within: 1e-10))
    #expect(agrees(mine.liftInterval.upper, theirs.liftInterval.upper, within: 1e-9))
    #expect(parts.throughValue.effect().control == parts.total.control)
  }

  /// By the definition: (0.5 → 0.75) × (2 → 4).
  @Test func theSplitIsSymmetric() {
    let parts = TwoPartMeans(control: arm([0, 0, 1, 3]), variant: arm([0, 3, 4, 5]))
    #expect(agrees(parts.throughConversion.difference, 0.25 * 3, within: 1e-12))
    #expect(agrees(parts.throughValue.difference, 2 * 0.625, within: 1e-12))
    #expect(agrees(parts.total.difference, 2, within: 1e-12))
  }

  @Test func intervalsCoverTheContributions() throws {
    // Conversion 20 % → 24 %, value exponential with mean 10 → 11: 0.42 and 0.22.
    var held = [0, 0]
    let runs = 400
    for run in 0..<runs {
      var stream = RandomStream(seed: 11).stream(UInt64(run))
      let arms = [(0.2, 10.0), (0.24, 11.0)].map { rate, mean in
        arm((0..<600).map { _ in stream.bernoulli(rate) ? mean * stream.exponential() : 0 })
      }
      let parts = TwoPartMeans(control: arms[0], variant: arms[1])
      if parts.throughConversion.effect().differenceInterval.contains(0.42) { held[0] += 1 }
      if parts.throughValue.effect().differenceInterval.contains(0.22) { held[1] += 1 }
    }
    // 380 are expected, with a standard deviation of 4.4.
    #expect(held.allSatisfy { (364...396).contains($0) }, "\(held)")
  }

  @Test func armsWithoutConvertersAreNamed() {
    let none = TwoPartMeans(control: arm([0, 0, 0]), variant: arm([0, 1, 2]))
    #expect(none.findings.contains(.tooFewConverters(.control)))
    #expect(none.valuePerConverter.effect().pValue.isNaN)
    #expect(none.throughValue.effect().difference.isNaN)
  }
}
