import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct AllPairsTests {
  private func groups() throws -> [Moments] {
    try referenceLines("comparisons/pairs.csv").filter { $0[0] == "group" }.map { line in
      let values = line[2...].map { Double($0) ?? .nan }
      return Moments(count: Int(values[0]), means: [values[1]], crossProducts: [values[2] * (values[0] - 1)])
    }
  }

  /// R 4.2 on `chickwts`: TukeyHSD, and Games and Howell written out with `ptukey` and `qtukey`, whose own
  /// accuracy is 1e-8 to 1e-10.
  @Test(arguments: ["tukey_kramer", "games_howell"])
  func agreesWithR(_ method: String) throws {
    let groups = try groups()
    let pairs = method == "tukey_kramer" ? AllPairs.tukeyKramer(groups) : AllPairs.gamesHowell(groups)
    let result = pairs.comparisons()
    let lines = try referenceLines("comparisons/pairs.csv").filter { $0[0] == method }
    #expect(result.method == method)
    #expect(result.comparisons.count == 15 && lines.count == 15)
    for (comparison, line) in zip(result.comparisons, lines) {
      let r = line[2...].map { Double($0) ?? .nan }
      #expect("\(comparison.control + 1) \(comparison.variant + 1)" == line[1])
      #expect(abs(comparison.difference - r[0]) < 1e-8)
      #expect(near(comparison.standardError, r[1], 1e-10))
      #expect(abs(comparison.adjustedPValue - r[2]) < 1e-9, "\(comparison.adjustedPValue) \(r[2])")
      #expect(near(comparison.interval.lower, r[3], 1e-6) && near(comparison.interval.upper, r[4], 1e-6))
    }
  }

  @Test func intervalsDecideAsThePValues() throws {
    let groups = try groups()
    for pairs in [AllPairs.tukeyKramer(groups), AllPairs.gamesHowell(groups)] {
      for confidence in [0.6, 0.9, 0.95, 0.999] {
        for comparison in pairs.comparisons(confidence: confidence).comparisons {
          #expect((comparison.adjustedPValue <= 1 - confidence) == !comparison.interval.contains(0))
        }
      }
    }
  }

  @Test func twoGroupsArePlainTests() throws {
    let groups = Array(try groups().prefix(2))
    let welch = AllPairs.gamesHowell(groups).comparisons().comparisons[0]
    #expect(near(welch.adjustedPValue, welch.pValue, 1e-11))
    let nu = welch.degreesOfFreedom ?? .nan
    #expect(near(welch.criticalValue, StudentT(degreesOfFreedom: nu).upperQuantile(0.025), 1e-12))
    let pooled = AllPairs.tukeyKramer(groups).comparisons().comparisons[0]
    #expect(near(pooled.adjustedPValue, pooled.pValue, 1e-11))
    #expect(pooled.degreesOfFreedom == 20)
  }

  /// Another unit of the outcome changes no p-value.
  @Test func theUnitDoesNotMatter() throws {
    let groups = try groups()
    let cents = groups.map {
      Moments(count: $0.count, means: [$0.means[0] * 100], crossProducts: [$0.crossProducts[0] * 1e4])
    }
    let (a, b) = (AllPairs.gamesHowell(groups).comparisons(), AllPairs.gamesHowell(cents).comparisons())
    for (x, y) in zip(a.comparisons, b.comparisons) {
      #expect(near(x.adjustedPValue, y.adjustedPValue, 1e-9))
      #expect(near(x.interval.lower * 100, y.interval.lower, 1e-9))
    }
  }

  @Test func aGroupThatCannotTakePartIsLeftOut() throws {
    var groups = try groups()
    groups.insert(Moments(count: 1, means: [3], crossProducts: [0]), at: 2)
    groups.append(Moments(count: 8, means: [3], crossProducts: [0]))
    let result = AllPairs.gamesHowell(groups).comparisons()
    #expect(result.leftOut == [2, 7])
    #expect(result.comparisons.count == 15)
    let p = AllPairs.gamesHowell(try self.groups()).comparisons().comparisons.map { $0.adjustedPValue }
    #expect(result.comparisons.map { $0.adjustedPValue } == p)
    #expect(AllPairs.gamesHowell([]).comparisons().comparisons.isEmpty)
  }
}
