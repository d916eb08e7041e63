internal import CDuckDB

extension RawBatch {
  /// The rows of a chunk whose columns were asked for as `types`.
  init(_ chunk: DuckDBChunk, _ types: [DuckDBType], file: String, firstRow: Int) {
    let batch = GrowingBatch(types, file: file, firstRow: firstRow)
    batch.append(chunk)
    self = batch.finish()
  }
}

/// The rows of neighbouring chunks as one batch: a chunk has at most 2,048 rows, too few for what
/// is done once a batch.
///
/// A class, so that growing never copies; one thread has it at a time.
final class GrowingBatch: @unchecked Sendable {
  private let file: String
  private let firstRow: Int
  private(set) var count = 0
  private var columns: [GrowingColumn]

  init(_ types: [DuckDBType], file: String, firstRow: Int) {
    self.file = file
    self.firstRow = firstRow
    columns = types.map { GrowingColumn($0) }
  }

  /// The number of the row that would come next.
  var nextRow: Int { firstRow + count }

  func append(_ chunk: DuckDBChunk) {
    let rows = chunk.count
    for index in columns.indices { columns[index].append(chunk.column(index), count: rows, after: count) }
    count += rows
  }

  func finish() -> RawBatch {
    RawBatch(file: file, firstRow: firstRow, count: count, columns: columns.map { $0.column })
  }
}

/// A column of a growing batch; only what holds its type is used.
private struct GrowingColumn {
  private let type: DuckDBType
  private var longs: [Int64] = []
  private var doubles: [Double] = []
  private var days: [Int32] = []
  private var flags: [Bool] = []
  /// `nil` when the texts differ too much for codes to be worth it.
  private var words: GrowingWords? = GrowingWords()
  private var texts = ByteStrings()
  private var isMissing: [Bool]?

  init(_ type: DuckDBType) {
    self.type = type
  }

  mutating func append(_ vector: DuckDBVector, count: Int, after before: Int) {
    let missing = vector.missing(count)
    if missing != nil || isMissing != nil {
      if isMissing == nil { isMissing = [Bool](repeating: false, count: before) }
      isMissing?.append(contentsOf: missing ?? [Bool](repeating: false, count: count))
    }
    switch type {
    case .flag: for value in vector.buffer(UInt8.self, count) { flags.append(value != 0) }
    case .integer, .wallClock, .instant: longs.append(contentsOf: vector.buffer(Int64.self, count))
    case .number: doubles.append(contentsOf: vector.buffer(Double.self, count))
    case .date: days.append(contentsOf: vector.buffer(Int32.self, count))
    case .text:
      if words?.append(vector, count, missing) == true { return }
      if let given = words {
        given.write(to: &texts, count: before)
        words = nil
      }
      vector.appendTexts(to: &texts, count, missing)
    }
  }

  var column: RawColumn {
    let values: RawColumn.Values =
      switch type {
      case .flag: .flag(flags)
      case .integer: .integer(longs)
      case .number: .number(doubles)
      case .wallClock: .wallClock(longs)
      case .instant: .instant(longs)
      case .date: .date(days)
      case .text: words.map { .dictionary(codes: $0.codes, words: $0.words) } ?? .text(texts)
      }
    return RawColumn(values, isMissing: isMissing)
  }
}

/// Texts as codes into a dictionary that grows with them.
///
/// A column of kinds or categories has the same few words in every chunk, so that casting words and
/// not rows saves most of the work; a column of ids shows within a few rows that it has not.
private struct GrowingWords {
  private(set) var codes: [Int32] = []
  private(set) var words = ByteStrings()
  /// The two halves of each word's slot; where the word is long, its length and first bytes alone.
  private var keys: [(UInt64, UInt64)] = []
  /// 0 is free, else the word's code plus one.
  private var table = [UInt16](repeating: 0, count: 1024)

  /// - Returns: whether codes are still worth it; if not, the codes are those of the rows before.
  mutating func append(_ vector: DuckDBVector, _ count: Int, _ missing: [Bool]?) -> Bool {
    let before = codes.count
    codes.reserveCapacity(before + count)
    for row in 0..<count {
      if let missing, missing[row] {
        codes.append(EventColumn.missingCode)
        continue
      }
      let key = vector.slotKey(row)
      let mixed = (key.0 ^ (key.1 &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
      var place = Int(truncatingIfNeeded: mixed >> 54)
      while table[place] != 0, !isWord(Int(table[place]) - 1, key, vector, row) {
        place = (place + 1) & 1023
      }
      if table[place] == 0 {
        guard words.count < 64 + (before + row) / 8, words.count < 512 else {
          codes.removeLast(codes.count - before)
          return false
        }
        words.append(vector.bytes(row))
        keys.append(key)
        table[place] = UInt16(words.count)
      }
      codes.append(Int32(table[place]) - 1)
    }
    return true
  }

  @inline(__always)
  private func isWord(_ code: Int, _ key: (UInt64, UInt64), _ vector: DuckDBVector, _ row: Int) -> Bool {
    guard keys[code] == key else { return false }
    return vector.isShort(row) || words.bytes[words.range(code)].elementsEqual(vector.bytes(row))
  }

  /// Writes the rows as texts.
  func write(to texts: inout ByteStrings, count: Int) {
    for code in codes.prefix(count) {
      texts.append(code < 0 ? [] : words.bytes[words.range(Int(code))])
    }
  }
}

extension DuckDBVector {
  fileprivate func buffer<Value>(_ type: Value.Type, _ count: Int) -> UnsafeBufferPointer<Value> {
    UnsafeBufferPointer(start: data?.assumingMemoryBound(to: Value.self), count: data == nil ? 0 : count)
  }

  /// Short texts lie in their slots, and are copied as the whole of its 12 bytes; the next text
  /// overwrites what is too much.
  fileprivate func appendTexts(to texts: inout ByteStrings, _ count: Int, _ missing: [Bool]?) {
    let start = texts.bytes.count
    texts.ends.reserveCapacity(texts.ends.count + count)
    var end = start
    for row in 0..<count {
      if missing?[row] != true { end += Int(slots[row].length) }
      texts.ends.append(end)
    }
    let room = 12
    texts.bytes.append(
      contentsOf: [UInt8](unsafeUninitializedCapacity: end - start + room) { buffer, made in
        made = end - start
        guard var target = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
        for row in 0..<count where missing?[row] != true {
          let length = Int(slots[row].length)
          let slot = UnsafeRawPointer(slots + row)
          if length <= 12 {
            target.storeBytes(of: slot.loadUnaligned(fromByteOffset: 4, as: UInt64.self), as: UInt64.self)
            target.storeBytes(
              of: slot.loadUnaligned(fromByteOffset: 12, as: UInt32.self), toByteOffset: 8, as: UInt32.self)
          } else if let far = bytes(row).baseAddress {
            target.copyMemory(from: far, byteCount: length)
          }
          target += length
        }
      })
  }

  @inline(__always)
  fileprivate func isShort(_ row: Int) -> Bool { slots[row].length <= 12 }

  /// What a hash of the string may use without following its pointer: its length and first bytes,
  /// all of them where it is short.
  @inline(__always)
  fileprivate func slotKey(_ row: Int) -> (UInt64, UInt64) {
    let slot = UnsafeRawPointer(slots + row)
    return (slot.load(as: UInt64.self), isShort(row) ? slot.load(fromByteOffset: 8, as: UInt64.self) : 0)
  }
}
