import RekindleStatistics
import Testing

@Suite struct PlannedVarianceTests {
  /// The linearised variance of a sample is that of its linearised values.
  @Test func aRatioIsLinearised() {
    let y = [3.0, 0, 8, 5, 1, 9]
    let x = [2.0, 1, 4, 3, 1, 3]
    let moments = Moments(
      count: 6, sums: [26, 14],
      products: [
        zip(y, y).reduce(0) { $0 + $1.0 * $1.1 }, zip(y, x).reduce(0) { $0 + $1.0 * $1.1 },
        zip(x, x).reduce(0) { $0 + $1.0 * $1.1 },
      ])
    let correlation = moments.covariance(0, 1) / (moments.variance(0) * moments.variance(1)).squareRoot()
    let planned = PlannedVariance.ratio(
      numeratorMean: moments.means[0], numeratorVariance: moments.variance(0),
      denominatorMean: moments.means[1], denominatorVariance: moments.variance(1),
      correlation: correlation)
    let linearised = RatioLinearisation(moments).moments().variance(0)
    #expect(abs(planned.perUnit - linearised) < 1e-12 * linearised)
  }

  @Test func whatIsExplainedAndWhatIsAlike() {
    #expect(PlannedVariance(8).adjusted(explained: 0.25) == PlannedVariance(6))
    #expect(PlannedVariance(2).clustered(meanSize: 11, correlation: 0.1) == PlannedVariance(4))
    #expect(PlannedVariance(2).clustered(meanSize: 1, correlation: 0.5) == PlannedVariance(2))
    // Uneven clusters are worth less.
    let even = PlannedVariance(2).clustered(meanSize: 20, correlation: 0.05)
    #expect(
      PlannedVariance(2).clustered(meanSize: 20, sizeVariation: 0.6, correlation: 0.05).perUnit > even.perUnit
    )
  }

  /// The median of normal values: π/2 times the variance of the mean.
  @Test func theMedianOfNormalValues() {
    let median = PlannedVariance.quantile(0.5, density: 1 / (2 * Double.pi).squareRoot())
    #expect(abs(median.perUnit - Double.pi / 2) < 1e-12)
  }
}
