public import RekindleCore
public import RekindleEvents
public import RekindleStatistics

/// The customers of a log as the value models see them at a moment: one history of repeats and one of
/// spend for everyone who has bought.
///
/// ```
/// x   = distinct purchase days − 1
/// t_x = last purchase day − first,   T = last day of the observation − first
/// m_x = mean spend of the purchase days after the first
/// ```
/// Ages are differences of local days. The observation ends with the last day of which anything can be
/// known: seen from a midnight that is the day before it.
public struct PurchaseHistories: Sendable {
  /// Indices in the log, ascending: those who have bought.
  public let customers: [Int32]
  public let histories: [RepeatHistory]
  public let spends: [SpendHistory]

  public init(_ occasions: Occasions, unit: TimeUnit) {
    var customers: [Int32] = []
    var histories: [RepeatHistory] = []
    var spends: [SpendHistory] = []
    for customer in 0..<occasions.customerCount {
      let range = occasions.range(of: customer)
      guard let start = range.first, let end = range.last else { continue }
      let first = occasions.days[start]
      let repeats = Double(range.count - 1)
      let spent = range.dropFirst().reduce(0.0) { $0 + occasions.values[$1] }
      customers.append(Int32(customer))
      histories.append(
        RepeatHistory(
          repeats: repeats, lastAge: Double(occasions.days[end] - first),
          age: Double(occasions.lastDay - first), unit: .day
        ).counted(in: unit))
      spends.append(SpendHistory(repeats: repeats, mean: repeats > 0 ? spent / repeats : .nan))
    }
    self.customers = customers
    self.histories = histories
    self.spends = spends
  }

  /// - Throws: `RK0910` when the log has no purchases.
  public init(of log: EventLog, asOf: Instant, unit: TimeUnit, workers: Workers = Workers(1))
    throws(Diagnostic)
  {
    self.init(try Occasions(of: log, asOf: asOf, unit: .day, workers: workers), unit: unit)
  }
}
