public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// Expressions computed for every customer of a log at one moment, with population statistics over the
/// same customers: what all segments are made of.
///
/// Each part of a report names its definitions and reads their columns here, so that one walk over the log
/// serves them all.
public struct CustomerTable: Sendable {
  public let log: EventLog
  public let moment: Instant
  public let workers: Workers
  private let constants: PopulationConstants
  private let columns: [String: [Double]]

  /// - Parameter definitions: those of the same name are one and the same.
  /// - Throws: what the evaluator throws.
  public init(
    of definitions: [FeatureDefinition], in log: EventLog, at moment: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    let evaluator = Evaluator(log: log, workers: workers)
    let moments = log.customers.indices.map { Moment(customer: Int32($0), time: moment) }
    self.log = log
    self.moment = moment
    self.workers = workers
    constants = try evaluator.populationConstants(of: definitions, at: moments)
    let table = try evaluator.table(of: definitions, at: moments, constants: constants)
    columns = Dictionary(table.columns.map { ($0.name, $0.numbers) }, uniquingKeysWith: { first, _ in first })
  }

  /// A value a customer: flags are 0 and 1, missing is NaN.
  /// - Parameter name: of one of the definitions.
  func column(_ name: String) -> [Double] {
    guard let column = columns[name] else { preconditionFailure("the table was made without \(name)") }
    return column
  }

  /// An expression for some of the customers at another date, against the population of the table's moment.
  func column(
    of definition: FeatureDefinition, for customers: [Int], at date: Instant
  ) throws(Diagnostic) -> [Double] {
    let table = try Evaluator(log: log, workers: workers).table(
      of: [definition], at: customers.map { Moment(customer: Int32($0), time: date) }, constants: constants)
    return table.columns[0].numbers
  }
}

extension FeatureColumn {
  fileprivate var numbers: [Double] {
    switch values {
    case .number(let values), .flag(let values): values
    case .category(let codes, _): codes.map { $0 < 0 ? .nan : Double($0) }
    }
  }
}
