internal import RekindleNumerics

/// What money is worth later: after each period a unit is worth 1 / (1 + rate) of what it was.
public struct DiscountRate: Sendable, Hashable {
  /// A share, such as 0.01, for one `period`.
  public var rate: Double
  public var period: TimeSpan

  public init(_ rate: Double, per period: TimeSpan) {
    self.rate = rate
    self.period = period
  }

  /// A yearly rate as one for each month.
  public static func yearly(_ rate: Double) -> DiscountRate {
    DiscountRate(exponential(logarithm(onePlus: rate) / 12) - 1, per: .months(1))
  }
}

extension PurchaseModel {
  /// The present value of what a customer is expected to buy in the coming periods.
  ///
  /// ```
  /// CLV = m Σᵢ (E[X(i P)] − E[X((i − 1) P)]) / (1 + d)^i,    i = 1 … periods
  /// ```
  /// `m` is the expected spend of a purchase day (`GammaGamma.expectedSpend`, times the margin if the
  /// value is to be margin), `P` the length of a period and `d` its rate. A purchase counts at the end of
  /// its period. P knows its unit: a model in weeks values a month as 4.348 of its weeks, where a
  /// library that is told 30 "days" of a weekly model values seven months for each.
  public func discountedValue(
    _ history: RepeatHistory, spend m: Double, periods: Int, discount: DiscountRate
  ) -> Double {
    var value = 0.0
    var before = 0.0
    var worth = 1.0
    for i in 1...max(1, periods) where periods > 0 {
      let until = TimeSpan(discount.period.amount * Double(i), discount.period.unit)
      let purchases = expectedPurchases(history, within: until)
      worth /= 1 + discount.rate
      value += (purchases - before) * worth
      before = purchases
    }
    return m * value
  }
}
