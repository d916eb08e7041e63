import Foundation
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct SampleRatioTests {
  private struct Row {
    let name: String
    let counts: [Int]
    let weights: [Double]
    let value: Double
  }

  private static func rows() throws -> [Row] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/allocation/expected.csv")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",")
      return Row(
        name: String(cells[0]), counts: cells[1].split(separator: " ").compactMap { Int($0) },
        weights: cells[2].split(separator: " ").compactMap { Double($0) }, value: Double(cells[3]) ?? .nan)
    }
  }

  @Test func agreesWithSciPyAndFractions() throws {
    var methods: Set<SampleRatio.Method> = []
    for row in try Self.rows() where row.name != "bayes_factor" {
      let test = SampleRatio(counts: row.counts, weights: row.weights).test()
      methods.insert(test.method)
      #expect(test.method.rawValue.hasPrefix(row.name))
      #expect(isNear(test.pValue, row.value, 1e-10), "\(row.counts) \(test.pValue) \(row.value)")
    }
    #expect(methods.count == 2)
  }

  @Test func bayesFactorAgreesWithHighPrecision() throws {
    for row in try Self.rows() where row.name == "bayes_factor" {
      var looks = SequentialSampleRatio(weights: row.weights)
      looks.observe(row.counts)
      #expect(abs(looks.logBayesFactor - row.value) < 1e-8, "\(looks.logBayesFactor) \(row.value)")
      #expect(isNear(looks.pValue, min(1, exp(-row.value)), 1e-7))
    }
  }

  /// Cookie Cats: 44,700 and 45,489 where halves were planned.
  @Test func cookieCats() {
    let test = SampleRatio(counts: [44_700, 45_489], weights: [0.5, 0.5]).test()
    #expect(abs(test.pValue - 0.0086) < 5e-5)
    #expect(!test.fails(alpha: 0.001) && test.fails(alpha: 0.01))
  }

  /// An arm of weight 0 changes neither the degrees of freedom nor p; units in it are a failure at once.
  @Test(arguments: [1, 10]) func zeroWeight(_ scale: Int) {
    let plain = SampleRatio(counts: [130 * scale, 90 * scale], weights: [3, 2]).test()
    let with = SampleRatio(counts: [130 * scale, 0, 90 * scale], weights: [3, 0, 2]).test()
    #expect(with.pValue == plain.pValue && with.degreesOfFreedom == 1 && with.expected[1] == 0)
    #expect(!with.fails())
    let wrong = SampleRatio(counts: [130 * scale, 1, 90 * scale], weights: [3, 0, 2]).test()
    #expect(wrong.unplannedArms == [1] && wrong.fails() && wrong.pValue == plain.pValue)
  }

  @Test func edges() {
    #expect(SampleRatio(counts: [0, 0], weights: [1, 1]).test().pValue.isNaN)
    let single = SampleRatio(counts: [7, 0], weights: [1, 0]).test()
    #expect(single.pValue == 1 && single.degreesOfFreedom == 0 && !single.fails())
    #expect(SampleRatio(counts: [10, 0, 10], weights: [1, 1, 1]).test().fails(alpha: 0.01))
    // The order of the arms means nothing.
    let a = SampleRatio(counts: [30, 50, 41], weights: [1, 2, 1]).test().pValue
    let b = SampleRatio(counts: [50, 41, 30], weights: [2, 1, 1]).test().pValue
    #expect(isNear(a, b, 1e-12))
  }

  /// Too many arms to count out: Pearson's where that is fit, the arms one by one where it is not.
  @Test func manyArms() {
    let full = SampleRatio(
      counts: [75, 80, 92, 71, 88, 90, 84, 77, 66, 81, 79, 83], weights: Array(repeating: 1, count: 12)
    ).test()
    #expect(full.method == .chiSquare && full.degreesOfFreedom == 11)
    // Six arms of 10 are still counted out. Ordered by their masses, allocations give another p-value than
    // by their distances, but not far from it.
    let six = SampleRatio(counts: [6, 12, 9, 13, 5, 15], weights: Array(repeating: 1, count: 6)).test()
    #expect(six.method == .exactMultinomial)
    #expect(isNear(six.pValue, ChiSquared(degreesOfFreedom: 5).upperTail(six.statistic), 0.2))
    let sparse = SampleRatio(
      counts: [3, 2, 4, 1, 0, 3, 2, 2, 19, 1, 3, 2], weights: Array(repeating: 1, count: 12)
    ).test()
    #expect(sparse.method == .exactArms && sparse.fails())
    let one = SampleRatio(counts: [19, 23], weights: [1, 11]).test()
    #expect(isNear(sparse.pValue, 12 * one.pValue, 1e-10))
  }

  /// Exact means: p ≤ α happens with probability at most α.
  @Test func sizeIsHeld() {
    let (n, share) = (40, 0.3)
    let masses = BinomialMasses(n, share)
    for alpha in [0.001, 0.01, 0.05] {
      let size = (0...n).filter {
        SampleRatio(counts: [$0, n - $0], weights: [share, 1 - share]).test().pValue <= alpha
      }.reduce(0) { $0 + masses[$1] }
      #expect(size <= alpha && size > alpha / 10)
    }
  }

  /// Looked at after every 50 units, a true plan is rejected at 5 % by fewer than 5 % of the runs, and a
  /// false one is found.
  @Test func looksHoldTheirLevel() {
    func share(of probability: Double, seed: UInt64) -> Double {
      var random = RandomStream(seed: seed)
      var rejected = 0
      for _ in 0..<400 {
        var looks = SequentialSampleRatio(weights: [1, 1], concentration: 1000)
        for _ in 0..<60 where looks.pValue > 0.05 {
          let ones = (0..<50).reduce(0) { sum, _ in sum + (random.uniform() < probability ? 1 : 0) }
          looks.observe([ones, 50 - ones])
        }
        if looks.pValue <= 0.05 { rejected += 1 }
      }
      return Double(rejected) / 400
    }
    #expect(share(of: 0.5, seed: 1) <= 0.05)
    #expect(share(of: 0.45, seed: 2) > 0.95)
  }

  /// New weights start a new phase; the evidence of the phases multiplies.
  @Test func phases() {
    var whole = SequentialSampleRatio(weights: [9, 1])
    whole.observe([900, 150])
    let first = whole.logBayesFactor
    whole.change(weights: [1, 1])
    whole.observe([700, 800])
    var second = SequentialSampleRatio(weights: [1, 1])
    second.observe([700, 800])
    #expect(abs(whole.logBayesFactor - first - second.logBayesFactor) < 1e-9)
    #expect(whole.counts == [1600, 950])
    var zero = SequentialSampleRatio(weights: [1, 0, 1])
    zero.observe([10, 0, 10])
    #expect(zero.unplannedArms.isEmpty)
    zero.observe([10, 2, 10])
    #expect(zero.unplannedArms == [1])
  }
}
