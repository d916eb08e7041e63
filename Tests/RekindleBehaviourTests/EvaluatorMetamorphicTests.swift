import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// What must change nothing: the future, the threads, the blocks, the company a feature keeps, the
/// order of the moments.
@Suite struct EvaluatorMetamorphicTests {
  static let formulas = [
    "count(purchase, last 7d)", "count(purchase, last 30d)", "sum(purchase.value, last 30d)",
    "sum(purchase.value, last 7d)", "sum(purchase.value)", "mean(purchase.value, last 90d)",
    "sd(purchase.value)", "median(purchase.value, latest 5)", "max(purchase.age)",
    "sum(purchase.value, last 60d where category == \"c1\" or value > 50)",
    "share(purchase where hour >= 12)", "count(purchase where age > 20.5)",
    "gap_mean(purchase)", "gap_sd(purchase)", "gap_slope(purchase)", "gap_regularity(purchase, latest 6)",
    "clumpiness(purchase, last 90d)", "entropy(purchase.category)", "top_share(purchase.category, last 90d)",
    "max(days_since_last(purchase by category) / gap_mean(purchase by category))",
    "sum(sum(purchase.value by category) * count(visit by category))",
    "count(visit, last 10d) / count(visit, between 20d and 10d ago)", "days_since_last(visit)",
    "streak(visit where category == \"c2\")", "latest(purchase.category)", "first(visit.category, last 30d)",
    "if(any(visit, last 3d), log1p(sum(purchase.value)), -1)",
    "coalesce(days_since_last(visit, last 5d), 99) + f3",
  ]

  static func features() throws -> [FeatureDefinition] {
    try formulas.enumerated().map { try EvaluatorFixture.feature("f\($0)", $1) }
  }

  /// Forty customers, some without events, two kinds, one of them recorded late at times.
  static func events() -> [Event] {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    return (0..<2500).map { _ in
      let isVisit = next(3) > 0
      let time = Instant(seconds: Int64(next(200 * 1440)) * 60)
      var attributes: [String: Event.Value] = ["category": .category("c\(next(4))")]
      if next(10) == 0 { attributes = [:] }
      if !isVisit { attributes["value"] = .number(Double(next(10_000)) / 100) }
      let delay = next(4) == 0 ? Int64(next(5 * 86_400)) : 0
      return Event(
        customer: "k\(next(40) * next(3))", kind: isVisit ? "visit" : "purchase", time: time,
        recorded: isVisit ? Instant(microseconds: time.microseconds + delay * 1_000_000) : nil,
        attributes: attributes)
    }
  }

  static func moments(_ log: EventLog) -> [Moment] {
    (0..<Int32(log.customers.count)).flatMap { customer in
      [60, 90, 120, 121, 150].map {
        Moment(customer: customer, time: EvaluatorFixture.instant(day: $0, hour: Int(customer) % 24))
      }
    }
  }

  /// Columns as bits, texts as texts.
  static func bits(_ table: FeatureTable) -> [[String]] {
    table.columns.map { column in
      switch column.values {
      case .number(let values), .flag(let values): values.map { String($0.bitPattern) }
      case .category(let codes, let dictionary): codes.map { $0 < 0 ? "missing" : dictionary[Int($0)] }
      }
    }
  }

  static func table(
    _ log: EventLog, _ moments: [Moment], threads: Int = 1, blockSize: Int = 1024
  ) throws -> FeatureTable {
    var evaluator = Evaluator(log: log, workers: Workers(threads))
    evaluator.blockSize = blockSize
    return try evaluator.table(of: features(), at: moments)
  }

  @Test(arguments: [(1, 1), (2, 7), (4, 64), (3, 1000)])
  func threadsAndBlocksChangeNoBit(threads: Int, blockSize: Int) throws {
    let log = EvaluatorFixture.log(Self.events())
    let moments = Self.moments(log)
    let expected = Self.bits(try Self.table(log, moments))
    #expect(Self.bits(try Self.table(log, moments, threads: threads, blockSize: blockSize)) == expected)
  }

  @Test func whatHappensLaterChangesNoBit() throws {
    let events = Self.events()
    let all = EvaluatorFixture.log(events)
    for day in [60, 121] {
      let end = EvaluatorFixture.instant(day: day)
      // Deleted is what happened at the end or later, and what became known then.
      let past = EvaluatorFixture.log(events.filter { $0.time < end && ($0.recorded ?? $0.time) < end })
      let ids = past.customers
      let before = ids.indices.map { Moment(customer: Int32($0), time: end) }
      let whole = try ids.map { id in
        Moment(customer: Int32(try #require(all.customers.firstIndex(of: id))), time: end)
      }
      #expect(Self.bits(try Self.table(past, before)) == Self.bits(try Self.table(all, whole)))
    }
  }

  @Test func askedAloneIsAskedTogether() throws {
    let log = EvaluatorFixture.log(Self.events())
    let moments = Self.moments(log)
    let features = try Self.features()
    let together = Self.bits(try Self.table(log, moments))
    for (index, feature) in features.enumerated() where !Self.formulas[index].contains("f3") {
      let alone = try Evaluator(log: log, workers: Workers(2)).table(of: [feature], at: moments)
      #expect(Self.bits(alone)[0] == together[index], "\(Self.formulas[index])")
    }
  }

  @Test func orderAndCompanyOfMomentsChangeNoBit() throws {
    let log = EvaluatorFixture.log(Self.events())
    let moments = Self.moments(log)
    let expected = Self.bits(try Self.table(log, moments))
    let backwards = Self.bits(try Self.table(log, moments.reversed()))
    #expect(backwards.map { Array($0.reversed()) } == expected)
    for row in stride(from: 0, to: moments.count, by: 17) {
      #expect(Self.bits(try Self.table(log, [moments[row]])).map { $0[0] } == expected.map { $0[row] })
    }
    // Customers far apart: their events are no one piece of the log.
    let sparse = moments.indices.filter { moments[$0].customer % 13 == 2 }
    #expect(
      Self.bits(try Self.table(log, sparse.map { moments[$0] }))
        == expected.map { column in
          sparse.map { column[$0] }
        })
  }

  @Test func noMomentsGiveNoRows() throws {
    let log = EvaluatorFixture.log(Self.events())
    let table = try Self.table(log, [])
    #expect(table.rowCount == 0 && table.columns.count == Self.formulas.count)
  }
}
