import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct TwoQuantilesTests {
  @Test func standardErrorsAreThoseOfTheBinomialIntervals() throws {
    let expected = try MeansFixture("means/expected_quantiles.csv")
    let values = try MeansFixture("means/revenue.csv").column("prior").filter { $0 > 0 }
    for (name, p) in [("median", 0.5), ("p90", 0.9)] {
      let two = TwoQuantiles(control: values, variant: values + [.nan], at: p)
      let error = try expected.value(name, "se")
      #expect(agrees(two.effect().control, try expected.value(name, "value")))
      #expect(agrees(two.effect().standardError, error * 2.0.squareRoot()))
      #expect(two.effect().difference == 0 && two.effect().pValue == 1)
    }
  }

  @Test func theStandardErrorIsThatOfManySamples() throws {
    // Exponential: the p-quantile's variance is p / ((1 − p) n).
    let (n, p) = (400, 0.75)
    let truth = (p / (1 - p) / Double(n)).squareRoot()
    var (errors, missed) = (0.0, 0)
    for run in 0..<400 {
      var stream = RandomStream(seed: 5).stream(UInt64(run))
      let arms = (0..<2).map { _ in (0..<n).map { _ in stream.exponential() } }
      let effect = TwoQuantiles(control: arms[0], variant: arms[1], at: p).effect()
      errors += effect.standardError / 400
      if effect.pValue < 0.05 { missed += 1 }
    }
    #expect(abs(errors / (truth * 2.0.squareRoot()) - 1) < 0.03)
    // 20 are expected, with a standard deviation of 4.4.
    #expect((8...34).contains(missed))
  }

  @Test func aQuantileWithoutASpreadIsNamed() {
    let small = TwoQuantiles(control: [1, 2, 3], variant: [1, 5, 2], at: 0.99)
    #expect(small.findings == [.tooFewForQuantile(.control), .tooFewForQuantile(.variant)])
    #expect(small.effect().pValue.isNaN && small.effect().difference.isFinite)
    let zeros = [Double](repeating: 0, count: 100) + [5, 6, 7]
    let flat = TwoQuantiles(control: zeros, variant: zeros, at: 0.5)
    #expect(flat.findings == [.noVariance, .controlIsZero])
    #expect(TwoQuantiles(control: [], variant: zeros, at: 0.5).findings.first == .noUnits(.control))
  }
}
