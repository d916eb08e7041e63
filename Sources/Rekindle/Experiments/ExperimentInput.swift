internal import Foundation
public import RekindleCore
public import RekindleEvents
public import RekindleExperiments

/// Where the units of an experiment and what became of them are written down.
public enum ExperimentInput: Sendable, Hashable {
  /// A flat file: a row a unit with its outcomes.
  case units(String)
  /// A row a unit with its arm and exposure; its outcomes are in the event log.
  case assignment(String)
  /// Sums by arm.
  case summary(String)
}

/// The moments of an experiment, and how its data came in.
public struct ExperimentOutcome: Sendable {
  public var moments: ExperimentMoments
  /// The re-randomised deal that permutations deal again; `nil` where none is known or wanted.
  public var deal: RecordedDeal?
  /// `nil` where no events were read.
  public var intake: Intake?
  /// The first day of which the data know nothing; `nil` where they do not say.
  public var today: CivilDate?
}

extension Project {
  /// Reads what became of the units of an experiment.
  /// - Parameters:
  ///   - asOf: as seen from then. `nil`, or beyond the data: their end.
  ///   - dealt: the assignment as it was written, with its record beside it, for permutations of a
  ///     re-randomised deal. `nil`: the input itself, where a record stands beside it.
  /// - Throws: `RK0811` for an experiment without metrics, `RK0846` for an assignment without a record; what reading, `RecordedDeal` and `collectMoments`
  ///   throw.
  public func outcome(
    of entry: ExperimentEntry, from input: ExperimentInput, asOf: Instant? = nil,
    crossovers: CrossoverPolicy = .exclude, dealt: String? = nil
  ) throws(Diagnostic) -> ExperimentOutcome {
    try located { () throws(Diagnostic) in try entry.checkMetrics() }
    let deal = try deal(of: entry, from: input, dealt)
    switch input {
    case .units(let path):
      let units = UnitTable(
        contentsOf: path, for: entry, asOf: asOf, calendar: calendar, workers: workers)
      let moments = try moments(of: entry, from: units, crossovers, deal)
      return ExperimentOutcome(moments: moments, deal: deal, today: asOf.map(day))
    case .assignment(let path):
      let (log, intake) = try readEvents(for: entry)
      let end = try seenEnd(of: log, asOf: asOf)
      let units = try located { () throws(Diagnostic) in
        try EventUnits(contentsOf: path, for: entry, in: log, end: end, workers: workers)
      }
      let moments = try moments(of: entry, from: units, crossovers, deal)
      return ExperimentOutcome(moments: moments, deal: deal, intake: intake, today: day(end))
    case .summary(let path):
      let moments = try located { () throws(Diagnostic) in
        try ExperimentMoments(
          summary: path, of: entry.experiment, calendar: calendar, workers: workers)
      }
      return ExperimentOutcome(moments: moments, today: asOf.map(day))
    }
  }

  /// The cumulative moments of an experiment as they were known at the end of each day of it.
  /// - Throws: `RK0811` for an experiment without metrics; `RK0851` for sums, which have no days; `RK0853` for units without times; as `outcome`.
  public func history(
    of entry: ExperimentEntry, from input: ExperimentInput, asOf: Instant? = nil,
    crossovers: CrossoverPolicy = .exclude
  ) throws(Diagnostic) -> [(day: CivilDate, moments: ExperimentMoments)] {
    try located { () throws(Diagnostic) in try entry.checkMetrics() }
    let units: UnitHistory
    var end: Instant?
    switch input {
    case .units(let path):
      units = try located { () throws(Diagnostic) in
        try UnitHistory(
          UnitTable(contentsOf: path, for: entry, calendar: calendar, workers: workers))
      }
      end = asOf
    case .assignment(let path):
      let (log, _) = try readEvents(for: entry)
      let seen = try seenEnd(of: log, asOf: asOf)
      units = try located { () throws(Diagnostic) in
        try UnitHistory(EventUnits(contentsOf: path, for: entry, in: log, end: seen, workers: workers))
      }
      end = seen
    case .summary(let path):
      throw Diagnostic(
        "RK0851", "sums have no days", at: .init(file: path), help: "give --units or --assignment")
    }
    // Outcomes of a flat file are final a while after the last exposure at the latest.
    let wait = entry.experiment.metrics.compactMap(\.matureAfterDays).max() ?? 0
    let lastDay = end.map { calendar.day(of: $0) - 1 } ?? units.days.upperBound + Int32(wait)
    var history: [(day: CivilDate, moments: ExperimentMoments)] = []
    for day in units.days.lowerBound...max(units.days.lowerBound, lastDay) {
      let seen = units.units(asOf: calendar.midnight(day: day + 1))
      history.append(
        (CivilDate(daysSinceEpoch: day), try moments(of: entry, from: seen, crossovers)))
    }
    return history
  }

  private func moments(
    of entry: ExperimentEntry, from units: some UnitSource, _ crossovers: CrossoverPolicy,
    _ deal: RecordedDeal? = nil
  ) throws(Diagnostic) -> ExperimentMoments {
    try stage("reading the units") { () throws(Diagnostic) in
      try located { () throws(Diagnostic) in
        try collectMoments(
          of: entry.experiment, from: units, crossovers: crossovers, deal: deal, workers: workers)
      }
    }
  }

  /// The deal that permutations are to honour.
  private func deal(
    of entry: ExperimentEntry, from input: ExperimentInput, _ dealt: String?
  ) throws(Diagnostic) -> RecordedDeal? {
    guard entry.experiment.batch?.balance != nil,
      entry.experiment.metrics.contains(where: { $0.method == "permutation" })
    else { return nil }
    let path: String
    switch input {
    case .units(let file): path = dealt ?? file
    case .assignment(let file): path = dealt ?? file
    case .summary: return nil
    }
    let hasRecord = FileManager.default.fileExists(atPath: AssignmentRecord.path(beside: path))
    guard hasRecord || dealt != nil else { return nil }
    let stored = try located { () throws(Diagnostic) in
      try StoredAssignment(contentsOf: path, for: entry, calendar: calendar, workers: workers)
    }
    guard let record = stored.record else {
      throw Diagnostic(
        "RK0846", "there is no record beside the assignment \(path)", at: .init(file: path),
        help: "give the assignment where `rekindle experiment assign` wrote it, with "
          + AssignmentRecord.path(beside: path))
    }
    guard record.method == .rerandomised else { return nil }
    return try located { () throws(Diagnostic) in try RecordedDeal(stored.table, record) }
  }

  func seenEnd(of log: EventLog, asOf: Instant?) throws(Diagnostic) -> Instant {
    guard let end = logEnd ?? log.end else { throw emptyLog }
    return min(asOf ?? end, end)
  }

  private func day(_ moment: Instant) -> CivilDate {
    CivilDate(daysSinceEpoch: calendar.day(of: moment))
  }
}
