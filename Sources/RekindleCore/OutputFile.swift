internal import Foundation

/// Writing a file so that a failed run changes nothing: the bytes go beside the target, are
/// synced, and take its name in one step at the end.
public enum OutputFile {
  /// Who may read what is written.
  public enum Audience: Sendable {
    /// Mode 0600: the file holds customers.
    case owner
    /// Mode 0644: figures about nobody in particular.
    case everyone
  }

  /// Writes `bytes` to `path`, whole or not at all.
  /// - Throws: `RK0002` when the folder is missing or cannot be written.
  public static func write(_ bytes: [UInt8], to path: String, for audience: Audience) throws(Diagnostic) {
    try replace(path, for: audience) { (temporary: String) throws(Diagnostic) in
      try put(bytes, into: temporary, flags: O_CREAT | O_TRUNC, named: path)
    }
  }

  /// Lets `body` make a file at a temporary name beside `path`, then syncs it and renames it.
  /// The temporary file is removed when `body` throws.
  ///
  /// A symbolic link stays a link to what is replaced. A device or a pipe is written to and never
  /// replaced: a file renamed over `/dev/null` would take the device from the whole machine.
  /// - Throws: what `body` throws, or `RK0002`.
  public static func replace(
    _ path: String, for audience: Audience, _ body: (_ temporary: String) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if isThere, kind == S_IFDIR { throw failure(path, EISDIR) }
    let isPlain = !isThere || kind == S_IFREG
    let target = isThere && isPlain ? resolved(path) : path
    let temporary = (isPlain ? target : NSTemporaryDirectory() + "rekindle") + ".\(getpid()).partial"
    do throws(Diagnostic) {
      try body(temporary)
      if isPlain {
        try take(temporary, as: target, for: audience)
      } else {
        guard let data = FileManager.default.contents(atPath: temporary) else { throw failure(path, EIO) }
        try put([UInt8](data), into: path, flags: 0, named: path)
        unlink(temporary)
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func take(
    _ temporary: String, as path: String, for audience: Audience
  ) throws(Diagnostic) {
    let descriptor = open(temporary, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    fchmod(descriptor, audience == .owner ? 0o600 : 0o644)
    let synced = fsync(descriptor)
    close(descriptor)
    guard synced == 0, rename(temporary, path) == 0 else { throw failure(path, errno) }
  }

  /// The file that a path leads to, through symbolic links.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func put(
    _ bytes: [UInt8], into path: String, flags: Int32, named name: String
  ) throws(Diagnostic) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | flags, 0o600)
    guard descriptor >= 0 else { throw failure(name, errno) }
    defer { close(descriptor) }
    var offset = 0
    while offset < bytes.count {
      let written = bytes[offset...].withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
      guard written >= 0 else { throw failure(name, errno) }
      offset += written
    }
  }

  private static func writeBytes(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, base, count)
    #else
      Glibc.write(descriptor, base, count)
    #endif
  }

  private static func failure(_ path: String, _ error: Int32) -> Diagnostic {
    Diagnostic(
      "RK0002", "cannot write \(path): \(String(cString: strerror(error)))",
      help: "make the folder, or give another path with --output")
  }
}
