internal import Foundation
internal import RekindleNumerics
internal import Testing

@Suite struct RandomVariatesTests {
  let count = 100_000

  @Test func normalsFollowTheNormalLaw() {
    var stream = RandomStream(seed: 11)
    let values = (0..<count).map { _ in stream.normal() }
    #expect(kolmogorovDistance(values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < ksLimit(count))
    expectMoments(values, mean: 0, variance: 1, fourth: 3)
  }

  @Test func exponentialsFollowTheirLaw() {
    var stream = RandomStream(seed: 12)
    let values = (0..<count).map { _ in stream.exponential() }
    #expect(kolmogorovDistance(values) { -expm1(-$0) } < ksLimit(count))
  }

  @Test(arguments: [0.2, 0.7, 1, 2.5, 40])
  func gammasHaveMeanAndVarianceOfTheirShape(shape: Double) {
    var stream = RandomStream(seed: 13)
    let values = (0..<count).map { _ in stream.gamma(shape: shape) }
    expectMoments(values, mean: shape, variance: shape, fourth: 3 + 6 / shape)
    #expect(values.allSatisfy { $0 >= 0 })
  }

  /// For whole shapes the distribution function is a Poisson tail: 1 − Σ e^(−x) xʲ/j!, j < 3.
  @Test func gammasOfShapeThreeFollowErlangsLaw() {
    var stream = RandomStream(seed: 14)
    let values = (0..<count).map { _ in stream.gamma(shape: 3) }
    #expect(kolmogorovDistance(values) { 1 - exp(-$0) * (1 + $0 + $0 * $0 / 2) } < ksLimit(count))
  }

  /// A gamma of shape ½ is half a squared normal: P(X ≤ x) = erf √x.
  @Test func gammasOfShapeHalfFollowTheChiSquareLaw() {
    var stream = RandomStream(seed: 15)
    let values = (0..<count).map { _ in stream.gamma(shape: 0.5) }
    #expect(kolmogorovDistance(values) { erf($0.squareRoot()) } < ksLimit(count))
  }

  /// Beta(2, 3): P(X ≤ x) = x²(6 − 8x + 3x²).
  @Test func betasFollowTheirLaw() {
    var stream = RandomStream(seed: 16)
    let values = (0..<count).map { _ in stream.beta(2, 3) }
    #expect(kolmogorovDistance(values) { $0 * $0 * (6 - 8 * $0 + 3 * $0 * $0) } < ksLimit(count))
  }

  /// Both methods, each side of the mean of 10 at which they change.
  @Test(arguments: [0.03, 0.8, 9.9, 10.1, 300])
  func poissonCountsHaveMeanAndVarianceOfTheirMean(mean: Double) {
    var stream = RandomStream(seed: 17)
    let values = (0..<count).map { _ in Double(stream.poisson(mean: mean)) }
    expectMoments(values, mean: mean, variance: mean, fourth: 3 + 1 / mean)
  }

  /// The rejection method against the probabilities themselves, cell by cell.
  @Test func poissonCountsOfMeanTwelveFollowTheirLaw() {
    var stream = RandomStream(seed: 18)
    var counts = [Double](repeating: 0, count: 60)
    for _ in 0..<count { counts[min(59, stream.poisson(mean: 12))] += 1 }
    var probability = exp(-12.0)
    var chiSquare = 0.0
    var cells = 0
    for value in 0..<30 {
      if value > 0 { probability *= 12 / Double(value) }
      let expected = probability * Double(count)
      if expected >= 10 {
        chiSquare += (counts[value] - expected) * (counts[value] - expected) / expected
        cells += 1
      }
    }
    #expect(cells > 20)
    #expect(chiSquare < 60)  // 24 cells: beyond the upper 1e-4
  }

  @Test func aPoissonCountOfMeanZeroIsZero() {
    var stream = RandomStream(seed: 19)
    #expect((0..<1000).allSatisfy { _ in stream.poisson(mean: 0) == 0 })
  }

  @Test func categoriesAreDrawnByWeight() {
    var stream = RandomStream(seed: 20)
    let weights = [0, 1, 0, 3, 6, 0]
    let table = AliasTable(weights: weights.map(Double.init))
    var walked = [Int](repeating: 0, count: 6)
    var aliased = walked
    for _ in 0..<count {
      walked[stream.categorical(weights.map(Double.init))] += 1
      aliased[table.draw(from: &stream)] += 1
    }
    for drawn in [walked, aliased] {
      for (index, weight) in weights.enumerated() {
        let expected = Double(weight * count / 10)
        #expect(abs(Double(drawn[index]) - expected) <= 4 * expected.squareRoot())
      }
    }
  }

  /// Mean within four standard errors, variance within four of its own (from the fourth
  /// standardised moment).
  private func expectMoments(_ values: [Double], mean: Double, variance: Double, fourth: Double) {
    let n = Double(values.count)
    let average = values.reduce(0, +) / n
    let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / (n - 1)
    #expect(abs(average - mean) < 4 * (variance / n).squareRoot())
    #expect(abs(spread - variance) < 4 * variance * ((fourth - 1) / n).squareRoot())
  }
}
