import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct NormalArmsTests {
  @Test func twoArmsHaveAClosedForm() throws {
    let (m, s) = ([10.0, 10.4], [0.3, 0.2])
    let found = try #require(NormalArms(means: m, standardDeviations: s).result())
    let posterior = NormalPosterior(estimate: 0.4, standardError: (0.09 + 0.04).squareRoot())
    #expect(abs(found.probabilityBest[1] - posterior.probabilityAbove()) < 1e-10)
    #expect(abs(found.expectedLoss[1] - posterior.expectedShortfall()) < 1e-10)
    #expect(abs(found.expectedLoss[0] - posterior.expectedExcess()) < 1e-10)
    let lower = try #require(NormalArms(means: m, standardDeviations: s).result(lowerIsBetter: true))
    #expect(abs(lower.probabilityBest[0] - found.probabilityBest[1]) < 1e-10)
  }

  @Test func manyArmsAddUpToOneWhateverTheirUnit() throws {
    let (m, s) = ([1.0, 1.2, 0.7, 1.19], [0.1, 0.02, 0.5, 0.07])
    let found = try #require(NormalArms(means: m, standardDeviations: s).result())
    #expect(abs(found.probabilityBest.reduce(0, +) - 1) < 1e-10)
    let large = try #require(
      NormalArms(means: m.map { $0 * 1e6 }, standardDeviations: s.map { $0 * 1e6 }).result())
    for (a, b) in zip(found.probabilityBest, large.probabilityBest) { #expect(abs(a - b) < 1e-10) }
    for (a, b) in zip(found.expectedLoss, large.expectedLoss) { #expect(abs(a * 1e6 - b) < 1e-3) }
    let equal = try #require(NormalArms(means: [5, 5, 5], standardDeviations: [1, 1, 1]).result())
    #expect(equal.probabilityBest.allSatisfy { abs($0 - 1.0 / 3) < 1e-10 })
    // E[max of three standard normals] = 3 / (2 √π).
    #expect(abs(equal.expectedLoss[0] - 1.5 / Double.pi.squareRoot()) < 1e-9)
  }

  @Test func armsFarApartAndMissingOnes() throws {
    let far = try #require(NormalArms(means: [0, 1e9], standardDeviations: [1, 2]).result())
    #expect(abs(far.probabilityBest[1] - 1) < 1e-10 && abs(far.expectedLoss[0] / 1e9 - 1) < 1e-9)
    #expect(NormalArms(means: [0, .nan], standardDeviations: [1, 1]).result() == nil)
    #expect(NormalArms(means: [0, 1], standardDeviations: [1, 0]).result() == nil)
  }
}
