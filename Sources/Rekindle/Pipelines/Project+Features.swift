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
    let moments = log.customersKnown(at: time).map { Moment(customer: $0, time: time) }
    let evaluator = Evaluator(log: log, workers: workers)
    let constants = try evaluator.populationConstants(of: features, at: moments)
    return try evaluator.table(of: features, at: moments, constants: constants)
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

  /// The midnight after the last event: the latest moment at which the whole log is the past.
  package var end: Instant? {
    span.map { calendar.midnight(day: calendar.day(of: $0.upperBound) + 1) }
  }
}
