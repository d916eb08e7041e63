import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct CohortRetentionTests {
  let log = Shop.log([
    "a": ["2025-01-05", "2025-01-20", "2025-03-02"], "b": ["2025-01-31", "2025-02-01"], "c": ["2025-02-10"],
  ])

  @Test func byCalendarMonth() throws {
    let occasions = try Occasions(of: log, asOf: day("2025-03-16"))
    let triangle = CohortRetention(occasions, periods: .calendarMonths)
    #expect(triangle.cohorts.map(\.month.description) == ["2025-01", "2025-02"])
    #expect(triangle.cohorts[0].size == 2)
    #expect(triangle.cohorts[0].cells.map(\.retained) == [2, 1, 1])
    #expect(triangle.cohorts[0].cells.map(\.isComplete) == [true, true, false])
    #expect(triangle.cohorts[1].cells.map(\.retained) == [1, 0])
    // Seen from the midnight after the last day, March is complete.
    let later = CohortRetention(try Occasions(of: log, asOf: day("2025-04-01")), periods: .calendarMonths)
    #expect(later.cohorts[0].cells[2].isComplete)
  }

  @Test func byDaysSinceTheFirstPurchase() throws {
    let occasions = try Occasions(of: log, asOf: day("2025-03-16"))
    let triangle = CohortRetention(occasions, periods: .rolling(days: 30))
    let january = triangle.cohorts[0].cells
    // a: days 0 and 15 are of period 0, day 56 of period 1; b: days 0 and 1 of period 0.
    #expect(january[0].retained == 2 && january[0].watched == 2 && january[0].isComplete)
    // b is watched for 43 days: its period 1 is not over.
    #expect(january[1].retained == 1 && january[1].watched == 1 && !january[1].isComplete)
    #expect(triangle.periods.definition.contains("[30 j, 30 (j + 1))"))
  }

  @Test func everyBuyerOfAMonthIsInOneCell() throws {
    let log = Shop.generated(customers: 500)
    let occasions = try Occasions(of: log, asOf: day("2025-12-31"))
    let triangle = CohortRetention(occasions, periods: .calendarMonths)
    let flow = MonthlyFlow(occasions)
    for month in flow.months {
      let buyers = triangle.cohorts.reduce(0) { sum, cohort in
        let period = month.month.index - cohort.month.index
        return sum + (cohort.cells.indices.contains(period) ? cohort.cells[period].retained : 0)
      }
      #expect(month.buyers == buyers)
    }
    #expect(triangle.cohorts.allSatisfy { $0.cells[0].retained == $0.size })
  }
}

@Suite struct MonthlyFlowTests {
  @Test func whoComesAndGoes() throws {
    let log = Shop.log([
      "a": ["2025-01-05", "2025-02-20", "2025-04-02"], "b": ["2025-02-01", "2025-02-03"], "c": ["2025-01-10"],
    ])
    let months = MonthlyFlow(try Occasions(of: log, asOf: day("2025-04-10"))).months
    #expect(months.map(\.month.description) == ["2025-01", "2025-02", "2025-03", "2025-04"])
    #expect(months.map(\.new) == [2, 1, 0, 0])
    #expect(months.map(\.returning) == [0, 1, 0, 0])
    #expect(months.map(\.resurrected) == [0, 0, 0, 1])
    #expect(months.map(\.dormant) == [0, 1, 2, 0])
    #expect(months.map(\.isComplete) == [true, true, true, false])
  }

  @Test func whoBoughtComesBackOrStaysAway() throws {
    let months = MonthlyFlow(try Occasions(of: Shop.generated(customers: 400), asOf: day("2026-01-01")))
      .months
    for (before, month) in zip(months, months.dropFirst()) {
      #expect(before.buyers == month.returning + month.dormant)
    }
    #expect(
      MonthlyFlow(try Occasions(of: Shop.log(["a": ["2025-01-01"]]), asOf: day("2024-01-01"))).months.isEmpty)
  }
}
