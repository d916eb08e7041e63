import RekindleBehaviour
import RekindleCore
import RekindleEvents

/// What the evaluator's tests share.
enum EvaluatorFixture {
  static func instant(day: Int, hour: Int = 0) -> Instant {
    Instant(seconds: Int64(day) * 86_400 + Int64(hour) * 3600)
  }

  static func log(_ events: [Event], _ calendar: CivilCalendar = .utc) -> EventLog {
    EventLog(events: events, calendar: calendar)
  }

  static func feature(_ name: String, _ formula: String) throws -> FeatureDefinition {
    FeatureDefinition(name: name, expression: try Expression(parsing: formula))
  }

  static func numbers(_ column: FeatureColumn) -> [Double] {
    switch column.values {
    case .number(let values), .flag(let values): values
    case .category(let codes, _): codes.map(Double.init)
    }
  }

  /// One formula of customer 0 at the midnight that begins a day.
  static func number(_ formula: String, _ log: EventLog, day: Int) throws -> Double {
    let table = try Evaluator(log: log, workers: Workers(1)).table(
      of: [try feature("f", formula)], at: [Moment(customer: 0, time: instant(day: day))])
    return numbers(table.columns[0])[0]
  }
}
