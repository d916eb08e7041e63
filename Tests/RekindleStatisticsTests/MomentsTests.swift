import RekindleStatistics
import Testing

@Suite struct MomentsTests {
  @Test func mergedPartsAreTheWhole() {
    let rows = (0..<101).map { [Double($0 % 7), Double(($0 * $0) % 11) + 1e6] }
    var parts = Moments(columns: 2)
    for part in [rows[..<13], rows[13..<13], rows[13..<64], rows[64...]] {
      parts.merge(moments(Array(part)))
    }
    let whole = moments(rows)
    #expect(parts.count == 101)
    for j in 0..<2 {
      #expect(abs(parts.means[j] - whole.means[j]) < 1e-9)
      for k in 0..<2 { #expect(abs(parts.covariance(j, k) - whole.covariance(j, k)) < 1e-9) }
    }
  }

  @Test func plainSumsGiveTheSame() {
    let rows = (0..<50).map { [Double($0 % 5), Double($0 % 3)] }
    let sums = (0..<2).map { j in rows.reduce(0) { $0 + $1[j] } }
    let products = [(0, 0), (0, 1), (1, 1)].map { j, k in rows.reduce(0) { $0 + $1[j] * $1[k] } }
    let plain = Moments(count: 50, sums: sums, products: products)
    #expect(abs(plain.covariance(0, 1) - moments(rows).covariance(0, 1)) < 1e-12)
    #expect(plain.columns([1, 0]).covariance(0, 1) == plain.covariance(1, 0))
  }

  /// By the textbook's two passes.
  private func moments(_ rows: [[Double]]) -> Moments {
    let n = Double(max(1, rows.count))
    var means = [0.0, 0.0]
    for row in rows { for j in 0..<2 { means[j] += row[j] / n } }
    var products = [0.0, 0.0, 0.0]
    for row in rows {
      let (a, b) = (row[0] - means[0], row[1] - means[1])
      products[0] += a * a
      products[1] += a * b
      products[2] += b * b
    }
    return Moments(count: rows.count, means: means, crossProducts: products)
  }
}
