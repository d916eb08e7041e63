public import RekindleBehaviour
internal import RekindleCore

/// Feature rows whose outcome is known.
public struct LabelledRows: Sendable {
  public var table: FeatureTable
  /// Whether the customer churned, one a row.
  public var outcomes: [Bool]

  /// - Precondition: an outcome a row.
  public init(table: FeatureTable, outcomes: [Bool]) {
    precondition(table.rowCount == outcomes.count, "\(table.rowCount) rows with \(outcomes.count) outcomes")
    self.table = table
    self.outcomes = outcomes
  }

  /// A code a customer, in order of first appearance: what repeats across snapshots.
  var customerCodes: [Int32] {
    var codeOf: [String: Int32] = [:]
    return table.customers.map { id in
      if let code = codeOf[id] { return code }
      let code = Int32(codeOf.count)
      codeOf[id] = code
      return code
    }
  }

  /// Tells whether two trainings saw the same rows: a checksum of ids, dates, outcomes and the bits of
  /// every value.
  func fingerprint() -> String {
    var checksum = Checksum()
    for row in outcomes.indices {
      checksum.update(table.customers[row])
      checksum.update("\(table.times[row].microseconds) \(outcomes[row])")
    }
    for column in table.columns {
      checksum.update(column.name)
      switch column.values {
      case .number(let values), .flag(let values): checksum.update(values)
      case .category(let codes, let dictionary):
        for code in codes { checksum.update(code < 0 ? "" : dictionary[Int(code)]) }
      }
    }
    return checksum.hexDigits
  }
}

/// A mix of 64 bits: deals customers to folds by their id and the seed, whatever the other customers.
func dealt(_ id: String, seed: UInt64, to count: Int) -> Int {
  var hash: UInt64 = seed &* 0x9e37_79b9_7f4a_7c15 ^ 0xcbf2_9ce4_8422_2325
  for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  // Finaliser of SplitMix64: FNV alone leaves the high bits of short ids alike.
  hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
  hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
  return Int((hash ^ hash >> 31) % UInt64(count))
}
