public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// Reads rows off an event log: who is eligible at a moment, their features, their label.
public struct SnapshotRows: Sendable {
  public let log: EventLog
  public let definitions: [FeatureDefinition]
  public let snapshots: ResolvedSnapshots
  private let evaluator: Evaluator

  /// Checks features, eligibility and label before any event is read.
  /// - Throws: what the checker throws: a feature that looks ahead, a label that looks back, a kind or
  ///   attribute that is not there.
  public init(
    log: EventLog, definitions: [FeatureDefinition], snapshots: ResolvedSnapshots, workers: Workers
  ) throws(Diagnostic) {
    let graph = try FeatureGraph(definitions, schema: EventSchema(of: log))
    _ = try graph.checker.check(snapshots.eligible, as: .eligibility)
    _ = try graph.checker.check(snapshots.label, as: .label)
    self.log = log
    self.definitions = graph.definitions
    self.snapshots = snapshots
    evaluator = Evaluator(log: log, workers: workers)
  }

  /// The customers who are eligible at a moment, in the order of the log.
  public func eligible(at time: Instant) throws(Diagnostic) -> [Moment] {
    let everyone = log.customers.indices.map { Moment(customer: Int32($0), time: time) }
    let holds = try log.flags(
      snapshots.eligible, at: everyone, beside: definitions, constants: [:], workers: evaluator.workers)
    return zip(everyone, holds).compactMap { $1 == 1 ? $0 : nil }
  }

  /// Whether each customer churned after the moment; NaN where the label is missing.
  public func outcomes(at moments: [Moment]) throws(Diagnostic) -> [Double] {
    try log.flags(
      snapshots.label, at: moments, beside: [], constants: [:], workers: evaluator.workers)
  }

  /// The population's constants over training moments.
  func constants(at moments: [Moment]) throws(Diagnostic) -> PopulationConstants {
    try evaluator.populationConstants(of: definitions, at: moments)
  }

  func table(at moments: [Moment], constants: PopulationConstants) throws(Diagnostic) -> FeatureTable {
    try evaluator.table(of: definitions, at: moments, constants: constants)
  }

  /// Features and labels of moments; rows whose label is missing are left out.
  func labelled(at moments: [Moment], constants: PopulationConstants) throws(Diagnostic) -> LabelledRows {
    let outcomes = try outcomes(at: moments)
    let known = zip(moments, outcomes).filter { !$1.isNaN }
    return LabelledRows(
      table: try table(at: known.map(\.0), constants: constants), outcomes: known.map { $0.1 == 1 })
  }
}
