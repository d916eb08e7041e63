/// The bytes of one cell. Valid while the block it was taken from is; `Cell.padding` bytes behind it
/// can be read.
package struct Cell {
  static let padding = 8
  let start: UnsafePointer<UInt8>
  let count: Int

  /// The cell without spaces and tabs at either end.
  @inline(__always)
  var trimmed: Cell {
    var first = 0
    var end = count
    while first < end, start[first] == 0x20 || start[first] == 0x09 { first += 1 }
    while end > first, start[end - 1] == 0x20 || start[end - 1] == 0x09 { end -= 1 }
    return Cell(start: start + first, count: end - first)
  }

  /// Nothing, or nothing but spaces and tabs.
  @inline(__always)
  var isBlank: Bool {
    if count == 0 { return true }
    return start[0] <= 0x20 && trimmed.count == 0
  }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
  package var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether the cell is this ASCII word, whatever its case.
  func isWord(_ lowercased: StaticString) -> Bool {
    guard count == lowercased.utf8CodeUnitCount else { return false }
    for index in 0..<count where start[index] | 0x20 != lowercased.utf8Start[index] { return false }
    return true
  }
}

/// Where a cell's bytes are: a non-negative `offset` counts from the block's bytes; a negative one
/// is the complement of an offset into the block's side bytes, which hold the cells that had to be
/// rewritten (doubled quotes).
package struct CellSpan {
  var offset: Int32
  var length: Int32
}

/// One text column of a block: cell `row` is at `spans[row * stride]`.
package struct CellColumn {
  let bytes: UnsafePointer<UInt8>
  let side: UnsafePointer<UInt8>
  let spans: UnsafePointer<CellSpan>
  let stride: Int

  @inline(__always)
  package subscript(row: Int) -> Cell {
    let span = spans[row &* stride]
    let start = span.offset >= 0 ? bytes + Int(span.offset) : side + Int(~span.offset)
    return Cell(start: start, count: Int(span.length))
  }
}
