import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics
import Testing

@Suite struct ValueColumnsTests {
  let log = Shop.generated(customers: 700, seed: 3)
  let moment = day("2025-06-01")

  @Test func everyBuyerHasItsNumbersAndNobodyElse() throws {
    let histories = try PurchaseHistories(of: log, asOf: moment, unit: .day)
    let timing = MBGNBD(r: 0.8, alpha: 30, a: 0.9, b: 3, unit: .day)
    let spend = GammaGamma(p: 6, q: 4, v: 15)
    let columns = ValueColumns(
      histories, customerCount: log.customers.count, timing: timing, spend: spend, horizon: .days(90))
    let buyers = Set(histories.customers)
    for customer in log.customers.indices {
      #expect(columns.probabilityOfNoPurchase[customer].isNaN == !buyers.contains(Int32(customer)))
    }
    let first = Int(histories.customers[0])
    #expect(columns.probabilityAlive[first] == timing.probabilityAlive(histories.histories[0]))
    #expect(
      columns.expectedPurchases[first] == timing.expectedPurchases(histories.histories[0], within: .days(90)))
    for (index, history) in histories.histories.enumerated() {
      let customer = Int(histories.customers[index])
      let none = timing.probabilityOfNoPurchase(history, within: .days(90))
      #expect(abs(columns.probabilityOfNoPurchase[customer] - none) < 1e-14)
      let expected = timing.expectedPurchases(history, within: .days(90))
      #expect(abs(columns.expectedPurchases[customer] - expected) <= 1e-13 * expected)
    }
    let threads = ValueColumns(
      histories, customerCount: log.customers.count, timing: timing, spend: spend, horizon: .days(90),
      workers: Workers(3))
    #expect(threads.expectedSpend.map(\.bitPattern) == columns.expectedSpend.map(\.bitPattern))
  }

  /// The columns are inputs that expressions name.
  @Test func expressionsMayNameThem() throws {
    let histories = try PurchaseHistories(of: log, asOf: moment, unit: .day)
    let columns = ValueColumns(
      histories, customerCount: log.customers.count,
      timing: MBGNBD(r: 0.8, alpha: 30, a: 0.9, b: 3, unit: .day),
      spend: nil, horizon: .days(90))
    let table = try Evaluator(log: log, workers: Workers(1)).table(
      of: [
        FeatureDefinition(
          name: "odds",
          expression: try Expression(parsing: "p_no_purchase / (1 - p_no_purchase) + 0 * expected_purchases"))
      ], at: log.customers.indices.map { Moment(customer: Int32($0), time: moment) }, inputs: columns.inputs)
    guard case .number(let odds) = table.columns[0].values else {
      Issue.record("a number")
      return
    }
    let customer = Int(histories.customers[0])
    let p = columns.probabilityOfNoPurchase[customer]
    #expect(abs(odds[customer] - p / (1 - p)) < 1e-12)
    #expect(columns.expectedSpend.allSatisfy { $0.isNaN })
  }

  @Test func valueAtRiskIsWhatIsLost() {
    #expect(valueAtRisk(churnProbability: 0.25, expectedMargin: 80) == 20)
    #expect(valueAtRisk(churnProbability: .nan, expectedMargin: 80).isNaN)
  }
}
