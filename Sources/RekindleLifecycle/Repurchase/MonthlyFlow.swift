/// Where the buyers of each month come from, and who stays away.
///
/// ```
/// new          bought in the month for the first time
/// returning    bought in the month and in the one before
/// resurrected  bought in the month, not in the one before, but earlier
/// dormant      bought in the month before, and not in the month
/// buyers(m) = new + returning + resurrected,   buyers(m − 1) = returning(m) + dormant(m)
/// ```
public struct MonthlyFlow: Sendable {
  public struct Month: Sendable, Hashable {
    public let month: CalendarMonth
    public internal(set) var new = 0
    public internal(set) var returning = 0
    public internal(set) var resurrected = 0
    public internal(set) var dormant = 0
    /// Whether the whole month was observed.
    public let isComplete: Bool

    public var buyers: Int { new + returning + resurrected }
  }

  /// From the month of the first purchase of all to the last observed.
  public let months: [Month]

  public init(_ occasions: Occasions) {
    guard let first = occasions.days.min() else {
      months = []
      return
    }
    let start = CalendarMonth(day: first).index
    let end = CalendarMonth(day: occasions.lastDay).index
    var months = (start...max(start, end)).map { index in
      Month(
        month: CalendarMonth(index: index),
        isComplete: CalendarMonth(index: index + 1).firstDay <= occasions.lastDay + 1)
    }
    for customer in 0..<occasions.customerCount {
      var previous: Int?
      for place in occasions.range(of: customer) {
        let month = CalendarMonth(day: occasions.days[place]).index
        if month == previous { continue }
        switch previous {
        case nil: months[month - start].new += 1
        case .some(month - 1): months[month - start].returning += 1
        case .some(let earlier):
          months[month - start].resurrected += 1
          months[earlier + 1 - start].dormant += 1
        }
        previous = month
      }
      if let previous, previous < end { months[previous + 1 - start].dormant += 1 }
    }
    self.months = months
  }
}
