public import RekindleCore
public import RekindleExperiments

/// The units of an experiment in memory, so that they can be seen as they were on every day of it.
public struct UnitHistory: Sendable {
  private let parts: [UnitPart]
  private let calendar: CivilCalendar
  /// The first and the last day with an exposure.
  public let days: ClosedRange<Int32>

  public init(_ units: UnitTable) throws(Diagnostic) {
    var parts: [UnitPart] = []
    try units.forEachPart { parts.append($0) }
    try self.init(parts, units.file)
  }

  public init(_ units: EventUnits) throws(Diagnostic) {
    var parts: [UnitPart] = []
    try units.forEachPart { parts.append($0) }
    try self.init(parts, units.file)
  }

  /// - Throws: `RK0853` where no unit has a time.
  private init(_ parts: [UnitPart], _ file: UnitFile) throws(Diagnostic) {
    self.parts = parts
    calendar = file.calendar
    var first = Instant.distantFuture
    var last = Instant.distantPast
    for time in parts.lazy.flatMap({ $0.exposures ?? [] }) where time != .distantPast {
      first = min(first, time)
      last = max(last, time)
    }
    guard first <= last else {
      throw Diagnostic(
        "RK0853", "\(file.path) does not say who was exposed when", at: .init(file: file.path),
        help: "watching an experiment needs to know when units came in: add the column "
          + "\(file.entry.columns.exposedAt) (or \(file.entry.columns.assignedAt))")
    }
    days = calendar.day(of: first)...calendar.day(of: last)
  }

  /// The units as they were known at a moment.
  public func units(asOf moment: Instant) -> UnitBatches {
    UnitBatches(parts.map { $0.seen(until: moment, calendar) })
  }
}
