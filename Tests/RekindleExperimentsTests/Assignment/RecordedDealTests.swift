import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import RekindleTables
import Testing

@Suite struct RecordedDealTests {
  static let moment = Instant(seconds: 1_770_000_000)

  static func experiment(
    arms: [String] = ["a", "b"], acceptance: Double = 0.1, strata: [String] = [], segments: [String] = []
  ) -> Experiment {
    Experiment(
      id: "coupon", arms: arms.map { .init($0, weight: 1 / Double(arms.count)) }, control: "a",
      strata: strata,
      batch: .init(balance: .init(covariates: ["spent"], acceptance: acceptance)),
      metrics: [Metric("spend", kind: .mean, method: "permutation")], segments: segments)
  }

  static func list(_ count: Int, strata: Int = 0) -> AssignmentList {
    var stream = RandomStream(seed: 3)
    return AssignmentList(
      ids: AssignerTests.ids(count),
      strata: (0..<strata).map { _ in CodedColumn((0..<count).map { $0 % 3 == 0 ? "north" : "south" }) },
      covariates: [(0..<count).map { _ in stream.exponential() }])
  }

  /// A row a unit of the table, its outcome a function of its row.
  static func units(
    _ table: AssignmentTable, segments: [CodedColumn] = [], spend: (Int) -> Double
  ) -> UnitBatches {
    UnitBatches([
      UnitBatch(
        rowCount: table.count, ids: UnitIDs(table.customers), arms: table.arms, segments: segments,
        stratum: table.strata, numbers: [(0..<table.count).map(spend)])
    ])
  }

  static func analysis(
    _ experiment: Experiment, _ deal: RecordedDeal?, _ units: UnitBatches
  ) throws -> ExperimentReport {
    try analyze(
      collectMoments(of: experiment, from: units, deal: deal), of: experiment, deal: deal)
  }

  /// The distance of two arms and one covariate without strata, by its definition.
  static func distance(_ x: [Double], _ isVariant: [Bool]) -> Double {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let m = Double(isVariant.count { $0 })
    var gap = 0.0
    for (value, isVariant) in zip(x, isVariant) { gap += isVariant ? value / m : -value / (n - m) }
    return m * (n - m) / n * gap * gap / variance
  }

  @Test func everyDealKeepsTheCountsTheOtherArmsAndTheBalance() throws {
    let experiment = Self.experiment(arms: ["a", "b", "c"], strata: ["region"])
    let result = try experiment.assign(Self.list(300, strata: 1), at: Self.moment)
    let table = result.table
    let deal = try RecordedDeal(table, result.record)
    let exchange = deal.exchange(control: "a", variant: "c")
    let names = ["a": 0, "b": -1, "c": 1]
    #expect(exchange.arms == (0..<table.count).map { names[table.arm($0)] })
    var seen: Set<[Int]> = []
    for draw in 0..<50 {
      var stream = RandomStream(seed: 9).stream(UInt64(draw))
      let arms = exchange(&stream)
      seen.insert(arms)
      var counts: [String: Int] = [:]
      for (row, arm) in arms.enumerated() {
        #expect((arm == -1) == (table.arm(row) == "b"))
        counts["\(table.stratum(row) ?? "") \(arm)", default: 0] += 1
      }
      for (row, arm) in exchange.arms.enumerated() {
        counts["\(table.stratum(row) ?? "") \(arm)", default: 0] -= 1
      }
      #expect(counts.values.allSatisfy { $0 == 0 })
      // A table so dealt is one that the record's rule accepts: it would be refused otherwise.
      let words = arms.enumerated().map { row, arm in arm < 0 ? table.arm(row) : ["a", "c"][arm] }
      _ = try RecordedDeal(
        AssignmentTable(
          experiment: "coupon", experiments: CodedColumn(words.map { _ in "coupon" }),
          customers: table.customers, arms: CodedColumn(words), strata: table.strata,
          probabilities: table.probabilities, assignedAt: table.assignedAt, balanced: table.balanced,
          covariates: table.covariates), result.record)
    }
    #expect(seen.count == 50)
  }

  /// All 252 deals of ten units, those that are balanced enough kept: the share of them that is as far out.
  @Test func thePValueIsThatOfTheDealsThatWouldHaveBeenKept() throws {
    let experiment = Self.experiment(acceptance: 0.4)
    let result = try experiment.assign(Self.list(10), at: Self.moment)
    let table = result.table
    var stream = RandomStream(seed: 8)
    let outcome = (0..<10).map { row in
      2 * table.covariates[0][row] + stream.normal() + (table.arm(row) == "b" ? 1 : 0)
    }
    let threshold = ChiSquared(degreesOfFreedom: 1).quantile(0.4)
    func statistic(_ isVariant: [Bool]) -> Double {
      func moments(_ wanted: Bool) -> Moments {
        let own = outcome.indices.filter { isVariant[$0] == wanted }.map { outcome[$0] }
        return Moments(
          count: own.count, sums: [own.reduce(0, +)], products: [own.reduce(0) { $0 + $1 * $1 }])
      }
      return TwoMeans(control: moments(false), variant: moments(true), column: 0)
        .welch.effect(confidence: 0.95).statistic
    }
    var kept: [Double] = []
    for choice in 0..<1024 where choice.nonzeroBitCount == 5 {
      let isVariant = (0..<10).map { choice >> $0 & 1 == 1 }
      if Self.distance(table.covariates[0], isVariant) <= threshold { kept.append(statistic(isVariant)) }
    }
    #expect(kept.count < 200)
    let observed = statistic((0..<10).map { table.arm($0) == "b" })
    let upper = Double(kept.count { $0 >= observed - 1e-9 }) / Double(kept.count)
    let lower = Double(kept.count { $0 <= observed + 1e-9 }) / Double(kept.count)
    let expected = min(1, 2 * min(upper, lower))

    let units = Self.units(table) { outcome[$0] }
    let report = try Self.analysis(experiment, RecordedDeal(table, result.record), units)
    let row = try #require(report.rows.first)
    #expect(row.effect.method == "permutation")
    #expect(abs(row.effect.statistic - observed) < 1e-9)
    // Of 9,999 draws; the standard error of a doubled tail is at most 0.01.
    #expect(abs(row.effect.pValue - expected) < 0.03)
    #expect(!report.health.checks.contains { $0.name == "permutation" })
  }

  /// What the covariate explains was dealt away, and the interval knows.
  @Test func theIntervalIsNarrowerThanThatOfFreeDeals() throws {
    let experiment = Self.experiment(acceptance: 0.1, segments: ["club"])
    let result = try experiment.assign(Self.list(100), at: Self.moment)
    let table = result.table
    let deal = try RecordedDeal(table, result.record)
    var stream = RandomStream(seed: 4)
    let noise = (0..<100).map { _ in stream.normal() }
    let clubs = CodedColumn((0..<100).map { $0 % 2 == 0 ? "yes" : "no" })
    let units = Self.units(table, segments: [clubs]) { 5 * table.covariates[0][$0] + noise[$0] }
    let dealt = try Self.analysis(experiment, deal, units)
    let free = try Self.analysis(experiment, nil, units)
    func width(_ report: ExperimentReport, _ segment: String) throws -> Double {
      let interval = try #require(report.rows.first { $0.segment == segment }).effect.differenceInterval
      return interval.upper - interval.lower
    }
    #expect(try width(dealt, "overall") < 0.5 * width(free, "overall"))
    // A half of the units was balanced only in so far as the whole was.
    #expect(try width(dealt, "club=yes") < width(free, "club=yes"))
    #expect(try width(dealt, "club=yes") > width(dealt, "overall"))
    #expect(free.health.checks.contains { $0.name == "permutation" })
    // The same bytes whatever the threads.
    let again = try analyze(
      collectMoments(of: experiment, from: units, deal: deal, workers: Workers(3)), of: experiment,
      deal: deal, workers: Workers(3))
    #expect(again.longTable().csv() == dealt.longTable().csv())
  }

  @Test func unitsWithoutAnOutcomeAreDealtAgainToo() throws {
    let experiment = Self.experiment()
    let result = try experiment.assign(Self.list(100), at: Self.moment)
    let deal = try RecordedDeal(result.table, result.record)
    let units = Self.units(result.table) { $0 < 60 ? Double($0 % 7) : .nan }
    let report = try Self.analysis(experiment, deal, units)
    let row = try #require(report.rows.first)
    #expect(row.controlCount + row.variantCount == 60)
    #expect(row.effect.pValue > 0 && row.effect.pValue <= 1)
  }

  @Test func twoBatchesAreDealtAgainEachByItself() throws {
    let experiment = Self.experiment()
    var first = Self.list(80)
    let one = try experiment.assign(first, at: Self.moment)
    let second = Self.list(200)
    let stored = StoredAssignment(table: one.table, record: one.record)
    let both = try experiment.assign(second, stored: stored, at: Self.moment)
    #expect(both.table.count == 200)
    #expect(both.record.draws.count == 2)
    _ = try RecordedDeal(both.table, both.record)
    // The first batch keeps its covariates as they were then.
    first.covariates[0][0] = 77
    let kept = try experiment.assign(first, stored: stored, at: Self.moment)
    #expect(kept.table.covariates == one.table.covariates)
  }

  @Test func anotherDealIsRefused() throws {
    let experiment = Self.experiment()
    let result = try experiment.assign(Self.list(60), at: Self.moment)
    let table = result.table
    func deal(
      arms: [String]? = nil, rows: Int = 60, balanced: [String] = ["spent"], covariates: [[Double]]? = nil
    ) throws {
      let words = arms ?? (0..<60).map { table.arm($0) }
      _ = try RecordedDeal(
        AssignmentTable(
          experiment: "coupon", experiments: CodedColumn([String](repeating: "coupon", count: rows)),
          customers: Array(table.customers[..<rows]), arms: CodedColumn(Array(words[..<rows])),
          strata: CodedColumn([String](repeating: table.stratum(0) ?? "", count: rows)),
          probabilities: Array(table.probabilities[..<rows]), assignedAt: Array(table.assignedAt[..<rows]),
          balanced: balanced,
          covariates: balanced.isEmpty ? [] : [Array((covariates ?? table.covariates)[0][..<rows])]),
        result.record)
    }
    try deal()
    #expect(thrownCode { try deal(rows: 59) } == "RK0845")
    #expect(thrownCode { try deal(balanced: []) } == "RK0826")
    // As many units in each arm, but the heavy spenders all in one.
    let order = (0..<60).sorted { table.covariates[0][$0] < table.covariates[0][$1] }
    var sorted = [String](repeating: "a", count: 60)
    for row in order[30...] { sorted[row] = "b" }
    #expect(thrownCode { try deal(arms: sorted) } == "RK0845")

    let recorded = try RecordedDeal(table, result.record)
    let stranger = UnitBatch(
      rowCount: 1, ids: UnitIDs(["nobody"]), arms: CodedColumn(["a"]), numbers: [[1]])
    #expect(
      thrownCode {
        _ = try collectMoments(of: experiment, from: UnitBatches([stranger]), deal: recorded)
      } == "RK0845")
    let other = table.arm(0) == "a" ? "b" : "a"
    let moved = UnitBatch(
      rowCount: 1, ids: UnitIDs([table.customers[0]]), arms: CodedColumn([other]), numbers: [[1]])
    #expect(
      thrownCode { _ = try collectMoments(of: experiment, from: UnitBatches([moved]), deal: recorded) }
        == "RK0845")
  }
}
