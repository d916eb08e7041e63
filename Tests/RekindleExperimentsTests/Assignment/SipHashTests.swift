internal import RekindleExperiments
internal import Testing

@Suite struct SipHashTests {
  /// The authors' vectors: key 00 01 … 0F, message 00 01 … of the given length. The one of length 15 is also
  /// worked out in the paper's appendix.
  @Test func givesThePublishedHashes() {
    let hash = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0F0E_0D0C_0B0A_0908)
    let published: [(length: Int, hash: UInt64)] = [
      (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (2, 0x0D6C_8009_D9A9_4F5A),
      (3, 0x8567_6696_D7FB_7E2D), (4, 0xCF27_94E0_2771_87B7), (5, 0x1876_5564_CD99_A68D),
      (6, 0xCBC9_466E_58FE_E3CE), (7, 0xAB02_00F5_8B01_D137), (8, 0x93F5_F579_9A93_2462),
      (15, 0xA129_CA61_49BE_45E5),
    ]
    for (length, expected) in published {
      let message = (0..<UInt8(length)).map { $0 }
      #expect(message.withUnsafeBytes { hash($0) } == expected, "length \(length)")
    }
  }

  @Test func textIsItsBytes() {
    let hash = SipHash(key0: 1, key1: 2)
    for text in ["", "a", "客户-0001", "a customer id that is longer than any small string"] {
      #expect(hash(text) == Array(text.utf8).withUnsafeBytes { hash($0) })
    }
    // One character to a reader, two different ids to a database.
    #expect(hash("\u{E9}") != hash("e\u{301}"))
  }

  /// Turning one bit of the input or of the key turns each output bit in half of the cases.
  @Test func oneBitTurnsHalfOfTheOutput() {
    let trials = 2000
    var turned = [Int](repeating: 0, count: 64)
    for trial in 0..<UInt64(trials) {
      let bytes = (0..<12).map { UInt8(truncatingIfNeeded: trial >> (UInt64($0) % 2 * 8)) &+ UInt8($0) }
      var other = bytes
      other[Int(trial) % 12] ^= 1 << UInt8(trial / 12 % 8)
      let hash = SipHash(key0: trial, key1: 7)
      let difference = bytes.withUnsafeBytes { hash($0) } ^ other.withUnsafeBytes { hash($0) }
      let keyed = bytes.withUnsafeBytes { SipHash(key0: trial ^ 1 << (trial % 64), key1: 7)($0) }
      let keyDifference = bytes.withUnsafeBytes { hash($0) } ^ keyed
      for bit in 0..<64 {
        turned[bit] += Int(difference >> UInt64(bit) & 1) + Int(keyDifference >> UInt64(bit) & 1)
      }
    }
    // Binomial of 4,000 halves: standard deviation 31.6; 64 bits stay within five of them.
    for count in turned { #expect(abs(Double(count) - Double(trials)) < 5 * 31.7) }
  }
}
