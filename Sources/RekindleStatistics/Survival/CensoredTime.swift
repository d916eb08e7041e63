/// How long something was watched, and whether the event came or the watch ended first.
public struct CensoredTime: Sendable, Hashable {
  /// From the start of the watch, ≥ 0, in one unit for all.
  public var time: Double
  /// `false`: censored. The event had not come by `time`, and nothing is known after.
  public var isEvent: Bool

  public init(_ time: Double, isEvent: Bool) {
    self.time = time
    self.isEvent = isEvent
  }
}

/// What happened at one distinct time.
struct SurvivalTally: Hashable {
  let time: Double
  /// Watched just before `time`.
  let atRisk: Int
  let events: Int
  let censored: Int

  /// One tally a distinct time, ascending. A time that is missing (NaN) or negative is left out.
  ///
  /// Of those with the same time, events come before censorings: who was watched up to a time was
  /// at risk at it.
  static func tallies(of observations: [CensoredTime]) -> [SurvivalTally] {
    let sorted = observations.filter { $0.time >= 0 }.sorted { $0.time < $1.time }
    var tallies: [SurvivalTally] = []
    var start = 0
    while start < sorted.count {
      var end = start
      var events = 0
      while end < sorted.count, sorted[end].time == sorted[start].time {
        if sorted[end].isEvent { events += 1 }
        end += 1
      }
      tallies.append(
        SurvivalTally(
          time: sorted[start].time, atRisk: sorted.count - start, events: events,
          censored: end - start - events))
      start = end
    }
    return tallies
  }
}
