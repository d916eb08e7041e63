import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics
import Testing

@Suite struct StageTests {
  @Test func everyStageHasItsCustomer() throws {
    let log = Shop.log(
      [
        "dormant": ["2025-01-01", "2025-05-01"], "first": ["2025-12-20"],
        "lost": ["2024-01-01", "2024-06-01"],
        "loyal": ["2025-06-01", "2025-09-01", "2025-12-01"], "nurture": ["2025-11-01", "2025-12-01"],
        "tomorrow": ["2026-01-02"], "won": ["2024-01-01", "2025-12-24"],
      ], more: [Event(customer: "visitor", kind: "visit", time: day("2025-12-01"))])
    let stages = try StageRules.standard().stages(in: log, at: day("2026-01-01"))
    let found: [String: Stage?] = Dictionary(uniqueKeysWithValues: zip(log.customers, stages))
    #expect(
      found == [
        "dormant": Stage?.some(.dormant), "first": .firstPurchase, "lost": .lost, "loyal": .loyal,
        "nurture": .repurchaseNurture, "tomorrow": Stage?.none, "won": .wonBack, "visitor": .firstContact,
      ])
  }

  /// What each stage says of itself holds for all in it, and for nobody else: exclusive and complete.
  @Test func stagesAreExclusiveOnGeneratedHistories() throws {
    let log = Shop.generated(customers: 2000)
    let moment = day("2025-10-01")
    let stages = try StageRules.standard(loyalFrom: 4).stages(in: log, at: moment)
    let evaluator = Evaluator(log: log, workers: Workers(1))
    let texts = [
      "active_days(purchase) == 0",
      "active_days(purchase) > 0 and count(purchase, last 365d) == 0",
      "count(purchase, last 365d) > 0 and count(purchase, last 90d) == 0",
      "count(purchase, last 90d) > 0 and coalesce(gap_last(purchase) >= 365, false)",
      "count(purchase, last 90d) > 0 and active_days(purchase) == 1",
      "count(purchase, last 90d) > 0 and gap_last(purchase) < 365 and active_days(purchase) < 4",
      "count(purchase, last 90d) > 0 and gap_last(purchase) < 365 and active_days(purchase) >= 4",
    ]
    let order: [Stage] = [
      .firstContact, .lost, .dormant, .wonBack, .firstPurchase, .repurchaseNurture, .loyal,
    ]
    let definitions = try texts.enumerated().map {
      FeatureDefinition(name: "s\($0)", expression: try Expression(parsing: $1))
    }
    let table = try evaluator.table(
      of: definitions, at: log.customers.indices.map { Moment(customer: Int32($0), time: moment) })
    var seen: Set<Stage> = []
    for customer in log.customers.indices {
      guard let stage = stages[customer] else { continue }
      seen.insert(stage)
      for (index, column) in table.columns.enumerated() {
        guard case .flag(let values) = column.values else {
          Issue.record("a flag")
          return
        }
        #expect((values[customer] == 1) == (order[index] == stage))
      }
    }
    #expect(seen.count == 7)
  }

  @Test func rulesOfOnesOwnAreAskedInOrder() throws {
    let log = Shop.log(["a": ["2025-12-20"], "b": ["2025-12-20", "2025-12-21"]])
    let rules = StageRules(
      rules: [
        .init(.loyal, try Expression(parsing: "sum(purchase.value) >= 20")),
        .init(.lost, try Expression(parsing: "gap_last(purchase) > 1")),
      ], otherwise: .firstPurchase)
    #expect(try rules.stages(in: log, at: day("2026-01-01")) == [.firstPurchase, .loyal])
    #expect { try StageRules.standard(dormantAfter: 400) } throws: { ($0 as? Diagnostic)?.code == "RK0911" }
  }
}

@Suite struct TransitionMatrixTests {
  @Test func everyCustomerMovesOnce() throws {
    let log = Shop.generated(customers: 800)
    let rules = try StageRules.standard()
    let before = try rules.stages(in: log, at: day("2025-01-01"))
    let after = try rules.stages(in: log, at: day("2025-07-01"))
    let matrix = TransitionMatrix(classes: Stage.allCases, before: before, after: after)
    #expect(matrix.cells.reduce(0) { $0 + $1.count } == log.customers.count)
    for from in matrix.classes {
      let row = matrix.cells.filter { $0.from == from }
      let total = row.reduce(0) { $0 + $1.count }
      #expect(total == before.count { $0 == from })
      if total > 0 { #expect(abs(row.reduce(0) { $0 + $1.share } - 1) < 1e-12) }
      for cell in row where total > 0 { #expect(cell.interval.contains(cell.share)) }
    }
    // Nobody becomes unknown, and nobody who bought turns to one who has not.
    #expect(matrix.cells.allSatisfy { $0.from == nil || $0.to != nil || $0.count == 0 })
    #expect(
      matrix.cells.allSatisfy {
        $0.to != .firstContact || $0.from == .firstContact || $0.from == nil || $0.count == 0
      })
  }
}
