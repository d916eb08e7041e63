public import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
public import RekindleEvents

/// A trained model and all that was found on the way to it.
public struct TrainingRun: Sendable {
  public var outcome: ChurnTraining.Outcome
  public var intake: Intake
  public var selection: FeatureSelection
}

extension Project {
  /// What a model reads: its features, who is eligible, the label.
  public func trainingExpressions(_ selection: FeatureSelection) throws(Diagnostic) -> [Expression] {
    let plan = try snapshotPlan()
    let label = try plan.label.map { (text) throws(Diagnostic) in
      try Expression(parsing: text.replacing("{horizon}", with: "1d"))
    }
    let activity = Expression(.aggregate(Aggregate(.count, file.churn.activity)))
    return selection.kept.map(\.expression) + [plan.eligible, activity] + (label.map { [$0] } ?? [])
  }

  /// Reads the events, trains on the snapshots that the file asks for and tests on the last.
  /// - Throws: what reading, checking and training throw.
  public func train() throws(Diagnostic) -> TrainingRun {
    let schema = try schema()
    let selection = try features(in: schema)
    try checkChurn(in: schema, selection)
    let (log, intake) = try readEvents(for: try trainingExpressions(selection))
    let training = ChurnTraining(
      plan: try snapshotPlan(), definitions: selection.kept,
      trainer: ModelTrainer(
        specification: file.training, bands: file.bands, currency: file.currency, workers: workers))
    guard log.span != nil else { throw emptyLog }
    let outcome = try stage("training") { () throws(Diagnostic) in
      try churnLocated { () throws(Diagnostic) in try training.run(log) }
    }
    return TrainingRun(outcome: outcome, intake: intake, selection: selection)
  }

  /// Scores the customers that are eligible at a moment.
  /// - Parameter time: `nil`: the end of the log, as declared or as its last event says.
  public func score(
    with model: ChurnModel, asOf time: Instant? = nil
  ) throws(Diagnostic) -> (scores: ScoreTable, intake: Intake) {
    let (log, intake) = try readEvents(for: model.features.map(\.expression) + [model.windows.eligible])
    guard let time = time ?? logEnd ?? log.end else { throw emptyLog }
    let scores = try stage("scoring") { () throws(Diagnostic) in
      try Scorer(model: model).score(log, asOf: time, workers: workers)
    }
    return (scores, intake)
  }

  /// Judges a model on the customers that were eligible at a moment whose outcome is known by now.
  /// - Parameters:
  ///   - rival: a model of the same label and the same customers to compare with, pair by pair.
  ///   - time: `nil`: as late as the label allows.
  /// - Throws: `RK0614` when the two models mean different things by churn.
  public func evaluate(
    _ model: ChurnModel, against rival: ChurnModel? = nil, asOf time: Instant? = nil
  ) throws(Diagnostic) -> ModelCheck {
    if let rival,
      rival.windows.eligible != model.windows.eligible || rival.windows.label != model.windows.label
    {
      throw Diagnostic(
        "RK0614", "the two models do not answer the same question",
        notes: [
          "one: \(model.windows.label) for \(model.windows.eligible)",
          "other: \(rival.windows.label) for \(rival.windows.eligible)",
        ],
        help: "compare models with the same churn.label, churn.eligible and horizon")
    }
    let models = [model] + (rival.map { [$0] } ?? [])
    let (log, intake) = try readEvents(
      for: models.flatMap { $0.features.map(\.expression) } + [model.windows.eligible, model.windows.label])
    guard let end = logEnd ?? log.end else { throw emptyLog }
    let asOf = time ?? model.windows.latestMoment(before: end, calendar)
    let result = try churnLocated { () throws(Diagnostic) in
      try Scorer(model: model).evaluate(log, asOf: asOf, logEnd: end, workers: workers)
    }
    let comparison = try rival.map { (rival) throws(Diagnostic) in
      let other = try Scorer(model: rival).evaluate(log, asOf: asOf, logEnd: end, workers: workers)
      return try AreaDifference(
        result.scores.probabilities, minus: other.scores.probabilities, outcomes: result.outcomes)
    }
    let learntUpTo = models.flatMap(\.windows.training).map(\.asOf).max().map {
      calendar.adding(days: model.windows.horizonDays, to: $0)
    }
    return ModelCheck(
      asOf: asOf, isOutOfTime: asOf >= learntUpTo ?? asOf, evaluation: result.evaluation,
      comparison: comparison, drift: result.scores.drift(),
      intake: intake)
  }

  /// Checks eligibility and label against the kinds that there are, with the caret in the file.
  func checkChurn(in schema: EventSchema, _ selection: FeatureSelection) throws(Diagnostic) {
    let graph = try FeatureGraph(selection.kept, schema: schema)
    if schema.kind(file.churn.activity) == nil {
      throw try located("churn.activity") { () throws(Diagnostic) in
        throw Diagnostic(
          "RK0605",
          "no source gives events of the kind \"\(file.churn.activity)\", whose absence is churn here",
          hint: nearMatch(of: file.churn.activity, among: schema.kinds.map(\.name)).map {
            "did you mean \"\($0)\"?"
          },
          notes: ["kinds: \(schema.kinds.map(\.name).joined(separator: ", "))"],
          help: "set churn.activity to one of them")
      }
    }
    if let eligible = file.churn.eligible {
      try graph.checker.check(try Expression(parsing: eligible), as: .eligibility, source: eligible)
    }
    if var label = file.churn.label {
      label.text = label.text.replacing("{horizon}", with: "90d")
      if let line = label.lineText { label.lineText = line.replacing("{horizon}", with: "90d") }
      try graph.checker.check(try Expression(parsing: label), as: .label, source: label)
    }
  }

  /// What a command that needs events says where the sources gave none.
  public var emptyLog: Diagnostic {
    Diagnostic(
      "RK0607", "the sources gave no events", at: file.place(of: "sources"),
      help: "run `rekindle check` to see what became of the rows")
  }

  /// Gives what went wrong in training the setting that mends it.
  func churnLocated<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    do throws(Diagnostic) {
      return try body()
    } catch {
      let key: String? =
        switch error.code {
        case "RK0401", "RK0402", "RK0405": "churn.horizon"
        case "RK0406", "RK0407": "training.snapshots"
        case "RK0408", "RK0416": "churn.eligible"
        case "RK0409": "churn.activity"
        case "RK0412": "features"
        case "RK0413", "RK0415": "training.lambda"
        case "RK0414": "training.folds"
        default: nil
        }
      return try located(key) { () throws(Diagnostic) in throw error }
    }
  }
}

/// A model judged on a later window.
public struct ModelCheck: Sendable {
  public var asOf: Instant
  /// Whether every outcome that the models learnt from lies before `asOf`. Else they may have seen
  /// what they are judged on.
  public var isOutOfTime: Bool
  public var evaluation: Evaluation
  /// The model's area minus the rival's, on the same customers (DeLong, paired); `nil` without one.
  public var comparison: AreaDifference?
  /// How far these customers are from those that the model learnt from.
  public var drift: DriftReport
  public var intake: Intake
}
