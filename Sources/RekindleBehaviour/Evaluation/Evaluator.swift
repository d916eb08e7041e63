public import RekindleCore
public import RekindleEvents

/// Computes features of customers at moments from an event log.
///
/// A feature's value depends on its expression, the log and the moment alone: not on the other
/// features that are asked with it, the order of the moments or the number of threads.
public struct Evaluator: Sendable {
  public let log: EventLog
  public let workers: Workers
  /// How many moments are computed at once; what one thread touches then stays in its cache.
  package var blockSize = 1024

  public init(log: EventLog, workers: Workers) {
    self.log = log
    self.workers = workers
  }

  /// The features of each moment, one row a moment in the order given, one column a feature.
  ///
  /// - Parameters:
  ///   - features: may refer to each other by name, in any order.
  ///   - moments: of customers of the log.
  ///   - constants: what population quantities stand for (`populationConstants(of:at:)`, or the
  ///     model's).
  ///   - inputs: numbers that expressions may name, one a moment (scores, quantities of another
  ///     stage). A feature hides an input of the same name.
  /// - Throws: `RK0350` to `RK0357`: an unknown kind, attribute or name, a circle, a type that does
  ///   not fit, a population constant that is not given, inputs or moments that do not fit.
  public func table(
    of features: [FeatureDefinition], at moments: [Moment], constants: PopulationConstants = [:],
    inputs: [String: [Double]] = [:]
  ) throws(Diagnostic) -> FeatureTable {
    let values = try evaluate(
      features.map { Expression(.name($0.name)) }, features: features, at: moments, constants: constants,
      inputs: inputs)
    return FeatureTable(
      customers: moments.map { log.customers[Int($0.customer)] }, times: moments.map(\.time),
      columns: zip(features, values).map { FeatureColumn(name: $0.name, values: $1) })
  }

  /// The population statistics that the features name, computed over the moments, and the parameters of
  /// the models behind their expectations, fitted to all customers at the latest of the moments.
  ///
  /// - Parameters:
  ///   - features: as for `table`.
  ///   - moments: the population: the rows of a training.
  /// - Returns: by the text of the whole call; a statistic of no value is NaN.
  /// - Throws: as `table`.
  public func populationConstants(
    of features: [FeatureDefinition], at moments: [Moment]
  ) throws(Diagnostic) -> PopulationConstants {
    var constants: PopulationConstants = [:]
    // Those inside others come first.
    for quantity in PopulationQuantity.found(in: features) {
      switch quantity {
      case .statistic(let statistic, let inner, let key):
        let column = try evaluate(
          [inner], features: features, at: moments, constants: constants, inputs: [:])
        switch column[0] {
        case .number(let values), .flag(let values): constants[key] = statistic.value(of: values)
        case .category:
          throw Diagnostic(
            "RK0354", "\(key) is a statistic of texts", help: "name a number inside \(statistic.rawValue)")
        }
      case .model(let expectation):
        constants.merge(try parameters(of: expectation, at: moments)) { $1 }
      }
    }
    return constants
  }

  /// The model behind an expectation, fitted to every customer of the log as seen from the latest moment.
  ///
  /// Not to the rows: who is eligible has bought lately, and among those alone nobody would seem to leave;
  /// and a customer with several rows would count several times.
  private func parameters(
    of expectation: Expectation, at moments: [Moment]
  ) throws(Diagnostic) -> PopulationConstants {
    var parameters = expectation.constantNames.map { _ in Double.nan }
    if let latest = moments.map(\.time).max() {
      let everyone = log.customers.indices.map { Moment(customer: Int32($0), time: latest) }
      let columns = try evaluate(
        expectation.aggregates.map { Expression(.aggregate($0)) }, features: [], at: everyone,
        constants: [:], inputs: [:])
      parameters = expectation.parameters(
        columns.map { if case .number(let values) = $0 { values } else { [] } }, workers: workers)
    }
    return Dictionary(uniqueKeysWithValues: zip(expectation.constantNames, parameters))
  }

  // MARK: The way of a table

  private func evaluate(
    _ expressions: [Expression], features: [FeatureDefinition], at moments: [Moment],
    constants: PopulationConstants, inputs: [String: [Double]]
  ) throws(Diagnostic) -> [FeatureValues] {
    let names = inputs.keys.sorted()
    for name in names where inputs[name]?.count != moments.count {
      throw Diagnostic(
        "RK0357", "the input \"\(name)\" has \(inputs[name]?.count ?? 0) values for \(moments.count) moments",
        help: "give one value a moment")
    }
    for moment in moments where moment.customer < 0 || Int(moment.customer) >= log.customers.count {
      throw Diagnostic(
        "RK0357", "there is no customer number \(moment.customer) in a log of \(log.customers.count)",
        help: "take the customer's index in the log")
    }
    let compiler = try PlanCompiler(
      log: log, features: features, expressions: expressions, constants: constants, inputs: names)
    let columns = run(compiler, moments, names.map { inputs[$0] ?? [] })
    return zip(compiler.plan.outputs, columns).map { output, values in
      switch output.type {
      case .number, .missing: .number(values)
      case .flag: .flag(values)
      case .text: categories(values, texts: compiler.plan.texts)
      }
    }
  }

  private func run(_ compiler: PlanCompiler, _ moments: [Moment], _ inputs: [[Double]]) -> [[Double]] {
    let plan = compiler.plan
    let order = SortedMoments(moments)
    var ranks: [[[Double]]] = []
    for stream in log.streams {
      ranks.append(stream.attributes.map { compiler.ranks(of: $0) })
    }
    let tables = plan.views.map {
      BoundaryTable(boundaries: $0.boundaries, times: order.distinctTimes, calendar: log.calendar)
    }
    let blocks = (moments.count + blockSize - 1) / blockSize
    let pool = ArenaPool()
    return OutputColumns.fill(count: plan.outputs.count, rows: moments.count) { outputs in
      LogPointers.withPointers(to: log) { pointers in
        let context = EvaluationContext(
          plan: plan, calendar: log.calendar, pointers: pointers, ranks: ranks, boundaryTables: tables)
        workers.forEach(blocks: blocks) { block in
          let range = block * blockSize..<min(moments.count, (block + 1) * blockSize)
          pool.withArena { arena in
            let (rows, places) = order.rows(range, arena)
            let block = BlockEvaluator(context, rows: rows, slots: compiler.slotCount, arena: arena)
            let column = block.runProgram(inputs: inputs, places: places)
            for (index, output) in plan.outputs.enumerated() {
              outputs.write(column(output.step), to: index, rows: places)
            }
          }
        }
      }
    }
  }

  /// Ranks among all texts as codes among those that occur.
  private func categories(_ ranks: [Double], texts: [String]) -> FeatureValues {
    var code = [Int32](repeating: -1, count: texts.count)
    for rank in ranks where !rank.isNaN { code[Int(rank)] = 0 }
    var dictionary: [String] = []
    for (rank, text) in texts.enumerated() where code[rank] == 0 {
      code[rank] = Int32(dictionary.count)
      dictionary.append(text)
    }
    return .category(
      codes: ranks.map { $0.isNaN ? EventColumn.missingCode : code[Int($0)] }, dictionary: dictionary)
  }
}
