internal import RekindleCore

/// The codes of ids and words, in the order in which they were first seen. Identity is that of the
/// bytes: two spellings of a letter that Unicode calls equivalent are two ids, so which of them
/// came first decides nothing.
///
/// An id is kept as 16 bytes: its first 15, padded with zeros, and a last byte that holds its
/// length, or 16 for an id that is longer, whose rest lies elsewhere. As two big-endian integers
/// such keys order like the ids themselves, and two ids of at most 15 bytes are told apart without
/// following a pointer. A log has many rows for each new id, so what counts is the time of a lookup
/// that finds, and that is the wait for memory: a batch is looked up in sweeps (keys, slots, then
/// the keys that the slots name), so that the waits of many rows overlap.
///
/// A class, because it owns memory; unchecked, because nobody adds to an index that is shared.
package final class ByteStringIndex: @unchecked Sendable {
  struct Key: Equatable, Comparable {
    var high: UInt64
    /// The last byte is the length, or 16.
    var low: UInt64

    static func < (a: Key, b: Key) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }

    var isLong: Bool { low & 0xFF == 16 }
  }

  private(set) var count = 0
  /// What a long id has after its first 15 bytes; empty for the others. Short of `count` until the
  /// first long id.
  private var tails = ByteStrings()
  /// Open addressing, never more than half full: 0 is free, else the high half of the key's hash
  /// above the code plus one.
  private var slots: UnsafeMutablePointer<UInt64>
  private var slotCount: Int
  /// There is room for half as many keys as slots.
  private var keys: UnsafeMutablePointer<Key>
  /// Of the batch that is being looked up.
  private var wanted: [(key: Key, hash: UInt64)] = []

  package init() {
    slotCount = 64
    slots = Self.slots(count: slotCount)
    keys = Self.keys(count: slotCount / 2)
  }

  deinit { free() }

  /// The codes of the ids of a batch, or of those at `rows` of it; new ids get new codes.
  package func codes(of ids: borrowing ByteStrings, rows: [Int32]? = nil) -> [UInt32] {
    let count = rows?.count ?? ids.count
    if wanted.count < count { wanted = [_](repeating: (Key(high: 0, low: 0), 0), count: count) }
    return [UInt32](unsafeUninitializedCapacity: count) { found, made in
      made = count
      ids.bytes.withUnsafeBytes { bytes in
        ids.ends.withUnsafeBufferPointer { ends in
          wanted.withUnsafeMutableBufferPointer { wanted in
            if let rows {
              rows.withUnsafeBufferPointer { rows in
                look(up: bytes, ends, count, wanted, found) { Int(rows[$0]) }
              }
            } else {
              look(up: bytes, ends, count, wanted, found) { $0 }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func look(
    up bytes: UnsafeRawBufferPointer, _ ends: UnsafeBufferPointer<Int>, _ count: Int,
    _ wanted: UnsafeMutableBufferPointer<(key: Key, hash: UInt64)>,
    _ found: UnsafeMutableBufferPointer<UInt32>, row: (Int) -> Int
  ) {
    @inline(__always)
    func tail(_ row: Int) -> UnsafeRawBufferPointer {
      let start = row == 0 ? 0 : ends[row - 1]
      return UnsafeRawBufferPointer(rebasing: bytes[min(start + 15, ends[row])..<ends[row]])
    }
    for index in 0..<count {
      let row = row(index)
      let key = Self.key(bytes, row == 0 ? 0 : ends[row - 1], ends[row])
      let hash = Self.hash(key)
      wanted[index] = (key, key.isLong ? Self.hash(hash, tail: tail(row)) : hash)
    }
    let mask = slotCount - 1
    let slots = slots
    // Only to fetch the slots: nothing here depends on what they hold, so the waits overlap.
    for index in 0..<count {
      found[index] = UInt32(truncatingIfNeeded: slots[Int(truncatingIfNeeded: wanted[index].hash) & mask])
    }
    for index in 0..<count {
      let hash = wanted[index].hash
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place] != 0, slots[place] >> 32 != hash >> 32 { place = (place + 1) & mask }
      found[index] = UInt32(truncatingIfNeeded: slots[place])
    }
    let keys = keys
    for index in 0..<count {
      let code = found[index]
      // A code of 0 here means "look properly": a free slot, another id, or a long one.
      let isHit = code != 0 && keys[Int(code) - 1] == wanted[index].key && !wanted[index].key.isLong
      found[index] = isHit ? code : 0
    }
    for index in 0..<count {
      if found[index] == 0 { found[index] = code(wanted[index].key, wanted[index].hash, tail(row(index))) }
      found[index] &-= 1
    }
  }

  /// The code plus one, of an id that may be new.
  private func code(_ key: Key, _ hash: UInt64, _ tail: UnsafeRawBufferPointer) -> UInt32 {
    let mask = slotCount - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] != 0 {
      let slot = slots[place]
      let code = Int(UInt32(truncatingIfNeeded: slot))
      if slot >> 32 == hash >> 32, keys[code - 1] == key,
        !key.isLong || self.tail(code - 1).elementsEqual(tail)
      {
        return UInt32(code)
      }
      place = (place + 1) & mask
    }
    if key.isLong {
      while tails.count < count { tails.append([]) }
      tails.append(tail)
    }
    keys[count] = key
    count += 1
    slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(count)
    let code = UInt32(count)
    if count * 2 == slotCount { grow() }
    return code
  }

  private func grow() {
    let own = keys
    let size = slotCount * 2
    LargePages.free(slots, bytes: slotCount * MemoryLayout<UInt64>.stride)
    slots = Self.slots(count: size)
    keys = Self.keys(count: size / 2)
    keys.update(from: own, count: count)
    LargePages.free(own, bytes: slotCount / 2 * MemoryLayout<Key>.stride)
    slotCount = size
    for code in 0..<count {
      let key = Self.hash(keys[code])
      let hash = keys[code].isLong ? tail(code).withUnsafeBytes { Self.hash(key, tail: $0) } : key
      var place = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[place] != 0 { place = (place + 1) & (size - 1) }
      slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(code + 1)
    }
  }

  private func free() {
    LargePages.free(slots, bytes: slotCount * MemoryLayout<UInt64>.stride)
    LargePages.free(keys, bytes: slotCount / 2 * MemoryLayout<Key>.stride)
  }

  private static func slots(count: Int) -> UnsafeMutablePointer<UInt64> {
    LargePages.allocate(bytes: count * MemoryLayout<UInt64>.stride)
      .bindMemory(to: UInt64.self, capacity: count)
  }

  private static func keys(count: Int) -> UnsafeMutablePointer<Key> {
    LargePages.allocate(bytes: count * MemoryLayout<Key>.stride).bindMemory(to: Key.self, capacity: count)
  }

  private func tail(_ code: Int) -> ArraySlice<UInt8> {
    code < tails.count ? tails.bytes[tails.range(code)] : []
  }

  /// The id of a code.
  func string(_ code: Int) -> String {
    let key = keys[code]
    return withUnsafeBytes(of: (key.high.bigEndian, key.low.bigEndian)) { head in
      key.isLong
        ? String(decoding: head.dropLast() + tail(code), as: UTF8.self)
        : String(decoding: head.prefix(Int(key.low & 0xFF)), as: UTF8.self)
    }
  }

  /// The codes with their keys, in the order of the codes.
  func entries(of index: Int) -> [Entry] {
    (0..<count).map { Entry(key: keys[$0], index: UInt32(index), code: UInt32($0)) }
  }

  @inline(__always)
  private static func key(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Key {
    let length = end - start
    var high: UInt64 = 0
    var low: UInt64 = 0
    if start + 16 <= bytes.count {
      high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self))
    } else {
      for index in 0..<min(16, length) {
        let byte = UInt64(bytes[start + index])
        if index < 8 { high |= byte << (56 - 8 * index) } else { low |= byte << (120 - 8 * index) }
      }
    }
    // Bytes beyond the id are not its own.
    if length < 8 {
      high &= ~(UInt64.max >> (8 * length))
      low = 0
    } else {
      low &= ~(UInt64.max >> (8 * min(length - 8, 7)))
    }
    return Key(high: high, low: low | UInt64(min(length, 16)))
  }

  @inline(__always)
  private static func hash(_ key: Key) -> UInt64 {
    mix(key.high ^ 0x9E37_79B9_7F4A_7C15, key.low ^ 0xD6E8_FEB8_6659_FD93)
  }

  /// The hash of a long id, whose first bytes have the hash `head`.
  private static func hash(_ head: UInt64, tail: UnsafeRawBufferPointer) -> UInt64 {
    var hash = head
    for byte in tail { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mix(hash, 0x9E37_79B9_7F4A_7C15)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}

extension ByteStringIndex {
  /// An id of one of several indices.
  struct Entry {
    var key: Key
    var index: UInt32
    var code: UInt32
  }

  /// All ids of several indices in ascending order of their bytes, and for each index the places of
  /// its codes in that order.
  static func merged(_ indices: [ByteStringIndex], workers: Workers) -> (ids: [String], ranks: [[UInt32]]) {
    @Sendable func precedes(_ a: Entry, _ b: Entry) -> Bool {
      if a.key != b.key || !a.key.isLong { return a.key < b.key }
      return indices[Int(a.index)].tail(Int(a.code))
        .lexicographicallyPrecedes(indices[Int(b.index)].tail(Int(b.code)))
    }
    var sorted = workers.map(blocks: indices.count) { index in
      indices[index].entries(of: index).sorted(by: precedes)
    }
    while sorted.count > 1 {
      let pairs = sorted
      sorted = workers.map(blocks: (pairs.count + 1) / 2) { pair in
        guard 2 * pair + 1 < pairs.count else { return pairs[2 * pair] }
        return merge(pairs[2 * pair], pairs[2 * pair + 1], by: precedes)
      }
    }
    var ids: [String] = []
    var ranks = indices.map { [UInt32](repeating: 0, count: $0.count) }
    var previous: Entry?
    for entry in sorted.first ?? [] {
      let isNew = previous.map { precedes($0, entry) } ?? true
      if isNew { ids.append(indices[Int(entry.index)].string(Int(entry.code))) }
      ranks[Int(entry.index)][Int(entry.code)] = UInt32(ids.count - 1)
      previous = entry
    }
    return (ids, ranks)
  }

  private static func merge(
    _ left: [Entry], _ right: [Entry], by precedes: (Entry, Entry) -> Bool
  ) -> [Entry] {
    var merged: [Entry] = []
    merged.reserveCapacity(left.count + right.count)
    var a = 0
    var b = 0
    while a < left.count && b < right.count {
      if precedes(right[b], left[a]) {
        merged.append(right[b])
        b += 1
      } else {
        merged.append(left[a])
        a += 1
      }
    }
    merged += left[a...]
    merged += right[b...]
    return merged
  }
}
