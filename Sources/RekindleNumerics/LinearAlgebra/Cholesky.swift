internal import COpenBLAS

/// The Cholesky factor of a symmetric positive definite matrix.
///
/// ```
/// A = L L'
/// ```
/// `A` is n × n, row-major; only its lower triangle (`j ≤ i`) is read.
package struct Cholesky: Sendable {
  package let order: Int
  private let factor: [Double]

  /// - Returns: `nil` when `A` is not positive definite to working precision.
  package init?(_ A: Matrix) {
    precondition(A.rows == A.columns, "a \(A.rows) × \(A.columns) matrix is not symmetric")
    LinearAlgebra.prepare()
    order = A.rows
    var storage = A.storage
    guard order > 0 else {
      factor = storage
      return
    }
    let info = rk_potrf(Int64(order), &storage, Int64(order))
    guard info == 0, storage.allSatisfy({ $0.isFinite }) else { return nil }
    factor = storage
  }

  /// The solution `x` of `A x = b`.
  package func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == order, "\(b.count) right-hand values for order \(order)")
    guard order > 0 else { return [] }
    var x = b
    let info = rk_potrs(Int64(order), 1, factor, Int64(order), &x, Int64(order))
    precondition(info == 0, "the shape was checked")
    return x
  }

  /// `A⁻¹`, both triangles set.
  package func inverse() -> Matrix {
    guard order > 0 else { return Matrix(rows: 0, columns: 0) }
    var storage = factor
    let info = rk_potri(Int64(order), &storage, Int64(order))
    precondition(info == 0, "a factor of a positive definite matrix has no zero on its diagonal")
    var result = Matrix(rows: order, columns: order, storage: storage)
    for i in 0..<order {
      for j in 0..<i { result[j, i] = result[i, j] }
    }
    return result
  }

  /// `log det A`.
  package var logDeterminant: Double {
    var sum = 0.0
    for i in 0..<order { sum += 2 * logarithm(factor[i * order + i]) }
    return sum
  }
}
