internal import CDuckDB

extension RawBatch {
  /// The rows of a chunk whose columns were asked for as `types`.
  init(_ chunk: DuckDBChunk, _ types: [DuckDBType], file: String, firstRow: Int) {
    let count = chunk.count
    let columns = types.enumerated().map { RawColumn(chunk.column($0), $1, count: count) }
    self.init(file: file, firstRow: firstRow, count: count, columns: columns)
  }
}

extension RawColumn {
  init(_ vector: DuckDBVector, _ type: DuckDBType, count: Int) {
    let missing = vector.missing(count)
    let values: Values =
      switch type {
      case .flag: .flag(vector.values(UInt8.self, count).map { $0 != 0 })
      case .integer: .integer(vector.values(Int64.self, count))
      case .number: .number(vector.values(Double.self, count))
      case .wallClock: .wallClock(vector.values(Int64.self, count))
      case .instant: .instant(vector.values(Int64.self, count))
      case .date: .date(vector.values(Int32.self, count))
      case .text: vector.words(count, missing) ?? .text(vector.texts(count, missing))
      }
    self.init(values, isMissing: missing)
  }
}

extension DuckDBVector {
  fileprivate func texts(_ count: Int, _ missing: [Bool]?) -> ByteStrings {
    var texts = ByteStrings()
    texts.bytes.reserveCapacity(16 * count)
    texts.ends.reserveCapacity(count)
    for row in 0..<count {
      if missing?[row] != true { texts.bytes.append(contentsOf: bytes(row)) }
      texts.ends.append(texts.bytes.count)
    }
    return texts
  }

  /// The texts as codes into a dictionary, or `nil` where they differ too much to be worth it.
  ///
  /// A column of kinds or categories has the same few words in every chunk, so that casting words
  /// and not rows saves most of the work; a column of ids shows within a few rows that it has not.
  fileprivate func words(_ count: Int, _ missing: [Bool]?) -> RawColumn.Values? {
    var words = ByteStrings()
    var slotOfWord: [Int] = []
    // 0 is free, else the word's code plus one.
    var table = [UInt16](repeating: 0, count: 1024)
    var codes = [Int32](repeating: -1, count: count)
    for row in 0..<count where missing?[row] != true {
      let (low, high) = slotWords(row)
      let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
      var place = Int(truncatingIfNeeded: mixed >> 54)
      while table[place] != 0, !isEqual(row, slotOfWord[Int(table[place]) - 1]) {
        place = (place + 1) & 1023
      }
      if table[place] == 0 {
        guard words.count < 64 + row / 8, words.count < 512 else { return nil }
        words.append(bytes(row))
        slotOfWord.append(row)
        table[place] = UInt16(words.count)
      }
      codes[row] = Int32(table[place]) - 1
    }
    return .dictionary(codes: codes, words: words)
  }

  /// What a hash of the string may use without following its pointer: its length and first bytes,
  /// all of them where it is short.
  private func slotWords(_ row: Int) -> (UInt64, UInt64) {
    let slot = UnsafeRawPointer(slots + row)
    let low = slot.load(as: UInt64.self)
    return slots[row].length <= 12 ? (low, slot.load(fromByteOffset: 8, as: UInt64.self)) : (low, 0)
  }

  private func isEqual(_ a: Int, _ b: Int) -> Bool {
    if slotWords(a) != slotWords(b) { return false }
    return slots[a].length <= 12 || bytes(a).elementsEqual(bytes(b))
  }
}
