internal import RekindleBehaviour
internal import RekindleChurn
public import RekindleCore
public import RekindleEvents
public import RekindleExperiments
internal import RekindleStatistics

/// What the metrics of an experiment were like in the shop's own past: everybody is looked at from one
/// moment whose outcomes are known by now.
public struct PastBaselines: Sendable {
  /// By the metric's name. Quantiles have none: what they vary by is not in their moments.
  public var baselines: [String: MetricBaseline]
  /// Customers looked at.
  public var customers: Int
  public var asOf: Instant
  public var intake: Intake
}

/// Customers of the past as the units of an experiment.
struct PastUnits {
  /// With the metrics that have a formula.
  var experiment: Experiment
  var units: UnitBatch
  var asOf: Instant
  var intake: Intake
}

extension Project {
  /// - Parameters:
  ///   - path: who would take part: a table with the column of ids. `nil`: everybody who had an event before.
  ///   - moment: `nil`: the latest midnight at which every metric's window is over by the end of the log.
  /// - Throws: `RK0852` for a window that the log does not hold; `RK0855` for a metric without a formula; what
  ///   reading and evaluating throw.
  public func baselines(
    of entry: ExperimentEntry, customers path: String? = nil, asOf moment: Instant? = nil
  ) throws(Diagnostic) -> PastBaselines {
    let past = try pastUnits(of: entry, customers: path, asOf: moment)
    let moments = try stage("summing up the past") { () throws(Diagnostic) in
      try located { () throws(Diagnostic) in
        try collectMoments(of: past.experiment, from: UnitBatches([past.units]), workers: workers)
      }
    }
    var baselines: [String: MetricBaseline] = [:]
    for (metric, collected) in zip(past.experiment.metrics, moments.metrics) {
      baselines[metric.name] = MetricBaseline(of: metric, in: collected)
    }
    return PastBaselines(
      baselines: baselines, customers: past.units.rowCount, asOf: past.asOf, intake: past.intake)
  }

  /// The customers with what their outcomes and covariates were, all in the first arm: nobody is in any yet.
  /// - Throws: as `baselines`.
  func pastUnits(
    of entry: ExperimentEntry, customers path: String? = nil, asOf moment: Instant? = nil
  ) throws(Diagnostic) -> PastUnits {
    let (log, intake) = try readEvents(for: entry)
    guard let end = logEnd ?? log.end else { throw emptyLog }
    try entry.checkReach(in: log, end: end)
    let reaches = entry.formulas.filter { $0.use == .metric }.map(\.expression.reach)
    let asOf = moment ?? calendar.midnight(day: calendar.day(of: end) - Int32(reaches.map(\.days).max() ?? 0))
    guard reaches.allSatisfy({ $0.end(from: asOf, calendar) <= end }) else {
      throw Diagnostic(
        "RK0852", "seen from \(calendar.text(asOf)), not every metric's window is over by the end of the log",
        at: file.place(of: entry.key + ".metrics"), help: "look from an earlier day, or leave --as-of out")
    }
    let ids = try path.map { (path) throws(Diagnostic) in
      try located { () throws(Diagnostic) in try readIDs(path, entry) }
    }
    let everybody = ids ?? log.customersKnown(at: asOf).map { log.customers[Int($0)] }
    let experiment = try knownByFormulas(entry)
    let units = try stage("looking at the past") { () throws(Diagnostic) in
      try located { () throws(Diagnostic) in
        let schema = UnitSchema(experiment)
        let table = FormulaTable(
          schema.numbers.compactMap { entry.formula($0) }, in: log, workers: workers)
        var bytes = ByteStrings()
        for id in everybody { bytes.append(id.utf8) }
        let columns = try table.columns(
          of: bytes, at: [Instant](repeating: asOf, count: everybody.count), table.index())
        return UnitBatch(
          rowCount: everybody.count,
          arms: CodedColumn(
            codes: [Int32](repeating: 0, count: everybody.count), dictionary: [schema.arms[0]]),
          numbers: columns.map(\.numbers))
      }
    }
    return PastUnits(experiment: experiment, units: units, asOf: asOf, intake: intake)
  }

  /// The experiment with the metrics that have a formula: only these can be looked up.
  private func knownByFormulas(_ entry: ExperimentEntry) throws(Diagnostic) -> Experiment {
    var experiment = entry.experiment
    experiment.segments = []
    experiment.metrics = experiment.metrics.filter { metric in
      var columns = [metric.column] + metric.covariates
      if case .ratio(let denominator) = metric.kind { columns.append(denominator) }
      return columns.allSatisfy { entry.formula($0) != nil }
    }
    guard !experiment.metrics.isEmpty else {
      throw Diagnostic(
        "RK0855", "no metric of \"\(experiment.id)\" has a formula, so that the past says nothing of it",
        at: file.place(of: entry.key + ".metrics"),
        help: "give the baselines by hand: --baseline METRIC=VALUE, or METRIC=VALUE:SD for a mean")
    }
    return experiment
  }

  private func readIDs(_ path: String, _ entry: ExperimentEntry) throws(Diagnostic) -> [String] {
    let column = entry.columns.id
    let values = try TableReader.read(path, calendar: calendar, workers: workers) {
      (names) throws(Diagnostic) in
      guard names.contains(column) else {
        throw Diagnostic(
          "RK0850", "column \"\(column)\" is not in \(path)", at: .init(file: path),
          notes: ["file has: \(names.joined(separator: ", "))"],
          help: "mend the header, or name the column in the project file, as in `columns: {id: userid}`")
      }
      return [.init(column, .text, mayBeMissing: false)]
    }
    guard case .text(let ids)? = values.first else { return [] }
    return ids
  }
}

extension MetricBaseline {
  /// What one group of units says of a metric; `nil` for a quantile.
  fileprivate init?(of metric: Metric, in collected: MetricMoments) {
    let moments = collected.overall[0]
    let covariates = collected.plan.columns.indices.filter { place in
      switch collected.plan.columns[place] {
      case .covariate, .missing: moments.variance(place) > 0
      default: false
      }
    }
    switch metric.kind {
    case .quantile: return nil
    case .proportion:
      self.init(value: moments.means[0], explained: moments.explained(0, by: covariates))
    case .mean:
      let column = collected.plan.place(.capped) ?? 0
      self.init(
        value: moments.means[column], variance: PlannedVariance(moments.variance(column)),
        explained: moments.explained(column, by: covariates))
    case .ratio(let denominator):
      guard let place = collected.plan.place(.denominator(denominator)) else { return nil }
      let line = RatioLinearisation(moments, numerator: 0, denominator: place)
      let linear = line.moments(keeping: covariates)
      self.init(
        value: line.ratio, variance: PlannedVariance(linear.variance(0)),
        explained: linear.explained(0, by: Array(1..<linear.columnCount)))
    }
  }
}

extension Moments {
  /// The share of a column's variance that others explain.
  fileprivate func explained(_ column: Int, by others: [Int]) -> Double {
    guard !others.isEmpty, variance(column) > 0 else { return 0 }
    let line = LinAdjustment(arms: [self], outcome: column, covariates: others).regressions[0]
    let left = line.residualVariance / variance(column)
    return left.isFinite ? max(0, 1 - left) : 0
  }
}
