internal import RekindleCore
internal import RekindleExperiments
internal import RekindleNumerics
internal import Testing

@Suite struct BatchAssignmentTests {
  static let moment = Instant(seconds: 1_700_000_000)
  static let cities = ["Beijing", "Chengdu", "Shanghai"]

  static func experiment(
    _ id: String = "batch", weights: [Double] = [0.5, 0.3, 0.2], seed: UInt64 = 1,
    balance: Experiment.Balance? = nil, strata: [String] = ["city"]
  ) -> Experiment {
    Experiment(
      id: id, arms: weights.enumerated().map { .init("arm\($0)", weight: $1) }, control: "arm0",
      strata: strata, batch: .init(seed: seed, balance: balance))
  }

  static func list(_ count: Int, prefix: String = "C") -> AssignmentList {
    let ids = AssignerTests.ids(count, prefix: prefix)
    return AssignmentList(
      ids: ids,
      strata: [CodedColumn(codes: ids.indices.map { Int32($0 % 7 % 4) - 1 }, dictionary: cities)])
  }

  @Test func countsAreExactInEveryStratum() throws {
    for count in [1, 2, 10, 99, 1000] {
      let result = try Self.experiment().assign(Self.list(count), at: Self.moment)
      #expect(result.table.count == count)
      for stratum in result.record.strata {
        let n = Double(stratum.counts.reduce(0, +))
        for (counted, weight) in zip(stratum.counts, stratum.weights) {
          #expect(abs(Double(counted) - n * weight) < 1)
        }
      }
      #expect(result.record.strata.map(\.name) == result.record.strata.map(\.name).sorted())
      if count == 1000 {
        #expect(result.record.strata.map(\.name) == ["Beijing", "Chengdu", "Shanghai", "missing"])
      }
      var counts: [String: [String: Int]] = [:]
      for row in 0..<result.table.count {
        counts[result.table.stratum(row) ?? "", default: [:]][result.table.arm(row), default: 0] += 1
      }
      for stratum in result.record.strata {
        for (arm, counted) in zip(result.record.arms, stratum.counts) {
          #expect(counts[stratum.name]?[arm] ?? 0 == counted)
        }
      }
    }
  }

  /// Over many seeds each unit gets each arm as often as its weight says, also where strata are so small that no
  /// count is whole.
  @Test func everyUnitHasTheProbabilityOfTheWeights() throws {
    let list = Self.list(11)
    let weights = [0.5, 0.3, 0.2]
    let draws = 6000
    let result = try Self.experiment(weights: weights).assign(list, at: Self.moment)
    let redraw = try Redraw(result.record, ids: result.table.customers, strata: result.table.strata)
    var counts = [[Int]](repeating: [0, 0, 0], count: 11)
    for replicate in 0..<draws {
      for (unit, arm) in try redraw.redraw(replicate: replicate).enumerated() { counts[unit][Int(arm)] += 1 }
    }
    for unit in counts {
      #expect(AssignerTests.pearson(unit, expected: weights.map { $0 * Double(draws) }) > 1e-4)
    }
  }

  @Test func neitherOrderNorOtherStrataMatter() throws {
    let list = Self.list(300)
    let first = try Self.experiment().assign(list, at: Self.moment)
    let back = AssignmentList(
      ids: list.ids.reversed(),
      strata: [CodedColumn(codes: list.strata[0].codes.reversed(), dictionary: Self.cities)])
    #expect(try Self.experiment().assign(back, at: Self.moment).table.lines == first.table.lines)
    // Without the units of one city the others are dealt the same.
    let rows = list.ids.indices.filter { list.strata[0].codes[$0] != 1 }
    let part = AssignmentList(
      ids: rows.map { list.ids[$0] },
      strata: [CodedColumn(codes: rows.map { list.strata[0].codes[$0] }, dictionary: Self.cities)])
    let lines = try Self.experiment().assign(part, at: Self.moment).table.lines
    #expect(lines == first.table.lines.filter { !$0.contains("Chengdu") })
    // Another seed and another salt are other deals.
    #expect(try Self.experiment(seed: 2).assign(list, at: Self.moment).table.lines != first.table.lines)
    var salted = Self.experiment()
    salted.salt = "other"
    let other = try salted.assign(list, at: Self.moment).table
    let same = (0..<300).count { other.arm($0) == first.table.arm($0) }
    // By chance 0.25 + 0.09 + 0.04 of the units agree, standard deviation 8.4.
    #expect(abs(Double(same) - 114) < 42)
  }

  @Test func aListDealtLaterIsABatchOfItsOwn() throws {
    let experiment = Self.experiment()
    let first = try experiment.assign(Self.list(200), at: Self.moment)
    let stored = StoredAssignment(table: first.table, record: first.record)
    let again = try experiment.assign(Self.list(200), stored: stored, at: Self.moment)
    #expect(again.table.lines == first.table.lines && again.record == first.record)

    let both = Self.list(200)
    let extra = Self.list(100, prefix: "D")
    let joined = AssignmentList(
      ids: both.ids + extra.ids,
      strata: [CodedColumn(codes: both.strata[0].codes + extra.strata[0].codes, dictionary: Self.cities)])
    let second = try experiment.assign(joined, stored: stored, at: Self.moment)
    #expect(second.table.count == 300)
    #expect(Array(second.table.lines.prefix(200)) == first.table.lines)
    #expect(second.record.strata.count == 8)
    #expect(second.record.strata.suffix(4).allSatisfy { $0.batch == 2 && $0.name.hasSuffix("/batch 2") })
    // The record deals the whole again, both batches.
    let redraw = try Redraw(second.record, ids: second.table.customers, strata: second.table.strata)
    #expect(try redraw.redraw(replicate: 0) == second.table.arms.codes)
    #expect(try redraw.redraw(replicate: 1) != second.table.arms.codes)

    #expect(
      thrownCode { _ = try experiment.assign(joined, stored: .init(table: first.table), at: Self.moment) }
        == "RK0825")
    let changed = Self.experiment(weights: [0.2, 0.3, 0.5])
    #expect(thrownCode { _ = try changed.assign(joined, stored: stored, at: Self.moment) } == "RK0822")
    let kept = try changed.assign(joined, stored: stored, at: Self.moment, policy: .keepStored)
    #expect(Array(kept.table.lines.prefix(200)) == first.table.lines)
  }

  static func covariates(_ count: Int) -> [[Double]] {
    var stream = RandomStream(seed: 11)
    let spend = (0..<count).map { _ in 1000 + 100 * stream.normal() }
    let visits = spend.map { $0 / 50 + stream.normal() }
    let age = (0..<count).map { $0 % 9 == 0 ? Double.nan : 40 + 10 * stream.normal() }
    // The last is a sum of the others and must not count twice.
    return [spend, visits, age, zip(spend, visits).map { $0 - 3 * $1 }]
  }

  /// The distance by its definition, for two arms and no strata, is that of the means.
  @Test func balanceIsMorganAndRubinsDistance() throws {
    let n = 200
    let columns = Array(Self.covariates(n)[..<2])
    let balance = Experiment.Balance(covariates: ["spend", "visits"], acceptance: 0.05)
    let experiment = Self.experiment(weights: [0.5, 0.5], balance: balance, strata: [])
    var list = AssignmentList(ids: AssignerTests.ids(n))
    list.covariates = columns
    let result = try experiment.assign(list, at: Self.moment)
    let draw = try #require(result.record.draws.first)
    let threshold = ChiSquared(degreesOfFreedom: 2).quantile(0.05)
    #expect(draw.threshold == threshold)
    #expect(draw.distance ?? .infinity <= threshold)

    var means = [[0.0, 0.0], [0.0, 0.0]]
    let total = columns.map { $0.reduce(0, +) / Double(n) }
    var S = [0.0, 0.0, 0.0]
    for row in 0..<n {
      let arm = Int(result.table.arms.codes[row])
      for j in 0..<2 { means[arm][j] += columns[j][row] / Double(n / 2) }
      let (a, b) = (columns[0][row] - total[0], columns[1][row] - total[1])
      S[0] += a * a / Double(n - 1)
      S[1] += a * b / Double(n - 1)
      S[2] += b * b / Double(n - 1)
    }
    let d = [means[0][0] - means[1][0], means[0][1] - means[1][1]]
    let form =
      (S[2] * d[0] * d[0] - 2 * S[1] * d[0] * d[1] + S[0] * d[1] * d[1]) / (S[0] * S[2] - S[1] * S[1])
    #expect(abs((draw.distance ?? .nan) - Double(n) / 4 * form) < 1e-9)
  }

  /// The share of deals that pass is the acceptance, within strata and with more than two arms too.
  @Test(arguments: [[0.5, 0.5], [0.5, 0.3, 0.2]])
  func theAcceptanceIsWhatWasAskedFor(weights: [Double]) throws {
    var list = Self.list(600)
    list.covariates = Self.covariates(600)
    let names = ["spend", "visits", "age", "index"]
    let experiment = Self.experiment(
      weights: weights, balance: .init(covariates: names, acceptance: 0.2, tries: 1000))
    let result = try experiment.assign(list, at: Self.moment)
    #expect(result.record.method == .rerandomised)
    let threshold = ChiSquared(degreesOfFreedom: Double(4 * (weights.count - 1))).quantile(0.2)
    #expect(result.record.draws.map(\.threshold) == [threshold])

    let redraw = try Redraw(
      result.record, ids: list.ids, strata: result.table.strata, covariates: list.covariates)
    #expect(try redraw.redraw(replicate: 0) == result.table.arms.codes)
    var tries = 0
    let runs = 150
    for seed in 0..<UInt64(runs) {
      var other = experiment
      other.batch?.seed = seed
      tries += try other.assign(list, at: Self.moment).record.draws[0].tries
    }
    // Geometric tries of mean 5 and standard deviation 4.5.
    #expect(abs(Double(tries) / Double(runs) - 5) < 5 * 4.5 / Double(runs).squareRoot())
  }

  @Test func whatCannotBeBalancedIsTold() throws {
    var list = Self.list(40)
    list.covariates = [(0..<40).map(Double.init)]
    var experiment = Self.experiment(balance: .init(covariates: ["rank"], acceptance: 1e-9, tries: 5))
    #expect(thrownCode { _ = try experiment.assign(list, at: Self.moment) } == "RK0827")
    experiment.batch?.balance?.acceptance = 0.5
    list.covariates[0][3] = .infinity
    #expect(thrownCode { _ = try experiment.assign(list, at: Self.moment) } == "RK0826")
    list.covariates[0] = [Double](repeating: 3, count: 40)
    #expect(try experiment.assign(list, at: Self.moment).record.draws[0].tries == 1)
    let record = try experiment.assign(list, at: Self.moment).record
    #expect(thrownCode { _ = try Redraw(record, ids: list.ids, strata: list.strata[0]) } == "RK0826")
    experiment.batch?.balance?.tries = 0
    #expect(thrownCode { try experiment.validate() } == "RK0814")
    experiment.batch?.balance = .init(covariates: [])
    #expect(thrownCode { try experiment.validate() } == "RK0814")
    experiment.batch?.balance = .init(covariates: ["a", "a"])
    #expect(thrownCode { try experiment.validate() } == "RK0814")
    experiment.batch?.balance = .init(covariates: ["a"], acceptance: 1)
    #expect(thrownCode { try experiment.validate() } == "RK0814")
  }

  @Test func theRecordOutlivesTheRun() throws {
    var list = Self.list(50)
    list.covariates = [Self.covariates(50)[0]]
    let experiment = Self.experiment(
      seed: .max, balance: .init(covariates: ["spend"], acceptance: 0.1))
    let record = try experiment.assign(list, at: Self.moment).record
    let json = try record.json()
    #expect(try AssignmentRecord(json: json) == record)
    #expect(try AssignmentRecord(json: json).json() == json)
    #expect(thrownCode { _ = try AssignmentRecord(json: Array("{}".utf8)) } == "RK0825")
    var broken = record
    broken.strata[0].weights = [0, 0, 0]
    #expect(thrownCode { _ = try AssignmentRecord(json: try broken.json()) } == "RK0825")
    broken.strata[0].weights = [1]
    #expect(thrownCode { _ = try AssignmentRecord(json: try broken.json()) } == "RK0825")
    var newer = record
    newer.form = 2
    #expect(thrownCode { _ = try AssignmentRecord(json: try newer.json()) } == "RK0825")
  }

  @Test func hashedUnitsAreRedrawnByTheirPhasesWeights() throws {
    let experiment = AssignerTests.experiment(
      "redraw", weights: [0.8, 0.2], holdout: 0.1,
      ramp: [.init(coverage: 0.5, weights: [0.2, 0.8]), .init()])
    let result = try experiment.assign(.init(ids: AssignerTests.ids(4000)), at: Self.moment)
    let redraw = try Redraw(result.record, ids: result.table.customers, strata: result.table.strata)
    let arms = try redraw.redraw(replicate: 3)
    var counts = ["phase 1": [0, 0], "phase 2": [0, 0]]
    for (row, arm) in arms.enumerated() {
      let stratum = result.table.stratum(row)
      #expect((arm < 0) == (stratum == nil))
      if let stratum { counts[stratum]?[Int(arm)] += 1 }
    }
    for (name, weights) in [("phase 1", [0.2, 0.8]), ("phase 2", [0.8, 0.2])] {
      let found = counts[name] ?? []
      let n = Double(found.reduce(0, +))
      #expect(AssignerTests.pearson(found, expected: weights.map { $0 * n }) > 1e-4)
    }
    let reversed = try Redraw(
      result.record, ids: result.table.customers.reversed(),
      strata: CodedColumn(
        codes: result.table.strata.codes.reversed(), dictionary: result.table.strata.dictionary))
    #expect(try reversed.redraw(replicate: 3) == arms.reversed())
    #expect(try redraw.redraw(replicate: 4) != arms)
    #expect(
      thrownCode { _ = try Redraw(result.record, ids: ["a"], strata: CodedColumn(["elsewhere"])) } == "RK0824"
    )
  }
}
