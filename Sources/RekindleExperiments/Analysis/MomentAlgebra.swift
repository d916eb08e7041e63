internal import RekindleStatistics

extension Moments {
  /// The moments of columns that are weighted sums of these.
  ///
  /// ```
  /// z = A x:  mean(z) = A mean(x),  S(z) = A S(x) A'
  /// ```
  /// - Parameter rows: of A, each as (column of these moments, weight).
  func mapped(_ rows: [[(column: Int, weight: Double)]]) -> Moments {
    let means = rows.map { row in row.reduce(0) { $0 + $1.weight * self.means[$1.column] } }
    var products: [Double] = []
    for i in rows.indices {
      for j in i..<rows.count {
        var sum = 0.0
        for a in rows[i] {
          for b in rows[j] { sum += a.weight * b.weight * crossProduct(a.column, b.column) }
        }
        products.append(sum)
      }
    }
    return Moments(count: count, means: means, crossProducts: products)
  }

  /// All of them together.
  static func pooled(_ parts: [Moments], columns: Int) -> Moments {
    var all = Moments(columns: columns)
    for part in parts { all.merge(part) }
    return all
  }

  /// Units with a 1 of a column of zeros and ones.
  func successes(_ column: Int) -> Int { Int((Double(count) * means[column]).rounded()) }
}
