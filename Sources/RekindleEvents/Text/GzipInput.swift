internal import CZlib
internal import RekindleCore

/// A gzip stream, of one member or of several, decompressed as it is read.
final class GzipInput: ByteInput {
  private let source: any ByteInput
  private let name: String
  private let inflater: OpaquePointer
  private let packed: UnsafeMutablePointer<UInt8>
  private static let packedCapacity = 1 << 18
  private var packedStart = 0
  private var packedEnd = 0
  private var isSourceDone = false
  private var isAtMemberEnd = false

  init(_ source: any ByteInput, name: String) throws(Diagnostic) {
    guard let inflater = rk_inflater_open() else {
      throw Diagnostic("RK0203", "no memory to decompress \(name)")
    }
    self.inflater = inflater
    self.source = source
    self.name = name
    packed = .allocate(capacity: GzipInput.packedCapacity)
  }

  deinit {
    rk_inflater_close(inflater)
    packed.deallocate()
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(Diagnostic) -> Int {
    var total = 0
    while total < count {
      if packedStart == packedEnd, !isSourceDone {
        packedStart = 0
        packedEnd = try source.read(into: packed, count: GzipInput.packedCapacity)
        isSourceDone = packedEnd == 0
      }
      if packedStart == packedEnd, isAtMemberEnd { break }
      var used: Int64 = 0
      var made: Int64 = 0
      let code = rk_inflater_run(
        inflater, packed + packedStart, Int64(packedEnd - packedStart), buffer + total,
        Int64(count - total), &used, &made)
      packedStart += Int(used)
      total += Int(made)
      isAtMemberEnd = code == 1
      if code < 0 { throw damage("is damaged") }
      if code == 0, packedStart == packedEnd, isSourceDone, made == 0 { throw damage("ends too early") }
    }
    return total
  }

  private func damage(_ what: String) -> Diagnostic {
    Diagnostic(
      "RK0204", "the gzip data of \(name) \(what)", at: .init(file: name),
      help: "copy or export the file again; `gzip -t` tests it")
  }
}
