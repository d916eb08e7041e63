public import RekindleCore
public import RekindleEvents
public import RekindleExperiments

/// The units of an assignment, each with its metrics, covariates and segments computed from the event log
/// as seen from its own exposure.
public struct EventUnits: UnitSource {
  let file: UnitFile
  private let end: Instant
  private let formulas: FormulaTable
  /// Where in the schema the computed columns go: first the numbers, then the segments.
  private let numbers: [Int]
  private let segments: [Int]

  /// - Parameters:
  ///   - path: the assignment: `customer_id`, the arm or the factors' columns, `exposed_at` or `assigned_at`.
  ///   - log: with what the formulas ask for.
  ///   - end: the first moment of which the log knows nothing; windows that run past it are not over.
  /// - Throws: `RK0852` for a metric that looks further ahead than the log is long.
  public init(
    contentsOf path: String, for entry: ExperimentEntry, in log: EventLog, end: Instant, workers: Workers
  ) throws(Diagnostic) {
    let schema = UnitSchema(entry.experiment)
    numbers = schema.numbers.indices.filter { entry.formula(schema.numbers[$0]) != nil }
    segments = schema.segments.indices.filter { entry.formula(schema.segments[$0]) != nil }
    let columns = numbers.map { schema.numbers[$0] } + segments.map { schema.segments[$0] }
    try entry.checkReach(in: log, end: end)
    formulas = FormulaTable(columns.compactMap { entry.formula($0) }, in: log, workers: workers)
    file = UnitFile(
      path: path, entry: entry, computed: Set(columns), calendar: log.calendar, workers: workers)
    self.end = end
  }

  /// - Throws: `RK0850` for a column that is neither computed nor in the file, `RK0853` for an assignment
  ///   without times; what reading and evaluating throw.
  public func forEachBatch(_ take: (UnitBatch) throws(Diagnostic) -> Void) throws(Diagnostic) {
    try forEachPart { (part) throws(Diagnostic) in try take(part.seen(until: end, file.calendar)) }
  }

  func forEachPart(_ take: (UnitPart) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let index = formulas.index()
    try file.forEachPart { (part) throws(Diagnostic) in
      guard let exposures = part.exposures, part.ids.count == part.units.rowCount else {
        throw Diagnostic(
          "RK0853", "\(file.path) does not say who was exposed when", at: .init(file: file.path),
          help: "metrics look from each customer's exposure: add the columns \(file.entry.columns.id) and "
            + "\(file.entry.columns.exposedAt) (or \(file.entry.columns.assignedAt))")
      }
      let columns = try formulas.columns(
        of: part.ids, at: exposures.map { $0 < end ? $0 : .distantPast }, index)
      var computed = part
      for (place, column) in zip(numbers, columns) { computed.units.numbers[place] = column.numbers }
      for (place, column) in zip(segments, columns.dropFirst(numbers.count)) {
        computed.units.segments[place] = column.words
      }
      try take(computed)
    }
  }
}
