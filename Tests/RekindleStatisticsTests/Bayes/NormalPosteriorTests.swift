import Foundation
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct NormalPosteriorTests {
  /// A prior as strong as the data takes half of the way.
  @Test func conjugate() {
    let prior = NormalPrior(mean: 0.01, standardDeviation: 0.02)
    let posterior = NormalPosterior(estimate: 0.05, standardError: 0.02, prior: prior)
    #expect(abs(posterior.mean - 0.03) < 1e-16)
    #expect(abs(posterior.standardDeviation - 0.02 / 2.0.squareRoot()) < 1e-16)
    #expect(
      isNear(posterior.probabilityAbove(), Normal().upperTail(-0.03 / posterior.standardDeviation), 1e-14))
  }

  /// Two estimates one after the other are their weighted mean.
  @Test func updatesInSteps() {
    let prior = NormalPrior(mean: -0.02, standardDeviation: 0.3)
    let first = NormalPosterior(estimate: 0.1, standardError: 0.04, prior: prior)
    let second = NormalPosterior(
      estimate: 0.06, standardError: 0.05,
      prior: NormalPrior(mean: first.mean, standardDeviation: first.standardDeviation))
    let (w1, w2) = (1 / (0.04 * 0.04), 1 / (0.05 * 0.05))
    let both = NormalPosterior(
      estimate: (0.1 * w1 + 0.06 * w2) / (w1 + w2), standardError: 1 / (w1 + w2).squareRoot(), prior: prior)
    #expect(isNear(second.mean, both.mean, 1e-13))
    #expect(isNear(second.standardDeviation, both.standardDeviation, 1e-13))
  }

  /// Without a prior, the credible interval is the confidence interval and P(above 0) is 1 − p/2.
  @Test func flat() {
    let posterior = NormalPosterior(estimate: 0.03, standardError: 0.012)
    #expect(posterior.mean == 0.03 && posterior.standardDeviation == 0.012)
    #expect(isNear(posterior.interval().upper, 0.03 + 1.959963984540054 * 0.012, 1e-14))
    #expect(isNear(posterior.probabilityAbove(), Normal().cdf(2.5), 1e-14))
    #expect(isNear(posterior.probabilityBelow(), Normal().upperTail(2.5), 1e-14))
  }

  /// Shortfall and excess differ by the mean, and the tail is that of the loss function's table: L(0) =
  /// 0.3989, L(1) = 0.08332, L(2) = 0.008491, L(3) = 0.000382.
  @Test func losses() {
    for (z, loss) in [(0.0, 0.398942), (1, 0.083315), (2, 0.008491), (3, 0.000382)] {
      let posterior = NormalPosterior(estimate: z, standardError: 1)
      #expect(abs(posterior.expectedShortfall() - loss) < 1e-6)
      #expect(abs(posterior.expectedExcess() - posterior.expectedShortfall() - z) < 1e-14)
    }
    // Both formulas meet where one takes over from the other.
    let near = NormalPosterior(estimate: 29.9999999, standardError: 1).expectedShortfall()
    let far = NormalPosterior(estimate: 30.0000001, standardError: 1).expectedShortfall()
    #expect(isNear(far, near * exp(-30 * 2e-7), 1e-7))
    #expect(far > 0)
  }

  @Test func edges() {
    let certain = NormalPosterior(estimate: -2, standardError: 0, prior: NormalPrior(standardDeviation: 1))
    #expect(certain.mean == -2 && certain.probabilityAbove() == 0 && certain.expectedShortfall() == 2)
    let unknown = NormalPosterior(estimate: .nan, standardError: 1)
    #expect(unknown.probabilityAbove().isNaN && unknown.expectedExcess().isNaN)
    #expect(NormalPosterior(estimate: 1, standardError: .nan).probabilityBelow().isNaN)
  }
}
