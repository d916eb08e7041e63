internal import RekindleCore
public import RekindleStatistics

/// How customers climb from purchase to purchase: of those who have bought k times, how many buy again,
/// and how soon.
///
/// Whoever has bought k times is watched from the k-th purchase day until the next, or until the end of
/// the observation: then the answer is not known yet, and counting it as "never" would make every young
/// customer a lost one. The curves are Kaplan and Meier's.
public struct Ladder: Sendable {
  /// The step from the k-th purchase to the next.
  public struct Rung: Sendable {
    /// k.
    public let from: Int
    /// Customers who reached k.
    public let reached: Int
    /// Of those, customers seen to buy again.
    public let repeated: Int
    /// Days from the k-th purchase to the next.
    public let curve: KaplanMeier

    /// The naive share `repeated / reached`: too low, as those who came lately have had no time.
    public var repeatedShare: Double { reached > 0 ? Double(repeated) / Double(reached) : .nan }

    /// P(next purchase within `days` | k-th), censoring-adjusted; NaN beyond the longest watch.
    public func probability(within days: Double) -> Double { 1 - curve.survival(at: days) }

    /// Its interval.
    public func interval(
      within days: Double, confidence: Double = 0.95, band: KaplanMeier.Band = .logLog
    ) -> Interval {
      let left = curve.interval(at: days, confidence: confidence, band: band)
      return Interval(1 - left.upper, 1 - left.lower)
    }

    /// The days by which half of all who reached k have bought again; NaN when fewer than half ever do.
    public var medianDays: Double { curve.median }

    /// The longest wait, in days, that enough customers were watched for, or at least half of those who had
    /// not bought again: beyond it a single customer moves the curve by leaps. NaN where there never were.
    public let reliableDays: Double

    /// P(k + 1 | k) within `reliableDays`: the best that can be said of "ever".
    public var probability: Double { reliableDays.isNaN ? .nan : probability(within: reliableDays) }

    /// The median among those who buy again within `reliableDays`: the day by which half of them have.
    public var medianDaysOfRepeaters: Double {
      probability > 0 ? curve.quantile(probability / 2).time : .nan
    }
  }

  public let rungs: [Rung]
  private let waits: [[CensoredTime]]
  /// The customers of each wait, by rung.
  private let customers: [[Int32]]

  /// - Parameters:
  ///   - occasions: what counts as a purchase, and until when it was watched.
  ///   - rungs: from k = 1 to this.
  ///   - minimumAtRisk: customers who must still be watched where a curve is read for "ever".
  public init(_ occasions: Occasions, rungs count: Int = 10, minimumAtRisk: Int = 10) {
    var waits = [[CensoredTime]](repeating: [], count: max(0, count))
    var customers = [[Int32]](repeating: [], count: max(0, count))
    for customer in 0..<occasions.customerCount {
      let range = occasions.range(of: customer)
      for (k, place) in range.prefix(count).enumerated() {
        let isEvent = place + 1 < range.upperBound
        let until = isEvent ? occasions.days[place + 1] : occasions.lastDay
        waits[k].append(CensoredTime(Double(until - occasions.days[place]), isEvent: isEvent))
        customers[k].append(Int32(customer))
      }
    }
    self.waits = waits
    self.customers = customers
    rungs = waits.enumerated().map { k, waits in
      let curve = KaplanMeier(waits)
      return Rung(
        from: k + 1, reached: waits.count, repeated: waits.count { $0.isEvent }, curve: curve,
        reliableDays: Self.reliableDays(curve, of: waits.count, minimumAtRisk))
    }
  }

  /// The last day on which enough were watched, or at least half of those who had not bought again: where
  /// the others did buy, few are left and yet nothing is unknown.
  private static func reliableDays(_ curve: KaplanMeier, of count: Int, _ minimumAtRisk: Int) -> Double {
    var last = Double.nan
    var survival = 1.0
    for step in curve.steps {
      let isKnown =
        step.atRisk >= minimumAtRisk || Double(2 * step.atRisk) >= survival * Double(count)
      // A watch of no day tells nothing.
      if isKnown, step.time > 0 { last = step.time }
      survival = step.survival
    }
    return last
  }

  /// The share of customers who never buy a second time, as far as it can be said, with its interval:
  /// 1 − P(2 | 1) of the curve, not the share that has one purchase today.
  public func oneAndDone(confidence: Double = 0.95) -> (share: Double, interval: Interval) {
    guard let first = rungs.first, !first.reliableDays.isNaN else { return (.nan, .undefined) }
    return (
      first.curve.survival(at: first.reliableDays),
      first.curve.interval(at: first.reliableDays, confidence: confidence)
    )
  }

  /// One rung's curves in groups of customers, such as those who bought first with a coupon and those
  /// who paid the full price.
  /// - Parameters:
  ///   - k: the rung, from 1.
  ///   - group: a group a customer of the log; `nil` leaves the customer out.
  /// - Returns: a curve a group, in the order of `names`, and the log-rank test between them; `nil` for
  ///   a test that cannot be made.
  public func compare(
    rung k: Int, names: [String], group: (Int32) -> Int?
  ) -> (curves: [(name: String, curve: KaplanMeier)], test: LogRank?) {
    guard rungs.indices.contains(k - 1) else { return ([], nil) }
    var groups = [[CensoredTime]](repeating: [], count: names.count)
    for (wait, customer) in zip(waits[k - 1], customers[k - 1]) {
      if let place = group(customer) { groups[place].append(wait) }
    }
    return (zip(names, groups).map { ($0, KaplanMeier($1)) }, try? LogRank(groups: groups))
  }
}
