package import RekindleCore

extension QuietHours {
  /// The first instant from `time` on that is not quiet, in microseconds.
  ///
  /// Clock changes are walked over piece by piece: in each piece of time the offset is constant, so the end
  /// of the quiet hours is plain arithmetic; a change that jumps out of them ends them, one that falls back
  /// into them begins them anew.
  /// - Returns: `nil` when there is none up to and including `last`.
  package func firstAllowed(from time: Int64, through last: Int64, calendar: CivilCalendar) -> Int64? {
    let day: Int64 = 86_400_000_000
    let minute: Int64 = 60_000_000
    var time = time
    while time <= last {
      let (_, until, offset) = calendar.constantOffset(around: Instant(microseconds: time))
      let wall = time + offset
      let inDay = ((wall % day) + day) % day
      guard contains(minute: Int(inDay / minute)) else { return time }
      let wait = (Int64(end) * minute - inDay + day) % day
      time = min(time + (wait == 0 ? day : wait), until)
    }
    return nil
  }
}
