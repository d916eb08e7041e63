internal import RekindleCore
public import RekindleLifecycle
public import RekindleStatistics

/// The fitted models of timing and spend, and what they say of every customer.
public struct CustomerValues: Sendable {
  public let choice: LifecycleChoice.Value
  public let horizonDays: Int
  /// The name of the timing model, such as `MBG/NBD`.
  public let timingName: String
  /// Its estimates; rates are in the unit of the choice.
  public let timing: LikelihoodFit
  /// Of the gamma-gamma model of spend; `nil` where it could not be fitted.
  public let spend: LikelihoodFit?
  public let histories: PurchaseHistories
  public let columns: ValueColumns

  /// - Throws: `RK0901` and `RK0903` where the timing model cannot be fitted; why there is no spend model
  ///   goes to `parts`.
  init(
    _ occasions: Occasions, _ choice: LifecycleChoice.Value, horizonDays: Int, parts: inout OptionalParts,
    workers: Workers
  ) throws(Diagnostic) {
    let histories = PurchaseHistories(occasions, unit: choice.unit)
    let money = try parts.make("expected spend and lifetime value") { () throws(Diagnostic) in
      try GammaGamma.fit(histories.spends, workers: workers)
    }
    self.choice = choice
    self.horizonDays = horizonDays
    self.histories = histories
    spend = money?.fit
    let horizon = TimeSpan.days(Double(horizonDays))
    let lifetime = (periods: choice.months, discount: DiscountRate.yearly(choice.yearlyDiscount))
    func fit<Model: PurchaseModel>(_: Model.Type) throws(Diagnostic) -> (LikelihoodFit, ValueColumns) {
      let fitted = try Model.fit(histories.histories, unit: choice.unit, workers: workers)
      return (
        fitted.fit,
        ValueColumns(
          histories, customerCount: occasions.customerCount, timing: fitted.model, spend: money?.model,
          horizon: horizon, lifetime: lifetime, workers: workers)
      )
    }
    switch choice.model {
    case .mbgNBD:
      timingName = MBGNBD.name
      (timing, columns) = try fit(MBGNBD.self)
    case .bgNBD:
      timingName = BGNBD.name
      (timing, columns) = try fit(BGNBD.self)
    case .paretoNBD:
      timingName = ParetoNBD.name
      (timing, columns) = try fit(ParetoNBD.self)
    }
  }
}
