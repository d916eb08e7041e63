/// Which encoding the first bytes of a text are in.
enum EncodingGuess {
  /// - Parameters:
  ///   - bytes: the beginning of the file.
  ///   - isWhole: whether nothing follows, so that a character cut at the end counts as a fault.
  static func guess(_ bytes: [UInt8], isWhole: Bool) -> SniffedSource.Guess<String> {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return .init("utf-8", evidence: "the file begins with the mark of UTF-8")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return .init("utf-16", evidence: "the file begins with the mark of UTF-16")
    }
    // ASCII in UTF-16 is every other byte zero, and text of a shop is largely ASCII marks.
    let pairs = min(bytes.count, 4096) / 2
    let highFirst = (0..<pairs).count { bytes[2 * $0] == 0 }
    let lowFirst = (0..<pairs).count { bytes[2 * $0 + 1] == 0 }
    if pairs > 4, max(highFirst, lowFirst) * 5 > pairs {
      return lowFirst > highFirst
        ? .init("utf-16le", evidence: "every other byte is zero")
        : .init("utf-16be", evidence: "every other byte is zero")
    }
    let invalid = bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.flatMap { firstInvalidUTF8($0, count: buffer.count) }
    }
    if invalid.map({ !isWhole && $0 + 4 > bytes.count }) ?? true {
      let isASCII = bytes.allSatisfy { $0 < 0x80 }
      return .init("utf-8", evidence: isASCII ? "all bytes are ASCII" : "all bytes are valid UTF-8")
    }
    let chinese = pairShares(bytes)
    if chinese.pairs > 0, chinese.gb >= 0.8, chinese.gb >= chinese.big5 - 0.1 {
      return .init(
        "gb18030",
        evidence: "not UTF-8; \(percent(chinese.gb)) of the byte pairs are common Chinese in GB 2312")
    }
    if chinese.pairs > 0, chinese.big5 >= 0.8 {
      return .init(
        "big5", evidence: "not UTF-8; \(percent(chinese.big5)) of the byte pairs are common Chinese in Big5")
    }
    return .init("windows-1252", evidence: "not UTF-8, and not Chinese in GB 2312 or Big5")
  }

  /// The bytes from 0x80 on come in pairs in both encodings. Everyday text is in GB 2312's rows B0 to
  /// F7 with a second byte from A1; in Big5 in rows A4 to C6, with a second byte that is often ASCII,
  /// which GB 2312 never has.
  private static func pairShares(_ bytes: [UInt8]) -> (gb: Double, big5: Double, pairs: Int) {
    var pairs = 0
    var gb = 0
    var big5 = 0
    var index = 0
    while index + 1 < bytes.count {
      let (first, second) = (bytes[index], bytes[index + 1])
      if first < 0x80 {
        index += 1
        continue
      }
      pairs += 1
      index += 2
      let isMark = [0xA1, 0xA3].contains(first)
      if (0xB0...0xF7).contains(first) || isMark, second >= 0xA1 { gb += 1 }
      if (0xA4...0xC6).contains(first) || isMark,
        (0x40...0x7E).contains(second) || second >= 0xA1
      {
        big5 += 1
      }
    }
    let total = Double(max(1, pairs))
    return (Double(gb) / total, Double(big5) / total, pairs)
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
