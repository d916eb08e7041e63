internal import Foundation
public import RekindleCore

/// A Parquet file that rows are appended to as they come, for a writer that fills several files at
/// once and so cannot be asked for the next rows of one.
///
/// The file appears with `finish`; a stream that is dropped before leaves nothing.
public final class ParquetStream: Sendable {
  private let feed = Feed()

  /// - Throws: `RK0280` without DuckDB.
  public init(
    path: String, compression: ParquetWriter.Compression = .snappy,
    for audience: OutputFile.Audience = .owner
  ) throws(Diagnostic) {
    _ = try DuckDB.version()
    let feed = feed
    // DuckDB asks for rows, so it does that on a thread of its own, which waits for ours.
    Thread.detachNewThread {
      feed.end(
        with: Result { () throws(Diagnostic) in
          try ParquetWriter.write(to: path, compression: compression, for: audience) {
            () throws(Diagnostic) in try feed.next()
          }
        })
    }
  }

  deinit { feed.close(isAbandoned: true) }

  /// Appends rows, waiting while earlier ones are written; all batches have the columns of the first.
  /// - Throws: why the file cannot be written, once that is known.
  public func append(_ columns: [OutputColumn]) throws(Diagnostic) {
    try feed.append(columns)
  }

  /// Writes what is left and puts the file in place.
  public func finish() throws(Diagnostic) {
    feed.close(isAbandoned: false)
    try feed.waitForEnd()
  }
}

/// The batches between the thread that appends and the one that writes.
///
/// Unchecked, because the compiler cannot see that all of it is touched under the lock only.
private final class Feed: @unchecked Sendable {
  private let lock = NSCondition()
  private var waiting: [[OutputColumn]] = []
  private var isClosed = false
  private var isAbandoned = false
  private var outcome: Result<Void, Diagnostic>?

  /// Batches that may wait: a fast producer must not fill the memory.
  private static let mostWaiting = 2

  func append(_ columns: [OutputColumn]) throws(Diagnostic) {
    lock.lock()
    defer { lock.unlock() }
    while waiting.count >= Self.mostWaiting, outcome == nil { lock.wait() }
    try outcome?.get()
    waiting.append(columns)
    lock.broadcast()
  }

  func close(isAbandoned: Bool) {
    lock.lock()
    defer { lock.unlock() }
    if isClosed { return }
    isClosed = true
    self.isAbandoned = isAbandoned
    lock.broadcast()
  }

  func waitForEnd() throws(Diagnostic) {
    lock.lock()
    defer { lock.unlock() }
    while outcome == nil { lock.wait() }
    try outcome?.get()
  }

  /// The next batch, or `nil` when there will be none.
  func next() throws(Diagnostic) -> [OutputColumn]? {
    lock.lock()
    defer { lock.unlock() }
    while waiting.isEmpty, !isClosed { lock.wait() }
    if isAbandoned { throw Diagnostic("RK0286", "the file was given up", kind: .internalError) }
    guard !waiting.isEmpty else { return nil }
    defer { lock.broadcast() }
    return waiting.removeFirst()
  }

  func end(with outcome: Result<Void, Diagnostic>) {
    lock.lock()
    defer { lock.unlock() }
    self.outcome = outcome
    lock.broadcast()
  }
}
