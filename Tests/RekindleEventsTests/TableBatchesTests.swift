import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite struct TableBatchesTests {
  private let requests: [TableReader.Request] = [
    .init("id", .bytes), .init("x", .measure), .init("c", .category),
  ]

  /// Every cell as text, and the sizes of the batches.
  private func read(
    _ path: String, rows: Int, threads: Int = 2
  ) throws -> (cells: [[String]], counts: [Int]) {
    var cells: [[String]] = [[], [], []]
    var counts: [Int] = []
    let requests = requests
    try TableReader.forEachBatch(path, rows: rows, calendar: .utc, workers: Workers(threads)) { _ in
      requests
    } _: { batch in
      #expect(batch.firstRow == counts.reduce(0, +))
      counts.append(batch.count)
      for (index, values) in batch.columns.enumerated() {
        switch values {
        case .bytes(let texts): cells[index] += texts.ends.indices.map { texts.string($0) }
        case .number(let numbers): cells[index] += numbers.map { "\($0)" }
        case .category(let codes, let words):
          cells[index] += codes.map { $0 < 0 ? "-" : words[Int($0)] }
        default: Issue.record("not asked for")
        }
      }
    }
    return (cells, counts)
  }

  private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("batches-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  private static let rowCount = 150_000

  /// Several segments of text, one of them with newlines within quotes.
  private static func text() -> String {
    var text = "c,id,x\n"
    for row in 0..<rowCount {
      text +=
        row % 7 == 0 ? ",\"i\n\(row)\",\(row).25\n" : "w\(row % 1000 + row / 50_000),i\(row),\(row).25\n"
    }
    return text
  }

  @Test func batchesAreTheRowsInOrderWhateverTheirSize() throws {
    try withFolder { folder in
      let path = folder + "/t.csv"
      try Data(Self.text().utf8).write(to: URL(fileURLWithPath: path))
      let whole = try read(path, rows: 1 << 20)
      #expect(whole.counts == [Self.rowCount])
      #expect(whole.cells[0][7] == "i\n7" && whole.cells[0][8] == "i8")
      #expect(whole.cells[1].last == "149999.25")
      #expect(whole.cells[2].prefix(3) == ["-", "w1", "w2"] && whole.cells[2][50_002] == "w3")
      for (rows, threads) in [(1000, 1), (4096, 2), (Self.rowCount - 1, 2)] {
        let parts = try read(path, rows: rows, threads: threads)
        #expect(parts.cells == whole.cells)
        #expect(parts.counts.dropLast().allSatisfy { $0 == rows })
        #expect(parts.counts.reduce(0, +) == Self.rowCount)
      }
    }
  }

  @Test func aMeasurementMayBeAFlagAndInfinityStays() throws {
    try withFolder { folder in
      let path = folder + "/t.csv"
      let cells = ["inf", "-Infinity", "NaN", "", "1e999", "-1e999", "na", "TRUE", "no", " 7 "]
      try Data(("id,x,c\n" + cells.map { "a,\($0),b\n" }.joined()).utf8).write(
        to: URL(fileURLWithPath: path))
      #expect(
        try read(path, rows: 4).cells[1]
          == ["inf", "-inf", "nan", "nan", "inf", "-inf", "nan", "1.0", "0.0", "7.0"])
    }
  }

  @Test func theFirstBadCellIsToldAndNothingAfterItIsGiven() throws {
    try withFolder { folder in
      let path = folder + "/t.csv"
      try Data(("id,x,c\n" + String(repeating: "a,1,b\n", count: 10) + "a,dear,b\n").utf8).write(
        to: URL(fileURLWithPath: path))
      let error = #expect(throws: Diagnostic.self) { try read(path, rows: 4) }
      #expect(error?.code == "RK0230" && error?.place?.line == 12)
    }
  }

  @Test(.enabled(if: hasDuckDB, withoutDuckDB)) func everyFormatGivesTheSameBatches() throws {
    try withFolder { folder in
      let duckdb = try DuckDB(workers: Workers(2))
      let query =
        "SELECT i AS id, i / 8 AS x, ('w' || (i % 1000 + i // 50000)) AS c FROM range(\(Self.rowCount)) r(i)"
      // Row groups that no batch ends with.
      try duckdb.run("COPY (\(query)) TO '\(folder)/t.parquet' (FORMAT parquet, ROW_GROUP_SIZE 20480)")
      try duckdb.run("COPY (\(query)) TO '\(folder)/t.csv' (FORMAT csv, HEADER)")
      try duckdb.run("COPY (\(query)) TO '\(folder)/t.jsonl' (FORMAT json)")
      let expected = try read(folder + "/t.csv", rows: 4096)
      for name in ["t.parquet", "t.jsonl"] {
        let found = try read("\(folder)/\(name)", rows: 4096)
        #expect(found.cells == expected.cells, "\(name)")
        #expect(found.counts == expected.counts, "\(name)")
      }
    }
  }
}
