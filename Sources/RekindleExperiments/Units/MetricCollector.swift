internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// Gathers one metric's moments from the batches: a pass over its columns, in chunks that stay in cache.
struct MetricCollector: Sendable {
  /// The ways of splitting, in this order; every one has the arms inside.
  struct Splits: Sendable {
    let segments: Int
    /// Overall, segments, strata, days, clusters.
    var count: Int { segments + 4 }
  }

  let metric: Metric
  let plan: MomentPlan
  private let cap: Double?
  /// Whether this reading only looks for the cap.
  let samples: Bool
  private var sample: [Double] = []
  private let schema: UnitSchema
  private let splits: Splits
  private var sums: [CompensatedSums]
  private var missing: [Int]
  private var immature: [Int]
  private var capped: [Int]
  private var largest: [MetricMoments.Extreme?]
  private var smallest: [MetricMoments.Extreme?]
  /// By way of splitting (overall, segments and strata), cell.
  private var values: [[[Double]]]
  /// By segment and cell, the stratum of each value as its place among the words met; −1 without.
  private var valueStrata: [[[Int32]]]
  /// By unit of the recorded deal.
  private var dealtValues: [Double]
  /// Of a mean.
  private var cubes: CubeSums?
  /// Set for the reading that gathers what HC2 needs, and nothing else.
  var residuals: ResidualSums?
  /// The first outcome that cannot be one.
  private(set) var trouble: (row: Int, diagnostic: Diagnostic)?

  private static let chunk = 512

  /// - Parameter dealt: of how many units of a recorded deal the outcomes are wanted.
  init(
    _ metric: Metric, complied: Bool, cap: Double?, schema: UnitSchema, splits: Splits, dealt: Int? = nil
  ) {
    self.metric = metric
    self.cap = cap
    samples = metric.cap != nil && cap == nil
    self.schema = schema
    self.splits = splits
    plan = MomentPlan(metric, complied: complied)
    let arms = schema.arms.count
    sums = [CompensatedSums](
      repeating: CompensatedSums(columnCount: plan.columns.count, cells: 0), count: splits.count)
    sums[0].grow(toCells: arms)
    missing = [Int](repeating: 0, count: arms)
    immature = missing
    capped = missing
    largest = missing.map { _ in nil }
    smallest = largest
    values = [[[Double]]](repeating: [], count: plan.keepsValues ? 2 + splits.segments : 0)
    valueStrata = [[[Int32]]](repeating: [], count: plan.keepsValues ? splits.segments : 0)
    dealtValues = [Double](repeating: .nan, count: dealt ?? 0)
    cubes = metric.kind == .mean ? CubeSums(armCount: arms) : nil
  }

  mutating func add(_ rows: UnitRows) {
    guard trouble == nil else { return }
    let arms = rows.armCount
    for (split, codes) in rows.values.enumerated() {
      let known = Int(codes.max() ?? -1) + 1
      sums[1 + split].grow(toCells: known * arms)
    }
    let columns = plan.columns.count
    let cubed = deciding * Self.chunk
    var columnRows = [Double](repeating: 0, count: columns * Self.chunk)
    var kept = [Int32](repeating: 0, count: Self.chunk)
    var cells = kept
    var start = 0
    while start < rows.batch.rowCount, trouble == nil {
      let end = min(start + Self.chunk, rows.batch.rowCount)
      let count = keep(start..<end, of: rows, in: &kept)
      if samples {
        let outcome = rows.batch.numbers[schema.number(metric.column)]
        for row in kept[..<count] { sample.append(outcome[Int(row)]) }
        start = end
        continue
      }
      for (place, column) in plan.columns.enumerated() {
        fill(column, at: place * Self.chunk, of: &columnRows, from: rows, kept: kept[..<count])
      }
      if residuals != nil {
        for i in 0..<count {
          residuals?.add(arm: Int(rows.arms[Int(kept[i])])) { columnRows[$0 * Self.chunk + i] }
        }
        start = end
        continue
      }
      for i in 0..<count { cells[i] = rows.arms[Int(kept[i])] }
      sums[0].add(columnRows, rowStride: Self.chunk, count: count, cells: cells)
      cubes?.add(columnRows, from: cubed, arms: cells, count: count)
      keepValues(0, cells: cells, outcomes: columnRows, count: count)
      if !dealtValues.isEmpty, !rows.dealt.isEmpty {
        for i in 0..<count where rows.dealt[Int(kept[i])] >= 0 {
          dealtValues[Int(rows.dealt[Int(kept[i])])] = columnRows[i]
        }
      }
      for (split, codes) in rows.values.enumerated() where sums[1 + split].cellCount > 0 {
        for i in 0..<count {
          let row = Int(kept[i])
          cells[i] = codes[row] < 0 ? -1 : codes[row] * Int32(arms) + rows.arms[row]
        }
        sums[1 + split].add(columnRows, rowStride: Self.chunk, count: count, cells: cells)
        if split <= splits.segments {
          keepValues(1 + split, cells: cells, outcomes: columnRows, count: count)
        }
        if split < valueStrata.count {
          keepStrata(split, cells: cells, strata: rows.values[splits.segments], kept: kept[..<count])
        }
      }
      start = end
    }
  }

  /// The column that the metric decides by.
  private var deciding: Int { plan.place(.capped) ?? 0 }

  /// The rows that have an arm, an age and an outcome; counts the others.
  private mutating func keep(_ range: Range<Int>, of rows: UnitRows, in kept: inout [Int32]) -> Int {
    let outcome = rows.batch.numbers[schema.number(metric.column)]
    var denominator: [Double]?
    if case .ratio(let name) = metric.kind { denominator = rows.batch.numbers[schema.number(name)] }
    let isProportion = metric.kind == .proportion
    let ages = metric.matureAfterDays == nil ? nil : rows.batch.ages
    let mature = Double(metric.matureAfterDays ?? 0)
    var count = 0
    for row in range {
      let arm = Int(rows.arms[row])
      if arm < 0 { continue }
      if let ages, !(ages[row] >= mature) {
        immature[arm] += 1
        continue
      }
      let y = outcome[row]
      if y.isNaN || denominator?[row].isNaN == true {
        missing[arm] += 1
        continue
      }
      if !y.isFinite || denominator?[row].isFinite == false {
        stop(at: row, of: rows, InputTrouble.infinite(metric.column, row: row, of: rows, value: y))
        return 0
      }
      if isProportion {
        if y != 0 && y != 1 {
          stop(at: row, of: rows, InputTrouble.notZeroOne(metric, row: row, of: rows, value: y))
          return 0
        }
      } else {
        noteExtremes(y, arm: arm, row: row, of: rows)
        if let cap, y > cap { capped[arm] += 1 }
      }
      kept[count] = Int32(row)
      count += 1
    }
    return count
  }

  private mutating func stop(at row: Int, of rows: UnitRows, _ diagnostic: Diagnostic) {
    trouble = (rows.firstRow + row, diagnostic)
  }

  /// The largest and smallest outcome of the arm; of equal ones that of the first id, so that the order
  /// of the rows does not show.
  private mutating func noteExtremes(_ y: Double, arm: Int, row: Int, of rows: UnitRows) {
    if comes(row, value: y, of: rows, before: largest[arm], y > largest[arm]?.value ?? -.infinity) {
      largest[arm] = extreme(y, row: row, of: rows)
    }
    if comes(row, value: y, of: rows, before: smallest[arm], y < smallest[arm]?.value ?? .infinity) {
      smallest[arm] = extreme(y, row: row, of: rows)
    }
  }

  private func comes(
    _ row: Int, value: Double, of rows: UnitRows, before other: MetricMoments.Extreme?, _ isBeyond: Bool
  ) -> Bool {
    guard !isBeyond, let other, value == other.value, let unit = other.unit, let ids = rows.batch.ids
    else { return isBeyond }
    return ids[row] < unit
  }

  /// Of the units with nothing, which may be most, none is named.
  private func extreme(_ y: Double, row: Int, of rows: UnitRows) -> MetricMoments.Extreme {
    MetricMoments.Extreme(value: y, unit: y == 0 ? nil : rows.unit(row), row: rows.firstRow + row)
  }

  private mutating func fill(
    _ column: MomentPlan.Column, at offset: Int, of columnRows: inout [Double], from rows: UnitRows,
    kept: ArraySlice<Int32>
  ) {
    func gather(_ source: [Double], _ value: (Double) -> Double) {
      columnRows.withUnsafeMutableBufferPointer { target in
        source.withUnsafeBufferPointer { source in
          for i in kept.indices { target[offset + i] = value(source[Int(kept[i])]) }
        }
      }
    }
    let outcome = rows.batch.numbers[schema.number(metric.column)]
    switch column {
    case .outcome: gather(outcome) { $0 }
    case .capped:
      let cap = cap ?? .infinity
      gather(outcome) { min($0, cap) }
    case .positive: gather(outcome) { $0 > 0 ? 1 : 0 }
    case .denominator(let name): gather(rows.batch.numbers[schema.number(name)]) { $0 }
    case .covariate(let name):
      let source = rows.batch.numbers[schema.number(name)]
      if let row = kept.first(where: { source[Int($0)].isInfinite }).map({ Int($0) }) {
        stop(at: row, of: rows, InputTrouble.infinite(name, row: row, of: rows, value: source[row]))
      }
      gather(source) { $0.isNaN ? 0 : $0 }
    case .missing(let name):
      gather(rows.batch.numbers[schema.number(name)]) { $0.isNaN ? 1 : 0 }
    case .complied: gather(rows.batch.complied ?? []) { $0 > 0 ? 1 : 0 }
    }
  }

  private mutating func keepValues(_ split: Int, cells: [Int32], outcomes: [Double], count: Int) {
    guard split < values.count else { return }
    let missingCells = sums[split].cellCount - values[split].count
    if missingCells > 0 { values[split] += [[Double]](repeating: [], count: missingCells) }
    for i in 0..<count where cells[i] >= 0 { values[split][Int(cells[i])].append(outcomes[i]) }
  }

  private mutating func keepStrata(
    _ segment: Int, cells: [Int32], strata: [Int32], kept: ArraySlice<Int32>
  ) {
    let missing = sums[1 + segment].cellCount - valueStrata[segment].count
    if missing > 0 { valueStrata[segment] += [[Int32]](repeating: [], count: missing) }
    for i in kept.indices where cells[i] >= 0 {
      valueStrata[segment][Int(cells[i])].append(strata[Int(kept[i])])
    }
  }

  /// The cap: the pooled quantile of all arms, so that no arm is cut deeper than another.
  func sampleQuantile() -> Double { Quantiles(sample)(metric.cap ?? 1) }

  /// - Parameter orders: the places of the values of every split in the order of the report.
  func finish(orders: [[Int]]) -> MetricMoments {
    let arms = schema.arms.count
    func cells(_ split: Int) -> [[Moments]] {
      orders[split].map { value in
        (0..<arms).map { arm in
          let cell = value * arms + arm
          return cell < sums[1 + split].cellCount
            ? sums[1 + split].moments(cell) : Moments(columns: plan.columns.count)
        }
      }
    }
    func kept(_ split: Int, _ cell: Int) -> [Double] {
      split < values.count && cell < values[split].count ? values[split][cell].sorted() : []
    }
    let segments = 0..<splits.segments
    let overall = (0..<arms).map { sums[0].moments($0) }
    var finished = MetricMoments(
      plan: plan, overall: overall, segments: segments.map(cells),
      strata: cells(splits.segments), days: cells(splits.segments + 1),
      clusters: cells(splits.segments + 2), missing: missing, immature: immature, cap: cap, capped: capped,
      largest: largest, smallest: smallest,
      values: plan.keepsValues ? (0..<arms).map { kept(0, $0) } : [])
    if plan.keepsValues {
      finishSegments(&finished, orders: orders)
      finished.dealtValues = dealtValues
      finished.stratumValues = orders[splits.segments].map { value in
        (0..<arms).map { kept(1 + splits.segments, value * arms + $0) }
      }
    }
    finished.thirdMoments = cubes?.centred(overall, column: deciding) ?? []
    return finished
  }

  /// The segments' values, ascending, each with its stratum.
  private func finishSegments(_ finished: inout MetricMoments, orders: [[Int]]) {
    let arms = schema.arms.count
    let order = orders[splits.segments]
    var places = [Int32](repeating: -1, count: order.count)
    for (place, word) in order.enumerated() { places[word] = Int32(place) }
    let cells = (0..<splits.segments).map { segment in
      orders[segment].map { value in
        (0..<arms).map { arm -> [(value: Double, stratum: Int32)] in
          let cell = value * arms + arm
          guard cell < values[1 + segment].count else { return [] }
          // Equal values in the order of their strata, so that the rows' order does not show.
          return zip(values[1 + segment][cell], valueStrata[segment][cell])
            .map { (value: $0, stratum: $1 < 0 ? -1 : places[Int($1)]) }
            .sorted { ($0.value, $0.stratum) < ($1.value, $1.stratum) }
        }
      }
    }
    finished.segmentValues = cells.map { $0.map { $0.map { $0.map(\.value) } } }
    finished.segmentStrata = cells.map { $0.map { $0.map { $0.map(\.stratum) } } }
  }
}
