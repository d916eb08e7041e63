/// Hashes of whole rows, to find those that are identical. 128 bits: among a billion rows the chance
/// that two different ones meet is below 10⁻²⁰.
enum RowHasher {
  static func hashes(_ columns: [Caster.Input], count: Int) -> [UInt128] {
    var first = [UInt64](repeating: 0x243F_6A88_85A3_08D3, count: count)
    var second = [UInt64](repeating: 0x1319_8A2E_0370_7344, count: count)
    for input in columns {
      let cells = TextCells.of(input, count: count)
      defer { withExtendedLifetime(cells) {} }
      for row in 0..<count {
        let cell = cells.column[row]
        mix(&first[row], &second[row], cell)
      }
    }
    return (0..<count).map { UInt128(first[$0]) << 64 | UInt128(second[$0]) }
  }

  /// Two chains with different multipliers, each fed every byte and the length.
  private static func mix(_ a: inout UInt64, _ b: inout UInt64, _ cell: Cell) {
    let raw = UnsafeRawPointer(cell.start)
    var left = cell.count
    var offset = 0
    var word = UInt64(truncatingIfNeeded: cell.count) ^ 0xA409_3822_299F_31D0
    while true {
      a = (a ^ word) &* 0x9E37_79B9_7F4A_7C15
      a ^= a >> 32
      b = (b &+ word) &* 0xD6E8_FEB8_6659_FD93
      b ^= b >> 29
      if left <= 0 { return }
      word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if left < 8 { word &= ~0 >> UInt64(64 - 8 * left) }
      left -= 8
      offset += 8
    }
  }
}
