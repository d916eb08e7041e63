internal import RekindleCore

extension SendSlot {
  var isLearned: Bool { if case .auto = self { true } else { false } }

  /// The slot's first minute from a moment on.
  /// - Parameter hour: that was learned; other slots have their own.
  func start(from moment: Instant, hour: Int, calendar: CivilCalendar) -> Int64 {
    switch self {
    case .now: return wholeMinute(moment.microseconds)
    case .auto(let days):
      return SendSlot.at(days, minute: hour * 60).start(from: moment, hour: hour, calendar: calendar)
    case .at(let days, let minute):
      // Eight days hold every kind of day once, also where today's hour is over.
      var day = calendar.day(of: moment)
      while true {
        let time = calendar.instant(local: Int64(day) * 86_400_000_000 + Int64(minute) * 60_000_000)
        let weekday = calendar.weekday(of: time)
        let fits =
          switch days {
          case .day: true
          case .weekday: weekday <= 5
          case .weekend: weekday >= 6
          }
        if fits, time >= moment { return time.microseconds }
        day += 1
      }
    }
  }
}

/// The first whole minute from a time on.
func wholeMinute(_ time: Int64) -> Int64 {
  let minute: Int64 = 60_000_000
  let rest = ((time % minute) + minute) % minute
  return rest == 0 ? time : time + minute - rest
}

/// One treatment of an action by one channel: from when until when it may go out.
///
/// A message waits at most one local day for a minute that is neither quiet nor over the cap, and goes out
/// in the first such. To wait rather than to give up is what a sender expects of quiet hours; to look at the
/// whole day and not at one minute is what makes every guard a restriction only: without it there are more
/// minutes to choose from.
struct SendWindow: Sendable {
  let start: Int64
  let last: Int64
  let quiet: QuietHours?
  let calendar: CivilCalendar
  /// The first minute outside the quiet hours; `nil` when the day has none.
  let open: Int64?

  init(
    _ slot: SendSlot, hour: Int, quiet: QuietHours?, from moment: Instant, calendar: CivilCalendar
  ) {
    let start = slot.start(from: moment, hour: hour, calendar: calendar)
    let last = calendar.adding(days: 1, to: Instant(microseconds: start)).microseconds
    self.start = start
    self.last = last
    self.quiet = quiet
    self.calendar = calendar
    open = quiet.map { $0.firstAllowed(from: start, through: last, calendar: calendar) } ?? start
  }

  init(start: Int64, last: Int64, calendar: CivilCalendar) {
    self.start = start
    self.last = last
    self.calendar = calendar
    quiet = nil
    open = start
  }

  /// The minute in which the message goes out; `nil` when there is none.
  func time(_ cap: ContactCap?, others: ArraySlice<Int64>) -> Int64? {
    guard let cap, others.count >= cap.max else { return open }
    var time = start
    while time <= last {
      let awake = quiet.map { $0.firstAllowed(from: time, through: last, calendar: calendar) } ?? time
      guard let awake, let free = cap.earliest(from: awake, others: others) else { return nil }
      if free == awake { return awake }
      time = wholeMinute(free)
    }
    return nil
  }

  /// Which rules leave no minute.
  func failures(_ cap: ContactCap?, others: ArraySlice<Int64>) -> GuardSet {
    var failed = GuardSet()
    if open == nil { failed.insert(.quietHours) }
    let alwaysAwake = SendWindow(start: start, last: last, calendar: calendar)
    if alwaysAwake.time(cap, others: others) == nil { failed.insert(.frequency) }
    // Each alone would leave some: together they do not.
    return failed.isEmpty ? GuardSet([.frequency, .quietHours]) : failed
  }
}
