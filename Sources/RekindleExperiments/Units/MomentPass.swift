internal import RekindleCore

/// One reading of the units: counts them and hands every batch to the collectors, each of which is the
/// work of one thread, so that the number of threads has no say in any sum.
struct MomentPass: Sendable {
  private let schema: UnitSchema
  private let repeated: RepeatedUnits
  private let workers: Workers
  private let deal: RecordedDeal?
  /// By segment, the value of each unit of the deal.
  private var dealtSegments: [[Int32]]
  private(set) var index: UnitIndex?
  var metrics: [MetricCollector]
  private(set) var balance: CompensatedSums
  private let balanceColumns: [MomentPlan.Column]
  private var segments: [CellCodes]
  private var strata = CellCodes()
  private var days = CellCodes()
  private var clusters = CellCodes()
  private(set) var rows = 0
  private var unassigned = 0
  private var assigned: [Int]
  private var unexposed: [Int]
  private var byDay: [Int] = []
  private var byCluster: [Int] = []
  private var byStratum: [Int] = []
  private var knowsUnits = false
  /// Rows with an arm and without an id; the first are enough.
  private(set) var blankIDs: [Int] = []
  private var knowsExposure = false

  init(
    schema: UnitSchema, metrics: [MetricCollector], covariates: [String], repeated: RepeatedUnits,
    findsRepeated: Bool, deal: RecordedDeal?, workers: Workers
  ) {
    self.schema = schema
    self.metrics = metrics
    self.repeated = repeated
    self.workers = workers
    self.deal = deal
    dealtSegments =
      deal.map { deal in
        schema.segments.map { _ in [Int32](repeating: -1, count: deal.count) }
      } ?? []
    index = findsRepeated ? UnitIndex() : nil
    balanceColumns = covariates.flatMap { [.covariate($0), .missing($0)] }
    balance = CompensatedSums(columnCount: balanceColumns.count, cells: schema.arms.count)
    segments = [CellCodes](repeating: CellCodes(), count: schema.segments.count)
    assigned = [Int](repeating: 0, count: schema.arms.count)
    unexposed = assigned
  }

  mutating func add(_ batch: UnitBatch) throws(Diagnostic) {
    precondition(batch.numbers.count == schema.numbers.count, "a batch has the schema's number columns")
    precondition(batch.segments.count == schema.segments.count, "a batch has the schema's segments")
    let firstRow = rows + 1
    let assignedArms = try armCodes(of: batch, firstRow: firstRow, schema: schema)
    knowsUnits = knowsUnits || batch.ids != nil
    knowsExposure = knowsExposure || batch.exposed != nil
    for place in segments.indices { segments[place].read(batch.segments[place], rowCount: batch.rowCount) }
    strata.read(batch.stratum, rowCount: batch.rowCount)
    days.read(days: batch.days, rowCount: batch.rowCount)
    clusters.read(batch.cluster, rowCount: batch.rowCount)
    noteBlankIDs(batch, arms: assignedArms, firstRow: firstRow)
    let arms = tally(batch, arms: assignedArms, firstRow: firstRow)
    rows += batch.rowCount
    let dealt = try places(of: batch, arms: arms, firstRow: firstRow)

    let unitRows = UnitRows(
      batch: batch, firstRow: firstRow, arms: arms, armCount: schema.arms.count,
      values: segments.map(\.codes) + [strata.codes, days.codes, clusters.codes], dealt: dealt)
    run(unitRows, assignedArms: assignedArms)
    let troubles = metrics.compactMap(\.trouble)
    if let first = troubles.min(by: { $0.row < $1.row }) { throw first.diagnostic }
  }

  private mutating func noteBlankIDs(_ batch: UnitBatch, arms: [Int32], firstRow: Int) {
    guard let ids = batch.ids else { return }
    for row in 0..<batch.rowCount where arms[row] >= 0 {
      // A space or a control character comes first in all of them; the bytes tell without a text.
      let range = ids.range(row)
      guard range.isEmpty || ids.bytes[range.lowerBound] <= 0x20 || ids.bytes[range.lowerBound] >= 0x80,
        ids[row].isBlankID
      else { continue }
      blankIDs.append(firstRow + row)
    }
  }

  /// Counts the rows, and says which arm's analysis each belongs to.
  private mutating func tally(_ batch: UnitBatch, arms: [Int32], firstRow: Int) -> [Int32] {
    let armCount = schema.arms.count
    byDay += [Int](repeating: 0, count: days.words.count * armCount - byDay.count)
    byCluster += [Int](repeating: 0, count: clusters.words.count * armCount - byCluster.count)
    byStratum += [Int](repeating: 0, count: strata.words.count * armCount - byStratum.count)
    var analysed = arms
    let drops = !repeated.dropped.isEmpty
    for row in 0..<batch.rowCount {
      let arm = Int(arms[row])
      if arm < 0 {
        unassigned += 1
        continue
      }
      if drops, repeated.dropped.contains(firstRow + row) {
        analysed[row] = -1
        continue
      }
      assigned[arm] += 1
      if days.codes[row] >= 0 { byDay[Int(days.codes[row]) * armCount + arm] += 1 }
      if strata.codes[row] >= 0 { byStratum[Int(strata.codes[row]) * armCount + arm] += 1 }
      if clusters.codes[row] >= 0 { byCluster[Int(clusters.codes[row]) * armCount + arm] += 1 }
      if batch.exposed?[row] == false {
        unexposed[arm] += 1
        analysed[row] = -1
      }
    }
    return analysed
  }

  /// Where the analysed rows are in the recorded deal.
  private mutating func places(
    of batch: UnitBatch, arms: [Int32], firstRow: Int
  ) throws(Diagnostic) -> [Int32] {
    guard let deal, let ids = batch.ids else { return [] }
    var places = [Int32](repeating: -1, count: batch.rowCount)
    for row in 0..<batch.rowCount where arms[row] >= 0 {
      let id = ids[row]
      let place = deal.row(of: id)
      let arm = schema.arms[Int(arms[row])]
      guard let place, deal.arm(of: place) == arm else {
        throw InputTrouble.notDealt(id, row: firstRow + row, arm: arm, dealt: place.map(deal.arm))
      }
      places[row] = Int32(place)
      for segment in segments.indices { dealtSegments[segment][place] = segments[segment].codes[row] }
    }
    return places
  }

  private mutating func run(_ rows: UnitRows, assignedArms: [Int32]) {
    let metricCount = metrics.count
    let columns = balanceColumns.map { column in
      switch column {
      case .covariate(let name): rows.batch.numbers[schema.number(name)].map { $0.isNaN ? 0 : $0 }
      case .missing(let name): rows.batch.numbers[schema.number(name)].map { $0.isNaN ? 1.0 : 0 }
      default: [Double]()
      }
    }
    // Each task has a collector of its own to change; none is changed by two.
    withUnsafeMutablePointer(to: &index) { index in
      withUnsafeMutablePointer(to: &balance) { balance in
        metrics.withUnsafeMutableBufferPointer { metrics in
          nonisolated(unsafe) let (index, balance, metrics) = (index, balance, metrics)
          workers.forEach(blocks: metricCount + 2) { task in
            if task < metricCount {
              metrics[task].add(rows)
            } else if task == metricCount {
              if let ids = rows.batch.ids { index.pointee?.add(ids, arms: assignedArms) }
            } else if !columns.isEmpty {
              Self.add(columns, rows: rows, to: &balance.pointee)
            }
          }
        }
      }
    }
  }

  private static func add(_ columns: [[Double]], rows: UnitRows, to sums: inout CompensatedSums) {
    let chunk = 512
    var scratch = [Double](repeating: 0, count: chunk * columns.count)
    var start = 0
    while start < rows.batch.rowCount {
      let range = start..<min(start + chunk, rows.batch.rowCount)
      for (place, column) in columns.enumerated() {
        for row in range { scratch[place * chunk + row - start] = column[row] }
      }
      rows.arms.withUnsafeBufferPointer { arms in
        guard let base = arms.baseAddress else { return }
        sums.add(scratch, rowStride: chunk, count: range.count, cells: base + start)
      }
      start = range.upperBound
    }
  }

  /// - Precondition: as many finished metrics as the experiment has, in its order.
  func finish(_ finished: [MetricMoments]) -> ExperimentMoments {
    let armCount = schema.arms.count
    let dayOrder = days.order(numbers: true)
    let split = clusters.order().filter { cluster in
      (0..<armCount).filter { byCluster[cluster * armCount + $0] > 0 }.count > 1
    }
    var moments = ExperimentMoments(
      arms: schema.arms,
      segments: zip(schema.segments, segments).map { name, codes in
        .init(name: name, values: codes.order().map { codes.words[$0] })
      },
      strata: strata.order().map { strata.words[$0] },
      days: dayOrder.compactMap { Int32(days.words[$0]) },
      clusters: clusters.order().map { clusters.words[$0] },
      tally: UnitTally(
        rows: rows, unassigned: unassigned, assigned: assigned, unexposed: unexposed,
        duplicates: repeated.duplicates, crossovers: repeated.crossovers,
        crossoverUnits: repeated.crossoverUnits, crossoverExamples: repeated.crossoverExamples,
        duplicateExamples: repeated.duplicateExamples, knowsUnits: knowsUnits,
        knowsExposure: knowsExposure,
        byDay: dayOrder.map { day in (0..<armCount).map { byDay[day * armCount + $0] } },
        splitClusters: split.prefix(5).map { clusters.words[$0] }),
      metrics: finished,
      balance: CovariateMoments(
        columns: balanceColumns,
        byArm: balanceColumns.isEmpty ? [] : (0..<armCount).map { balance.moments($0) }))
    moments.tally.byStratum = strata.order().map { stratum in
      (0..<armCount).map { byStratum[stratum * armCount + $0] }
    }
    moments.dealtSegments = zip(dealtSegments, segments).map { codes, segment in
      var places = [Int32](repeating: -1, count: segment.words.count)
      for (place, word) in segment.order().enumerated() { places[word] = Int32(place) }
      return codes.map { $0 < 0 ? -1 : places[Int($0)] }
    }
    return moments
  }

  /// The places of the values of every way of splitting, in the order of the report.
  func orders() -> [[Int]] {
    segments.map { $0.order() } + [strata.order(), days.order(numbers: true), clusters.order()]
  }
}
