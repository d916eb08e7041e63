/// Words and their numbers, in order of first sight.
struct WordTable {
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private(set) var words = ByteStrings()

  init(_ words: [String] = []) {
    slots = [Int32](repeating: -1, count: 64)
    for word in words {
      (Array(word.utf8) + [UInt8](repeating: 0, count: Cell.padding)).withUnsafeBufferPointer {
        if let start = $0.baseAddress { _ = insert(Cell(start: start, count: word.utf8.count)) }
      }
    }
  }

  var strings: [String] { (0..<words.count).map { words.string($0) } }

  /// The number of a word, or −1.
  @inline(__always)
  func find(_ cell: Cell) -> Int32 {
    slots[slot(of: cell, hash: WordTable.hash(cell))]
  }

  /// The number of a word, which becomes known by it.
  @inline(__always)
  mutating func insert(_ cell: Cell) -> Int32 {
    let hash = WordTable.hash(cell)
    let place = slot(of: cell, hash: hash)
    let code = slots[place]
    return code >= 0 ? code : add(cell, hash, place)
  }

  @inline(never)
  private mutating func add(_ cell: Cell, _ hash: UInt64, _ place: Int) -> Int32 {
    let code = Int32(words.count)
    words.append(cell.bytes)
    hashes.append(hash)
    slots[place] = code
    if words.count * 2 > slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 2)
      for (code, hash) in hashes.enumerated() {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = Int32(code)
      }
    }
    return code
  }

  /// The slot that holds the word, or the empty one where it belongs.
  @inline(__always)
  private func slot(of cell: Cell, hash: UInt64) -> Int {
    let mask = slots.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let code = Int(slots[place])
      if code < 0 { return place }
      if hashes[code] == hash, equals(code, cell) { return place }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always)
  private func equals(_ code: Int, _ cell: Cell) -> Bool {
    let range = words.range(code)
    guard range.count == cell.count else { return false }
    return words.bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<cell.count where bytes[range.lowerBound &+ index] != cell.start[index] {
        return false
      }
      return true
    }
  }

  /// Eight bytes a step; the odd bits of the golden ratio spread them.
  @inline(__always)
  static func hash(_ cell: Cell) -> UInt64 {
    let raw = UnsafeRawPointer(cell.start)
    var hash = UInt64(truncatingIfNeeded: cell.count) &* 0x9E37_79B9_7F4A_7C15
    var left = cell.count
    var offset = 0
    while left > 0 {
      var word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if left < 8 { word &= ~0 >> UInt64(64 &- 8 &* left) }
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      left &-= 8
      offset &+= 8
    }
    return hash
  }
}
