import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct MomentCollectionTests {
  private let experiment = MadeUpUnits.experiment(cap: 0.98)
  private let units = MadeUpUnits(count: 5000, arms: ["a", "b"])

  @Test func sameBitsForAnyThreadsAndCuts() throws {
    let whole = try collectMoments(of: experiment, from: units.batches())
    for cuts in [[1], [511, 512, 1024], [4999], Array(stride(from: 100, to: 5000, by: 333))] {
      for threads in [1, 3] {
        let cut = try collectMoments(
          of: experiment, from: units.batches(cuts: cuts), workers: Workers(threads))
        let isSame = cut == whole
        #expect(isSame)
      }
    }
  }

  @Test func orderOfRowsChangesNothingThatIsComputed() throws {
    var whole = try collectMoments(of: experiment, from: units.batches())
    var order = Array(units.ids.indices)
    var stream = RandomStream(seed: 3)
    stream.shuffle(&order)
    var shuffled = try collectMoments(of: experiment, from: units.batches(order: order))
    // The numbers of rows are the only thing that says where a unit stood.
    for place in whole.metrics.indices {
      for arm in whole.arms.indices {
        whole.metrics[place].largest[arm]?.row = 0
        whole.metrics[place].smallest[arm]?.row = 0
        shuffled.metrics[place].largest[arm]?.row = 0
        shuffled.metrics[place].smallest[arm]?.row = 0
      }
    }
    let isSame = shuffled == whole
    #expect(isSame)
  }

  @Test func momentsAreTheTextbooks() throws {
    let moments = try collectMoments(of: experiment, from: units.batches())
    let rows = units.ids.indices.filter { units.arms[$0] == "b" && units.city[$0] == "Wuhan" }
    let place = try #require(moments.segments[0].values.firstIndex(of: "Wuhan"))
    let cell = moments.metrics[1].segments[0][place][1]
    let plan = moments.metrics[1].plan
    let y = try #require(plan.place(.outcome))
    let x = try #require(plan.place(.covariate("prior")))
    let gone = try #require(plan.place(.missing("prior")))
    let n = Double(rows.count)
    let prior = rows.map { units.prior[$0].isNaN ? 0 : units.prior[$0] }
    let meanY = rows.reduce(0) { $0 + units.revenue[$1] } / n
    let meanX = prior.reduce(0, +) / n
    let product = zip(rows, prior).reduce(0) { $0 + (units.revenue[$1.0] - meanY) * ($1.1 - meanX) }
    #expect(cell.count == rows.count)
    #expect(abs(cell.means[y] - meanY) < 1e-10)
    #expect(abs(cell.crossProduct(y, x) / product - 1) < 1e-10)
    #expect(cell.means[gone] == Double(rows.filter { units.prior[$0].isNaN }.count) / n)
    let pooled = Quantiles(units.revenue)(0.98)
    #expect(moments.metrics[1].cap == pooled)
    #expect(moments.metrics[1].capped.reduce(0, +) == units.revenue.filter { $0 > pooled }.count)
    let days = moments.metrics[0].days.map { $0[0].count + $0[1].count }
    #expect(moments.days == (0..<7).map { Int32(20_000 + $0) })
    #expect(days.reduce(0, +) == 5000)
    #expect(moments.tally.byDay.map { $0.reduce(0, +) } == days)
  }

  @Test func constantsHaveNoVarianceHoweverLargeTheyAre() throws {
    var same = units
    same.revenue = same.revenue.map { _ in 1e9 / 3 }
    let moments = try collectMoments(of: experiment, from: same.batches())
    #expect(moments.metrics[1].overall[0].crossProduct(0, 0) == 0)
    #expect(moments.metrics[1].overall[0].crossProduct(0, 3) == 0)
    // A spread of 1e-3 around 1e9 is kept to seven digits, where plain sums of squares keep none.
    for row in same.revenue.indices { same.revenue[row] = 1e9 + (row % 2 == 0 ? 1 : -1) * 0x1p-10 }
    let spread = try collectMoments(of: experiment, from: same.batches()).metrics[1].overall[0]
    let up = same.revenue.indices.filter { $0 % 2 == 0 && same.arms[$0] == "a" }.count
    let expected = 4 * 0x1p-20 * Double(up) * Double(spread.count - up) / Double(spread.count)
    #expect(abs(spread.crossProduct(0, 0) / expected - 1) < 1e-7)
  }

  @Test func crossoversAreOutByDefaultAndKeptByName() throws {
    var twice = units
    twice.ids[10] = twice.ids[20]
    twice.arms[10] = "a"
    twice.arms[20] = "b"
    twice.day[10] = 20_005
    twice.day[20] = 20_001
    twice.ids[30] = twice.ids[40]
    twice.arms[30] = "b"
    twice.arms[40] = "b"
    func tally(_ policy: CrossoverPolicy) throws -> UnitTally {
      try collectMoments(of: experiment, from: twice.batches(cuts: [15]), crossovers: policy).tally
    }
    let all = (0..<2).map { arm in twice.arms.filter { $0 == ["a", "b"][arm] }.count }
    let out = try tally(.exclude)
    #expect(out.crossoverUnits == 1)
    #expect(out.crossovers == [1, 1, 0])
    #expect(out.crossoverExamples == [twice.ids[20]])
    #expect(out.duplicates == [0, 1, 0])
    #expect(out.duplicateExamples == [twice.ids[40]])
    #expect(out.assigned == [all[0] - 1, all[1] - 2, 0])
    #expect(try tally(.firstExposure).crossovers == [1, 0, 0])
    #expect(try tally(.asFirstAssigned).crossovers == [0, 1, 0])
  }

  @Test func badInputIsNamedWithItsPlace() throws {
    func code(_ change: (inout MadeUpUnits) -> Void) throws -> Diagnostic {
      var bad = units
      change(&bad)
      let experiment = experiment
      let error = #expect(throws: Diagnostic.self) {
        try collectMoments(of: experiment, from: bad.batches(cuts: [100]))
      }
      return try #require(error)
    }
    let unknown = try code { $0.arms[150] = "bb" }
    #expect(unknown.code == "RK0840")
    #expect(unknown.message.contains("row 151") && unknown.message.contains(units.ids[150]))
    let infinite = try code { $0.revenue[3] = .infinity }
    #expect(infinite.code == "RK0841" && infinite.message.contains("\"revenue\""))
    #expect(try code { $0.prior[3] = -.infinity }.message.contains("\"prior\""))
    let blank = try code {
      $0.ids[7] = ""
      $0.ids[120] = "  "
    }
    #expect(blank.code == "RK0820" && blank.notes == ["rows: 8, 121"])
    let share = try code { $0.converted[4321] = 0.5 }
    #expect(share.code == "RK0842")
    #expect(share.message.contains("row 4322") && share.notes == ["found: 0.5"])
    let nobody = #expect(throws: Diagnostic.self) {
      try collectMoments(of: experiment, from: UnitBatches([]))
    }
    #expect(nobody?.code == "RK0843")
  }

  @Test func missingOutcomesAndYoungUnitsAreCountedAndLeftOut() throws {
    var experiment = experiment
    experiment.metrics[0].matureAfterDays = 14
    var batch = try #require(units.batches().batches.first)
    batch.ages = units.ids.indices.map { $0 % 5 == 0 ? 13.9 : 14 }
    batch.exposed = units.ids.indices.map { $0 % 10 != 1 }
    batch.numbers[1][7] = .nan
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    #expect(moments.tally.unexposed.reduce(0, +) == 500)
    #expect(moments.tally.assigned.reduce(0, +) == 5000)
    #expect(moments.metrics[0].immature.reduce(0, +) == 1000)
    #expect(moments.metrics[1].immature.reduce(0, +) == 0)
    #expect(moments.metrics[1].missing.reduce(0, +) == 1)
    #expect(moments.metrics[0].overall.reduce(0) { $0 + $1.count } == 3500)
  }
}
