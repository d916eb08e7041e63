import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite(.enabled(if: hasDuckDB, withoutDuckDB)) struct DuckDBParquetWriterTests {
  /// A table of every type, with what is missing in each that can miss.
  static func columns(_ count: Int) -> [OutputColumn] {
    [
      OutputColumn("id", .text((0..<count).map { "customer \($0)" })),
      OutputColumn(
        "at \"x\"", .time((0..<count).map { $0 % 5 == 0 ? .distantPast : Instant(seconds: Int64($0)) })),
      OutputColumn("score", .number((0..<count).map { $0 % 3 == 0 ? .nan : Double($0) / 7 })),
      OutputColumn("orders", .integer((0..<count).map { Int64($0) * 3 - 5 })),
      OutputColumn(
        "band", .category(codes: (0..<count).map { Int32($0 % 4) - 1 }, words: ["high", "low", "middle"])),
      OutputColumn("is_new", .flag((0..<count).map { [0, 1, 255][$0 % 3] })),
    ]
  }

  @Test(arguments: [0, 1, 7, 300_000]) func whatIsWrittenIsRead(count: Int) throws {
    let folder = try Folder()
    let path = folder.path("table.parquet")
    try ParquetWriter.write(columns: Self.columns(count), rowCount: count, to: path, workers: Workers(2))
    let duckdb = try DuckDB(workers: Workers(1))
    #expect(
      try duckdb.columns(of: DuckDB.literal(path)).map { "\($0.name): \($0.type)" } == [
        "id: VARCHAR", "at \"x\": TIMESTAMP WITH TIME ZONE", "score: DOUBLE", "orders: BIGINT",
        "band: VARCHAR", "is_new: BOOLEAN",
      ])
    let rows = try duckdb.rows("SELECT * FROM \(DuckDB.literal(path)) ORDER BY file_row_number")
    #expect(rows.count == count)
    for (index, row) in rows.enumerated() {
      #expect(row[0] == "customer \(index)")
      #expect((row[1] == nil) == (index % 5 == 0))
      #expect(row[2].flatMap(Double.init) == (index % 3 == 0 ? nil : Double(index) / 7))
      #expect(row[3] == String(index * 3 - 5))
      #expect(row[4] == [nil, "high", "low", "middle"][index % 4])
      #expect(row[5] == ["false", "true", nil][index % 3])
    }
    if count > 1 { #expect(rows[1][1] == "1970-01-01 00:00:01+00") }
  }

  @Test(arguments: ParquetWriter.Compression.allCases)
  func threadsChangeNoByte(compression: ParquetWriter.Compression) throws {
    let folder = try Folder()
    let count = 400_000
    let bytes = try [1, 2, 2, 4].map { threads in
      let path = folder.path("table.parquet")
      try ParquetWriter.write(
        columns: Self.columns(count), rowCount: count, to: path, compression: compression,
        workers: Workers(threads))
      return try Data(contentsOf: URL(filePath: path))
    }
    #expect(bytes[0].count > 1_000_000)
    #expect(bytes.allSatisfy { $0 == bytes[0] })
  }

  @Test func fileIsTheOwnersAndNothingElseIsLeft() throws {
    let folder = try Folder()
    let path = folder.path("table.parquet")
    try ParquetWriter.write(columns: Self.columns(3), rowCount: 3, to: path)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["table.parquet"])
  }

  @Test func failingBatchLeavesTheOldFile() throws {
    let folder = try Folder()
    let path = folder.path("table.parquet")
    try ParquetWriter.write(columns: Self.columns(3), rowCount: 3, to: path)
    let before = try Data(contentsOf: URL(filePath: path))
    var batches = 0
    let error = #expect(throws: Diagnostic.self) {
      try ParquetWriter.write(to: path, workers: Workers(2)) { () throws(Diagnostic) in
        batches += 1
        if batches == 3 { throw Diagnostic("RK0799", "the shop closed") }
        return Self.columns(1000)
      }
    }
    #expect(error?.code == "RK0799")
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["table.parquet"])
  }

  @Test func streamsFillSeveralFilesAtOnce() throws {
    let folder = try Folder()
    let duckdb = try DuckDB(workers: Workers(1))
    do {
      let streams = try ["a", "b"].map { try ParquetStream(path: folder.path("\($0).parquet")) }
      let abandoned = try ParquetStream(path: folder.path("c.parquet"))
      for round in 0..<5 {
        for stream in streams {
          try stream.append([OutputColumn("n", .integer((0..<1000).map { Int64(round * 1000 + $0) }))])
        }
        try abandoned.append([OutputColumn("n", .integer([1]))])
      }
      for stream in streams { try stream.finish() }
    }
    for name in ["a", "b"] {
      let file = DuckDB.literal(folder.path("\(name).parquet"))
      #expect(
        try duckdb.rows(
          "SELECT count(*), sum(n), bool_and(n = file_row_number) FROM read_parquet(\(file), file_row_number = true)"
        )
          == [["5000", "12497500", "true"]])
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("c.parquet")))
  }

  @Test func missingFolderIsTold() {
    let error = #expect(throws: Diagnostic.self) {
      try ParquetWriter.write(columns: Self.columns(1), rowCount: 1, to: "no/such/folder/table.parquet")
    }
    #expect(error?.code == "RK0002")
  }
}

/// A folder of a test's own, removed with it.
final class Folder {
  let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "rekindle-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: path(name), atomically: false, encoding: .utf8)
    return path(name)
  }
}
