import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct RFMTests {
  let log = Shop.generated(customers: 1500, seed: 5)
  let moment = day("2025-12-01")

  /// Every buyer is in one segment, and the scores say which.
  @Test func segmentsPartitionTheCustomers() throws {
    let rfm = try RFM(.init(cut: .median), of: log, at: moment)
    let segments = rfm.classicalSegments
    let buyers = rfm.recencyDays.values.count { !$0.isNaN }
    #expect(segments.count { $0 != nil } == buyers)
    #expect(
      ClassicalSegment.allCases.reduce(0) { sum, segment in sum + segments.count { $0 == segment } } == buyers
    )
    #expect(Set(segments.compactMap { $0 }).count == 8)
    for customer in log.customers.indices {
      guard let segment = segments[customer] else { continue }
      let isRecent = rfm.recencyDays.values[customer] <= rfm.recencyDays.cuts[0]
      let isValuable = rfm.money.values[customer] > rfm.money.cuts[0]
      #expect(segment.chineseName.hasPrefix("重要") == isValuable)
      #expect((segment.chineseName.hasSuffix("价值") || segment.chineseName.hasSuffix("发展")) == isRecent)
    }
    #expect(Set(ClassicalSegment.allCases.map(\.chineseName)).count == 8)
  }

  @Test func theElevenGroupsPartitionTheCustomers() throws {
    let rfm = try RFM(.init(cut: .quintiles), of: log, at: moment)
    let groups = try rfm.groups()
    #expect(groups.count == log.customers.count)
    #expect(Set(groups).count == 11)
    #expect(groups.count { $0 == .prospects } == rfm.recencyDays.values.count { $0.isNaN })
    #expect { try RFM(.init(cut: .median), of: log, at: moment).groups() } throws: {
      ($0 as? Diagnostic)?.code == "RK0914"
    }
  }

  /// The recency score falls with the days, the others rise with their measure.
  @Test(arguments: [RFMCut.median, .mean, .quintiles, .at([5, 30, 50])])
  func scoresAreMonotone(cut: RFMCut) throws {
    let rfm = try RFM(.init(cut: cut), of: log, at: moment)
    let buyers = log.customers.indices.filter { rfm.scores[$0] != nil }
    for (measure, score, sign) in [
      (rfm.recencyDays, \RFM.Scores.recency, -1), (rfm.frequency, \.frequency, 1), (rfm.money, \.money, 1),
    ] {
      let order = buyers.sorted { measure.values[$0] < measure.values[$1] }
      let scores = order.map { sign * (rfm.scores[$0]?[keyPath: score] ?? 0) }
      #expect(scores == scores.sorted())
      #expect(scores.allSatisfy { 1...measure.scoreCount ~= abs($0) })
    }
  }

  @Test func aFifthOfTheCustomersIsInEachQuintile() throws {
    let rfm = try RFM(.init(cut: .quintiles), of: log, at: moment)
    let scores = rfm.scores.compactMap { $0 }
    for score in 1...5 {
      #expect(abs(Double(scores.count { $0.money == score }) / Double(scores.count) - 0.2) < 0.002)
    }
  }
}
