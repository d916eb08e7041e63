internal import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
public import RekindleEvents
public import RekindleOutreach

/// All that is known of one customer at a moment, and why a plan does with them what it does.
public struct CustomerExplanation: Sendable {
  public let customer: String
  /// Place in the customers of the log.
  public let row: Int
  public let asOf: Instant
  public let run: OutreachRun
  /// `nil` without a model, and for a customer whom the model does not ask about.
  public let score: Score?
  /// Why there is no score.
  public let scoreLack: String?
  /// By kind, what had happened and was known.
  public let history: [Kind]
  public let steps: Explanation

  public struct Score: Sendable {
    public let probability: Double
    public let low: Double
    public let high: Double
    public let band: RiskBand
    /// What was asked: the label of the model.
    public let label: String
    public let contributions: ScoreContributions
  }

  public struct Kind: Sendable, Hashable {
    public let name: String
    public let events: Int
    public let first: Instant
    public let last: Instant
  }
}

extension Project {
  /// Explains one customer: everything that `outreach` would do, read off for one.
  /// - Throws: `RK1013` for an id that the log does not have, or has only later.
  public func explain(
    _ id: String, asOf time: Instant? = nil, model: ChurnModel? = nil, assignments: [String] = []
  ) throws(Diagnostic) -> (explanation: CustomerExplanation, intake: Intake) {
    let (run, intake) = try outreach(asOf: time, model: model, assignments: assignments, parts: .all)
    let log = run.segments.log
    let asOf = run.segments.asOf
    guard let steps = run.outreach.explanation(of: id, in: run.list),
      let row = log.customers.firstIndex(where: { $0.utf8.elementsEqual(id.utf8) })
    else {
      throw Diagnostic(
        "RK1013", "no source has the customer \"\(id)\"", at: file.place(of: "sources"),
        notes: log.customers.first.map { ["ids look like this: \($0)"] } ?? [],
        help: "write the id exactly as the sources have it")
    }
    guard run.segments.rows.contains(Int32(row)) else {
      throw Diagnostic(
        "RK1013", "nothing had happened with \"\(id)\" before \(calendar.text(asOf))",
        at: file.place(of: "sources"), help: "give a later --as-of")
    }
    var score: CustomerExplanation.Score?
    var lack: String? = "no model was given (--model)"
    if let model {
      score = try self.score(of: row, in: run, model)
      lack = score == nil ? "the model is not about them: \(model.windows.eligible) does not hold" : nil
    }
    return (
      CustomerExplanation(
        customer: id, row: row, asOf: asOf, run: run, score: score, scoreLack: lack,
        history: log.history(of: row, at: asOf), steps: steps), intake
    )
  }

  private func score(
    of row: Int, in run: OutreachRun, _ model: ChurnModel
  ) throws(Diagnostic) -> CustomerExplanation.Score? {
    guard let probabilities = run.segments.churnProbabilities, !probabilities[row].isNaN else { return nil }
    let (log, time) = (run.segments.log, run.segments.asOf)
    // What is said of a contribution is what the score was computed from, as in the score file; rules and
    // segments beside it speak of today's population.
    let table = try Evaluator(log: log, workers: workers).table(
      of: model.features, at: [Moment(customer: Int32(row), time: time)],
      constants: model.populationConstants)
    let scores = try Scorer(model: model).score(table)
    return CustomerExplanation.Score(
      probability: scores.probabilities[0], low: scores.low[0], high: scores.high[0], band: scores.band(0),
      label: "\(model.windows.label)", contributions: try scores.contributions(of: 0))
  }
}

extension EventLog {
  /// What had happened with a customer before a moment, and was known by then.
  fileprivate func history(of customer: Int, at moment: Instant) -> [CustomerExplanation.Kind] {
    streams.compactMap { stream in
      let known = (Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1])).filter { event in
        stream.times[event] < moment && (stream.recorded.map { $0[event] < moment } ?? true)
      }
      guard let first = known.first, let last = known.last else { return nil }
      return .init(
        name: stream.kind, events: known.count, first: stream.times[first], last: stream.times[last])
    }
  }
}
