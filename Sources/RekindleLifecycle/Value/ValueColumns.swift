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
    // A customer's numbers go where they belong as they are made: no other customer's are there.
    let table = UnsafeMutableBufferPointer<Double>.allocate(capacity: 5 * customerCount)
    defer { table.deallocate() }
    table.initialize(repeating: .nan)
    nonisolated(unsafe) let cells = table
    let size = 4096
    let count = histories.customers.count
    workers.forEach(blocks: (count + size - 1) / size) { block in
      for index in block * size..<min(count, (block + 1) * size) {
        let customer = Int(histories.customers[index])
        let alive = timing.probabilityAlive(histories.histories[index])
        let each = spend?.expectedSpend(histories.spends[index]) ?? .nan
        cells[customer] = alive
        cells[customerCount + customer] = present.probabilityOfNoPurchase(index, alive: alive)
        cells[2 * customerCount + customer] = present.expectedPurchases(index, alive: alive)
        cells[3 * customerCount + customer] = each
        cells[4 * customerCount + customer] = each * present.discountedPurchases(index, alive: alive)
      }
    }
    func column(_ index: Int) -> [Double] {
      Array(table[index * customerCount..<(index + 1) * customerCount])
    }
    probabilityAlive = column(0)
    probabilityOfNoPurchase = column(1)
    expectedPurchases = column(2)
    expectedSpend = column(3)
    lifetimeValue = column(4)
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
