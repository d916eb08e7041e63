internal import Foundation
internal import RekindleCore

/// Text of a declared encoding, decoded to UTF-8 as it is read.
final class DecodingInput: ByteInput {
  private let source: any ByteInput
  private let name: String
  private let stopsAtFault: Bool
  private let encoding: String
  private let converter: iconv_t
  private let raw: UnsafeMutablePointer<UInt8>
  private static let rawCapacity = 1 << 18
  private var rawStart = 0
  private var rawEnd = 0
  private var isSourceDone = false
  /// Newlines delivered so far, to name the line of a bad byte.
  private var lines = 0

  /// - Parameter stopsAtFault: ends where something cannot be decoded, for a look at a part of a file.
  /// - Throws: `RK0205` where the system does not know the encoding.
  init(
    _ source: any ByteInput, encoding: String, name: String, key: String,
    stopsAtFault: Bool = false
  ) throws(Diagnostic) {
    guard let converter = iconv_open("UTF-8", encoding), converter != iconv_t(bitPattern: -1) else {
      let known = ["utf-8", "gb18030", "gbk", "big5", "utf-16", "utf-16le", "utf-16be", "windows-1252"]
      throw Diagnostic(
        "RK0205", "the encoding \"\(encoding)\" is not known", key: key,
        hint: nearMatch(of: encoding, among: known).map { "did you mean \"\($0)\"?" },
        help: "use a name that `iconv -l` lists, such as \(known.joined(separator: ", "))")
    }
    self.converter = converter
    self.source = source
    self.encoding = encoding
    self.name = name
    self.stopsAtFault = stopsAtFault
    raw = .allocate(capacity: DecodingInput.rawCapacity)
  }

  deinit {
    iconv_close(converter)
    raw.deallocate()
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(Diagnostic) -> Int {
    var total = 0
    while total < count {
      // What is left is at most the beginning of a character.
      if !isSourceDone, rawEnd - rawStart < 8 {
        let left = rawEnd - rawStart
        raw.update(from: raw + rawStart, count: left)
        let got = try source.read(into: raw + left, count: DecodingInput.rawCapacity - left)
        isSourceDone = got == 0
        rawStart = 0
        rawEnd = left + got
      }
      if rawStart == rawEnd { break }
      var input: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(raw + rawStart)
        .assumingMemoryBound(to: CChar.self)
      var inputLeft = rawEnd - rawStart
      var output: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(buffer + total)
        .assumingMemoryBound(to: CChar.self)
      var outputLeft = count - total
      let result = iconv(converter, &input, &inputLeft, &output, &outputLeft)
      let reason = errno
      let end = count - outputLeft
      for index in total..<end where buffer[index] == 0x0A { lines += 1 }
      rawStart = rawEnd - inputLeft
      total = end
      if result != -1 { continue }
      if reason == E2BIG { break }
      if reason == EINVAL, !isSourceDone { continue }
      if stopsAtFault {
        rawStart = rawEnd
        isSourceDone = true
        break
      }
      throw Diagnostic(
        "RK0206",
        reason == EINVAL
          ? "\(name) ends within a character of \(encoding)"
          : "\(name) is not \(encoding): byte 0x\(String(raw[rawStart], radix: 16)) means nothing there",
        at: .init(file: name, line: lines + 1),
        help: "say the encoding that the file really has; `rekindle init` finds it")
    }
    return total
  }
}
