/// The distinct values of a column, ascending, and where among them each row's is.
///
/// Ages in whole days have some hundreds of distinct values over a million customers, whatever the unit they
/// are counted in: what depends on an age alone is computed once a value. Nothing is assumed of the values;
/// where all differ this costs more and says the same.
struct DistinctKeys: Sendable {
  /// Ascending.
  let keys: [UInt64]
  /// For each row the place of its key in `keys`.
  let places: [UInt32]

  /// - Precondition: fewer than 2³² rows.
  init(count: Int, _ key: (Int) -> UInt64) {
    var table = KeyTable()
    var places = [UInt32](unsafeUninitializedCapacity: count) { numbers, used in
      for row in 0..<count { numbers.initializeElement(at: row, to: table.number(of: key(row))) }
      used = count
    }
    let found = table.keys
    let order = sortedByKey(found.indices.map { UInt32($0) }) { found[Int($0)] }
    var rank = [UInt32](repeating: 0, count: order.count)
    for (place, number) in order.enumerated() { rank[Int(number)] = UInt32(place) }
    for row in places.indices { places[row] = rank[Int(places[row])] }
    keys = order.map { found[Int($0)] }
    self.places = places
  }

  /// Of numbers that are not negative: their bits are in the order of their values.
  init(count: Int, values value: (Int) -> Double) {
    // −0 has bits of its own; adding 0 makes it 0.
    self.init(count: count) { (value($0) + 0).bitPattern }
  }

  var values: [Double] { keys.map { Double(bitPattern: $0) } }

  /// How many bits a place takes.
  var width: Int { keys.count.bitWidth - keys.count.leadingZeroBitCount }
}

/// Keys numbered in the order of their coming: an open table, at most half full.
private struct KeyTable {
  private(set) var keys: [UInt64] = []
  private var bits = 10
  /// A number + 1, or 0 for nothing.
  private var slots = [UInt32](repeating: 0, count: 1 << 10)

  mutating func number(of key: UInt64) -> UInt32 {
    var slot = slot(of: key)
    if slots[slot] != 0 { return slots[slot] - 1 }
    if 2 * keys.count >= slots.count {
      bits += 2
      slots = [UInt32](repeating: 0, count: 1 << bits)
      for (number, key) in keys.enumerated() { slots[self.slot(of: key)] = UInt32(number + 1) }
      slot = self.slot(of: key)
    }
    keys.append(key)
    slots[slot] = UInt32(keys.count)
    return UInt32(keys.count - 1)
  }

  /// Where the key is, or would be.
  private func slot(of key: UInt64) -> Int {
    // The upper bits of the product depend on all of the key's.
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
    while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }
}

/// Rows in the order of a key; rows with equal keys stay in theirs.
///
/// By counting, eleven bits at a time from the lowest: a few steps a row, where comparisons would be twenty.
/// Digits in which all keys agree are passed over.
func sortedByKey<Row>(_ rows: [Row], _ key: (Row) -> UInt64) -> [Row] {
  guard let first = rows.first.map(key) else { return rows }
  var rows = rows
  var differing: UInt64 = 0
  for row in rows { differing |= key(row) ^ first }
  for shift in stride(from: UInt64(0), to: 64, by: 11) where (differing >> shift) & 2047 != 0 {
    var starts = [Int](repeating: 0, count: 2049)
    for row in rows { starts[Int((key(row) >> shift) & 2047) + 1] += 1 }
    for digit in 0..<2048 { starts[digit + 1] += starts[digit] }
    rows = [Row](unsafeUninitializedCapacity: rows.count) { sorted, count in
      for row in rows {
        let digit = Int((key(row) >> shift) & 2047)
        sorted.initializeElement(at: starts[digit], to: row)
        starts[digit] += 1
      }
      count = rows.count
    }
  }
  return rows
}
