public import RekindleCore
public import RekindleStatistics

/// What the fitted models say of every customer of a log: columns for scores, and inputs that behaviour
/// expressions may name.
///
/// As features of a churn model they must come from models that were fitted on what was known at the
/// same date; a model fitted later has seen the label.
public struct ValueColumns: Sendable {
  /// A customer of the log each; NaN for who has not bought. P(alive) is shown and never a churn score.
  public let probabilityAlive: [Double]
  /// P(no purchase in the horizon).
  public let probabilityOfNoPurchase: [Double]
  public let expectedPurchases: [Double]
  /// Of the next purchase day; NaN without a spend model.
  public let expectedSpend: [Double]
  /// Present value of the spend of the lifetime asked for; NaN without a spend model or a lifetime.
  public let lifetimeValue: [Double]

  /// - Parameters:
  ///   - customerCount: of the log.
  ///   - horizon: of both chance and expectation.
  ///   - lifetime: over how many periods of the discount a value is summed
  ///     (`PurchaseModel.discountedValue`).
  public init(
    _ histories: PurchaseHistories, customerCount: Int, timing: some PurchaseModel, spend: GammaGamma?,
    horizon: TimeSpan, lifetime: (periods: Int, discount: DiscountRate)? = nil,
    workers: Workers = Workers(1)
  ) {
    let present = PresentValues(
      histories.histories, timing: timing, horizon: horizon, lifetime: lifetime, workers: workers)
    let size = 4096
    let count = histories.customers.count
    let parts = workers.map(blocks: (count + size - 1) / size) { block -> [SIMD8<Double>] in
      (block * size..<min(count, (block + 1) * size)).map { index in
        let history = histories.histories[index]
        let alive = timing.probabilityAlive(history)
        let each = spend?.expectedSpend(histories.spends[index]) ?? .nan
        return SIMD8(
          alive, timing.probabilityOfNoPurchase(history, within: horizon),
          present.expectedPurchases(history, alive: alive), each,
          each * present.discountedPurchases(history, alive: alive), 0, 0, 0)
      }
    }
    var columns = [[Double]](repeating: [Double](repeating: .nan, count: customerCount), count: 5)
    for (customer, row) in zip(histories.customers, parts.joined()) {
      for column in columns.indices { columns[column][Int(customer)] = row[column] }
    }
    probabilityAlive = columns[0]
    probabilityOfNoPurchase = columns[1]
    expectedPurchases = columns[2]
    expectedSpend = columns[3]
    lifetimeValue = columns[4]
  }

  /// By the names under which expressions know them: `p_alive`, `p_no_purchase`, `expected_purchases`,
  /// `expected_spend`.
  public var inputs: [String: [Double]] {
    [
      "p_alive": probabilityAlive, "p_no_purchase": probabilityOfNoPurchase,
      "expected_purchases": expectedPurchases, "expected_spend": expectedSpend,
    ]
  }
}
