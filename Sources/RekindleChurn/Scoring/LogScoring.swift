public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

extension Scorer {
  /// Scores the customers of a log that are eligible at a moment.
  /// - Throws: `RK0506` when the log lacks what the model reads; what the evaluator throws.
  public func score(
    _ log: EventLog, asOf time: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> ScoreTable {
    try score(try features(log, asOf: time, workers: workers), workers: workers)
  }

  /// The model's features of the customers of a log that are eligible at a moment.
  public func features(
    _ log: EventLog, asOf time: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> FeatureTable {
    try model.verify(log)
    let constants = model.populationConstants
    let everyone = log.customers.indices.map { Moment(customer: Int32($0), time: time) }
    let holds = try log.flags(
      model.windows.eligible, at: everyone, beside: model.features, constants: constants, workers: workers)
    return try Evaluator(log: log, workers: workers).table(
      of: model.features, at: zip(everyone, holds).compactMap { $1 == 1 ? $0 : nil }, constants: constants)
  }

  /// Scores the eligible customers at a moment whose label is known by now, and compares.
  ///
  /// Rows whose label is missing are left out.
  /// - Throws: as `score`; `RK0406` when the label window runs past the end of the log; `RK0401`,
  ///   `RK0402` when one outcome is all there is.
  public func evaluate(
    _ log: EventLog, asOf time: Instant, logEnd: Instant? = nil, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> (evaluation: Evaluation, scores: ScoreTable, outcomes: [Bool]) {
    guard let span = log.span else {
      throw Diagnostic("RK0409", "the log is empty", help: "give a log with events")
    }
    let calendar = log.calendar
    let end = logEnd ?? calendar.midnight(day: calendar.day(of: span.upperBound) + 1)
    let needed = model.windows.label.reach.end(from: time, calendar)
    guard needed <= end else {
      throw Diagnostic(
        "RK0406", "the label window of \(dateText(time, calendar)) runs past the end of the log",
        notes: [
          "the label needs events up to \(dateText(needed, calendar))",
          "the log is known up to \(dateText(end, calendar))",
        ],
        help: "evaluate at an earlier date, or declare a later end of the log")
    }
    var table = try features(log, asOf: time, workers: workers)
    let indexOf = Dictionary(uniqueKeysWithValues: log.customers.enumerated().map { ($1, Int32($0)) })
    let moments = table.customers.map { Moment(customer: indexOf[$0] ?? 0, time: time) }
    let labels = try log.flags(model.windows.label, at: moments, beside: [], constants: [:], workers: workers)
    let known = labels.indices.filter { !labels[$0].isNaN }
    if known.count < labels.count {
      table = try Evaluator(log: log, workers: workers).table(
        of: model.features, at: known.map { moments[$0] }, constants: model.populationConstants)
    }
    let scores = try score(table, workers: workers)
    let outcomes = known.map { labels[$0] == 1 }
    return (try Evaluation(probabilities: scores.probabilities, outcomes: outcomes), scores, outcomes)
  }
}

extension EventLog {
  /// A yes-or-no rule at moments: 1, 0, or NaN where it is missing.
  /// - Parameter definitions: features that the rule may refer to.
  func flags(
    _ rule: Expression, at moments: [Moment], beside definitions: [FeatureDefinition],
    constants: PopulationConstants, workers: Workers
  ) throws(Diagnostic) -> [Double] {
    // A name that no feature can have.
    let own = FeatureDefinition(name: "(rule)", expression: rule)
    let table = try Evaluator(log: self, workers: workers).table(
      of: rule.references.isEmpty ? [own] : definitions + [own], at: moments, constants: constants)
    guard case .flag(let values)? = table.column(own.name)?.values else {
      throw Diagnostic("RK0410", "\"\(rule)\" is not a yes or no", help: "compare it with something")
    }
    return values
  }
}
