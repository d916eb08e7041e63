public import RekindleCore
public import RekindleEvents
internal import RekindleNumerics
public import RekindleStatistics

/// How much customers buy because of discounts.
///
/// A purchase day is *discounted* when any of its rows has a `purchase.discount` above 0.
public struct DiscountDependence: Sendable {
  /// One customer.
  public struct Customer: Sendable, Hashable {
    public let days: Int
    public let discountedDays: Int
    /// Median days between purchase days at full price; NaN below two of them.
    public let fullPriceInterval: Double
    /// The same over all purchase days.
    public let interval: Double

    /// NaN without purchases.
    public var discountedShare: Double { days > 0 ? Double(discountedDays) / Double(days) : .nan }
  }

  /// A window in which the shop gave discounts to all: local days, the last included.
  public struct Promotion: Sendable, Hashable {
    public let firstDay: Int32
    public let lastDay: Int32

    public init(firstDay: Int32, lastDay: Int32) {
      self.firstDay = firstDay
      self.lastDay = lastDay
    }
  }

  /// A customer of the log each.
  public let customers: [Customer]
  /// Second → third purchase, by whether something was so of the second.
  public struct ThirdPurchase: Sendable {
    public let without: KaplanMeier
    public let with: KaplanMeier
    /// Between the two; `nil` where there is nobody to compare.
    public let test: LogRank?
  }

  /// By whether the second was discounted.
  public let thirdPurchase: ThirdPurchase
  /// By whether the second was bought with a coupon; `nil` where purchases carry no flag `coupon`.
  public let thirdPurchaseByCoupon: ThirdPurchase?

  private let occasions: Occasions
  private let isDiscounted: [Bool]

  /// - Throws: `RK0910` without purchases, `RK0912` when they carry no discount.
  public init(of log: EventLog, at moment: Instant, workers: Workers = Workers(1)) throws(Diagnostic) {
    let occasions = try Occasions(of: log, asOf: moment, unit: .day, workers: workers)
    guard let stream = log.stream("purchase"),
      case .number(let discounts) = stream.attribute("discount")?.column
    else {
      throw Diagnostic(
        "RK0912", "purchases carry no \"discount\"", help: "map the money taken off to purchase.discount")
    }
    /// Of each occasion whether any of its known rows is so.
    func any(_ holds: (Int) -> Bool) -> [Bool] {
      var result = [Bool](repeating: false, count: occasions.days.count)
      for customer in 0..<occasions.customerCount {
        let range = occasions.range(of: customer)
        for place in range {
          let first = Int(occasions.firstEvents[place])
          let end =
            place + 1 < range.upperBound
            ? Int(occasions.firstEvents[place + 1]) : Int(stream.offsets[customer + 1])
          for event in first..<end where holds(event) && stream.times[event] < moment {
            if let recorded = stream.recorded, recorded[event] >= moment { continue }
            result[place] = true
          }
        }
      }
      return result
    }
    let isDiscounted = any { discounts[$0] > 0 }
    self.occasions = occasions
    self.isDiscounted = isDiscounted
    customers = (0..<occasions.customerCount).map { customer in
      let range = occasions.range(of: customer)
      func interval(_ places: [Int]) -> Double {
        Quantiles(zip(places, places.dropFirst()).map { Double(occasions.days[$1] - occasions.days[$0]) })
          .median
      }
      return Customer(
        days: range.count, discountedDays: range.count { isDiscounted[$0] },
        fullPriceInterval: interval(range.filter { !isDiscounted[$0] }), interval: interval(Array(range)))
    }
    let ladder = Ladder(occasions, rungs: 2)
    func thirdPurchase(_ holds: [Bool]) -> ThirdPurchase {
      let (curves, test) = ladder.compare(rung: 2, names: ["without", "with"]) { customer in
        holds[occasions.offsets[Int(customer)] + 1] ? 1 : 0
      }
      return ThirdPurchase(
        without: curves.first?.curve ?? KaplanMeier([]), with: curves.last?.curve ?? KaplanMeier([]),
        test: test)
    }
    self.thirdPurchase = thirdPurchase(isDiscounted)
    if case .flag(let coupons) = stream.attribute("coupon")?.column {
      thirdPurchaseByCoupon = thirdPurchase(any { coupons[$0] == 1 })
    } else {
      thirdPurchaseByCoupon = nil
    }
  }

  /// Who bought in a promotion, and how soon they come back once it is over: days from its end to the
  /// next purchase.
  public func afterPromotion(_ promotion: Promotion) -> KaplanMeier {
    KaplanMeier(
      (0..<occasions.customerCount).compactMap { customer in
        let range = occasions.range(of: customer)
        guard occasions.lastDay > promotion.lastDay,
          range.contains(where: { promotion.firstDay...promotion.lastDay ~= occasions.days[$0] })
        else { return nil }
        let next = range.first { occasions.days[$0] > promotion.lastDay }
        return CensoredTime(
          Double((next.map { occasions.days[$0] } ?? occasions.lastDay) - promotion.lastDay),
          isEvent: next != nil)
      })
  }
}
