import Foundation
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct BetaBinomialTests {
  private struct Row {
    let what: String
    let arms: [BetaPosterior]
    let values: [Double]
  }

  private static func rows() throws -> [Row] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/bayes/expected.csv")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",")
      let shapes = cells[1].split(separator: " ").compactMap { Double($0) }
      return Row(
        what: String(cells[0]),
        arms: stride(from: 0, to: shapes.count, by: 2).map { beta(shapes[$0], shapes[$0 + 1]) },
        values: cells[2].split(separator: " ").compactMap { Double($0) })
    }
  }

  /// The posterior that has these shapes: no data, and the prior itself.
  private static func beta(_ a: Double, _ b: Double) -> BetaPosterior {
    BetaPosterior(ProportionCounts(successes: 0, count: 0), prior: BetaPrior(a, b))
  }

  @Test func agreesWithSciPyQuadrature() throws {
    var seen = 0
    for row in try Self.rows() {
      seen += 1
      switch row.what {
      case "best":
        let best = BetaBinomial(row.arms).result().probabilityBest
        for (found, wanted) in zip(best, row.values) { #expect(abs(found - wanted) < 1e-10, "\(row)") }
        #expect(abs(best.reduce(0, +) - 1) < 1e-10)
      case "loss":
        let loss = BetaBinomial(row.arms).result().expectedLoss
        for (found, wanted) in zip(loss, row.values) {
          #expect(isNear(found, wanted, 1e-9), "\(row) \(found) \(wanted)")
        }
      case "difference":
        let p = BetaComparison(control: row.arms[0], variant: row.arms[1])
          .probability(differenceUpTo: row.values[0])
        #expect(abs(p - row.values[1]) < 1e-10, "\(row) \(p)")
      case "lift":
        let p = BetaComparison(control: row.arms[0], variant: row.arms[1]).probability(
          liftUpTo: row.values[0])
        #expect(abs(p - row.values[1]) < 1e-10, "\(row) \(p)")
      default: Issue.record("\(row)")
      }
    }
    #expect(seen == 60)
  }

  /// With whole shapes the chance of two arms is a finite sum.
  ///
  /// ```
  /// P(p₁ > p₀) = Σ_{i=0}^{a₁−1} B(a₀ + i, b₀ + b₁) / ((b₁ + i) B(1 + i, b₁) B(a₀, b₀))
  /// ```
  @Test(arguments: [(1, 1, 1, 1), (11, 91, 16, 86), (1, 301, 9, 293), (49, 33, 15, 57), (2, 5001, 12, 4991)])
  func closedForm(_ a0: Int, _ b0: Int, _ a1: Int, _ b1: Int) {
    let (a, b, d) = (Double(a0), Double(b0), Double(b1))
    let wanted = (0..<a1).map(Double.init).reduce(0.0) { sum, i in
      sum + exp(logBeta(a + i, b + d) - log(d + i) - logBeta(1 + i, d) - logBeta(a, b))
    }
    let arms = [Self.beta(a, b), Self.beta(Double(a1), d)]
    #expect(abs(BetaBinomial(arms).result().probabilityBest[1] - wanted) < 1e-11)
    #expect(abs(BetaComparison(control: arms[0], variant: arms[1]).probabilityGreater - wanted) < 1e-11)
  }

  /// Losses of two arms differ by the difference of their means, and arms that are alike share evenly.
  @Test func identities() {
    let arms = [
      ProportionCounts(successes: 40, count: 900), ProportionCounts(successes: 55, count: 1000),
    ]
    let result = BetaBinomial(arms).result()
    let means = arms.map { BetaPosterior($0).mean }
    #expect(abs(result.expectedLoss[0] - result.expectedLoss[1] - (means[1] - means[0])) < 1e-14)
    let alike = BetaBinomial(Array(repeating: ProportionCounts(successes: 3, count: 50), count: 7)).result()
    for p in alike.probabilityBest { #expect(abs(p - 1 / 7.0) < 1e-12) }
    let single = BetaBinomial([arms[0]]).result()
    #expect(single.probabilityBest == [1] && single.expectedLoss == [0])
    // The lowest rate is the highest rate of failure.
    let low = BetaBinomial(arms).result(lowerIsBetter: true)
    #expect(abs(low.probabilityBest[0] - result.probabilityBest[1]) < 1e-12)
  }

  /// Twelve arms of a million units each, in any order.
  @Test func manyArms() {
    let arms = (0..<12).map { ProportionCounts(successes: 50_000 + 97 * (($0 * 5) % 12), count: 1_000_000) }
    let result = BetaBinomial(arms).result()
    #expect(abs(result.probabilityBest.reduce(0, +) - 1) < 1e-10)
    let turned = BetaBinomial(Array(arms.reversed())).result()
    for (p, q) in zip(result.probabilityBest, turned.probabilityBest.reversed()) {
      #expect(isNear(p, q, 1e-9))
    }
  }

  /// The interval's ends are where its probabilities say.
  @Test func intervals() {
    for (x0, n0, x1, n1) in [(0, 50, 3, 60), (20, 1000, 31, 1000), (500, 1000, 500, 1000)] {
      let two = BetaComparison(
        TwoProportions(
          control: ProportionCounts(successes: x0, count: n0),
          variant: ProportionCounts(successes: x1, count: n1)))
      let difference = two.differenceInterval(probability: 0.9)
      #expect(abs(two.probability(differenceUpTo: difference.lower) - 0.05) < 1e-9)
      #expect(abs(two.probability(differenceUpTo: difference.upper) - 0.95) < 1e-9)
      let lift = two.liftInterval(probability: 0.9)
      #expect(abs(two.probability(liftUpTo: lift.lower) - 0.05) < 1e-9)
      #expect(abs(two.probability(liftUpTo: lift.upper) - 0.95) < 1e-9)
      #expect(abs(two.probability(differenceUpTo: 0) - two.probability(liftUpTo: 0)) < 1e-11)
      #expect(abs(1 - two.probability(liftUpTo: 0) - two.probabilityGreater) < 1e-11)
    }
  }
}
