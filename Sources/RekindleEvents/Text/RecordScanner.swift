internal import Synchronization

/// How a text format cuts records and cells.
struct TextDialect: Sendable, Hashable {
  /// The byte between cells; `nil` means runs of spaces and tabs, and no quoting.
  var delimiter: UInt8?
}

/// The records of a stretch of text, as spans into it. Only the columns that were asked for are
/// kept. Filled by one thread, then read by it; a pool hands it from one thread to the next.
package final class RecordBlock: @unchecked Sendable {
  /// How many cells of a record are kept; `spans` has one place more a record, where the cells that
  /// nobody asked for are put.
  package let kept: Int
  /// Where the cell of each column goes: below `kept`, or `kept` itself to be forgotten.
  private let places: [Int32]
  private(set) var spans: UnsafeMutablePointer<CellSpan>
  /// Where each record begins.
  package private(set) var starts: UnsafeMutablePointer<Int32>
  /// 0, or the raw value of the `RejectReason` that its shape gives a record.
  package private(set) var faults: UnsafeMutablePointer<UInt8>
  package private(set) var count = 0
  private var capacity: Int
  /// Cells that had to be rewritten.
  private var sideBytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 64 + Cell.padding)
  private var sideCapacity = 64
  private var sideCount = 0
  /// Whether every byte that was looked at is ASCII.
  private(set) var isASCII = true
  /// Where the first record that was not read begins.
  private(set) var end = 0
  /// Newlines between the start and `end`.
  private(set) var lines = 0
  /// Whether the text ended within the record at `end`.
  private(set) var isCut = false
  /// Where the quote opened that was still open when the text ended.
  private(set) var openQuote: Int?
  /// Where the text that was read begins.
  private(set) var start = 0
  /// How many cells the last record has.
  private(set) var lastWidth = 0

  /// - Parameter columns: the indices of the wanted columns, out of `columnCount`.
  init(columns: [Int], columnCount: Int, capacity: Int) {
    kept = columns.count
    var places = [Int32](repeating: Int32(columns.count), count: columnCount)
    for (place, column) in columns.enumerated() { places[column] = Int32(place) }
    self.places = places
    self.capacity = max(16, capacity)
    spans = .allocate(capacity: self.capacity * (kept + 1))
    starts = .allocate(capacity: self.capacity)
    faults = .allocate(capacity: self.capacity)
  }

  deinit {
    spans.deallocate()
    starts.deallocate()
    faults.deallocate()
    sideBytes.deallocate()
  }

  private func grow() {
    let larger = capacity * 2
    func move<T>(_ old: UnsafeMutablePointer<T>, _ count: Int, _ size: Int) -> UnsafeMutablePointer<T> {
      let new = UnsafeMutablePointer<T>.allocate(capacity: size)
      new.moveInitialize(from: old, count: count)
      old.deallocate()
      return new
    }
    spans = move(spans, count * (kept + 1), larger * (kept + 1))
    starts = move(starts, count, larger)
    faults = move(faults, count, larger)
    capacity = larger
  }

  /// The cells of one kept column, valid until the next scan.
  /// - Parameter base: the text that was scanned.
  package func cells(_ base: UnsafePointer<UInt8>, place: Int) -> CellColumn {
    CellColumn(
      bytes: base, side: UnsafePointer(sideBytes), spans: UnsafePointer(spans + place), stride: kept + 1)
  }

  /// The bytes of a record without its line end.
  func record(_ base: UnsafePointer<UInt8>, _ row: Int) -> Cell {
    let first = Int(starts[row])
    var last = row + 1 < count ? Int(starts[row + 1]) : end
    while last > first, base[last - 1] == 0x0A || base[last - 1] == 0x0D { last -= 1 }
    return Cell(start: base + first, count: last - first)
  }

  /// Reads the records that begin in `start ..< limit`.
  /// - Parameters:
  ///   - base: the text; 8 newlines stand behind its end.
  ///   - end: where the text ends; a record that reaches it is cut, unless the text `isFinal`.
  func scan(
    _ base: UnsafePointer<UInt8>, start: Int, limit: Int, end textEnd: Int, isFinal: Bool,
    dialect: TextDialect
  ) {
    count = 0
    lines = 0
    isCut = false
    openQuote = nil
    isASCII = true
    sideCount = 0
    self.start = start
    end = start
    if let delimiter = dialect.delimiter {
      scanDelimited(base, limit: limit, textEnd: textEnd, isFinal: isFinal, delimiter: delimiter)
    } else {
      scanWhitespace(base, limit: limit, textEnd: textEnd, isFinal: isFinal)
    }
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of every byte of `word` that is zero, exactly (no carry between bytes).
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    ~(((word & lows) &+ lows) | word | lows)
  }

  /// Eight bytes at a time: one exact mask of delimiters and newlines, whose lowest bit ends the
  /// cell. A quote means something only where a cell begins, so it needs no mask of its own.
  private func scanDelimited(
    _ base: UnsafePointer<UInt8>, limit: Int, textEnd: Int, isFinal: Bool, delimiter: UInt8
  ) {
    let raw = UnsafeRawPointer(base)
    let delimiters = UInt64(delimiter) &* RecordBlock.ones
    let newlines = UInt64(0x0A) &* RecordBlock.ones
    let stride = kept + 1
    let columnCount = places.count
    // What changes with every record is kept out of the object while the loop runs.
    var (spans, starts, faults, count) = (spans, starts, faults, 0)
    var seen: UInt64 = 0
    var recordStart = end
    var newlineCount = 0
    places.withUnsafeBufferPointer { places in
      records: while recordStart < limit, recordStart < textEnd {
        if count == capacity {
          self.count = count
          grow()
          (spans, starts, faults) = (self.spans, self.starts, self.faults)
        }
        let row = spans + count &* stride
        var column = 0
        var cellStart = recordStart
        var fault: UInt8 = 0
        var quotedLines = 0
        cells: while true {
          var position = cellStart
          var first = cellStart
          var last = -1
          var offset: Int32?
          if base[cellStart] == 0x22, cellStart < textEnd {
            switch quoted(base, cellStart, textEnd, &seen, &quotedLines) {
            case .open:
              openQuote = cellStart
              isCut = true
              break records
            case .plain(let close):
              first = cellStart + 1
              last = close
              position = close + 1
            case .rewritten(let close, let sideOffset, let length):
              offset = ~Int32(sideOffset)
              first = 0
              last = length
              position = close + 1
            }
          }
          let afterQuote = position
          var mask: UInt64
          while true {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            seen |= word
            mask =
              RecordBlock.zeroBytes(word ^ delimiters) | RecordBlock.zeroBytes(word ^ newlines)
            if mask != 0 { break }
            position &+= 8
          }
          position &+= mask.trailingZeroBitCount >> 3
          if position >= textEnd, !isFinal {
            isCut = true
            break records
          }
          position = min(position, textEnd)
          let endsRecord = position == textEnd || base[position] == 0x0A
          var cellEnd = position
          if endsRecord, cellEnd > afterQuote, base[cellEnd &- 1] == 0x0D { cellEnd &-= 1 }
          if last < 0 {
            last = cellEnd
          } else if cellEnd != afterQuote {
            fault = RejectReason.strayQuote.rawValue
          }
          if column < columnCount {
            row[Int(places[column])] = CellSpan(
              offset: offset ?? Int32(truncatingIfNeeded: first),
              length: Int32(truncatingIfNeeded: last &- first))
          }
          column &+= 1
          if !endsRecord {
            cellStart = position &+ 1
            continue cells
          }
          let isBlankLine = column == 1 && cellEnd == recordStart
          if !isBlankLine {
            lastWidth = column
            if column != columnCount {
              fault = RejectReason.raggedRow.rawValue
              fill(row, from: column)
            }
            starts[count] = Int32(truncatingIfNeeded: recordStart)
            faults[count] = fault
            count &+= 1
          }
          newlineCount &+= quotedLines &+ (position < textEnd ? 1 : 0)
          recordStart = min(position &+ 1, textEnd)
          continue records
        }
      }
    }
    self.count = count
    isASCII = seen & RecordBlock.highs == 0
    end = recordStart
    lines = newlineCount
  }

  /// Makes the cells that a short record lacks empty, so that nothing reads what was there before.
  private func fill(_ row: UnsafeMutablePointer<CellSpan>, from column: Int) {
    guard column < places.count else { return }
    for missing in column..<places.count {
      row[Int(places[missing])] = CellSpan(offset: 0, length: 0)
    }
  }

  private enum Quoted {
    /// The text ended before the quote closed.
    case open
    case plain(close: Int)
    case rewritten(close: Int, offset: Int, length: Int)
  }

  /// A cell whose quote opens at `open`: where it closes, doubled quotes made single on the side.
  @inline(never)
  private func quoted(
    _ base: UnsafePointer<UInt8>, _ open: Int, _ textEnd: Int, _ seen: inout UInt64,
    _ lines: inout Int
  ) -> Quoted {
    let raw = UnsafeRawPointer(base)
    let quotes = UInt64(0x22) &* RecordBlock.ones
    let newlines = UInt64(0x0A) &* RecordBlock.ones
    var position = open + 1
    var copied = position
    let offset = sideCount
    while position < textEnd {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      seen |= word
      let quoteMask = RecordBlock.zeroBytes(word ^ quotes)
      let newlineMask = RecordBlock.zeroBytes(word ^ newlines)
      if quoteMask == 0 {
        lines += newlineMask.nonzeroBitCount
        position += 8
        continue
      }
      // Newlines below the first quote.
      lines += (newlineMask & ((quoteMask & (0 &- quoteMask)) &- 1)).nonzeroBitCount
      position += quoteMask.trailingZeroBitCount >> 3
      if position >= textEnd { break }
      if position + 1 < textEnd, base[position + 1] == 0x22 {
        copyAside(base + copied, position + 1 - copied)
        position += 2
        copied = position
        continue
      }
      if sideCount > offset {
        copyAside(base + copied, position - copied)
        return .rewritten(close: position, offset: offset, length: sideCount - offset)
      }
      return .plain(close: position)
    }
    return .open
  }

  private func copyAside(_ source: UnsafePointer<UInt8>, _ count: Int) {
    if sideCount + count > sideCapacity {
      let larger = max(sideCapacity * 2, sideCount + count)
      let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Cell.padding)
      new.update(from: sideBytes, count: sideCount)
      sideBytes.deallocate()
      sideBytes = new
      sideCapacity = larger
    }
    (sideBytes + sideCount).update(from: source, count: count)
    sideCount += count
  }

  /// Cells between runs of spaces and tabs; runs at either end of a line mean nothing.
  private func scanWhitespace(
    _ base: UnsafePointer<UInt8>, limit: Int, textEnd: Int, isFinal: Bool
  ) {
    let stride = kept + 1
    var recordStart = end
    var newlineCount = 0
    var seen: UInt8 = 0
    func isGap(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    while recordStart < limit, recordStart < textEnd {
      if count == capacity { grow() }
      let row = spans + count * stride
      var column = 0
      var position = recordStart
      while true {
        while position < textEnd, isGap(base[position]) { position += 1 }
        if position == textEnd || base[position] == 0x0A { break }
        let first = position
        while position < textEnd, base[position] != 0x0A, !isGap(base[position]) {
          seen |= base[position]
          position += 1
        }
        if column < places.count {
          row[Int(places[column])] = CellSpan(
            offset: Int32(truncatingIfNeeded: first), length: Int32(truncatingIfNeeded: position - first))
        }
        column += 1
      }
      if position == textEnd, !isFinal {
        isCut = true
        break
      }
      if column > 0 {
        lastWidth = column
        starts[count] = Int32(truncatingIfNeeded: recordStart)
        faults[count] = column == places.count ? 0 : RejectReason.raggedRow.rawValue
        fill(row, from: column)
        count += 1
      }
      newlineCount += position < textEnd ? 1 : 0
      recordStart = min(position + 1, textEnd)
    }
    isASCII = seen < 0x80
    end = recordStart
    lines = newlineCount
  }
}

/// Record blocks that are used again, so that their memory is not asked for again.
final class RecordBlockPool: Sendable {
  private let idle = Mutex<[RecordBlock]>([])
  private let columns: [Int]
  private let columnCount: Int

  init(columns: [Int], columnCount: Int) {
    self.columns = columns
    self.columnCount = columnCount
  }

  func borrow() -> RecordBlock {
    idle.withLock { $0.popLast() }
      ?? RecordBlock(columns: columns, columnCount: columnCount, capacity: 1 << 12)
  }

  func giveBack(_ block: RecordBlock) {
    idle.withLock { $0.append(block) }
  }
}
