/// Of the customers who first bought in a month, how many bought again in each period after: the
/// retention triangle.
public struct CohortRetention: Sendable {
  /// What a period is.
  public enum Periods: Sendable, Hashable {
    /// Calendar months: period j is the j-th month after that of the first purchase, period 0 the month
    /// itself. Customers of a cohort have had unlike times since their own first purchase.
    case calendarMonths
    /// So many days from each customer's own first purchase day d: period j is
    /// [d + j n, d + (j + 1) n). All customers have had the same time.
    case rolling(days: Int)

    /// The definition, to be printed with the table.
    public var definition: String {
      switch self {
      case .calendarMonths:
        "bought in the j-th calendar month after the month of the first purchase; period 0 is that month"
      case .rolling(let n):
        "bought in the days [\(n) j, \(n) (j + 1)) after the first purchase day, which is in period 0"
      }
    }
  }

  public struct Cell: Sendable, Hashable {
    /// Customers who had a purchase in the period.
    public let retained: Int
    /// Customers for whom the whole period was watched.
    public let watched: Int
    /// Whether the period has passed for the whole cohort. The share of an incomplete cell is too low
    /// (calendar), or rests on the earlier customers of the cohort alone (rolling).
    public let isComplete: Bool

    /// `retained / watched`; NaN where nobody was.
    public var share: Double { watched > 0 ? Double(retained) / Double(watched) : .nan }
  }

  public struct Cohort: Sendable, Hashable {
    /// Of the first purchase.
    public let month: CalendarMonth
    public let size: Int
    /// By period, from 0; it ends where the observation does.
    public let cells: [Cell]
  }

  public let periods: Periods
  /// By month; months without a first purchase are left out.
  public let cohorts: [Cohort]

  /// - Precondition: rolling periods have at least one day.
  public init(_ occasions: Occasions, periods: Periods) {
    self.periods = periods
    let today = occasions.lastDay
    var tallies: [Int: (size: Int, retained: [Int], watched: [Int])] = [:]
    for customer in 0..<occasions.customerCount {
      let range = occasions.range(of: customer)
      guard let start = range.first else { continue }
      let first = occasions.days[start]
      let month = CalendarMonth(day: first)
      var tally = tallies[month.index] ?? (0, [], [])
      tally.size += 1
      let reach = Self.period(of: today, from: first, periods)
      while tally.retained.count <= reach {
        tally.retained.append(0)
        tally.watched.append(0)
      }
      for period in 0...reach where Self.isWatched(period, from: first, until: today, periods) {
        tally.watched[period] += 1
      }
      var previous = -1
      for place in range {
        let period = Self.period(of: occasions.days[place], from: first, periods)
        // Of a rolling period that is not over yet only the customers who are through it are counted.
        if period != previous, Self.isWatched(period, from: first, until: today, periods) {
          tally.retained[period] += 1
        }
        previous = period
      }
      tallies[month.index] = tally
    }
    cohorts = tallies.keys.sorted().compactMap { index in
      guard let tally = tallies[index] else { return nil }
      let month = CalendarMonth(index: index)
      return Cohort(
        month: month, size: tally.size,
        cells: tally.retained.indices.map { period in
          Cell(
            retained: tally.retained[period], watched: tally.watched[period],
            isComplete: Self.isComplete(period, of: month, until: today, periods))
        })
    }
  }

  private static func period(of day: Int32, from first: Int32, _ periods: Periods) -> Int {
    switch periods {
    case .calendarMonths: CalendarMonth(day: day).index - CalendarMonth(day: first).index
    case .rolling(let n): Int(day - first) / n
    }
  }

  /// A calendar month is shown from its first day on; its cell is marked until it is over.
  private static func isWatched(_ period: Int, from first: Int32, until today: Int32, _ periods: Periods)
    -> Bool
  {
    switch periods {
    case .calendarMonths: true
    case .rolling(let n): Int(today - first) >= n * (period + 1) - 1
    }
  }

  private static func isComplete(
    _ period: Int, of month: CalendarMonth, until today: Int32, _ periods: Periods
  ) -> Bool {
    switch periods {
    case .calendarMonths: CalendarMonth(index: month.index + period + 1).firstDay <= today + 1
    case .rolling(let n):
      // The last who may have joined the cohort did so on the last day of its month.
      Int(today - (CalendarMonth(index: month.index + 1).firstDay - 1)) >= n * (period + 1) - 1
    }
  }
}
