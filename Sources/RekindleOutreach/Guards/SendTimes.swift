internal import RekindleCore

extension SendSlot {
  var isLearned: Bool { if case .auto = self { true } else { false } }

  /// The kind of day that is asked for.
  var days: Days {
    switch self {
    case .now: .day
    case .auto(let days), .at(let days, _): days
    }
  }

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
        if days.contains(time, calendar), time >= moment { return time.microseconds }
        day += 1
      }
    }
  }
}

extension SendSlot.Days {
  /// Whether an instant is on such a day, by the local calendar.
  func contains(_ time: Instant, _ calendar: CivilCalendar) -> Bool {
    switch self {
    case .day: true
    case .weekday: calendar.weekday(of: time) <= 5
    case .weekend: calendar.weekday(of: time) >= 6
    }
  }

  /// The first instant from a time on that is on such a day.
  func first(from time: Int64, _ calendar: CivilCalendar) -> Int64 {
    var instant = Instant(microseconds: time)
    // Seven days hold every kind.
    while !contains(instant, calendar) { instant = calendar.midnight(day: calendar.day(of: instant) + 1) }
    return instant.microseconds
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
/// in the first such. A day of another kind than the slot's is no part of that: what is for weekdays and
/// finds no minute on a Friday evening waits for Monday, up to the same hour. To wait rather than to give up is what a sender expects of quiet hours; to look at the
/// whole day and not at one minute is what makes every guard a restriction only: without it there are more
/// minutes to choose from.
struct SendWindow: Sendable {
  let start: Int64
  let last: Int64
  let days: SendSlot.Days
  let quiet: QuietHours?
  let calendar: CivilCalendar
  /// The first minute outside the quiet hours; `nil` when there is none.
  let open: Int64?

  init(
    _ slot: SendSlot, hour: Int, quiet: QuietHours?, from moment: Instant, calendar: CivilCalendar
  ) {
    let start = slot.start(from: moment, hour: hour, calendar: calendar)
    var last = calendar.adding(days: 1, to: Instant(microseconds: start))
    while !slot.days.contains(last, calendar) { last = calendar.adding(days: 1, to: last) }
    self.init(start: start, last: last.microseconds, days: slot.days, quiet: quiet, calendar: calendar)
  }

  private init(start: Int64, last: Int64, days: SendSlot.Days, quiet: QuietHours?, calendar: CivilCalendar) {
    self.start = start
    self.last = last
    self.days = days
    self.quiet = quiet
    self.calendar = calendar
    open = SendWindow.first(from: start, through: last, days, quiet, calendar)
  }

  /// The first instant from `time` on that is on such a day and not quiet; `nil` when there is none up to and
  /// including `last`.
  private static func first(
    from time: Int64, through last: Int64, _ days: SendSlot.Days, _ quiet: QuietHours?,
    _ calendar: CivilCalendar
  ) -> Int64? {
    var time = time
    while time <= last {
      let day = days.first(from: time, calendar)
      let awake = quiet.map { $0.firstAllowed(from: day, through: last, calendar: calendar) } ?? day
      guard let awake, awake <= last else { return nil }
      if days.contains(Instant(microseconds: awake), calendar) { return awake }
      time = awake
    }
    return nil
  }

  /// The minute in which the message goes out; `nil` when there is none.
  func time(_ cap: ContactCap?, others: ArraySlice<Int64>) -> Int64? {
    guard let cap, others.count >= cap.max else { return open }
    var time = start
    while time <= last {
      guard let awake = SendWindow.first(from: time, through: last, days, quiet, calendar),
        let free = cap.earliest(from: awake, others: others)
      else { return nil }
      if free == awake { return awake }
      time = wholeMinute(free)
    }
    return nil
  }

  /// Which rules leave no minute.
  func failures(_ cap: ContactCap?, others: ArraySlice<Int64>) -> GuardSet {
    var failed = GuardSet()
    if open == nil { failed.insert(.quietHours) }
    let alwaysAwake = SendWindow(start: start, last: last, days: days, quiet: nil, calendar: calendar)
    if alwaysAwake.time(cap, others: others) == nil { failed.insert(.frequency) }
    // Each alone would leave some: together they do not.
    return failed.isEmpty ? GuardSet([.frequency, .quietHours]) : failed
  }
}
