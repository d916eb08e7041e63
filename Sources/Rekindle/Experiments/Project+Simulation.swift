public import RekindleCore
public import RekindleEvents
public import RekindleExperiments

/// Units for the simulation of an experiment, and where they came from.
public struct SimulationInput: Sendable {
  /// With the metrics that are known of the units.
  public var experiment: Experiment
  public var units: SimulationUnits
  /// `nil` where no events were read.
  public var intake: Intake?
  /// The moment that the shop's customers were seen from; `nil` where the units came in a file.
  public var asOf: Instant?
}

extension Project {
  /// The units of a file, or the shop's customers as of some day, to deal again.
  /// - Parameters:
  ///   - input: `nil`: everybody who was a customer at a moment whose outcomes are known by now.
  ///   - asOf: as seen from then; `nil`: the end of the data, or the latest moment that will do.
  /// - Throws: `RK0811` for an experiment without metrics; `RK0851` for sums, which cannot be dealt again; `RK0880` without units; what reading throws.
  public func simulationUnits(
    of entry: ExperimentEntry, from input: ExperimentInput?, asOf: Instant? = nil
  ) throws(Diagnostic) -> SimulationInput {
    try located { () throws(Diagnostic) in try entry.checkMetrics() }
    func collect(
      _ experiment: Experiment, _ source: some UnitSource
    ) throws(Diagnostic) -> SimulationUnits {
      try stage("reading the units") { () throws(Diagnostic) in
        try located { () throws(Diagnostic) in try SimulationUnits(of: experiment, from: source) }
      }
    }
    switch input {
    case nil:
      let past = try pastUnits(of: entry, asOf: asOf)
      return SimulationInput(
        experiment: past.experiment, units: try collect(past.experiment, UnitBatches([past.units])),
        intake: past.intake, asOf: past.asOf)
    case .units(let path):
      var entry = entry
      entry.experiment.segments = []
      let table = UnitTable(
        contentsOf: path, for: entry, asOf: asOf, calendar: calendar, workers: workers, needsArms: false)
      return SimulationInput(experiment: entry.experiment, units: try collect(entry.experiment, table))
    case .assignment(let path):
      let (log, intake) = try readEvents(for: entry)
      let end = try seenEnd(of: log, asOf: asOf)
      let units = try located { () throws(Diagnostic) in
        try EventUnits(contentsOf: path, for: entry, in: log, end: end, workers: workers)
      }
      return SimulationInput(
        experiment: entry.experiment, units: try collect(entry.experiment, units), intake: intake)
    case .summary(let path):
      throw Diagnostic(
        "RK0851", "sums cannot be dealt again", at: .init(file: path),
        help: "give the units themselves: --units FILE")
    }
  }
}
