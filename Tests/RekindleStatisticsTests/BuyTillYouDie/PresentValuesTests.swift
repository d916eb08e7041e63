import RekindleCore
import RekindleStatistics
import Testing

@Suite struct PresentValuesTests {
  /// What is kept a pair of repeats and age is what the models say of each customer.
  @Test func agreeWithTheModels() {
    let histories = [
      weeks(0, 0, 20), weeks(0, 0, 60), weeks(3, 15, 30), weeks(3, 29, 30), weeks(40, 60, 61),
      weeks(1, 2, 90),
      // The same ages as numbers, another unit: not the same pair.
      RepeatHistory(repeats: 3, lastAge: 15, age: 30, unit: .day), weeks(0, 0, 0),
    ]
    let discount = DiscountRate(0.01, per: .months(1))
    func check(_ model: some PurchaseModel) {
      let present = PresentValues(
        histories, timing: model, horizon: .days(90), lifetime: (12, discount), workers: Workers(2))
      for (index, history) in histories.enumerated() {
        let alive = model.probabilityAlive(history)
        #expect(
          close(
            present.expectedPurchases(index, alive: alive),
            model.expectedPurchases(history, within: .days(90)), 1e-12))
        let none = model.probabilityOfNoPurchase(history, within: .days(90))
        #expect(abs(present.probabilityOfNoPurchase(index, alive: alive) - none) < 1e-14)
        let value = model.discountedValue(history, spend: 1, periods: 12, discount: discount)
        #expect(close(present.discountedPurchases(index, alive: alive), value, 1e-12))
      }
    }
    check(MBGNBD(r: 0.524843, alpha: 6.183086, a: 0.891359, b: 1.614002, unit: .week))
    check(BGNBD(r: 0.2425967, alpha: 4.413659, a: 0.7929869, b: 2.426164, unit: .week))
    check(ParetoNBD(r: 0.5531, alpha: 10.5776, s: 0.6062, beta: 11.6687, unit: .week))
  }

  @Test func withoutALifetimeThereIsNoValue() {
    let model = MBGNBD(r: 0.5, alpha: 6, a: 0.9, b: 1.6, unit: .week)
    let present = PresentValues(
      [weeks(1, 2, 9)], timing: model, horizon: .weeks(4), lifetime: nil, workers: Workers(1))
    #expect(present.discountedPurchases(0, alive: 0.5).isNaN)
    #expect(present.expectedPurchases(0, alive: 0.5) > 0)
  }
}
