import Foundation
import RekindleNumerics

/// The small public data sets of the regression tests, and the numbers that R and Python find.
struct LogisticFixture {
  let names: [String]
  let X: Matrix
  let y: [Double]

  /// - Parameter expand: columns that become dummies of their levels after the first.
  init(_ file: String, label: String, expand: String? = nil) throws {
    let lines = try fixtureLines("\(file).csv")
    let header = lines[0]
    var names: [String] = []
    var columns: [[Double]] = []
    var y: [Double] = []
    for (j, name) in header.enumerated() {
      let values = lines.dropFirst().map { Double($0[j]) ?? .nan }
      if name == label {
        y = values
      } else if name == expand {
        for level in Set(values).sorted().dropFirst() {
          names.append("\(name)\(Int(level))")
          columns.append(values.map { $0 == level ? 1 : 0 })
        }
      } else {
        names.append(name)
        columns.append(values)
      }
    }
    self.names = names
    self.y = y
    X = matrix(columns: columns)
  }

  static func admissions() throws -> LogisticFixture {
    try LogisticFixture("admissions", label: "admit", expand: "rank")
  }
  static func spector() throws -> LogisticFixture { try LogisticFixture("spector", label: "GRADE") }
  static func birthwt() throws -> LogisticFixture { try LogisticFixture("birthwt", label: "low") }
}

func matrix(columns: [[Double]]) -> Matrix {
  var X = Matrix(rows: columns.first?.count ?? 0, columns: columns.count)
  for (j, column) in columns.enumerated() {
    for (i, value) in column.enumerated() { X[i, j] = value }
  }
  return X
}

/// The values of expected.csv for one data set and quantity, in the order of the file.
func expected(_ set: String, _ quantity: String) throws -> [Double] {
  try fixtureLines("expected.csv").filter { $0[0] == set && $0[1] == quantity }.map { Double($0[3]) ?? .nan }
}

private func fixtureLines(_ file: String) throws -> [[String]] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  let text = try String(
    contentsOf: folder.appendingPathComponent("Fixtures/logistic/\(file)"), encoding: .utf8)
  return text.split(whereSeparator: \.isNewline).map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

/// Whether all values agree to a relative tolerance.
func agree(_ a: [Double], _ b: [Double], to tolerance: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(abs($0), abs($1)) }
}

/// A small generator for test data: the same numbers on every machine.
struct TestNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

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

  /// n × p normal columns of standard deviation 1, and labels of a logistic model of them.
  mutating func logistic(rows: Int, columns: Int) -> (X: Matrix, y: [Double]) {
    var X = Matrix(rows: rows, columns: columns)
    for k in X.storage.indices { X.storage[k] = normal() }
    let beta = (0..<columns).map { _ in normal() / Double(columns).squareRoot() }
    var y: [Double] = []
    for i in 0..<rows {
      var eta = -0.5
      for j in 0..<columns { eta += X[i, j] * beta[j] }
      y.append(uniform() < 1 / (1 + exp(-eta)) ? 1 : 0)
    }
    return (X, y)
  }
}
