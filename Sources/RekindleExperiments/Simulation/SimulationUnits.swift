public import RekindleCore

/// The units that a simulation deals again and again, in memory: one row a unit with its outcomes and
/// covariates as they are.
///
/// Who was held out, never exposed, or is in no arm does not take part; of a unit that comes twice the first
/// row counts. The arms that the units have are forgotten: a simulation asks what the analysis would say of
/// these units had chance dealt them otherwise.
public struct SimulationUnits: Sendable, Hashable {
  /// Numbers by the experiment's schema, one value a unit.
  let numbers: [[Double]]
  let ages: [Double]?
  /// Codes; empty where the units have none.
  let strata: [Int32]
  let strataNames: [String]
  let clusters: [Int32]
  let clusterNames: [String]
  /// The order in which the units came in: looks take them from the front.
  let arrival: [Int]
  /// Rows that take no part.
  public let leftOut: Int

  public var count: Int { arrival.count }

  /// - Throws: `RK0880` when no unit is left; what the source throws.
  public init(of experiment: Experiment, from source: some UnitSource) throws(Diagnostic) {
    let schema = UnitSchema(experiment)
    var numbers = [[Double]](repeating: [], count: schema.numbers.count)
    var ages: [Double] = []
    var days: [Int32] = []
    var (strata, clusters) = (CellCodes(), CellCodes())
    var (strataCodes, clusterCodes): ([Int32], [Int32]) = ([], [])
    var seen: Set<String> = []
    var rows = 0
    try source.forEachBatch { (batch) throws(Diagnostic) in
      rows += batch.rowCount
      let holdout = batch.arms.dictionary.firstIndex(of: UnitSchema.holdoutArm).map { Int32($0) }
      let kept = (0..<batch.rowCount).filter { row in
        batch.arms.codes[row] >= 0 && batch.arms.codes[row] != holdout && batch.exposed?[row] != false
          && batch.ids.map { seen.insert($0[row]).inserted } ?? true
      }
      for place in numbers.indices { numbers[place] += kept.map { batch.numbers[place][$0] } }
      if let own = batch.ages { ages += kept.map { own[$0] } }
      if let own = batch.days { days += kept.map { own[$0] } }
      strata.read(batch.stratum, rowCount: batch.rowCount)
      clusters.read(batch.cluster, rowCount: batch.rowCount)
      if batch.stratum != nil { strataCodes += kept.map { strata.codes[$0] } }
      if batch.cluster != nil { clusterCodes += kept.map { clusters.codes[$0] } }
    }
    let count = numbers.first?.count ?? 0
    guard count > 0 else {
      throw Diagnostic(
        "RK0880", "there is no unit to deal again", notes: ["rows read: \(rows)"],
        help:
          "check that the file has rows of this experiment, or simulate given rates: --rate 0.05 --units 1000"
      )
    }
    self.numbers = numbers
    self.ages = ages.count == count ? ages : nil
    self.strata = strataCodes.count == count ? strataCodes : []
    self.clusters = clusterCodes.count == count ? clusterCodes : []
    strataNames = strata.words
    clusterNames = clusters.words
    arrival =
      days.count == count
      ? (0..<count).sorted { (days[$0], $0) < (days[$1], $1) } : Array(0..<count)
    leftOut = rows - count
  }

  /// The units in the order of their columns, each in an arm of the experiment, and in a chunk between two
  /// looks (as its day).
  func batch(arms: [Int32], names: [String], numbers: [[Double]], chunks: [Int32]?) -> UnitBatch {
    UnitBatch(
      rowCount: count, arms: CodedColumn(codes: arms, dictionary: names),
      stratum: strata.isEmpty ? nil : CodedColumn(codes: strata, dictionary: strataNames),
      cluster: clusters.isEmpty ? nil : CodedColumn(codes: clusters, dictionary: clusterNames),
      days: chunks, ages: ages, numbers: numbers)
  }
}
