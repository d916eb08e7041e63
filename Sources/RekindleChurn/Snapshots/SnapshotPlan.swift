public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
internal import RekindleNumerics

/// At which moments customers are looked at, who is looked at, and what counts as having churned.
public struct SnapshotPlan: Sendable, Hashable {
  public enum Dates: Sendable, Hashable {
    /// These as-of times; the last is the out-of-time test.
    case given([Instant])
    /// `count` windows. The test's label ends with the log; the training windows go back from one
    /// horizon before the test, `days` apart, so that no training label reaches into the test.
    case every(days: Int, count: Int)
  }

  public enum Horizon: Sendable, Hashable {
    /// The 90th percentile of the population's gaps between order-days, rounded to a week.
    case auto
    case days(Int)
  }

  /// The kind of event whose absence is churn.
  public var activity: String
  public var dates: Dates
  public var horizon: Horizon
  /// Looks back; who belongs to the rows.
  public var eligible: Expression
  /// Looks ahead; `{horizon}` stands for the horizon (`90d`). `nil`: no activity within the horizon.
  public var label: String?
  /// The end of what the log covers; `nil`: the end of the local day of its last event.
  public var logEnd: Instant?

  public init(
    activity: String = "purchase", dates: Dates = .every(days: 30, count: 6), horizon: Horizon = .auto,
    eligible: Expression? = nil, label: String? = nil, logEnd: Instant? = nil
  ) {
    self.activity = activity
    self.dates = dates
    self.horizon = horizon
    self.eligible =
      eligible
      ?? Expression(
        .binary(
          .greaterOrEqual, Expression(.aggregate(Aggregate(.count, activity, window: .last(.days(365))))),
          Expression(.number(1))))
    self.label = label
    self.logEnd = logEnd
  }
}

/// A plan made definite against a log.
public struct ResolvedSnapshots: Sendable, Hashable, Codable {
  public var horizonDays: Int
  /// Ascending.
  public var training: [Instant]
  public var test: Instant
  public var eligible: Expression
  public var label: Expression
  /// The end of what the log covers: the first instant of which nothing is known.
  public var logEnd: Instant
  /// What was decided, in words: where the horizon comes from, dates that were left out.
  public var notes: [String]
}

extension SnapshotPlan {
  /// Decides horizon and dates.
  /// - Throws: `RK0405` for a log shorter than the horizon needs, `RK0406` for a label window that
  ///   runs past the end of the log, `RK0407` without a training window that ends before the test,
  ///   `RK0409` for a log without the activity; what parsing and checking the label throw.
  public func resolve(_ log: EventLog) throws(Diagnostic) -> ResolvedSnapshots {
    guard let span = log.span, let stream = log.stream(activity), !stream.times.isEmpty else {
      throw Diagnostic(
        "RK0409", "the log has no event of the kind \"\(activity)\"",
        notes: [
          "log has: " + (log.streams.isEmpty ? "nothing" : log.streams.map(\.kind).joined(separator: ", "))
        ],
        help: "set churn.activity to a kind that the log has")
    }
    let calendar = log.calendar
    let firstDay = calendar.day(of: span.lowerBound)
    let end = logEnd ?? calendar.midnight(day: calendar.day(of: span.upperBound) + 1)
    var notes: [String] = []
    let days: Int
    switch horizon {
    case .days(let given):
      guard given > 0 else {
        throw Diagnostic("RK0405", "a horizon of \(given) days", help: "give a horizon of at least one day")
      }
      days = given
    case .auto:
      let gaps = Quantiles(Self.gaps(stream, calendar))
      guard !gaps.sorted.isEmpty else {
        throw Diagnostic(
          "RK0409",
          "no customer has \"\(activity)\" events on two days, so no horizon can be read off the log",
          help: "give churn.horizon, such as 90d")
      }
      let percentile = gaps(0.9)
      days = max(7, Int((percentile / 7).rounded()) * 7)
      notes.append(
        "horizon \(days) d: the 90th percentile of \(gaps.sorted.count) gaps between \(activity) days is "
          + "\(Self.plain(percentile)) d")
    }
    let labelExpression = try label(horizonDays: days)
    let resolved = try dates(days, reach: labelExpression.reach, firstDay, end, calendar, &notes)
    return ResolvedSnapshots(
      horizonDays: days, training: resolved.training, test: resolved.test, eligible: eligible,
      label: labelExpression, logEnd: end, notes: notes)
  }

  private func label(horizonDays: Int) throws(Diagnostic) -> Expression {
    if let label {
      return try Expression(parsing: label.replacingOccurrences(of: "{horizon}", "\(horizonDays)d"))
    }
    return Expression(
      .binary(
        .equal, Expression(.aggregate(Aggregate(.count, activity, window: .next(.days(horizonDays))))),
        Expression(.number(0))))
  }

  private func dates(
    _ horizonDays: Int, reach: LabelReach, _ firstDay: Int32, _ end: Instant, _ calendar: CivilCalendar,
    _ notes: inout [String]
  ) throws(Diagnostic) -> (training: [Instant], test: Instant) {
    let covered = Int(calendar.day(of: end) - firstDay)
    let first = calendar.midnight(day: firstDay)
    func date(_ instant: Instant) -> String {
      CivilDate(daysSinceEpoch: calendar.day(of: instant)).description
    }
    switch dates {
    case .given(let given):
      let times = Set(given).sorted()
      guard let test = times.last else {
        throw Diagnostic(
          "RK0407", "no as-of date is given", help: "give two dates or more, or a number of snapshots")
      }
      for time in times where reach.end(from: time, calendar) > end {
        throw Diagnostic(
          "RK0406", "the label window of \(date(time)) runs past the end of the log",
          notes: [
            "the label needs events up to \(date(reach.end(from: time, calendar)))",
            "the log is known up to \(date(end))",
          ],
          help: "move the date back, shorten the horizon, or declare a later end of the log")
      }
      let training = times.dropLast().filter { reach.end(from: $0, calendar) <= test }
      for time in times.dropLast() where !training.contains(time) {
        notes.append("\(date(time)) left out of training: its label window reaches into the test's")
      }
      guard !training.isEmpty else {
        throw Diagnostic(
          "RK0407", "no training window ends before the test of \(date(test))",
          notes: ["a label window takes \(reach.days) days"],
          help: "add a date at least \(reach.days) days before the last one")
      }
      return (Array(training), test)
    case .every(let step, let count):
      guard step > 0, count >= 2 else {
        throw Diagnostic(
          "RK0407", "\(count) snapshots every \(step) days", help: "ask for two snapshots or more")
      }
      let endDay = calendar.day(of: end)
      let reachDays = Int32(reach.days)
      let testDay = endDay - reachDays
      let newest = testDay - reachDays
      guard newest > firstDay else {
        throw Diagnostic(
          "RK0405", "the log is shorter than the horizon needs",
          notes: [
            "the log covers \(covered) days, from \(date(first)) to before \(date(end))",
            "a horizon of \(horizonDays) days needs \(2 * reach.days + 1): one window to learn from, "
              + "one to test on, and a day before them",
          ],
          help: "shorten the horizon to \(max(1, (covered - 1) / 2)) days or less, or bring a longer log")
      }
      // The newest training window needs a past; the older ones need a past of a horizon at least.
      let days = (0..<(count - 1)).map { newest - Int32($0 * step) }
        .filter { $0 == newest || $0 >= firstDay + reachDays }
      if days.count < count - 1 {
        notes.append(
          "\(days.count + 1) of \(count) snapshots: the log does not reach back far enough for the rest")
      }
      return (days.reversed().map { calendar.midnight(day: $0) }, calendar.midnight(day: testDay))
    }
  }

  /// Days between neighbouring distinct local days with an event, of all customers.
  static func gaps(_ stream: EventStream, _ calendar: CivilCalendar) -> [Double] {
    var gaps: [Double] = []
    for customer in 0..<(stream.offsets.count - 1) {
      var last: Int32?
      for index in stream.offsets[customer]..<stream.offsets[customer + 1] {
        let day = calendar.day(of: stream.times[Int(index)])
        if let last, day > last { gaps.append(Double(day - last)) }
        last = day
      }
    }
    return gaps
  }

  private static func plain(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String((value * 10).rounded() / 10)
  }
}

extension String {
  fileprivate func replacingOccurrences(of part: String, _ replacement: String) -> String {
    split(separator: part, omittingEmptySubsequences: false).joined(separator: replacement)
  }
}
