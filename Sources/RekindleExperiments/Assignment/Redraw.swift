public import RekindleCore
internal import RekindleNumerics

/// Draws an experiment's assignment again, from the distribution that it came from: what a randomisation test
/// compares the real one with.
///
/// ```
/// hash          each unit by itself, with the weights of its stratum
/// stratified    exact counts in each stratum, the left-over ones drawn anew
/// rerandomised  the same, until the covariates balance
/// ```
public struct Redraw: Sendable {
  private enum Source: Sendable {
    case deal(BatchDealer)
    /// Strata in the record's order, each with its units in the order of ids.
    case single(RandomStream, [(key: UInt64, table: AliasTable, units: [Int])])
  }

  private let source: Source
  private let unitCount: Int

  /// - Parameters:
  ///   - ids: all units of the assignment, in any order.
  ///   - strata: the table's `stratum` column; a unit without one is not drawn.
  ///   - covariates: of a re-randomised assignment, its record's covariates by column, one value a unit.
  /// - Throws: `RK0820` and `RK0821` for ids that are missing or stand twice, `RK0824` for a stratum that the
  ///   record does not know, `RK0826` for covariates that are not there or infinite.
  public init(
    _ record: AssignmentRecord, ids: [String], strata: CodedColumn, covariates: [[Double]] = []
  ) throws(Diagnostic) {
    precondition(strata.codes.count == ids.count, "one stratum a unit")
    guard covariates.count == record.covariates.count, covariates.allSatisfy({ $0.count == ids.count })
    else {
      throw Diagnostic(
        "RK0826", "the assignment was balanced by covariates that are not given",
        notes: ["covariates: " + record.covariates.joined(separator: ", ")],
        help: "give their columns, as they were when the units were assigned")
    }
    let units = try BatchDealer.units(record, rows: IDOrder(ids).rows, strata: strata)
    unitCount = ids.count
    guard record.method == .hash else {
      source = .deal(
        try BatchDealer(
          BatchDealer.groups(record, units), salt: record.salt, seed: record.seed ?? 0,
          covariates: covariates, names: record.covariates, acceptance: record.acceptance,
          tries: record.tries, unitCount: ids.count))
      return
    }
    let hash = SaltedDraw(.batch, salt: record.salt).hash
    source = .single(
      RandomStream(seed: hash("redraw")),
      zip(record.strata, units).map {
        (hash("stratum " + $0.name), AliasTable(weights: $0.weights), $1)
      })
  }

  /// The arm of every unit, as its place in the record's arms; −1 for units without a stratum.
  ///
  /// Of a batch, replicate 0 is the assignment itself.
  /// - Throws: `RK0827` when no deal was balanced enough.
  public func redraw(replicate: Int) throws(Diagnostic) -> [Int32] {
    switch source {
    case .deal(let dealer): return try dealer(replicate: replicate).arms
    case .single(let root, let strata):
      let stream = root.stream(UInt64(replicate))
      var arms = [Int32](repeating: -1, count: unitCount)
      for stratum in strata {
        var own = stream.stream(stratum.key)
        for unit in stratum.units { arms[unit] = Int32(stratum.table.draw(from: &own)) }
      }
      return arms
    }
  }
}

extension BatchDealer {
  /// The rows of each of a record's strata, in the order of `rows`.
  /// - Throws: `RK0824` for a stratum that the record does not know.
  static func units(
    _ record: AssignmentRecord, rows: some Sequence<Int>, strata: CodedColumn
  ) throws(Diagnostic) -> [[Int]] {
    var places: [String: Int] = [:]
    for (place, stratum) in record.strata.enumerated() { places[stratum.name] = place }
    let own = strata.dictionary.map { places[$0] ?? -1 }
    var units = [[Int]](repeating: [], count: record.strata.count)
    for row in rows where strata.codes[row] >= 0 {
      let code = Int(strata.codes[row])
      guard own[code] >= 0 else {
        throw Diagnostic(
          "RK0824", "the stratum \"\(strata.dictionary[code])\" is not in the assignment's record",
          help: "give the record that was written with this assignment")
      }
      units[own[code]].append(row)
    }
    return units
  }

  /// The groups that a record tells of, in its order.
  /// - Parameter units: of each of the record's strata.
  static func groups(_ record: AssignmentRecord, _ units: [[Int]]) -> [Group] {
    var groups: [Group] = []
    for (stratum, units) in zip(record.strata, units) {
      if let last = groups.last, last.batch == stratum.batch, last.phase == stratum.phase {
        groups[groups.count - 1].strata.append((stratum.name, units))
      } else {
        groups.append(
          Group(
            batch: stratum.batch, phase: stratum.phase, weights: stratum.weights,
            strata: [(stratum.name, units)]))
      }
    }
    return groups
  }
}
