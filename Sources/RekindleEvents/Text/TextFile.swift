internal import Foundation
package import RekindleCore

/// One text file that is being read: its header first, then its records, in parallel and in order.
///
/// The text comes in waves. A wave is cut into segments of fixed size, and each is read on the
/// guess that the first newline in it ends a record. Whether that was so is known when the segment
/// before it is done: it says where its last record ended. A wrong guess (a newline within quotes)
/// is read again from there. So the cut is exact for any text, and no pass only counts quotes.
package final class TextFile {
  let name: String
  package private(set) var columnNames: [String] = []
  private let key: String
  private let dialect: TextDialect
  private let input: any ByteInput
  private let isDecoded: Bool
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var position = 0
  private var filled = 0
  private var isFinal = false
  /// The number of the line at `position`.
  private var line = 1
  private let segment: Int

  /// How long a record may be. What is longer is an open quote, or no text.
  private static let widestRecord = 1 << 26
  /// Newlines behind the text, so that the scanner's eight-byte loads find an end.
  private static let padding = 16

  /// Opens a file and reads its header.
  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - waveCapacity, segment: bytes; other values than the default serve tests of the seams.
  package init(
    path: String, name: String, definition: SourceDefinition, format: SourceDefinition.Format,
    key: String, workers: Workers, waveCapacity: Int = 1 << 25, segment: Int = 1 << 20
  ) throws(Diagnostic) {
    self.name = name
    self.key = key
    self.segment = segment
    dialect = try TextFile.dialect(of: definition, format: format, key: key)
    let opened = try openText(
      path: path, name: name, encoding: definition.encoding, key: key, workers: workers)
    input = opened.input
    isDecoded = opened.isDecoded
    capacity = waveCapacity
    buffer = .allocate(capacity: capacity + TextFile.padding)
    try fill()
    if filled - position >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { position = 3 }
    try readHeader(definition.header)
  }

  deinit { buffer.deallocate() }

  private static func dialect(
    of definition: SourceDefinition, format: SourceDefinition.Format, key: String
  ) throws(Diagnostic) -> TextDialect {
    if let delimiter = definition.delimiter {
      guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1, byte < 0x80,
        ![0x22, 0x0A, 0x0D].contains(byte)
      else {
        throw Diagnostic(
          "RK0212", "the delimiter \"\(delimiter)\" is not one ASCII character",
          key: key + ".delimiter", help: "use a character such as , ; | or a tab (\"\\t\")")
      }
      return TextDialect(delimiter: byte)
    }
    switch format {
    case .tsv: return TextDialect(delimiter: 0x09)
    case .whitespace: return TextDialect(delimiter: nil)
    default: return TextDialect(delimiter: 0x2C)
    }
  }

  /// Moves what is left to the front and reads until the buffer is full or the input ends.
  private func fill() throws(Diagnostic) {
    buffer.update(from: buffer + position, count: filled - position)
    filled -= position
    position = 0
    while !isFinal, capacity - filled >= 16 {
      let got = try input.read(into: buffer + filled, count: capacity - filled)
      isFinal = got == 0
      filled += got
    }
    for index in 0..<TextFile.padding { buffer[filled + index] = 0x0A }
  }

  private func growBuffer() {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + TextFile.padding)
    larger.update(from: buffer, count: filled)
    buffer.deallocate()
    buffer = larger
    capacity *= 2
  }

  private func readHeader(_ header: SourceDefinition.Header) throws(Diagnostic) {
    if case .absent(let columns) = header {
      columnNames = columns
      if position == filled { throw emptyFile() }
    } else {
      let widest = 16_384
      let block = RecordBlock(columns: Array(0..<widest), columnCount: widest, capacity: 1)
      while block.count == 0, position < filled {
        block.scan(
          buffer, start: position, limit: position + 1, end: filled, isFinal: isFinal, dialect: dialect)
        if block.isCut {
          try checkCut(at: position, openQuote: block.openQuote)
          growBuffer()
          try fill()
          continue
        }
        try check(block)
        line += block.lines
        position = block.end
      }
      guard block.count == 1 else { throw emptyFile() }
      columnNames = (0..<min(widest, block.lastWidth)).map { block.cells(buffer, place: $0)[0].string }
    }
    var seen: Set<String> = []
    for column in columnNames where !seen.insert(column).inserted {
      throw Diagnostic(
        "RK0208", "the header of \(name) names \"\(column)\" twice", at: .init(file: name, line: line - 1),
        key: key, notes: ["file has: \(columnNames.joined(separator: ", "))"],
        help: "rename one of the columns")
    }
  }

  /// Gives every stretch of records to `cast`, on several threads, and what it made to `deliver`, in
  /// the order of the file.
  /// - Parameters:
  ///   - columns: the indices of the columns whose cells are kept.
  ///   - cast: is called with the records and with the text that their spans point into.
  ///   - deliver: also gets the number of the line before the stretch.
  package func forEachBlock<Made: Sendable>(
    columns: [Int], workers: Workers,
    cast: @Sendable (RecordBlock, UnsafePointer<UInt8>) -> Made,
    deliver: (Made, _ linesBefore: Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let blocks = RecordBlockPool(columns: columns, columnCount: columnNames.count)
    while true {
      let waveStart = position
      if waveStart < filled {
        let count = (filled - waveStart + segment - 1) / segment
        let job = ScanJob(
          base: UnsafePointer(buffer), end: filled, isFinal: isFinal, dialect: dialect,
          mustValidate: !isDecoded, blocks: blocks)
        let segment = segment
        let results = workers.map(blocks: count) { index in
          let first = waveStart + index * segment
          let start = index == 0 ? first : job.recordStart(atOrAfter: first)
          return job.run(start, min(first + segment, job.end), cast)
        }
        for (index, guess) in results.enumerated() {
          let limit = min(waveStart + (index + 1) * segment, filled)
          if position >= limit { continue }
          let result = guess.start == position ? guess : job.run(position, limit, cast)
          if let bad = result.invalidByte { throw wrongEncoding(at: bad) }
          try deliver(result.made, line - 1)
          line += result.lines
          position = result.end
          if result.isCut {
            try checkCut(at: position, openQuote: result.openQuote)
            break
          }
        }
      }
      if isFinal, position >= filled { return }
      if position == 0, filled + 16 > capacity { growBuffer() }
      try fill()
    }
  }

  /// Whether the record that the text ended in may still end in text to come.
  private func checkCut(at start: Int, openQuote open: Int?) throws(Diagnostic) {
    guard isFinal || filled - start >= TextFile.widestRecord else { return }
    if let open { throw openQuote(at: open) }
    throw Diagnostic(
      "RK0218", "a record of \(name) is longer than \(TextFile.widestRecord >> 20) MiB",
      at: .init(file: name, line: line), key: key,
      help: "check that the file is text with a newline after every record")
  }

  private func check(_ block: RecordBlock) throws(Diagnostic) {
    guard !isDecoded, !block.isASCII,
      let bad = firstInvalidUTF8(buffer + block.start, count: block.end - block.start)
    else { return }
    throw wrongEncoding(at: block.start + bad)
  }

  private func lineNumber(of offset: Int) -> Int {
    var number = line
    for index in position..<offset where buffer[index] == 0x0A { number += 1 }
    return number
  }

  private func emptyFile() -> Diagnostic {
    Diagnostic(
      "RK0213", "\(name) is empty", at: .init(file: name), key: key,
      help: "export it again, or leave the source out")
  }

  private func openQuote(at offset: Int) -> Diagnostic {
    Diagnostic(
      "RK0209", "a quote that opens in \(name) never closes",
      at: .init(file: name, line: lineNumber(of: offset)),
      key: key, help: "close the quote on that line, or double it if it is part of the text")
  }

  private func wrongEncoding(at offset: Int) -> Diagnostic {
    Diagnostic(
      "RK0206",
      "\(name) is not UTF-8: byte 0x\(String(buffer[offset], radix: 16)) cannot stand where it is",
      at: .init(file: name, line: lineNumber(of: offset)), key: key + ".encoding",
      help: "say the encoding that the file really has, for example encoding: gb18030; "
        + "`rekindle init` finds it")
  }
}

/// What the segments of one wave have in common.
private struct ScanJob: @unchecked Sendable {
  let base: UnsafePointer<UInt8>
  let end: Int
  let isFinal: Bool
  let dialect: TextDialect
  let mustValidate: Bool
  let blocks: RecordBlockPool

  /// The position after the first newline at or after the byte before `offset`.
  func recordStart(atOrAfter offset: Int) -> Int {
    guard let newline = memchr(base + offset - 1, 0x0A, end - offset + 1) else { return end }
    return UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
  }

  func run<Made: Sendable>(
    _ start: Int, _ limit: Int, _ cast: (RecordBlock, UnsafePointer<UInt8>) -> Made
  ) -> ScanResult<Made> {
    let block = blocks.borrow()
    defer { blocks.giveBack(block) }
    block.scan(base, start: start, limit: limit, end: end, isFinal: isFinal, dialect: dialect)
    let invalid =
      mustValidate && !block.isASCII
      ? firstInvalidUTF8(base + start, count: block.end - start).map { start + $0 } : nil
    return ScanResult(
      start: start, end: block.end, lines: block.lines, isCut: block.isCut,
      openQuote: block.openQuote, invalidByte: invalid, made: cast(block, base))
  }
}

private struct ScanResult<Made: Sendable>: Sendable {
  let start: Int
  let end: Int
  let lines: Int
  let isCut: Bool
  let openQuote: Int?
  let invalidByte: Int?
  let made: Made
}
