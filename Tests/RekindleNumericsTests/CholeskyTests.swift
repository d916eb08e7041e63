import RekindleNumerics
import Testing

@Suite struct CholeskyTests {
  /// The symmetric matrix of Lehmer, aᵢⱼ = min(i, j) / max(i, j): its inverse is tridiagonal.
  private func lehmer(_ n: Int) -> Matrix {
    var A = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0..<n { A[i, j] = Double(min(i, j) + 1) / Double(max(i, j) + 1) }
    }
    return A
  }

  @Test func solvesAndInverts() throws {
    let A = lehmer(6)
    let factor = try #require(Cholesky(A))
    let x = [1.0, -2, 3, 0.5, 0, 7]
    let b = (0..<6).map { i in (0..<6).reduce(0) { $0 + A[i, $1] * x[$1] } }
    #expect(zip(factor.solve(b), x).allSatisfy { abs($0 - $1) < 1e-12 })
    let inverse = factor.inverse()
    #expect(abs(inverse[0, 0] - 4.0 / 3) < 1e-12)
    #expect(abs(inverse[0, 2]) < 1e-12 && abs(inverse[5, 0]) < 1e-12)
    #expect(inverse[1, 4] == inverse[4, 1])
  }

  @Test func logDeterminantOfATriangle() throws {
    // L = [[2, 0], [1, 3]]: det L L' = 36.
    let factor = try #require(Cholesky(Matrix(rows: [[4, 2], [2, 10]])))
    #expect(abs(factor.logDeterminant - 3.58351893845611) < 1e-14)
  }

  @Test func whatIsNotPositiveDefiniteHasNoFactor() {
    #expect(Cholesky(Matrix(rows: [[1, 2], [2, 1]])) == nil)
    #expect(Cholesky(Matrix(rows: [[.nan]])) == nil)
  }

  @Test func dependentColumnsAreTheLaterOnes() {
    // Columns a, b, a + b, 0, c.
    let rows: [[Double]] = [[1, 2, 3, 0, 1], [0, 1, 1, 0, 5], [2, 0, 2, 0, 1], [1, 1, 2, 0, 0]]
    var gram = Matrix(rows: 5, columns: 5)
    for i in 0..<5 {
      for j in 0..<5 { gram[i, j] = rows.reduce(0) { $0 + $1[i] * $1[j] } }
    }
    #expect(dependentColumns(ofGram: gram) == [2, 3])
  }
}
