import Foundation
import Testing

/// The committed synthetic shop.
enum CommittedShop {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "datasets/shop").path

  /// The rows of its files, unpacked, and its project file naming them so.
  static func unpacked() throws -> (files: [String: [Substring]], project: String) {
    var files: [String: [Substring]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasSuffix(".csv.gz") && name != "truth.csv.gz" {
      let run = try CommandRunner.run(
        URL(filePath: "/usr/bin/env"), ["gzip", "-dc", folder + "/" + name], in: folder)
      try #require(run.code == 0, "\(run.error)")
      files[String(name.dropLast(3))] = run.output.split(separator: "\n")
    }
    let project = try String(contentsOfFile: folder + "/rekindle.yaml", encoding: .utf8)
    return (files, project.replacing(".csv.gz", with: ".csv"))
  }
}

/// The features at a date are the same bytes whatever comes later, however the rows lie, and on
/// however many threads.
@Suite struct FeatureBytesTests {
  private static let asOf = "2025-06-01"

  private func features(
    _ files: [String: [Substring]], _ project: String, threads: Int
  ) throws -> Data {
    let runner = try CommandRunner(["rekindle.yaml": project])
    for (name, rows) in files { try runner.folder.write(rows.joined(separator: "\n") + "\n", to: name) }
    let run = try runner.run(
      "features", "--as-of", FeatureBytesTests.asOf, "--threads", "\(threads)", "--output", "features.csv")
    #expect(run.code == 0, "\(run.error)")
    return try #require(try runner.folder.contents()["features.csv"])
  }

  @Test func sameBytes() throws {
    let (files, project) = try CommittedShop.unpacked()
    let reference = try features(files, project, threads: 1)
    #expect(reference.count { $0 == 0x0A } > 2000)
    #expect(try features(files, project, threads: 2) == reference, "threads")

    var earlier = files
    for (name, rows) in files {
      let header = rows[0].split(separator: ",")
      // When a row happened, and when it became known.
      let places = header.indices.filter { header[$0].hasSuffix("_ts") }
      earlier[name] =
        [rows[0]]
        + rows.dropFirst().filter { row in
          let cells = row.split(separator: ",", omittingEmptySubsequences: false)
          return places.allSatisfy { cells[$0] < FeatureBytesTests.asOf }
        }
    }
    #expect(earlier["orders.csv"]?.count != files["orders.csv"]?.count)
    #expect(try features(earlier, project, threads: 2) == reference, "later rows deleted")

    var random = SplitMix(state: 20_260_101)
    var shuffled = files
    for name in files.keys.sorted() {
      guard let rows = files[name] else { continue }
      shuffled[name] = [rows[0]] + rows.dropFirst().shuffled(using: &random)
    }
    #expect(shuffled["orders.csv"] != files["orders.csv"])
    #expect(try features(shuffled, project, threads: 2) == reference, "rows shuffled")
  }
}

/// A seeded generator, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
