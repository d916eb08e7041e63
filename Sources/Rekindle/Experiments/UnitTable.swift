public import RekindleCore
public import RekindleExperiments

/// The units of a flat file: one row a unit, with its arm, its outcomes, its covariates.
public struct UnitTable: UnitSource {
  let file: UnitFile
  private let end: Instant?

  /// - Parameters:
  ///   - path: CSV, TSV, Parquet or JSON lines.
  ///   - asOf: who was assigned from then on is not there yet, and who was exposed less than a metric's
  ///     `mature_after` before is kept out of it. `nil`: everybody is there, and every outcome is final.
  ///   - needsArms: whether a file that does not say who was in which arm is refused.
  public init(
    contentsOf path: String, for entry: ExperimentEntry, asOf: Instant? = nil, calendar: CivilCalendar,
    workers: Workers, needsArms: Bool = true
  ) {
    file = UnitFile(
      path: path, entry: entry, computed: [], calendar: calendar, workers: workers, needsArms: needsArms)
    end = asOf
  }

  /// - Throws: `RK0850` for a column that is not there; what reading a table throws.
  public func forEachBatch(_ take: (UnitBatch) throws(Diagnostic) -> Void) throws(Diagnostic) {
    try forEachPart { (part) throws(Diagnostic) in try take(part.seen(until: end, file.calendar)) }
  }

  func forEachPart(_ take: (UnitPart) throws(Diagnostic) -> Void) throws(Diagnostic) {
    try file.forEachPart(take)
  }
}
