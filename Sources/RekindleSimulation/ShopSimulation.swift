public import RekindleCore

/// The specification of a synthetic shop: how many customers, over which days, from which seed.
///
/// A customer's rows depend on the seed, the customer's number, the start, the days and nothing
/// else: not on the number of customers, nor on the number of threads.
///
/// What drives the customers is told at `ShopLaw`; what the truth means, at `TrueChurn`.
public struct ShopSimulation: Sendable, Hashable {
  /// Customers, numbered from 1; at least 1.
  public var customers: Int
  public var seed: UInt64
  /// The first day of the log, in the shop's time zone.
  public var start: CivilDate
  /// Days that the log covers.
  public var days: Int
  /// The shop's IANA time zone: the clock on which all rows are written.
  public var timeZone: String
  /// Days without an order that the truth calls churn.
  public var horizon: Int
  /// The moments (midnights that begin these days) for which the truth is written, in time order.
  public var asOf: [CivilDate]

  /// - Parameters:
  ///   - asOf: `nil` takes the latest day whose horizon the log still covers and the seven days that
  ///     lie 30, 60 … 210 days before it, as far as the log has run for 90 days by then.
  /// - Throws: `RK0701` when a number is out of its range, `RK0702` when an as-of day lies outside
  ///   the log, `RK0001` when the time zone is not known.
  public init(
    customers: Int, seed: UInt64, start: CivilDate = CivilDate(daysSinceEpoch: 19_723), days: Int = 731,
    timeZone: String = "UTC", horizon: Int = 90, asOf: [CivilDate]? = nil
  ) throws(Diagnostic) {
    try ShopSimulation.require(customers, in: 1...100_000_000, "customers")
    try ShopSimulation.require(days, in: 30...7305, "days")
    try ShopSimulation.require(horizon, in: 1...days, "the horizon in days")
    _ = try CivilCalendar(timeZone: timeZone)
    self.customers = customers
    self.seed = seed
    self.start = start
    self.days = days
    self.timeZone = timeZone
    self.horizon = horizon
    let first = start.daysSinceEpoch
    if let asOf {
      for date in asOf where !(0...Int32(days)).contains(date.daysSinceEpoch - first) {
        throw Diagnostic(
          "RK0702", "the as-of day \(date) is outside the log",
          notes: ["the log runs from \(start) to \(CivilDate(daysSinceEpoch: first + Int32(days)))"],
          help: "name a day of the log")
      }
      self.asOf = Set(asOf).sorted()
    } else {
      self.asOf = (0...7).reversed().compactMap { step in
        let day = days - horizon - 30 * step
        return day >= 90 ? CivilDate(daysSinceEpoch: first + Int32(day)) : nil
      }
    }
  }

  private static func require(
    _ value: Int, in range: ClosedRange<Int>, _ what: String
  ) throws(Diagnostic) {
    if range.contains(value) { return }
    throw Diagnostic(
      "RK0701", "\(what) cannot be \(value)",
      help: "give a whole number from \(range.lowerBound) to \(range.upperBound)")
  }
}
