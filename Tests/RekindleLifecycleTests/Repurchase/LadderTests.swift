import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics
import Testing

@Suite struct LadderTests {
  @Test func whoCameLatelyIsNotLostYet() throws {
    // Two came back after 10 days, two came the day before yesterday.
    let log = Shop.log([
      "a": ["2025-01-01", "2025-01-11"], "b": ["2025-01-01", "2025-01-11"], "c": ["2025-01-28"],
      "d": ["2025-01-28"],
    ])
    let ladder = Ladder(try Occasions(of: log, asOf: day("2025-01-31")), rungs: 3, minimumAtRisk: 1)
    let first = ladder.rungs[0]
    #expect(first.reached == 4 && first.repeated == 2)
    #expect(first.repeatedShare == 0.5)
    #expect(first.probability == 1)
    #expect(first.probability(within: 9) == 0)
    #expect(first.medianDays == 10)
    #expect(ladder.oneAndDone().share == 0)
    #expect(ladder.rungs[1].reached == 2 && ladder.rungs[2].reached == 0)
    #expect(ladder.rungs[2].probability.isNaN)
  }

  /// Few are left when most have bought again: that is no reason to look away before they had.
  @Test func aFewOfWhomAllIsKnownAreEnough() throws {
    var histories = ["z": ["2025-01-01"]]
    for customer in 0..<60 {
      histories["c\(customer)"] = ["2025-01-01", "2025-0\(2 + customer / 15)-\(10 + customer % 15)"]
    }
    let ladder = Ladder(try Occasions(of: Shop.log(histories), asOf: day("2025-12-31")), rungs: 2)
    #expect(ladder.rungs[0].repeated == 60 && ladder.rungs[0].reached == 61)
    #expect(abs(ladder.oneAndDone().share - 1.0 / 61) < 1e-12)
    #expect(abs(ladder.rungs[0].probability - 60.0 / 61) < 1e-12)
    // On the day of the purchases nothing can have been seen yet.
    let fresh = Ladder(try Occasions(of: Shop.log(histories), asOf: day("2025-01-02")), rungs: 1)
    #expect(fresh.rungs[0].reached == 61)
    #expect(fresh.oneAndDone().share.isNaN && fresh.rungs[0].probability.isNaN)
  }

  @Test func groupsByTheFirstPurchase() throws {
    let log = Shop.generated(customers: 600)
    let occasions = try Occasions(of: log, asOf: day("2025-12-31"))
    let ladder = Ladder(occasions)
    for groups in [
      try LadderGroups.firstDiscount(of: log, occasions),
      try LadderGroups.first("channel", of: log, occasions),
      LadderGroups.cohort(occasions),
    ] {
      let (curves, test) = ladder.compare(rung: 1, groups)
      #expect(curves.map(\.name) == groups.names)
      #expect(curves.reduce(0) { $0 + $1.curve.count } == ladder.rungs[0].reached)
      #expect(curves.reduce(0) { $0 + $1.curve.eventCount } == ladder.rungs[0].repeated)
      #expect((test?.pValue ?? 1) > 1e-4)  // the shop was made without any difference
    }
    #expect { try LadderGroups.first("colour", of: log, occasions) } throws: {
      ($0 as? Diagnostic)?.code == "RK0912"
    }
    #expect(ladder.compare(rung: 40, names: ["a"]) { _ in 0 }.curves.isEmpty)
  }

  /// The last to be watched bought again: that is one customer, and no proof that all do.
  @Test func aSingleCustomerAtTheEndDoesNotDecide() throws {
    var purchases = ["z": ["2024-01-01", "2025-12-01"]]
    for index in 0..<40 {
      let first = CivilDate(daysSinceEpoch: 20_000 + Int32(index)).description
      purchases["c\(index)"] =
        index % 4 == 0 ? [first, CivilDate(daysSinceEpoch: 20_050 + Int32(index)).description] : [first]
    }
    let ladder = Ladder(try Occasions(of: Shop.log(purchases), asOf: day("2025-12-31")))
    #expect(ladder.rungs[0].curve.steps.last?.survival == 0)
    #expect(abs(ladder.rungs[0].probability - 10.0 / 41) < 1e-12)
    #expect(ladder.rungs[0].medianDaysOfRepeaters == 50)
    #expect(ladder.rungs[2].probability.isNaN)
  }

  /// Of R's survival on the same waits.
  @Test(.enabled(if: CDNOW.folder != nil, "\(CDNOW.words)")) func theLadderOfCDNOW() throws {
    let log = try CDNOW.log("master")
    let occasions = try Occasions(of: log, asOf: day("1998-07-01"))
    let ladder = Ladder(occasions, rungs: 3)
    #expect(ladder.rungs.map(\.reached) == [23_570, 11_516, 7476])
    #expect(ladder.rungs.map(\.repeated) == [11_516, 7476, 5271])
    for (rung, (within90, within365, tail)) in zip(
      ladder.rungs,
      [
        (0.707806533729, 0.541366143403, 0.507261221872), (0.575720722702, 0.323989208037, 0.294039239774),
        (0.486779100276, 0.218854057903, 0.193183875388),
      ])
    {
      #expect(abs(rung.probability(within: 90) - (1 - within90)) < 1e-12)
      #expect(abs(rung.probability(within: 365) - (1 - within365)) < 1e-12)
      #expect(abs((rung.curve.steps.last?.survival ?? .nan) - tail) < 1e-12)
      #expect(rung.curve.atRisk(at: rung.reliableDays) >= 10)
      #expect(abs(rung.probability - (1 - tail)) < 5e-3)
    }
    #expect(ladder.rungs[0].medianDays.isNaN)
    #expect(ladder.rungs[1].medianDays == 136 && ladder.rungs[2].medianDays == 85)
    #expect(ladder.rungs[1].curve.atRisk(at: 90) == 6400)
    let band = ladder.rungs[0].interval(within: 365)
    #expect(abs(band.lower - (1 - 0.547703750567)) < 1e-12 && abs(band.upper - (1 - 0.534981481640)) < 1e-12)
    let one = ladder.oneAndDone()
    #expect(abs(one.share - 0.507261221872) < 1e-3)
    #expect(one.share < 1 - ladder.rungs[0].repeatedShare)
    let cohorts = ladder.compare(rung: 1, LadderGroups.cohort(occasions))
    #expect(cohorts.curves.map(\.name) == ["1997-01", "1997-02", "1997-03"])
    #expect(abs((cohorts.test?.chiSquared ?? .nan) - 2.7004697558) < 1e-8)
  }
}
