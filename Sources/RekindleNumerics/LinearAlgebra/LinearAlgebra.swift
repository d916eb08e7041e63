internal import COpenBLAS

/// The dense linear algebra under the estimators.
///
/// Threads are ours: rows are cut into fixed blocks and the blocks are shared out. The library
/// itself is told to use one thread, because its own would change the order of sums.
package enum LinearAlgebra {
  private static let oneThread: Void = rk_blas_use_one_thread()

  /// Call before the first use of the library; the request is made once in a process.
  package static func prepare() {
    _ = oneThread
  }
}
