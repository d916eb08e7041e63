internal import RekindleCore

/// Puts parts of any size together to batches of equal size.
struct TableJoint {
  let cast: TableCast
  /// In a batch.
  let rows: Int
  let workers: Workers
  private var waiting: [TablePart] = []
  private var waitingRows = 0
  private var firstRow = 0

  init(cast: TableCast, rows: Int, workers: Workers) {
    self.cast = cast
    self.rows = rows
    self.workers = workers
  }

  /// Takes the next rows, and gives out the batches that are full with them.
  mutating func add(
    _ part: TablePart, _ body: (TableReader.Batch) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var used = 0
    while waitingRows + part.count - used >= rows {
      let end = used + rows - waitingRows
      waiting.append(part.rows(used..<end))
      waitingRows = rows
      used = end
      try finish(body)
    }
    if used < part.count {
      waiting.append(used == 0 ? part : part.rows(used..<part.count))
      waitingRows += part.count - used
    }
  }

  /// Gives out what is left.
  mutating func finish(_ body: (TableReader.Batch) throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard waitingRows > 0 else { return }
    let batch = TableReader.Batch(
      firstRow: firstRow, count: waitingRows, columns: cast.joined(waiting, workers))
    firstRow += waitingRows
    waitingRows = 0
    waiting = []
    try body(batch)
  }
}

extension TablePart {
  fileprivate func rows(_ range: Range<Int>) -> TablePart {
    TablePart(
      firstRow: firstRow + range.lowerBound, count: range.count,
      columns: columns.map { column in
        switch column {
        case .number(let values): .number(Array(values[range]))
        case .flag(let values): .flag(Array(values[range]))
        case .time(let values): .time(Array(values[range]))
        case .text(let values): .text(Array(values[range]))
        case .bytes(let values): .bytes(values.rows(range))
        case .category(let codes, let words): .category(codes: Array(codes[range]), dictionary: words)
        }
      }, fault: nil)
  }
}

extension ByteStrings {
  fileprivate func rows(_ range: Range<Int>) -> ByteStrings {
    var part = ByteStrings()
    let start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
    part.ends = ends[range].map { $0 - start }
    part.bytes = Array(bytes[start..<(start + (part.ends.last ?? 0))])
    return part
  }
}
