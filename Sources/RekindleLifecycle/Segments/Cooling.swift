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
    /// It showed at the earliest of all dates looked at, so it began then or before.
    public let mayBeEarlier: Bool
  }

  public let signals: [CoolingSigns.Signal]
  /// Signs that these sources cannot show, with the reason.
  public let dropped: [FeatureSet.Availability.Dropped]
  /// By customer, then by signal.
  public let findings: [Finding]
  /// Where the findings of each customer of the log begin, and behind the last where they end.
  private let offsets: [Int]
  /// Decides the sign `cooling_replenishment`; `nil` where it is dropped.
  public let replenishment: Replenishment?

  /// - Parameters:
  ///   - table: with the definitions of the signs.
  ///   - replenishment: at the table's moment, where it is known already.
  ///   - lookBack: how many earlier dates are looked at for `since`, a week apart; at most 255.
  /// - Throws: what the evaluator throws.
  public init(
    _ signs: CoolingSigns, in table: CustomerTable, replenishment known: Replenishment? = nil,
    lookBack: Int = 2
  ) throws(Diagnostic) {
    signals = signs.signals
    dropped = signs.dropped
    let count = table.log.customers.count
    var replenishment = known
    if replenishment == nil, signals.contains(where: { $0.name == CoolingSigns.replenishment }) {
      replenishment = try Replenishment(of: table.log, at: table.moment, workers: table.workers)
    }
    self.replenishment = replenishment
    let shows = signs.flags.map { $0.map { table.column($0.name) } }
    let values = signs.measures.map { $0.map { table.column($0.name) } ?? [] }
    let dates = (0...max(0, min(255, lookBack))).map { week in
      table.log.calendar.adding(days: -7 * week, to: table.moment)
    }
    var weeks: [[UInt8]] = []
    for (flag, shown) in zip(signs.flags, shows) {
      guard let flag, let shown else {
        weeks.append([])
        continue
      }
      weeks.append(try Self.weeks(of: flag, shown, dates, in: table))
    }
    let size = 4096
    let parts = table.workers.map(blocks: (count + size - 1) / size) { [weeks, replenishment] block in
      var findings: [Finding] = []
      var counts: [Int] = []
      for customer in block * size..<min(count, (block + 1) * size) {
        let before = findings.count
        for signal in shows.indices {
          guard let shown = shows[signal] else {
            let finding = replenishment.flatMap {
              Self.overdue(customer, signal, $0, calendar: table.log.calendar, until: table.moment)
            }
            if let finding { findings.append(finding) }
            continue
          }
          guard shown[customer] == 1 else { continue }
          let week = Int(weeks[signal][customer])
          findings.append(
            Finding(
              customer: Int32(customer), signal: signal, value: values[signal][customer],
              since: dates[week], mayBeEarlier: week == dates.count - 1))
        }
        counts.append(findings.count - before)
      }
      return (findings, counts)
    }
    findings = parts.flatMap(\.0)
    var offsets = [0]
    offsets.reserveCapacity(count + 1)
    for own in parts.lazy.flatMap(\.1) { offsets.append(offsets[offsets.count - 1] + own) }
    self.offsets = offsets
  }

  /// The signs that a customer of the log shows.
  public func findings(of customer: Int) -> ArraySlice<Finding> {
    findings[offsets[customer]..<offsets[customer + 1]]
  }

  /// How many signs each customer of the log shows.
  public var counts: [Int] { zip(offsets.dropFirst(), offsets).map { $0 - $1 } }

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

  /// The finding of the sign that `Replenishment` decides. What is overdue stays so until it is bought, so
  /// its first day is known.
  private static func overdue(
    _ customer: Int, _ signal: Int, _ replenishment: Replenishment, calendar: CivilCalendar,
    until moment: Instant
  ) -> Finding? {
    let threshold = CoolingSigns.replenishmentThreshold
    guard let latest = replenishment.mostOverdue(of: customer), latest.lateness >= threshold else {
      return nil
    }
    let first = replenishment.dues(of: customer).filter { $0.lateness >= threshold }.map {
      $0.lastDay + Int32((threshold * $0.cycle * $0.stock).rounded(.up))
    }.min()
    // A day counts in full at the midnight that ends it.
    let since = first.map { min(moment, calendar.midnight(day: $0 + 1)) } ?? moment
    return Finding(
      customer: Int32(customer), signal: signal, value: latest.lateness, since: since, mayBeEarlier: false)
  }

  /// What a finding says of its customer, such as `a category 1.5 cycles late: 2.31 cycles (coffee)`.
  public func words(_ finding: Finding) -> String {
    var text: [UInt8] = []
    appendWords(of: finding, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends what `words` gives, without a string between.
  public func appendWords(of finding: Finding, to text: inout [UInt8]) {
    let signal = signals[finding.signal]
    text += signal.threshold.utf8
    guard !finding.value.isNaN else { return }
    text += ": ".utf8
    signal.unit.append(finding.value, to: &text)
    if let category = category(of: finding) { text += " (\(category))".utf8 }
  }

  /// Which category is overdue; `nil` for the other signs.
  public func category(of finding: Finding) -> String? {
    guard signals[finding.signal].name == CoolingSigns.replenishment, let replenishment else { return nil }
    return replenishment.mostOverdue(of: Int(finding.customer)).map {
      replenishment.categories[$0.category].name
    }
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
