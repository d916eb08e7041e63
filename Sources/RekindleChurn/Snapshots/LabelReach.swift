package import RekindleBehaviour
public import RekindleCore

/// How far ahead of its moment an expression looks.
package struct LabelReach: Sendable {
  private var spans: [Span]

  init(_ spans: [Span]) {
    self.spans = spans
  }

  /// The first instant that the label does not see.
  package func end(from moment: Instant, _ calendar: CivilCalendar) -> Instant {
    spans.map { span in
      switch span {
      case .days(let days): calendar.adding(days: days, to: moment)
      case .hours(let hours): Instant(microseconds: moment.microseconds + Int64(hours) * 3_600_000_000)
      }
    }.max() ?? moment
  }

  /// Whole days, rounded up.
  package var days: Int {
    spans.map { span in
      switch span {
      case .days(let days): days
      case .hours(let hours): (hours + 23) / 24
      }
    }.max() ?? 0
  }
}

extension Expression {
  package var reach: LabelReach {
    LabelReach(
      aggregates.compactMap { aggregate in
        switch aggregate.window {
        case .next(let span), .ahead(_, let span): span
        case .life, .last, .ago, .latest: nil
        }
      })
  }
}

extension TrainingWindows {
  /// The latest midnight of which the label is known when the log is known up to `end`.
  public func latestMoment(before end: Instant, _ calendar: CivilCalendar) -> Instant {
    calendar.midnight(day: calendar.day(of: end) - Int32(label.reach.days))
  }
}
