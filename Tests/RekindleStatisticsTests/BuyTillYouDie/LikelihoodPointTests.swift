import RekindleCore
import RekindleNumerics
import RekindleStatistics
import Testing

/// A fit sums the likelihood over joined rows and tables of ages, with derivatives that were worked out by
/// hand: here they meet the formula of one customer, and its differences.
@Suite struct LikelihoodPointTests {
  static let truth = MBGNBD(r: 0.8, alpha: 60, a: 0.9, b: 2.5, unit: .day)
  /// Whole days, many of them equal, and some on no grid.
  static let histories =
    simulated(truth, customers: 3000, seed: 5, whole: true) + simulated(truth, customers: 500, seed: 6)
    + [
      RepeatHistory(repeats: 0, lastAge: 0, age: 0, unit: .day),
      RepeatHistory(repeats: 1, lastAge: 3, age: 3, unit: .week),
      RepeatHistory(repeats: 900, lastAge: 500, age: 600, unit: .day),
      RepeatHistory(repeats: 2.5, lastAge: 5, age: 600, unit: .day),
    ]

  private func check(
    _ theta: [Double], _ sum: ([Double]) -> Double, _ point: ([Double]) throws -> LikelihoodPoint
  ) throws {
    let here = try point(theta)
    #expect(close(here.value, sum(theta), 1e-12))
    let curvature = try #require(here.curvature)
    for i in theta.indices {
      let h = 1e-4 * theta[i]
      func moved(_ steps: Double) -> [Double] {
        var theta = theta
        theta[i] += steps * h
        return theta
      }
      // Differences of fifth order.
      let slope = (8 * (sum(moved(1)) - sum(moved(-1))) - (sum(moved(2)) - sum(moved(-2)))) / (12 * h)
      let scale = abs(here.value) / theta[i]
      #expect(abs(here.slope[i] - slope) < 1e-9 * scale, "slope \(i): \(here.slope[i]) \(slope)")
      let (up, down, far, back) = try (point(moved(1)), point(moved(-1)), point(moved(2)), point(moved(-2)))
      for j in theta.indices {
        let bend =
          (8 * (up.slope[j] - down.slope[j]) - (far.slope[j] - back.slope[j])) / (12 * h)
        #expect(
          abs(curvature[i, j] - bend) < 1e-9 * scale / theta[j], "bend \(i) \(j): \(curvature[i, j]) \(bend)")
      }
    }
  }

  @Test(arguments: [[0.8, 60, 0.9, 2.5], [0.2, 3, 1e-3, 40], [5, 900, 8, 0.05]])
  func betaGeometric(theta: [Double]) throws {
    func model<Model: BetaGeometricModel>(_: Model.Type, _ theta: [Double]) -> Model {
      Model(r: theta[0], alpha: theta[1], a: theta[2], b: theta[3], unit: .day)
    }
    func sum(_ model: some PurchaseModel) -> Double {
      Self.histories.reduce(0) { $0 + model.logLikelihood($1) }
    }
    try check(
      theta, { sum(model(MBGNBD.self, $0)) }, { try model(MBGNBD.self, $0).likelihoodPoint(Self.histories) })
    try check(
      theta, { sum(model(BGNBD.self, $0)) }, { try model(BGNBD.self, $0).likelihoodPoint(Self.histories) })
  }

  @Test(arguments: [[6, 4, 15.0], [0.3, 20, 400], [40, 0.5, 0.2]])
  func gammaGamma(theta: [Double]) throws {
    func model(_ theta: [Double]) -> GammaGamma { GammaGamma(p: theta[0], q: theta[1], v: theta[2]) }
    let spends = spends(customers: 2000, seed: 3) + [SpendHistory(repeats: 0.5, mean: 1e6)]
    try check(
      theta, { theta in spends.reduce(0) { $0 + model(theta).logLikelihood($1) } },
      { model($0).likelihoodPoint(spends) })
  }

  /// Of amounts in cents, so that many sums are equal.
  private func spends(customers: Int, seed: UInt64) -> [SpendHistory] {
    var random = RandomStream(seed: seed)
    return (0..<customers).map { _ in
      let rate = random.gamma(shape: 4) / 15
      let repeats = 1 + (4 * random.uniform() * random.uniform()).rounded()
      let sum = (100 * random.gamma(shape: 6 * repeats) / rate).rounded() / 100
      return SpendHistory(repeats: repeats, mean: sum / repeats)
    }
  }

  /// Enough customers that a sample of them leads the way.
  @Test func manyCustomersGiveTheSameInAnyOrderOnAnyThreads() throws {
    let histories = simulated(Self.truth, customers: 90_000, seed: 7, whole: true)
    let one = try MBGNBD.fit(histories, unit: .week)
    #expect(one.fit.evaluations <= 6)
    #expect(try MBGNBD.fit(histories.reversed(), unit: .week, workers: Workers(3)) == one)
    // At the maximum, no slope is left.
    let point = try one.model.likelihoodPoint(histories)
    for (estimate, slope) in zip(one.fit.estimates, point.slope) {
      #expect(abs(slope * estimate.standardError) < 1e-5, "\(estimate.name) \(slope)")
    }
    let spends = spends(customers: 90_000, seed: 8)
    let money = try GammaGamma.fit(spends)
    #expect(try GammaGamma.fit(spends.reversed(), workers: Workers(3)) == money)
    for (estimate, value) in zip(money.fit.estimates, [6, 4, 15.0]) {
      #expect(abs(estimate.value - value) < 4 * estimate.standardError, "\(estimate)")
    }
  }

  /// Everybody twice: the same estimates, and intervals narrower by √2 on the scale of the logarithm.
  @Test func aDoubledPopulationIsTwiceTheInformation() throws {
    let histories = simulated(Self.truth, customers: 1500, seed: 9, whole: true)
    let one = try MBGNBD.fit(histories, unit: .day).fit
    let two = try MBGNBD.fit(histories + histories, unit: .day).fit
    for (one, two) in zip(one.estimates, two.estimates) {
      #expect(close(two.value, one.value, 1e-8))
      func factor(_ interval: Interval) -> Double { logarithm(interval.upper / interval.lower) }
      #expect(close(factor(one.interval()), 2.0.squareRoot() * factor(two.interval()), 1e-6))
      #expect(one.interval().lower > 0 && one.interval().contains(one.value))
      #expect(one.interval(confidence: 0.5).upper < one.interval(confidence: 0.99).upper)
    }
  }
}
