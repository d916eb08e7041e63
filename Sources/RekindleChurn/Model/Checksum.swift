internal import CZlib

/// A CRC-32, in eight hexadecimal digits: tells whether a document is the one that was written, and
/// whether two trainings saw the same rows. Against damage and mix-ups, not against an adversary, who
/// would seal a changed document anew.
struct Checksum {
  private var crc: UInt32 = 0

  static func hexDigits(of bytes: [UInt8]) -> String {
    var checksum = Checksum()
    checksum.update(bytes)
    return checksum.hexDigits
  }

  mutating func update(_ bytes: [UInt8]) {
    crc = bytes.withUnsafeBufferPointer { rk_crc32(crc, $0.baseAddress, Int64($0.count)) }
  }

  /// A text and its end, so that ("ab", "c") is not ("a", "bc").
  mutating func update(_ text: String) {
    update(Array(text.utf8) + [0xFF])
  }

  /// The bits of numbers; every NaN is the same missing value.
  mutating func update(_ numbers: [Double]) {
    let bits = numbers.map { ($0.isNaN ? Double.nan : $0).bitPattern.littleEndian }
    crc = bits.withUnsafeBytes { bytes in
      rk_crc32(crc, bytes.bindMemory(to: UInt8.self).baseAddress, Int64(bytes.count))
    }
  }

  var hexDigits: String {
    let digits = String(crc, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
