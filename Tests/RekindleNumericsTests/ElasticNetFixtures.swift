import Foundation
import RekindleNumerics

/// The tables that `Fixtures/glmnet/make.R` made, and made-up data for properties.
enum ElasticNetFixtures {
  /// A table's rows, each a dictionary by column name.
  static func table(_ name: String) throws -> [[String: String]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/glmnet")
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  static func number(_ row: [String: String], _ column: String) -> Double {
    row[column].flatMap(Double.init) ?? .nan
  }

  /// glmnet's BinomialExample: 100 × 30.
  static func binomialExample() throws -> (X: Matrix, y: [Double]) {
    let rows = try table("binomial_example.csv")
    return (
      Matrix(rows: rows.map { row in (1...30).map { number(row, "V\($0)") } }), rows.map { number($0, "y") }
    )
  }

  /// A seeded stream of numbers in 0..<1 (SplitMix64).
  struct Stream {
    var state: UInt64

    mutating func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }

    mutating func normal() -> Double {
      (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }
  }

  /// Correlated columns of different scale and offset, some of which matter.
  static func madeUp(rows n: Int, columns p: Int, seed: UInt64) -> (X: Matrix, y: [Double], w: [Double]) {
    var stream = Stream(state: seed)
    var x = Matrix(rows: n, columns: p)
    var y: [Double] = []
    var w: [Double] = []
    for i in 0..<n {
      let shared = stream.normal()
      var eta = -0.5
      for j in 0..<p {
        let z = 0.6 * shared + 0.8 * stream.normal()
        x[i, j] = 3 * Double(j) + Double(j + 1) * z
        if j % 3 == 0 { eta += (j % 2 == 0 ? 0.7 : -0.7) * z }
      }
      y.append(stream.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0)
      w.append(0.5 + stream.uniform())
    }
    return (x, y, w)
  }
}
