import Foundation
import RekindleStatistics

/// A row of numbers that another tool found for two arms.
struct ProportionFixture: Sendable, CustomStringConvertible {
  let name: String
  let two: TwoProportions
  let alternative: Alternative
  let confidence: Double
  let a: Double
  let b: Double

  /// - Parameter file: Within the folder of fixtures.
  static func rows(_ file: String) throws -> [ProportionFixture] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures").appending(path: file)
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    let header = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().compactMap { line in
      let cells = Dictionary(
        uniqueKeysWithValues: zip(
          header, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
      func number(_ key: String) -> Double { Double(cells[key] ?? "") ?? .nan }
      func counts(_ x: String, _ n: String) -> ProportionCounts {
        ProportionCounts(successes: Int(number(x)), count: Int(number(n)))
      }
      let side = cells["alternative"]?.replacing(".", with: "_") ?? ""
      guard let name = cells["name"], let alternative = Alternative(rawValue: side) else { return nil }
      return ProportionFixture(
        name: name, two: TwoProportions(control: counts("x0", "n0"), variant: counts("x1", "n1")),
        alternative: alternative, confidence: number("confidence"), a: number("a"), b: number("b"))
    }
  }

  var description: String {
    "\(name) \(two.control.successes)/\(two.control.count) \(two.variant.successes)/\(two.variant.count) "
      + "\(alternative) \(confidence)"
  }
}

/// Equal to a relative tolerance; infinities must be the same.
func isNear(_ value: Double, _ expected: Double, _ tolerance: Double = 1e-8) -> Bool {
  value == expected || abs(value - expected) <= tolerance * abs(expected)
}
