public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

extension Project {
  /// The features of all customers who were known at a moment: those with an event before it.
  ///
  /// Population statistics are those of the rows of this very table; a model brings its own.
  /// - Throws: what the evaluator throws.
  public func featureTable(
    of features: [FeatureDefinition], in log: EventLog, asOf time: Instant
  ) throws(Diagnostic) -> FeatureTable {
    let pieces = try FeatureTables(of: features, in: log, asOf: [time], workers: workers)
    return try pieces.table(rows: 0..<pieces.rowCount)
  }
}

/// The features of all customers at one or several moments, a piece of the rows at a time: the
/// table of a large shop at many moments is larger than its events.
///
/// A row for every customer and moment before which the customer has an event, ordered by customer
/// and then time.
public struct FeatureTables: Sendable {
  private let features: [FeatureDefinition]
  private let evaluator: Evaluator
  private let moments: [Moment]
  private let constants: PopulationConstants

  /// Population statistics are those of all rows, at all moments together.
  /// - Throws: what the evaluator throws.
  public init(
    of features: [FeatureDefinition], in log: EventLog, asOf times: [Instant], workers: Workers
  ) throws(Diagnostic) {
    self.features = features
    evaluator = Evaluator(log: log, workers: workers)
    let times = Set(times).sorted()
    moments = log.momentsKnown(at: Set(times).sorted())
    constants = try evaluator.populationConstants(of: features, at: moments)
  }

  public var rowCount: Int { moments.count }

  /// Some of the rows.
  public func table(rows: Range<Int>) throws(Diagnostic) -> FeatureTable {
    try evaluator.table(of: features, at: Array(moments[rows]), constants: constants)
  }

  /// Gives the rows as columns of a file, piece by piece, `nil` behind the last. Without rows there
  /// is still one piece, which says the columns.
  public func pieces() -> () throws(Diagnostic) -> [OutputColumn]? {
    var next = 0
    return { () throws(Diagnostic) in
      if next > 0 && next >= rowCount { return nil }
      let rows = next..<min(next + ParquetWriter.rowsInGroup, rowCount)
      next = max(1, rows.upperBound)
      return try table(rows: rows).outputColumns()
    }
  }
}

extension EventLog {
  /// The customers with an event that had happened, and was known, before a moment; ascending.
  ///
  /// Who comes later is not a row: deleting all later rows of the input changes nothing here.
  package func customersKnown(at time: Instant) -> [Int32] {
    customers.indices.compactMap { customer in
      let isKnown = streams.contains { stream in
        let events = Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1])
        guard let recorded = stream.recorded else {
          return !events.isEmpty && stream.times[events.lowerBound] < time
        }
        return events.contains { stream.times[$0] < time && recorded[$0] < time }
      }
      return isKnown ? Int32(customer) : nil
    }
  }

  /// The same for several moments in ascending order, by customer and then time.
  package func momentsKnown(at times: [Instant]) -> [Moment] {
    var place = [Int](repeating: 0, count: times.count)
    let known = times.map { customersKnown(at: $0) }
    var moments: [Moment] = []
    moments.reserveCapacity(known.reduce(0) { $0 + $1.count })
    for customer in customers.indices {
      for (index, time) in times.enumerated()
      where place[index] < known[index].count && known[index][place[index]] == customer {
        moments.append(Moment(customer: Int32(customer), time: time))
        place[index] += 1
      }
    }
    return moments
  }

  /// The midnight after the last event: the latest moment at which the whole log is the past.
  package var end: Instant? {
    span.map { calendar.midnight(day: calendar.day(of: $0.upperBound) + 1) }
  }
}
