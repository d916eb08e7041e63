internal import RekindleNumerics

/// Products of the columns of a small design, each a list of its values.
enum DesignColumns {
  /// `X'X`.
  static func gram(_ columns: [[Double]]) -> Matrix {
    var result = Matrix(rows: columns.count, columns: columns.count)
    for i in columns.indices {
      for j in 0...i {
        result[i, j] = dot(columns[i], columns[j])
        result[j, i] = result[i, j]
      }
    }
    return result
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
