/// Which columns of a design are linear combinations of those before them, read off its Gram matrix.
///
/// A Cholesky elimination in the order of the columns: what is left of a column's diagonal after the
/// columns before it are projected out is its squared distance from their span. Where that is at
/// most `tolerance` of the diagonal it began with, the column is dependent and takes no further
/// part.
///
/// A pivoting factorisation would find the same rank, but would drop whichever column is shortest;
/// the analyst expects, as R does, that of `red green blue constant` the last is the one to go.
///
/// The Gram matrix squares lengths, so a tolerance of 1e-12 is a relative distance of 1e-6: columns
/// nearer to dependence than that cannot be told from rounding here.
package func dependentColumns(ofGram gram: Matrix, tolerance: Double = 1e-12) -> [Int] {
  let n = gram.rows
  var L = [Double](repeating: 0, count: n * n)
  var dependent: [Int] = []
  for j in 0..<n {
    // Row j of the factor, then what is left of its diagonal.
    var left = gram[j, j]
    for k in 0..<j {
      let pivot = L[k * n + k]
      if pivot == 0 { continue }
      var sum = gram[j, k]
      for m in 0..<k { sum -= L[j * n + m] * L[k * n + m] }
      L[j * n + k] = sum / pivot
      left -= L[j * n + k] * L[j * n + k]
    }
    if left > tolerance * gram[j, j] {
      L[j * n + j] = left.squareRoot()
    } else {
      dependent.append(j)
      for k in 0..<j { L[j * n + k] = 0 }
    }
  }
  return dependent
}
