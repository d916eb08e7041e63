internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleEvents
internal import RekindleExperiments

/// Computes the columns of an experiment that have a formula, of customers at moments. Of whom the log has no
/// event, nothing is known: counts are 0.
struct FormulaTable: Sendable {
  let definitions: [FeatureDefinition]
  private let evaluator: Evaluator
  private let customers: ByteStrings
  /// Stands for those of whom the log has no event: the last of the log, who has none.
  private let stranger: Int32

  /// - Parameter formulas: of an experiment whose expressions have been checked.
  init(_ formulas: [ExperimentEntry.Formula], in log: EventLog, workers: Workers) {
    definitions = formulas.map { FeatureDefinition(name: $0.column, expression: $0.expression) }
    stranger = Int32(log.customers.count)
    var ids = ByteStrings()
    for customer in log.customers { ids.append(customer.utf8) }
    customers = ids
    evaluator = Evaluator(log: log.withStranger(), workers: workers)
  }

  /// Looks customers up, for as long as a file is read: an index learns the ids that it is asked for, so it is
  /// nobody else's.
  func index() -> ByteStringIndex {
    let index = ByteStringIndex()
    _ = index.codes(of: customers)
    return index
  }

  /// One column a formula, one row a moment that is not `Instant.distantPast`; those rows are missing.
  func columns(
    of ids: ByteStrings, at times: [Instant], _ index: ByteStringIndex
  ) throws(Diagnostic) -> [FeatureValues] {
    let rows = times.indices.filter { times[$0] != .distantPast }
    let codes = index.codes(of: ids)
    let moments = rows.map { Moment(customer: min(stranger, Int32(codes[$0])), time: times[$0]) }
    let table = try evaluator.table(of: definitions, at: moments)
    return table.columns.map { $0.values.spread(to: rows, of: times.count) }
  }
}

extension FeatureValues {
  /// Values of some rows as a column of all rows.
  fileprivate func spread(to rows: [Int], of count: Int) -> FeatureValues {
    func spread<Value>(_ values: [Value], _ missing: Value) -> [Value] {
      var all = [Value](repeating: missing, count: count)
      for (row, value) in zip(rows, values) { all[row] = value }
      return all
    }
    return switch self {
    case .number(let values): .number(spread(values, .nan))
    case .flag(let values): .flag(spread(values, .nan))
    case .category(let codes, let dictionary): .category(codes: spread(codes, -1), dictionary: dictionary)
    }
  }

  /// As an outcome or a covariate.
  var numbers: [Double] {
    switch self {
    case .number(let values), .flag(let values): values
    case .category: preconditionFailure("the checker lets no text through")
    }
  }

  /// As a segment or a stratum.
  var words: CodedColumn {
    switch self {
    case .category(let codes, let dictionary): CodedColumn(codes: codes, dictionary: dictionary)
    case .flag(let values), .number(let values):
      CodedColumn(codes: values.map { $0.isNaN ? -1 : $0 == 1 ? 1 : 0 }, dictionary: ["no", "yes"])
    }
  }
}

extension EventLog {
  /// The log with one more customer, of whom nothing is known.
  fileprivate func withStranger() -> EventLog {
    EventLog(
      customers: customers + [""],
      streams: streams.map { stream in
        EventStream(
          kind: stream.kind, offsets: stream.offsets + [stream.offsets.last ?? 0], times: stream.times,
          recorded: stream.recorded, attributes: stream.attributes)
      }, calendar: calendar)
  }
}
