package import RekindleCore

/// What opens a source that is not text: the definition, its name, the folder that relative paths
/// start from, and the threads.
package typealias ForeignSourceOpener =
  @Sendable (SourceDefinition, String, String, Workers) throws(Diagnostic) -> any BatchSource

/// Opens a source that is not plain text: Parquet, JSON lines, zstd, a database, a query.
///
/// - Parameter baseDirectory: what the paths inside a query and that of a SQLite file start from.
///   The paths of `.files` are taken as they are.
/// - Throws: `RK0280` without DuckDB, `RK0282` to `RK0285`; `key` is the setting that it is about.
@Sendable package func openForeignSource(
  _ definition: SourceDefinition, named name: String, baseDirectory: String, workers: Workers
) throws(Diagnostic) -> any BatchSource {
  do throws(Diagnostic) {
    return try DuckDBSource(definition, baseDirectory: baseDirectory, workers: workers)
  } catch {
    var error = error
    error.key = error.key ?? "sources.\(name)"
    throw error
  }
}

/// A source that can also deliver to several threads at once.
package protocol ConcurrentBatchSource: BatchSource {
  /// Delivers all rows, on several threads and in no order; a batch's `firstRow` says where it
  /// belongs. The first error that `body` throws stops the reading.
  func forEachBatchConcurrently(
    columns: [Int], _ body: @escaping @Sendable (RawBatch) throws(Diagnostic) -> Void
  ) throws(Diagnostic)
}
