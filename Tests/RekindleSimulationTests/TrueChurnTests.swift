internal import Foundation
internal import RekindleCore
internal import RekindleSimulation
internal import Testing

/// The truth against what the shop then does, at two moments whose windows do not overlap.
@Suite struct TrueChurnTests {
  static let truths: Result<[(probability: Double, churned: Double)], any Error> = Result {
    var shop = try ShopSimulation(customers: 4000, seed: 21)
    shop.asOf = [shop.asOf[shop.asOf.count - 4], shop.asOf[shop.asOf.count - 1]]
    return try run(shop).filter { $0.table == .truth }
      .map { (Double($0.cells[2]) / 1e6, Double($0.cells[3])) }
  }

  /// The labels are Bernoulli with these probabilities, so the standard error of the mean
  /// difference is known: √Σ p(1 − p) / n.
  @Test func theMeanTruthIsTheObservedRate() throws {
    let truths = try Self.truths.get()
    let n = Double(truths.count)
    #expect(n > 5000)
    let difference = truths.reduce(0) { $0 + $1.churned - $1.probability } / n
    let error = truths.reduce(0) { $0 + $1.probability * (1 - $1.probability) }.squareRoot() / n
    #expect(abs(difference) < 3.5 * error)
  }

  @Test func theTruthIsCalibratedInEveryTenth() throws {
    let truths = try Self.truths.get()
    for tenth in 0..<10 {
      let low = Double(tenth) / 10
      let within = truths.filter { $0.probability >= low && $0.probability < low + 0.1 }
      if within.count < 100 { continue }
      let difference = within.reduce(0) { $0 + $1.churned - $1.probability }
      let error = within.reduce(0) { $0 + $1.probability * (1 - $1.probability) }.squareRoot()
      #expect(abs(difference) < 4 * error, "from \(low)")
    }
  }

  /// A logistic regression of the label on the truth's log odds has intercept 0 and slope 1.
  @Test func theCalibrationSlopeIsOne() throws {
    let truths = try Self.truths.get()
    var intercept = 0.0
    var slope = 1.0
    var error = 0.0
    for _ in 0..<20 {
      var (g0, g1, h00, h01, h11) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (probability, churned) in truths {
        let p = min(max(probability, 1e-6), 1 - 1e-6)
        let x = log(p) - log1p(-p)
        let mu = 1 / (1 + exp(-intercept - slope * x))
        g0 += churned - mu
        g1 += (churned - mu) * x
        let w = mu * (1 - mu)
        h00 += w
        h01 += w * x
        h11 += w * x * x
      }
      let determinant = h00 * h11 - h01 * h01
      intercept += (h11 * g0 - h01 * g1) / determinant
      slope += (h00 * g1 - h01 * g0) / determinant
      error = (h00 / determinant).squareRoot()
    }
    #expect(error < 0.03)
    #expect(abs(slope - 1) < 3.5 * error)
  }

  @Test func churnIsPredictableButNotTrivially() throws {
    let truths = try Self.truths.get()
    let churned = truths.filter { $0.churned == 1 }.map(\.probability).sorted()
    let stayed = truths.filter { $0.churned == 0 }.map(\.probability).sorted()
    // Pairs in which the one who left had the higher probability: two fingers along sorted lists.
    var below = 0
    var wins = 0.0
    for probability in churned {
      while below < stayed.count, stayed[below] < probability { below += 1 }
      wins += Double(below)
    }
    let area = wins / Double(churned.count * stayed.count)
    #expect((0.8...0.9).contains(area), "\(area)")
    let rate = Double(churned.count) / Double(truths.count)
    #expect((0.3...0.6).contains(rate), "\(rate)")
  }
}
