import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents

/// Evaluates expressions the slow and obvious way: for every moment, filter all events, one rule
/// at a time, as the doc comments of `Expression` say. For tests only.
struct ReferenceEvaluator {
  let log: EventLog
  var features: [String: RekindleBehaviour.Expression] = [:]
  var constants: PopulationConstants = [:]
  var inputs: [String: [Double]] = [:]

  enum Value {
    /// Missing is NaN.
    case number(Double)
    /// 0, 1 or NaN.
    case flag(Double)
    case text(String?)

    var double: Double {
      switch self {
      case .number(let value), .flag(let value): value
      case .text: .nan
      }
    }

    var isMissing: Bool {
      switch self {
      case .number(let value), .flag(let value): value.isNaN
      case .text(let text): text == nil
      }
    }
  }

  struct Row {
    var time: Instant
    var recorded: Instant?
    var values: [String: Column]

    enum Column {
      case number(Double), category(String?), flag(Double), time(Instant?)
    }
  }

  /// Where an expression is evaluated: a row of the table, in a group, on an event.
  struct Place {
    var moment: Moment
    var row: Int
    var group: String?
    var event: Row?
  }

  func values(of expression: RekindleBehaviour.Expression, at moments: [Moment]) -> [Value] {
    moments.indices.map { value(of: expression, in: Place(moment: moments[$0], row: $0)) }
  }

  func populationConstants(of expressions: [RekindleBehaviour.Expression], at moments: [Moment])
    -> PopulationConstants
  {
    var constants: PopulationConstants = [:]
    for expression in expressions {
      expression.visit { part in
        guard case .population(let statistic, let operand) = part.node else { return }
        let values = values(of: operand, at: moments).map(\.double).filter { !$0.isNaN }
        constants[part.description] =
          statistic == .mean ? finite(sum(values) / Double(values.count)) : median(values)
      }
    }
    return constants
  }

  // MARK: - Expressions

  func value(of expression: RekindleBehaviour.Expression, in place: Place) -> Value {
    func inner(_ part: RekindleBehaviour.Expression) -> Value { value(of: part, in: place) }
    func number(_ part: RekindleBehaviour.Expression) -> Double { inner(part).double }
    switch expression.node {
    case .number(let value): return .number(value)
    case .text(let text): return .text(text)
    case .flag(let value): return .flag(value ? 1 : 0)
    case .missing: return .number(.nan)
    case .name(let name):
      if let event = place.event { return attribute(name, of: event, at: place.moment.time) }
      if let input = inputs[name] { return .number(input[place.row]) }
      guard let feature = features[name] else { return .number(.nan) }
      return value(of: feature, in: Place(moment: place.moment, row: place.row))
    case .aggregate(let aggregate): return value(of: aggregate, in: place)
    case .negate(let operand): return .number(-number(operand))
    case .not(let operand): return .flag(1 - number(operand))
    case .binary(let symbol, let left, let right): return binary(symbol, inner(left), inner(right))
    case .member(let subject, let literals):
      let subject = inner(subject)
      if subject.isMissing { return .flag(.nan) }
      let isFound = literals.contains { literal in
        switch (literal, subject) {
        case (.number(let a), .number(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        default: false
        }
      }
      return .flag(isFound ? 1 : 0)
    case .isMissing(let subject): return .flag(inner(subject).isMissing ? 1 : 0)
    case .call(let function, let arguments): return call(function, arguments, in: place)
    case .overGroups(let reduction, let operand): return overGroups(reduction, operand, in: place)
    case .population: return .number(constants[expression.description] ?? .nan)
    // A model's formulas do not agree to the last bit; `ExpectationTests` has them.
    case .expectation: return .number(.nan)
    }
  }

  private func binary(_ symbol: BinaryOperator, _ left: Value, _ right: Value) -> Value {
    if symbol == .and || symbol == .or {
      // Kleene: the value that decides alone decides.
      let decisive = symbol == .and ? 0.0 : 1.0
      let (a, b) = (left.double, right.double)
      if a == decisive || b == decisive { return .flag(decisive) }
      return .flag(a.isNaN || b.isNaN ? .nan : 1 - decisive)
    }
    if case .text(let a) = left, case .text(let b) = right {
      guard let a, let b else { return .flag(.nan) }
      return .flag((symbol == .equal) == (a == b) ? 1 : 0)
    }
    let (a, b) = (left.double, right.double)
    func comparison(_ holds: Bool) -> Value { .flag(a.isNaN || b.isNaN ? .nan : (holds ? 1 : 0)) }
    switch symbol {
    case .add: return .number(finite(a + b))
    case .subtract: return .number(finite(a - b))
    case .multiply: return .number(finite(a * b))
    case .divide: return .number(finite(a / b))
    case .less: return comparison(a < b)
    case .lessOrEqual: return comparison(a <= b)
    case .greater: return comparison(a > b)
    case .greaterOrEqual: return comparison(a >= b)
    case .equal: return comparison(a == b)
    case .notEqual: return comparison(a != b)
    case .and, .or: return .flag(.nan)
    }
  }

  private func call(_ function: Function, _ arguments: [RekindleBehaviour.Expression], in place: Place)
    -> Value
  {
    let values = arguments.map { value(of: $0, in: place) }
    if function == .coalesce { return values.first { !$0.isMissing } ?? .number(.nan) }
    if function == .if {
      if values[0].isMissing { return .number(.nan) }
      return values[0].double == 1 ? values[1] : values[2]
    }
    let x = values.map(\.double)
    if x.contains(where: \.isNaN) { return .number(.nan) }
    switch function {
    case .log: return .number(x[0] > 0 ? finite(ln(x[0])) : .nan)
    case .log1p: return .number(x[0] > -1 ? finite(Foundation.log1p(x[0])) : .nan)
    case .exp: return .number(finite(Foundation.exp(x[0])))
    case .sqrt: return .number(x[0] < 0 ? .nan : x[0].squareRoot())
    case .abs: return .number(Swift.abs(x[0]))
    case .floor: return .number(x[0].rounded(.down))
    case .min: return .number(x.min() ?? .nan)
    case .max: return .number(x.max() ?? .nan)
    case .clamp: return .number(Swift.min(Swift.max(x[0], x[1]), x[2]))
    case .coalesce, .if: return .number(.nan)
    }
  }

  // MARK: - Groups

  private func overGroups(
    _ reduction: GroupReduction, _ operand: RekindleBehaviour.Expression, in place: Place
  ) -> Value {
    var keys: Set<String> = []
    for aggregate in groupedAggregates(of: operand) {
      for event in groupEvents(of: aggregate, in: place) {
        if let group = aggregate.group, case .category(let key?) = event.values[group] { keys.insert(key) }
      }
    }
    let inOrder = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let values = inOrder.map { key in
      value(of: operand, in: Place(moment: place.moment, row: place.row, group: key))
    }
    let present = values.map(\.double).filter { !$0.isNaN }
    switch reduction {
    case .max: return .number(present.max() ?? .nan)
    case .min: return .number(present.min() ?? .nan)
    case .sum: return .number(finite(sum(present)))
    case .mean: return .number(finite(sum(present) / Double(present.count)))
    case .median: return .number(median(present))
    case .count:
      return .number(
        Double(
          values.filter {
            if case .flag(let holds) = $0 { holds == 1 } else { !$0.isMissing }
          }.count))
    case .entropy: return .number(entropy(present.filter { $0 > 0 }))
    }
  }

  /// The aggregates that group at this level, not those inside a reduction of their own.
  private func groupedAggregates(of expression: RekindleBehaviour.Expression) -> [Aggregate] {
    switch expression.node {
    case .aggregate(let aggregate): aggregate.group == nil ? [] : [aggregate]
    case .number, .text, .flag, .missing, .name, .overGroups, .population, .expectation: []
    case .negate(let operand), .not(let operand), .member(let operand, _), .isMissing(let operand):
      groupedAggregates(of: operand)
    case .binary(_, let left, let right): groupedAggregates(of: left) + groupedAggregates(of: right)
    case .call(_, let arguments): arguments.flatMap { groupedAggregates(of: $0) }
    }
  }

  // MARK: - Events

  /// The events of a kind that the moment can see in a window, in time order.
  func visible(_ kind: String, _ window: Window, in place: Place) -> [Row] {
    let moment = place.moment.time
    let (start, end) = bounds(of: window, at: moment)
    return rows(kind, of: Int(place.moment.customer)).filter { row in
      guard start <= row.time, row.time < end else { return false }
      return window.isForward || (row.recorded ?? row.time) < moment
    }
  }

  func bounds(of window: Window, at moment: Instant) -> (Instant, Instant) {
    func shifted(_ span: Span, _ sign: Int) -> Instant {
      switch span {
      case .days(let days): log.calendar.adding(days: sign * days, to: moment)
      case .hours(let hours):
        Instant(microseconds: moment.microseconds + Int64(sign * hours) * 3_600_000_000)
      }
    }
    switch window {
    case .life, .latest: return (.distantPast, moment)
    case .last(let span): return (shifted(span, -1), moment)
    case .next(let span): return (moment, shifted(span, 1))
    case .ago(let from, let to): return (shifted(from, -1), shifted(to, -1))
    case .ahead(let from, let to): return (shifted(from, 1), shifted(to, 1))
    }
  }

  func condition(_ aggregate: Aggregate, on row: Row, in place: Place) -> Double {
    guard let condition = aggregate.condition else { return 1 }
    return value(of: condition, in: Place(moment: place.moment, row: place.row, event: row)).double
  }

  /// The events that an aggregate's window and condition let through, of all groups.
  private func groupEvents(of aggregate: Aggregate, in place: Place) -> [Row] {
    let seen = visible(aggregate.kind, aggregate.window, in: place)
    if aggregate.function.needsCondition { return seen }
    return seen.filter { condition(aggregate, on: $0, in: place) == 1 }
  }

  /// The events that an aggregate summarises, of its group; `latest n` not yet applied.
  func events(of aggregate: Aggregate, in place: Place) -> [Row] {
    let all = groupEvents(of: aggregate, in: place)
    guard let group = aggregate.group else { return all }
    return all.filter {
      if case .category(let key?) = $0.values[group] { key == place.group } else { false }
    }
  }

  func attribute(_ name: String, of row: Row, at moment: Instant) -> Value {
    switch row.values[name] {
    case .number(let value): return .number(value)
    case .category(let text): return .text(text)
    case .flag(let value): return .flag(value)
    case .time(let time): return .number(time.map { moment.days(since: $0) } ?? .nan)
    case nil: break
    }
    let date = CivilDate(daysSinceEpoch: log.calendar.day(of: row.time))
    switch EventClock(rawValue: name) {
    case .hour: return .number(Double(log.calendar.hour(of: row.time)))
    case .weekday: return .number(Double(log.calendar.weekday(of: row.time)))
    case .weekend: return .flag(log.calendar.weekday(of: row.time) >= 6 ? 1 : 0)
    case .day: return .number(Double(date.day))
    case .month: return .number(Double(date.month))
    case .age: return .number(moment.days(since: row.time))
    case nil: return .number(.nan)
    }
  }

  private func rows(_ kind: String, of customer: Int) -> [Row] {
    guard let stream = log.stream(kind) else { return [] }
    return (Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1])).map { index in
      var values: [String: Row.Column] = [:]
      for attribute in stream.attributes {
        switch attribute.column {
        case .number(let column): values[attribute.name] = .number(column[index])
        case .category(let codes, let dictionary):
          values[attribute.name] = .category(codes[index] < 0 ? nil : dictionary[Int(codes[index])])
        case .flag(let column):
          values[attribute.name] = .flag(
            column[index] == EventColumn.missingFlag ? .nan : Double(column[index]))
        case .time(let column):
          values[attribute.name] = .time(column[index] == .distantPast ? nil : column[index])
        }
      }
      return Row(time: stream.times[index], recorded: stream.recorded?[index], values: values)
    }
  }
}

// MARK: - Arithmetic

/// The natural logarithm, by the textbooks' name: `log` is the event log here.
func ln(_ x: Double) -> Double { Foundation.log(x) }

func finite(_ value: Double) -> Double { value.isFinite ? value : .nan }

func sum(_ values: [Double]) -> Double { values.reduce(0, +) }

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  if sorted.isEmpty { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : finite((sorted[middle - 1] + sorted[middle]) / 2)
}

/// −Σ p ln p over the shares of positive weights; missing when there is none.
func entropy(_ weights: [Double]) -> Double {
  if weights.isEmpty { return .nan }
  let total = sum(weights)
  return finite(-sum(weights.map { $0 / total * ln($0 / total) }))
}
