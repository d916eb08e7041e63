package import RekindleCore

/// The frequency cap as arithmetic on times.
package struct ContactCap: Sendable {
  package let max: Int
  let length: Int64
  let days: Int
  package let calendar: CivilCalendar

  package init(_ rule: Guards.FrequencyCap, calendar: CivilCalendar) {
    max = rule.max
    days = rule.days
    length = Int64(rule.days) * 86_400_000_000
    self.calendar = calendar
  }

  /// The last instant that is in one window with a message at `time`.
  package func reach(of time: Int64) -> Int64 {
    let calendarDays = calendar.adding(days: days, to: Instant(microseconds: time)).microseconds
    return Swift.max(time + length, calendarDays)
  }

  /// When a message can go out at the earliest, from `time` on, with `others` sent or set already.
  ///
  /// A message that comes before others fills their windows just as one that comes after: each run of `max`
  /// others is looked at together with it, wherever it falls. While a run is in one window with it, moving
  /// it later does not help until it is out of the reach of the run's first.
  /// - Parameter others: ascending.
  /// - Returns: `time` itself, or a later instant to ask about again; `nil` for never.
  package func earliest(from time: Int64, others: ArraySlice<Int64>) -> Int64? {
    guard max > 0 else { return nil }
    guard others.count >= max else { return time }
    var result = time
    for first in others.startIndex...(others.endIndex - max) {
      let begin = others[first]
      let end = others[first + max - 1]
      if Swift.max(end, time) <= reach(of: Swift.min(begin, time)) {
        result = Swift.max(result, reach(of: begin) + 1)
      }
    }
    return result
  }

  /// The most messages of one window that a message at `time` would be in, itself counted.
  package func load(at time: Int64, others: ArraySlice<Int64>) -> Int {
    let all = (others + [time]).sorted()
    var most = 0
    for first in all.indices where all[first] <= time {
      let end = reach(of: all[first])
      if end < time { continue }
      most = Swift.max(most, all[first...].prefix { $0 <= end }.count)
    }
    return most
  }
}
