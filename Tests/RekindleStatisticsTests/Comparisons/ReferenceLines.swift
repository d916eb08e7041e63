import Foundation

/// The lines of a fixture of comparisons, factorials, segments, margins or compliance, split at commas,
/// without the header.
func referenceLines(_ path: String) throws -> [[String]] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let text = try String(contentsOf: folder.appendingPathComponent("Fixtures/\(path)"), encoding: .utf8)
  return text.split(whereSeparator: \.isNewline).dropFirst().map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

/// Whether two numbers agree to a relative tolerance; NaN agrees with NaN.
func near(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  a.isNaN && b.isNaN || a == b || abs(a - b) <= tolerance * max(abs(a), abs(b))
}
