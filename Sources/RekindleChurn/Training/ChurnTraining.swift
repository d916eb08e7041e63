public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// The whole way from an event log to a tested model.
public struct ChurnTraining: Sendable {
  public var plan: SnapshotPlan
  public var definitions: [FeatureDefinition]
  public var trainer: ModelTrainer
  /// The feature for the recency baseline; `nil`: the first that is `days_since_last` of the
  /// activity, if there is one.
  public var recency: String?

  public init(
    plan: SnapshotPlan, definitions: [FeatureDefinition], trainer: ModelTrainer = ModelTrainer(),
    recency: String? = nil
  ) {
    self.plan = plan
    self.definitions = definitions
    self.trainer = trainer
    self.recency = recency
  }

  /// A model, and what was found on the way.
  public struct Outcome: Sendable {
    public var model: ChurnModel
    public var audit: LeakageAudit
    /// The rows that the model was fitted to and tested on, for comparison with other models.
    public var training: LabelledRows
    public var test: LabelledRows
  }

  /// Trains.
  /// - Throws: every `RK04xx`; `RK0417` when the leakage audit finds a feature that knows the future.
  public func run(_ log: EventLog) throws(Diagnostic) -> Outcome {
    let snapshots = try plan.resolve(log)
    let workers = trainer.workers
    let rows = try SnapshotRows(log: log, definitions: definitions, snapshots: snapshots, workers: workers)
    var moments: [Moment] = []
    for time in snapshots.training { moments += try rows.eligible(at: time) }
    let testMoments = try rows.eligible(at: snapshots.test)
    try requirePeople(moments, "training")
    try requirePeople(testMoments, "test")
    let constants = try rows.constants(at: moments)
    let training = try rows.labelled(at: moments, constants: constants)
    let test = try rows.labelled(at: testMoments, constants: constants)

    let audit = try LeakageAudit(
      log: log, definitions: rows.definitions, moments: testMoments, at: snapshots.test, constants: constants,
      workers: workers)
    guard audit.passed else {
      throw Diagnostic(
        "RK0417", "features change when the future is deleted", kind: .internalError,
        notes: ["they saw events after the as-of date: \(audit.leaking.joined(separator: ", "))"],
        help: "report this with the features' formulas")
    }
    let windows = TrainingWindows(
      activity: plan.activity, horizonDays: snapshots.horizonDays, eligible: snapshots.eligible,
      label: snapshots.label, logEnd: snapshots.logEnd,
      training: snapshots.training.map { window($0, training, log.calendar) },
      test: window(snapshots.test, test, log.calendar))
    var model = try trainer.fit(
      training: training, test: test, definitions: definitions,
      context: ModelTrainer.Context(
        windows: windows, constants: constants, timeZone: log.calendar.identifier,
        recency: recency ?? recencyFeature, notes: snapshots.notes))
    // What the model reads, not what it might have read: scoring loads no more than that.
    model.schema = schema(of: log, for: model.features)
    return Outcome(model: model, audit: audit, training: training, test: test)
  }

  private func requirePeople(_ moments: [Moment], _ what: String) throws(Diagnostic) {
    guard !moments.isEmpty else {
      throw Diagnostic(
        "RK0408", "no customer is eligible in a \(what) window",
        notes: ["eligible: \(plan.eligible)"],
        help: "loosen churn.eligible, or, where rows lie in the future, declare churn.log_end")
    }
  }

  private func window(
    _ time: Instant, _ rows: LabelledRows, _ calendar: CivilCalendar
  ) -> TrainingWindows.Window {
    let own = rows.table.times.indices.filter { rows.table.times[$0] == time }
    return .init(
      date: dateText(time, calendar), asOf: time, rows: own.count, events: own.count { rows.outcomes[$0] })
  }

  private var recencyFeature: String? {
    definitions.first { definition in
      guard case .aggregate(let aggregate) = definition.expression.node else { return false }
      return aggregate.function == .daysSinceLast && aggregate.kind == plan.activity
        && aggregate.window == .life && aggregate.condition == nil && aggregate.group == nil
    }?.name
  }

  private func schema(of log: EventLog, for features: [FeatureDefinition]) -> [SchemaKind] {
    let full = EventSchema(of: log)
    let needed = EventRequirements(
      of: features.map(\.expression) + [plan.eligible], in: full
    ).restricting(full)
    return needed.kinds.map { kind in
      SchemaKind(
        kind: kind.name, attributes: kind.attributes.map { .init(name: $0.name, type: $0.type.rawValue) })
    }
  }
}
