/// Which units were seen before, by a 64-bit hash of their ids: eight bytes a slot, at most half full.
///
/// Two ids of one hash are possible (3 in 10⁸ files of a million units), so a hash seen twice is only a
/// suspicion; the ids themselves are compared when the rows are read again.
struct UnitIndex: Sendable {
  /// A power of two; 0 is an empty slot.
  private var slots: [UInt64]
  private(set) var count = 0
  /// The hashes that came more than once.
  private(set) var suspects: Set<UInt64> = []

  init() { slots = [UInt64](repeating: 0, count: 1 << 12) }

  /// Takes in the ids of the rows that have an arm.
  mutating func add(_ ids: UnitIDs, arms: [Int32]) {
    let block = 256
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: block) { hashes in
      var start = 0
      while start < ids.count {
        // Hashes first, then the places: the processor fetches many places at once.
        let rows = start..<min(start + block, ids.count)
        for row in rows { hashes[row - start] = arms[row] < 0 ? 0 : Self.hash(ids, row) }
        if 2 * (count + block) > slots.count { grow() }
        slots.withUnsafeMutableBufferPointer { slots in
          let mask = slots.count - 1
          for index in 0..<rows.count where hashes[index] != 0 {
            let hash = hashes[index]
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 && slots[slot] != hash { slot = (slot + 1) & mask }
            if slots[slot] == 0 {
              slots[slot] = hash
              count += 1
            } else {
              suspects.insert(hash)
            }
          }
        }
        start = rows.upperBound
      }
    }
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: 4 * old.count)
    let mask = slots.count - 1
    slots.withUnsafeMutableBufferPointer { slots in
      for hash in old where hash != 0 {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = hash
      }
    }
  }

  /// Never 0. Eight bytes at a time, each mixed in by the two halves of a full product.
  static func hash(_ ids: UnitIDs, _ row: Int) -> UInt64 {
    let range = ids.range(row)
    return ids.bytes.withUnsafeBytes { bytes in
      var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(range.count)
      var place = range.lowerBound
      while place + 8 <= range.upperBound {
        state = mixed(state ^ bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian)
        place += 8
      }
      var tail: UInt64 = 0
      for byte in bytes[place..<range.upperBound] { tail = tail << 8 | UInt64(byte) }
      state = mixed(mixed(state ^ tail))
      return state == 0 ? 1 : state
    }
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low ^ (value >> 29)
  }
}
