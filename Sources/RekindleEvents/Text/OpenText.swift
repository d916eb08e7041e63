internal import Foundation
internal import RekindleCore

/// The bytes of a text file as UTF-8, decompressed and decoded.
/// - Returns: the input, and whether a decoder stands before it, so that the text is UTF-8 by
///   construction and need not be checked.
func openText(
  path: String, name: String, encoding: String, key: String, workers: Workers
) throws(Diagnostic) -> (input: any ByteInput, isDecoded: Bool) {
  let file = try DescriptorInput(path: path, name: name, key: key, workers: workers)
  var input: any ByteInput = try PrefixedInput(file)
  if (input as? PrefixedInput)?.prefix.starts(with: [0x1F, 0x8B]) == true {
    input = try PrefixedInput(GzipInput(input, name: name))
  }
  let prefix = (input as? PrefixedInput)?.prefix ?? []
  let wanted = encoding.lowercased().replacing("_", with: "-")
  if ["utf-8", "utf8", "ascii", "us-ascii"].contains(wanted) {
    if prefix.starts(with: [0xFF, 0xFE]) || prefix.starts(with: [0xFE, 0xFF]) {
      throw Diagnostic(
        "RK0206", "\(name) is UTF-16, and was read as UTF-8", at: .init(file: name, line: 1),
        key: key + ".encoding", help: "say encoding: utf-16")
    }
    return (input, false)
  }
  // GB18030 holds all of GBK and GB 2312, and exports that say the one often are the other.
  let isGB = ["gbk", "gb2312", "cp936", "gb18030"].contains(wanted)
  return (
    try DecodingInput(
      input, encoding: isGB ? "gb18030" : wanted, name: name, key: key + ".encoding"), true
  )
}

/// An input whose first bytes have been looked at.
final class PrefixedInput: ByteInput {
  let prefix: [UInt8]
  private var given = 0
  private let rest: any ByteInput

  init(_ input: any ByteInput) throws(Diagnostic) {
    var bytes = [UInt8](repeating: 0, count: 64)
    var count = 0
    var failed: Diagnostic?
    bytes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      do throws(Diagnostic) {
        count = try input.read(into: base, count: 64)
      } catch {
        failed = error
      }
    }
    if let failed { throw failed }
    prefix = Array(bytes[..<count])
    rest = input
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(Diagnostic) -> Int {
    let left = min(count, prefix.count - given)
    if left == 0 { return try rest.read(into: buffer, count: count) }
    for index in 0..<left { buffer[index] = prefix[given + index] }
    given += left
    return left
  }
}

/// The offset of the first byte that no UTF-8 text has there, or `nil`.
func firstInvalidUTF8(_ base: UnsafePointer<UInt8>, count: Int) -> Int? {
  let raw = UnsafeRawPointer(base)
  var index = 0
  while index < count {
    if index + 8 <= count,
      raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index += 8
      continue
    }
    let lead = base[index]
    if lead < 0x80 {
      index += 1
      continue
    }
    // The second byte's range shuts out overlong forms, surrogates and what lies beyond U+10FFFF.
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return index
    }
    guard index + length <= count, second.contains(base[index + 1]) else { return index }
    for place in 2..<max(2, length) where base[index + place] & 0xC0 != 0x80 { return index }
    index += length
  }
  return nil
}
