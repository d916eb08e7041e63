internal import Foundation
internal import RekindleCore

/// Where the bytes of a text file come from: the file itself, standard input, and on top of them a
/// decompressor or a decoder. Owned by one reader; not shared between threads.
protocol ByteInput: AnyObject {
  /// Puts the next bytes at `buffer`.
  /// - Parameter count: the room there, at least 16 bytes.
  /// - Returns: how many came; 0 only at the end.
  func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(Diagnostic) -> Int
}

/// A descriptor that is read from front to end. A regular file is read by several threads at once,
/// each at its own offset.
final class DescriptorInput: ByteInput {
  private let descriptor: Int32
  private let name: String
  private let workers: Workers
  private let isRegular: Bool
  private var offset = 0
  private let size: Int

  /// - Parameter path: `-` is standard input.
  /// - Throws: `RK0202` where the file is missing or cannot be opened.
  init(path: String, name: String, key: String, workers: Workers) throws(Diagnostic) {
    descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Diagnostic(
        "RK0202", "cannot read \(name): \(String(cString: strerror(errno)))", key: key,
        help: "give the path relative to the project file, or its absolute path")
    }
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    if isKnown, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw Diagnostic(
        "RK0202", "cannot read \(name): it is a folder", key: key,
        help: "name the files in it, for example \(name)/*.csv")
    }
    isRegular = isKnown && status.st_mode & S_IFMT == S_IFREG && path != "-"
    size = isRegular ? Int(status.st_size) : 0
    self.name = name
    self.workers = workers
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(Diagnostic) -> Int {
    isRegular ? try readRegular(buffer, count) : try readStream(buffer, count)
  }

  private func readRegular(
    _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int
  ) throws(Diagnostic) -> Int {
    let wanted = min(count, size - offset)
    guard wanted > 0 else { return 0 }
    let block = 1 << 22
    let descriptor = descriptor
    let start = offset
    nonisolated(unsafe) let target = buffer
    let results = workers.map(blocks: (wanted + block - 1) / block) { index in
      let first = index * block
      let end = min(first + block, wanted)
      var position = first
      while position < end {
        let got = pread(descriptor, target + position, end - position, off_t(start + position))
        if got < 0, errno == EINTR { continue }
        if got <= 0 { return got < 0 ? errno : EIO }
        position += got
      }
      return Int32(0)
    }
    if let failed = results.first(where: { $0 != 0 }) { throw failure(failed) }
    offset += wanted
    return wanted
  }

  private func readStream(
    _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int
  ) throws(Diagnostic) -> Int {
    var position = 0
    while position < count {
      let got = Foundation.read(descriptor, buffer + position, count - position)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw failure(errno) }
      if got == 0 { break }
      position += got
    }
    return position
  }

  private func failure(_ code: Int32) -> Diagnostic {
    Diagnostic(
      "RK0203", "reading \(name) failed: \(String(cString: strerror(code)))",
      help: "check the disk and that nothing writes the file, then run again")
  }
}
