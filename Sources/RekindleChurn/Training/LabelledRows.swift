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

  /// Tells whether two trainings saw the same rows: a hash of ids, dates, outcomes and the bits of
  /// every value. Against chance, not against an adversary.
  func fingerprint() -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x0000_0100_0000_01b3
      hash ^= hash >> 29
    }
    func mix(_ text: String) {
      for byte in text.utf8 { mix(UInt64(byte)) }
      mix(0xFF)
    }
    for row in outcomes.indices {
      mix(table.customers[row])
      mix(UInt64(bitPattern: table.times[row].microseconds))
      mix(outcomes[row] ? 1 : 0)
    }
    for column in table.columns {
      mix(column.name)
      switch column.values {
      case .number(let values), .flag(let values):
        for value in values { mix(value.isNaN ? 1 : value.bitPattern) }
      case .category(let codes, let dictionary):
        for code in codes { mix(code < 0 ? "" : dictionary[Int(code)]) }
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
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
