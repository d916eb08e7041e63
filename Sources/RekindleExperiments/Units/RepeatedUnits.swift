internal import RekindleCore

/// The units that come more than once: which of their rows are kept out, and why.
struct RepeatedUnits: Sendable {
  /// Row numbers, 1-based.
  private(set) var dropped: Set<Int> = []
  private(set) var duplicates: [Int]
  private(set) var crossovers: [Int]
  private(set) var crossoverUnits = 0
  private(set) var crossoverExamples: [String] = []
  private(set) var duplicateExamples: [String] = []

  private struct Appearance {
    var row: Int
    var arm: Int
    var day: Int32
  }

  private static let exampleCount = 5

  /// Nobody comes twice.
  init(armCount: Int) {
    duplicates = [Int](repeating: 0, count: armCount)
    crossovers = duplicates
  }

  /// Reads the ids of the suspects again and compares them themselves.
  init(
    suspects: Set<UInt64>, source: some UnitSource, schema: UnitSchema, policy: CrossoverPolicy
  ) throws(Diagnostic) {
    self.init(armCount: schema.arms.count)
    var units: [String: [Appearance]] = [:]
    var firstRow = 1
    try source.forEachBatch { (batch) throws(Diagnostic) in
      if let ids = batch.ids {
        let arms = try armCodes(of: batch, firstRow: firstRow, schema: schema)
        for row in 0..<batch.rowCount where arms[row] >= 0 {
          guard suspects.contains(UnitIndex.hash(ids, row)) else { continue }
          let day = batch.days?[row] ?? UnitBatch.missingDay
          units[ids[row], default: []].append(
            Appearance(
              row: firstRow + row, arm: Int(arms[row]), day: day == UnitBatch.missingDay ? .max : day))
        }
      }
      firstRow += batch.rowCount
    }
    for (unit, rows) in units.sorted(by: { $0.key < $1.key }) where rows.count > 1 {
      settle(unit, rows: rows, policy: policy)
    }
  }

  private mutating func settle(_ unit: String, rows: [Appearance], policy: CrossoverPolicy) {
    let arms = Set(rows.map(\.arm))
    let byRow = rows.sorted { $0.row < $1.row }
    let byDay = rows.sorted { ($0.day, $0.row) < ($1.day, $1.row) }
    if arms.count > 1 {
      crossoverUnits += 1
      if crossoverExamples.count < Self.exampleCount { crossoverExamples.append(unit) }
      let kept: Appearance? =
        switch policy {
        case .exclude: nil
        case .firstExposure: byDay.first
        case .asFirstAssigned: byRow.first
        }
      for row in rows where row.row != kept?.row {
        dropped.insert(row.row)
        crossovers[row.arm] += 1
      }
    } else {
      if duplicateExamples.count < Self.exampleCount { duplicateExamples.append(unit) }
      for row in byDay.dropFirst() {
        dropped.insert(row.row)
        duplicates[row.arm] += 1
      }
    }
  }
}

/// The experiment's arm of every row of a batch, −1 where the row has none.
func armCodes(of batch: UnitBatch, firstRow: Int, schema: UnitSchema) throws(Diagnostic) -> [Int32] {
  let own = batch.arms.dictionary.map { word in
    schema.arms.firstIndex(of: word).map { Int32($0) } ?? -2
  }
  let codes = batch.arms.codes.map { $0 < 0 ? -1 : own[Int($0)] }
  if own.contains(-2), let row = codes.firstIndex(of: -2) {
    throw InputTrouble.unknownArm(
      batch.arms.dictionary[Int(batch.arms.codes[row])], unit: batch.ids.map { $0[row] },
      row: firstRow + row, arms: schema.arms)
  }
  return codes
}
