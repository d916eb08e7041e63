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
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw failure(path, errno) }
      defer { close(descriptor) }
      var offset = 0
      while offset < bytes.count {
        let written = bytes[offset...].withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
        guard written >= 0 else { throw failure(path, errno) }
        offset += written
      }
    }
  }

  /// Lets `body` make a file at a temporary name beside `path`, then syncs it and renames it.
  /// The temporary file is removed when `body` throws.
  /// - Throws: what `body` throws, or `RK0002`.
  public static func replace(
    _ path: String, for audience: Audience, _ body: (_ temporary: String) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let temporary = path + ".\(getpid()).partial"
    do throws(Diagnostic) {
      try body(temporary)
      let descriptor = open(temporary, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(path, errno) }
      fchmod(descriptor, audience == .owner ? 0o600 : 0o644)
      let synced = fsync(descriptor)
      close(descriptor)
      guard synced == 0, rename(temporary, path) == 0 else { throw failure(path, errno) }
    } catch {
      unlink(temporary)
      throw error
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
