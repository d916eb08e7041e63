public import RekindleCore
public import RekindleEvents
internal import RekindleNumerics

/// How long a purchase lasts in each category, and when each customer is due again.
///
/// ```
/// cycle_ck = ((n − 1) · own median gap + 2 · median gap of the category) / (n + 1)
/// due      = last day + cycle_ck · (last quantity / usual quantity)
/// ```
/// `n` are the purchase days of customer c in category k: the own rhythm is drawn to the category's with
/// the weight of two gaps. The second factor, where quantities are known, is the stock: who bought double
/// needs nothing for twice as long. The interval of the due date spans the middle 80 % of how gaps of the
/// category fall around their customers' cycles, each with the stock at its beginning.
///
/// This is the one definition of a category whose purchases have a cycle: the ladder, the sign
/// `cooling_replenishment` and the rules of a playbook all ask it.
public struct Replenishment: Sendable {
  /// What is common to a category.
  public struct Category: Sendable, Hashable {
    public let name: String
    public let buyers: Int
    /// Customers who bought in it on two days or more.
    public let repeaters: Int
    /// Median over the gaps of all customers, in days; NaN without a gap.
    public let medianGap: Double
    /// Standard deviation of the gaps by their mean.
    public let variation: Double
    /// At least 30 % of the buyers repeat and the gaps vary by no more than their mean.
    public let isReplenishable: Bool
    /// The 10th and 90th percentile of gap / (cycle · stock at its beginning); `nil` without a cycle.
    public fileprivate(set) var spread: ClosedRange<Double>?
  }

  /// When a customer is due in a category.
  public struct Due: Sendable, Hashable {
    public let customer: Int32
    /// In `categories`.
    public let category: Int
    public let lastDay: Int32
    /// In days, before the stock.
    public let cycle: Double
    /// Last quantity / usual quantity; 1 where unknown.
    public let stock: Double
    /// Local days counted from 1970-01-01: the expected one, and the interval around it.
    public let due: Int32
    public let earliest: Int32
    public let latest: Int32
    /// Days since the last purchase in cycles, stock counted: 1 is on time.
    public let lateness: Double
  }

  /// By name.
  public let categories: [Category]
  /// By customer, then by category; replenishable categories alone.
  public let dues: [Due]
  /// Where each customer's dues begin; one more than there are customers.
  private let offsets: [Int]

  /// What a customer is due for, by category; empty where nothing they bought has a cycle.
  public func dues(of customer: Int) -> ArraySlice<Due> { dues[offsets[customer]..<offsets[customer + 1]] }

  /// Of what a customer is due for the latest in its own cycles, of equals the first by name; `nil` where
  /// nothing they bought has a cycle.
  public func mostOverdue(of customer: Int) -> Due? {
    dues(of: customer).reduce(nil) { latest, due in
      if let latest, latest.lateness >= due.lateness { latest } else { due }
    }
  }

  /// - Throws: `RK0910` without purchases, `RK0912` when they carry no category.
  public init(
    of log: EventLog, at moment: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    let grouped = try GroupedDays(of: log, attribute: "category", asOf: moment, workers: workers)
    let categories = Self.categories(grouped, workers)
    self.categories = categories
    let parts = Self.blocks(grouped, workers) { customers in
      var dues: [Due] = []
      var counts: [Int] = []
      for customer in customers {
        let before = dues.count
        for group in grouped.groups(of: customer) {
          let category = categories[Int(group.code)]
          guard category.isReplenishable, let spread = category.spread, let last = group.range.last else {
            continue
          }
          let cycle = Self.cycle(Self.gaps(grouped.days[group.range]), category.medianGap)
          let stock = Self.stocks(grouped.quantities[group.range]).last ?? 1
          let day = grouped.days[last]
          func after(_ share: Double) -> Int32 { day + Int32((cycle * stock * share).rounded()) }
          dues.append(
            Due(
              customer: Int32(customer), category: Int(group.code), lastDay: day, cycle: cycle,
              stock: stock, due: after(1), earliest: after(spread.lowerBound),
              latest: after(spread.upperBound),
              lateness: Double(grouped.lastDay - day) / (cycle * stock)))
        }
        counts.append(dues.count - before)
      }
      return (dues, counts)
    }
    dues = parts.flatMap(\.0)
    var offsets = [0]
    offsets.reserveCapacity(grouped.customerCount + 1)
    for count in parts.lazy.flatMap(\.1) { offsets.append(offsets[offsets.count - 1] + count) }
    self.offsets = offsets
  }

  /// What is common to each category: who repeats, how the gaps fall, and where there is a cycle, how
  /// they fall around it.
  private static func categories(_ grouped: GroupedDays, _ workers: Workers) -> [Category] {
    typealias Part = (buyers: [Int], repeaters: [Int], gaps: [[Double]])
    let count = grouped.dictionary.count
    let parts = blocks(grouped, workers) { customers -> Part in
      var part: Part = (.init(repeating: 0, count: count), .init(repeating: 0, count: count), [])
      part.gaps = .init(repeating: [], count: count)
      for customer in customers {
        for group in grouped.groups(of: customer) {
          let category = Int(group.code)
          part.buyers[category] += 1
          if group.range.count > 1 { part.repeaters[category] += 1 }
          part.gaps[category] += gaps(grouped.days[group.range])
        }
      }
      return part
    }
    let categories = workers.map(blocks: count) { category -> Category in
      let gaps = parts.flatMap { $0.gaps[category] }
      let buyers = parts.reduce(0) { $0 + $1.buyers[category] }
      let repeaters = parts.reduce(0) { $0 + $1.repeaters[category] }
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      let squares = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let variation = (squares / Double(gaps.count - 1)).squareRoot() / mean
      return Category(
        name: grouped.dictionary[category], buyers: buyers, repeaters: repeaters,
        medianGap: Quantiles(gaps).median, variation: gaps.count > 1 ? variation : .nan,
        isReplenishable: Double(repeaters) >= 0.3 * Double(buyers) && variation <= 1, spread: nil)
    }
    guard categories.contains(where: \.isReplenishable) else { return categories }
    let ratios = blocks(grouped, workers) { customers -> [[Double]] in
      var ratios = [[Double]](repeating: [], count: count)
      for customer in customers {
        for group in grouped.groups(of: customer) where group.range.count > 1 {
          let category = Int(group.code)
          guard categories[category].isReplenishable else { continue }
          let own = gaps(grouped.days[group.range])
          let cycle = cycle(own, categories[category].medianGap)
          // A gap is as long as what was bought at its beginning lasts.
          ratios[category] += zip(own, stocks(grouped.quantities[group.range])).map { $0 / (cycle * $1) }
        }
      }
      return ratios
    }
    return workers.map(blocks: count) { category in
      var own = categories[category]
      let quantiles = Quantiles(ratios.flatMap { $0[category] })
      if !quantiles.sorted.isEmpty { own.spread = quantiles(0.1)...quantiles(0.9) }
      return own
    }
  }

  private static func blocks<Part: Sendable>(
    _ grouped: GroupedDays, _ workers: Workers, _ body: @Sendable (Range<Int>) -> Part
  ) -> [Part] {
    let (count, size) = (grouped.customerCount, 4096)
    return workers.map(blocks: (count + size - 1) / size) { block in
      body(block * size..<min(count, (block + 1) * size))
    }
  }

  /// Each quantity by the customer's usual one; 1 where unknown.
  private static func stocks(_ quantities: ArraySlice<Double>) -> [Double] {
    guard quantities.contains(where: { !$0.isNaN }) else { return quantities.map { _ in 1 } }
    let usual = Quantiles(Array(quantities)).median
    return quantities.map { quantity in
      let ratio = quantity / usual
      return ratio > 0 && ratio.isFinite ? ratio : 1
    }
  }

  private static func gaps(_ days: ArraySlice<Int32>) -> [Double] {
    zip(days, days.dropFirst()).map { Double($1 - $0) }
  }

  private static func cycle(_ gaps: [Double], _ population: Double) -> Double {
    if gaps.isEmpty { return population }
    return (Double(gaps.count) * Quantiles(gaps).median + 2 * population) / Double(gaps.count + 2)
  }
}

/// What a durable good calls for later: a water purifier its filter, six months on.
public struct FollowUpRule: Sendable, Hashable, Codable {
  public var durable: String
  public var consumable: String
  /// Days after the purchase of the durable, or the last of the consumable, at which it is needed.
  public var after: Int
  /// Days at which to remind.
  public var remindAfter: Int

  public init(durable: String, consumable: String, after: Int, remindAfter: Int) {
    self.durable = durable
    self.consumable = consumable
    self.after = after
    self.remindAfter = remindAfter
  }

  /// A customer who has the durable good, and when the consumable is needed.
  public struct Reminder: Sendable, Hashable {
    public let customer: Int32
    /// Local days counted from 1970-01-01.
    public let remindOn: Int32
    public let neededOn: Int32
  }

  /// Every owner's next reminder, also one whose day has passed; by customer.
  /// - Throws: `RK0910` without purchases, `RK0912` when they carry no category.
  public func reminders(
    in log: EventLog, at moment: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> [Reminder] {
    let grouped = try GroupedDays(of: log, attribute: "category", asOf: moment, workers: workers)
    return (0..<grouped.customerCount).compactMap { customer in
      func last(_ name: String) -> Int32? {
        grouped.groups(of: customer).first { grouped.dictionary[Int($0.code)] == name }
          .flatMap { $0.range.last.map { grouped.days[$0] } }
      }
      guard let bought = last(durable) else { return nil }
      // A consumable from before the durable was bought belonged to an earlier one.
      let from = max(bought, last(consumable) ?? bought)
      return Reminder(
        customer: Int32(customer), remindOn: from + Int32(remindAfter), neededOn: from + Int32(after))
    }
  }
}
