/// SipHash-2-4: a keyed hash of bytes to 64 bits whose output, for one who does not know the key, cannot
/// be told from chance.
///
/// ```
/// v0 v1 v2 v3 = key ⊕ "somepseudorandomlygeneratedbytes"
/// for each word m of 8 bytes (the last: what is left, and the length in the top byte)
///   v3 ⊕= m;  2 rounds;  v0 ⊕= m
/// v2 ⊕= 0xFF;  4 rounds;  hash = v0 ⊕ v1 ⊕ v2 ⊕ v3
/// round: v0 += v1; v1 ⋘= 13; v1 ⊕= v0; v0 ⋘= 32;   v2 += v3; v3 ⋘= 16; v3 ⊕= v2
///        v0 += v3; v3 ⋘= 21; v3 ⊕= v0;             v2 += v1; v1 ⋘= 17; v1 ⊕= v2; v2 ⋘= 32
/// ```
/// Words are little-endian, additions modulo 2⁶⁴: the same bits on every machine.
///
/// A plain FNV or CRC is faster, and wrong here: ids that differ in their last digit stay neighbours, and
/// two salts of one length give draws that depend on each other. Data warehouses have this one (ClickHouse:
/// `sipHash64Keyed`), so that an assignment can be checked elsewhere.
///
/// Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012, public domain.
package struct SipHash: Sendable, Hashable {
  package let key0: UInt64
  package let key1: UInt64

  package init(key0: UInt64, key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  /// The hash of the text's UTF-8 bytes, as they are: no normalisation, no case folding.
  package func callAsFunction(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { self(UnsafeRawBufferPointer($0)) }
  }

  package func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = State(key0, key1)
    let whole = bytes.count & ~7
    var offset = 0
    while offset < whole {
      state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    var last = UInt64(truncatingIfNeeded: bytes.count) << 56
    while offset < bytes.count {
      last |= UInt64(bytes[offset]) << UInt64(8 * (offset - whole))
      offset += 1
    }
    state.absorb(last)
    return state.finish()
  }

  private struct State {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    @inline(__always)
    init(_ key0: UInt64, _ key1: UInt64) {
      v0 = key0 ^ 0x736F_6D65_7073_6575
      v1 = key1 ^ 0x646F_7261_6E64_6F6D
      v2 = key0 ^ 0x6C79_6765_6E65_7261
      v3 = key1 ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> UInt64 {
      v2 ^= 0xFF
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    private mutating func round() {
      v0 &+= v1
      v1 = (v1 << 13 | v1 >> 51) ^ v0
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v3
      v3 = (v3 << 16 | v3 >> 48) ^ v2
      v0 &+= v3
      v3 = (v3 << 21 | v3 >> 43) ^ v0
      v2 &+= v1
      v1 = (v1 << 17 | v1 >> 47) ^ v2
      v2 = v2 << 32 | v2 >> 32
    }
  }
}
