import Foundation
import RekindleStatistics
import Testing

/// Tables of the folder of fixtures: a header and rows of numbers and words.
struct MeansFixture {
  let header: [String]
  let rows: [[String]]

  init(_ file: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: folder.appendingPathComponent("Fixtures/\(file)"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) } }
    header = lines[0]
    rows = Array(lines.dropFirst())
  }

  func column(_ name: String) throws -> [Double] {
    let index = try #require(header.firstIndex(of: name))
    return rows.map { Double($0[index]) ?? .nan }
  }

  /// Of a file of cases and quantities.
  func value(_ name: String, _ quantity: String) throws -> Double {
    let row = try #require(rows.first { $0[0] == name && $0[1] == quantity })
    return try #require(Double(row[2].replacingOccurrences(of: "Inf", with: "inf")))
  }

  /// The customers of revenue.csv as the moments of some columns in arms 0 and 1.
  static func revenue(_ names: [String]) throws -> [Moments] {
    let table = try MeansFixture("means/revenue.csv")
    let columns = try names.map { try table.column($0) }
    let arms = try table.column("arm")
    return (0...1).map { arm in
      moments(columns.map { values in zip(values, arms).filter { $0.1 == Double(arm) }.map(\.0) })
    }
  }
}

/// The moments of columns of one length, by the textbook's two passes.
func moments(_ columns: [[Double]]) -> Moments {
  let n = columns.first?.count ?? 0
  let means = columns.map { $0.reduce(0, +) / Double(max(1, n)) }
  var products: [Double] = []
  for j in columns.indices {
    for k in columns.indices where k >= j {
      products.append(
        zip(columns[j], columns[k]).reduce(0) { $0 + ($1.0 - means[j]) * ($1.1 - means[k]) })
    }
  }
  return Moments(count: n, means: means, crossProducts: products)
}

/// Whether two numbers agree to a relative tolerance, infinities being equal to themselves.
func agrees(_ value: Double, _ expected: Double, within tolerance: Double = 1e-8) -> Bool {
  value == expected || abs(value - expected) <= tolerance * max(abs(expected), 1e-300)
}
