public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// Whether features know the future: all events at and after a moment are deleted, the features are
/// computed again, and every byte is compared.
public struct LeakageAudit: Sendable, Hashable, Codable {
  /// The moment that was audited.
  public var asOf: Instant
  public var rows: Int
  public var features: Int
  /// Features with a value that changed: each saw the future.
  public var leaking: [String]

  public var passed: Bool { leaking.isEmpty }

  /// Audits features at moments that share one time.
  /// - Throws: what the evaluator throws.
  public init(
    log: EventLog, definitions: [FeatureDefinition], moments: [Moment], at time: Instant,
    constants: PopulationConstants, workers: Workers
  ) throws(Diagnostic) {
    let whole = try Evaluator(log: log, workers: workers).table(
      of: definitions, at: moments, constants: constants)
    let past = try Evaluator(log: log.before(time), workers: workers).table(
      of: definitions, at: moments, constants: constants)
    asOf = time
    rows = moments.count
    features = definitions.count
    leaking = zip(whole.columns, past.columns).compactMap {
      $0.values.hasSameBytes(as: $1.values) ? nil : $0.name
    }
  }
}

extension EventLog {
  /// The log as it could have been known before a moment: events that lie at or after it, or became
  /// known then, are gone. Customers keep their places.
  func before(_ moment: Instant) -> EventLog {
    EventLog(customers: customers, streams: streams.map { $0.before(moment) }, calendar: calendar)
  }
}

extension EventStream {
  fileprivate func before(_ moment: Instant) -> EventStream {
    let kept = times.indices.filter { times[$0] < moment && (recorded?[$0] ?? times[$0]) < moment }
    var offsets: [UInt32] = []
    var place = 0
    for offset in self.offsets {
      while place < kept.count, kept[place] < Int(offset) { place += 1 }
      offsets.append(UInt32(place))
    }
    return EventStream(
      kind: kind, offsets: offsets, times: kept.map { times[$0] },
      recorded: recorded.map { recorded in kept.map { recorded[$0] } },
      attributes: attributes.map { EventAttribute(name: $0.name, column: $0.column.taking(kept)) })
  }
}

extension EventColumn {
  fileprivate func taking(_ rows: [Int]) -> EventColumn {
    switch self {
    case .number(let values): .number(rows.map { values[$0] })
    case .category(let codes, let dictionary):
      .category(codes: rows.map { codes[$0] }, dictionary: dictionary)
    case .flag(let values): .flag(rows.map { values[$0] })
    case .time(let values): .time(rows.map { values[$0] })
    }
  }
}

extension FeatureValues {
  fileprivate func hasSameBytes(as other: FeatureValues) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)), (.flag(let a), .flag(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    case (.category(let a, let aWords), .category(let b, let bWords)):
      a.count == b.count
        && zip(a, b).allSatisfy { ($0 < 0 ? nil : aWords[Int($0)]) == ($1 < 0 ? nil : bWords[Int($1)]) }
    default: false
    }
  }
}
