internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleEvents

/// Expressions computed for every customer of a log at one moment, with population statistics over the
/// same customers: what all segments are made of.
struct CustomerColumns {
  let values: [[Double]]

  /// - Returns: a column an expression, a value a customer; flags are 0 and 1, missing is NaN.
  /// - Throws: what the evaluator throws.
  init(
    of definitions: [FeatureDefinition], in log: EventLog, at moment: Instant, workers: Workers
  ) throws(Diagnostic) {
    let moments = log.customers.indices.map { Moment(customer: Int32($0), time: moment) }
    let constants = try Evaluator(log: log, workers: workers).populationConstants(
      of: definitions, at: moments)
    try self.init(of: definitions, in: log, at: moments, constants: constants, workers: workers)
  }

  /// The same at any moments, with population statistics that are known already.
  init(
    of definitions: [FeatureDefinition], in log: EventLog, at moments: [Moment],
    constants: PopulationConstants, workers: Workers
  ) throws(Diagnostic) {
    let table = try Evaluator(log: log, workers: workers).table(
      of: definitions, at: moments, constants: constants)
    values = table.columns.map { column in
      switch column.values {
      case .number(let values), .flag(let values): values
      case .category(let codes, _): codes.map { $0 < 0 ? .nan : Double($0) }
      }
    }
  }

  /// Whether anything at all had happened with a customer before the moment: one who is only heard of
  /// later is in no stage yet.
  static func isKnown(in log: EventLog) -> FeatureDefinition {
    let seen = log.streams.map { stream in
      Expression(
        .binary(
          .greater, Expression(.aggregate(Aggregate(.count, stream.kind))), Expression(.number(0))))
    }
    let any = seen.dropFirst().reduce(seen.first ?? Expression(.flag(false))) {
      Expression(.binary(.or, $0, $1))
    }
    return FeatureDefinition(name: "is_known", expression: any)
  }
}
