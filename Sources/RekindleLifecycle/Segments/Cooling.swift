public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// The signs that a relation cools, of every customer at a moment: which show, with the value that was
/// measured and the threshold that it passed, and since when.
public struct CoolingReport: Sendable {
  /// A sign that shows.
  public struct Finding: Sendable, Hashable {
    public let customer: Int32
    /// In `signals`.
    public let signal: Int
    /// NaN where the measure cannot be computed though the sign shows.
    public let value: Double
    /// The earliest of the dates looked at from which on it has shown without a break.
    public let since: Instant
  }

  public let signals: [CoolingSigns.Signal]
  /// Signs that these sources cannot show, with the reason.
  public let dropped: [FeatureSet.Availability.Dropped]
  /// By customer, then by signal.
  public let findings: [Finding]
  /// How many signs each customer of the log shows.
  public let counts: [Int]

  /// - Parameters:
  ///   - table: with the definitions of the signs.
  ///   - lookBack: how many earlier dates are looked at for `since`, a week apart; at most 255.
  /// - Throws: what the evaluator throws.
  public init(_ signs: CoolingSigns, in table: CustomerTable, lookBack: Int = 2) throws(Diagnostic) {
    signals = signs.signals
    dropped = signs.dropped
    let count = table.log.customers.count
    let shows = signs.flags.map { table.column($0.name) }
    let values = signs.measures.map { table.column($0.name) }
    let dates = (0...max(0, min(255, lookBack))).map { week in
      table.log.calendar.adding(days: -7 * week, to: table.moment)
    }
    var weeks: [[UInt8]] = []
    for (flag, shown) in zip(signs.flags, shows) {
      weeks.append(try Self.weeks(of: flag, shown, dates, in: table))
    }
    let size = 4096
    let parts = table.workers.map(blocks: (count + size - 1) / size) { [weeks] block in
      var findings: [Finding] = []
      var counts: [Int] = []
      for customer in block * size..<min(count, (block + 1) * size) {
        let before = findings.count
        for signal in shows.indices where shows[signal][customer] == 1 {
          findings.append(
            Finding(
              customer: Int32(customer), signal: signal, value: values[signal][customer],
              since: dates[Int(weeks[signal][customer])]))
        }
        counts.append(findings.count - before)
      }
      return (findings, counts)
    }
    findings = parts.flatMap(\.0)
    counts = parts.flatMap(\.1)
  }

  /// The report of a log, on a table of its own.
  public init(
    of log: EventLog, schema: EventSchema, at moment: Instant, lookBack: Int = 2,
    workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    let signs = try CoolingSigns(in: schema)
    try self.init(
      signs, in: CustomerTable(of: signs.definitions, in: log, at: moment, workers: workers),
      lookBack: lookBack)
  }

  /// For how many weeks a flag has shown, of every customer who shows it.
  ///
  /// Only customers with whom it has not broken off are looked at a week earlier, and against the
  /// population of today: a yardstick that moved would let signs come and go by itself.
  private static func weeks(
    of flag: FeatureDefinition, _ shown: [Double], _ dates: [Instant], in table: CustomerTable
  ) throws(Diagnostic) -> [UInt8] {
    var weeks = [UInt8](repeating: 0, count: shown.count)
    var open = shown.indices.filter { shown[$0] == 1 }
    for (week, date) in dates.enumerated().dropFirst() where !open.isEmpty {
      let then = try table.column(of: flag, for: open, at: date)
      open = zip(open, then).compactMap { $1 == 1 ? $0 : nil }
      for customer in open { weeks[customer] = UInt8(week) }
    }
    return weeks
  }
}
