import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct RelationshipGradeTests {
  @Test func theThirdPurchaseIsAHabit() throws {
    let log = Shop.log(
      [
        "a": ["2025-12-01"], "b": ["2025-11-01", "2025-12-01"],
        "c": ["2025-10-01", "2025-11-01", "2025-12-01"],
        "d": ["2025-06-01", "2025-07-01", "2025-08-01", "2025-10-01", "2025-11-01", "2025-12-01"],
      ], more: [Event(customer: "e", kind: "visit", time: day("2025-01-01"))])
    #expect(
      try GradeRules().grades(in: log, at: day("2026-01-01")) == [.micro, .micro, .weak, .strong, nil])
  }

  /// Three purchases in a year, one of which then grows old: with a margin of one the grade stays until
  /// another does.
  @Test func gradesDoNotFlap() throws {
    let log = Shop.log(["a": ["2024-01-10", "2024-06-10", "2024-12-10"]])
    func grade(_ date: String, margin: Int) throws -> RelationshipGrade? {
      try GradeRules(margin: margin).grades(in: log, at: day(date))[0]
    }
    #expect(try grade("2024-12-20", margin: 1) == .weak)
    #expect(try grade("2025-02-01", margin: 1) == .weak)
    #expect(try grade("2025-02-01", margin: 0) == .micro)
    #expect(try grade("2025-07-01", margin: 1) == .micro)
  }

  /// A grade that was lost in a silence stays lost until it is earned again.
  @Test func aLostGradeIsEarnedAgain() throws {
    let log = Shop.log([
      "a": ["2023-01-01", "2023-02-01", "2023-03-01", "2025-01-01", "2025-02-01", "2025-03-01"]
    ])
    #expect(try GradeRules().grades(in: log, at: day("2024-12-01")) == [.micro])
    #expect(try GradeRules().grades(in: log, at: day("2025-02-02")) == [.micro])
    #expect(try GradeRules().grades(in: log, at: day("2025-03-02")) == [.weak])
  }

  @Test func theScopeSaysWhatRepeats() throws {
    let days = ["2025-10-01", "2025-11-01", "2025-12-01"]
    let log = EventLog(
      events: days.enumerated().flatMap { index, date in
        [
          Shop.purchase("mixed", date, ["category": .category("k\(index)")]),
          Shop.purchase("same", date, ["category": .category("k")]),
        ]
      })
    #expect(try GradeRules().grades(in: log, at: day("2026-01-01")) == [.weak, .weak])
    #expect(try GradeRules(scope: .category).grades(in: log, at: day("2026-01-01")) == [.micro, .weak])
    #expect { try GradeRules(scope: .item).grades(in: log, at: day("2026-01-01")) } throws: {
      ($0 as? Diagnostic)?.code == "RK0912"
    }
    #expect { try GradeRules(weakFrom: 4, strongFrom: 4).grades(in: log, at: day("2026-01-01")) } throws: {
      ($0 as? Diagnostic)?.code == "RK0913"
    }
  }

  @Test func twoOrdersOfADayAreTwoOccasionsIfOneSaysSo() throws {
    let log = Shop.log(["a": ["2025-12-01", "2025-12-01", "2025-12-02"]])
    #expect(try GradeRules().grades(in: log, at: day("2026-01-01")) == [.micro])
    #expect(try GradeRules(occasion: .order).grades(in: log, at: day("2026-01-01")) == [.weak])
  }
}
