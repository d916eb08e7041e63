import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics
import Testing

@Suite struct DiscountDependenceTests {
  private func bought(_ customer: String, _ date: String, discount: Double) -> Event {
    Shop.purchase(customer, date, ["discount": .number(discount)])
  }

  @Test func sharesAndIntervals() throws {
    let log = EventLog(events: [
      bought("a", "2025-01-01", discount: 0), bought("a", "2025-01-11", discount: 3),
      bought("a", "2025-01-31", discount: 0), bought("a", "2025-01-31", discount: 0),
      bought("b", "2025-01-01", discount: 1), bought("b", "2025-01-05", discount: 1),
      bought("b", "2025-01-06", discount: 0),
    ])
    let found = try DiscountDependence(of: log, at: day("2025-03-01"))
    #expect(found.customers[0].days == 3 && found.customers[0].discountedDays == 1)
    #expect(found.customers[0].fullPriceInterval == 30)
    #expect(found.customers[0].interval == 15)
    #expect(abs(found.customers[1].discountedShare - 2.0 / 3) < 1e-15)
    #expect(found.customers[1].fullPriceInterval.isNaN)
    // Both second purchases were discounted, and both were followed by a third.
    #expect(found.thirdPurchase.with.count == 2 && found.thirdPurchase.with.eventCount == 2)
    #expect(found.thirdPurchase.without.count == 0)
    #expect(found.thirdPurchase.test == nil)
    #expect(found.thirdPurchaseByCoupon == nil)  // no purchase says whether there was one
  }

  /// A coupon is not a discount: free delivery takes nothing off, and a sale needs no coupon.
  @Test func theThirdPurchaseByCoupon() throws {
    func line(_ customer: String, _ date: String, _ discount: Double, coupon: Bool) -> Event {
      Shop.purchase(customer, date, ["discount": .number(discount), "coupon": .flag(coupon)])
    }
    let log = EventLog(events: [
      line("a", "2025-01-01", 0, coupon: false), line("a", "2025-01-11", 0, coupon: true),
      line("a", "2025-01-31", 0, coupon: false),
      line("b", "2025-01-01", 0, coupon: true), line("b", "2025-01-11", 2, coupon: false),
      line("c", "2025-01-01", 0, coupon: false), line("c", "2025-01-11", 0, coupon: false),
      line("c", "2025-01-11", 0, coupon: true),
    ])
    let found = try DiscountDependence(of: log, at: day("2025-03-01"))
    let byCoupon = try #require(found.thirdPurchaseByCoupon)
    #expect(byCoupon.with.count == 2 && byCoupon.with.eventCount == 1)
    #expect(byCoupon.without.count == 1 && byCoupon.without.eventCount == 0)
    #expect(found.thirdPurchase.with.count == 1)
  }

  @Test func whoComesBackAfterThePromotion() throws {
    let log = EventLog(events: [
      bought("a", "2025-01-10", discount: 3), bought("a", "2025-01-20", discount: 0),
      bought("b", "2025-01-11", discount: 3), bought("c", "2025-02-01", discount: 0),
    ])
    func local(_ text: String) -> Int32 { CivilCalendar.utc.day(of: day(text)) }
    let curve = try DiscountDependence(of: log, at: day("2025-03-02"))
      .afterPromotion(.init(firstDay: local("2025-01-08"), lastDay: local("2025-01-12")))
    #expect(curve.count == 2 && curve.eventCount == 1)
    #expect(curve.steps.map(\.time) == [8, 48])
    #expect { try DiscountDependence(of: Shop.log(["a": ["2025-01-01"]]), at: day("2026-01-01")) } throws: {
      ($0 as? Diagnostic)?.code == "RK0912"
    }
  }
}
