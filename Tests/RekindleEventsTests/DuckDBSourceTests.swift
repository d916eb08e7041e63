import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite(.enabled(if: hasDuckDB, withoutDuckDB)) struct DuckDBSourceTests {
  private static let words = ["buy": "purchase", "view": "visit"]

  /// What a source of columns id, at, what, amount and category gives.
  private func read(
    _ location: SourceDefinition.Location, in folder: Folder? = nil, threads: Int = 2,
    _ change: (inout SourceDefinition) -> Void = { _ in }
  ) throws -> (log: EventLog, intake: Intake) {
    var definition = SourceDefinition(
      location: location, kind: .column("what", map: Self.words, other: .quarantine), customer: "id",
      time: .init("at"), value: "amount", attributes: [.init("category", column: "category")],
      quarantineLimit: 1)
    change(&definition)
    return try EventReader.read(
      sources: [("orders", definition)], calendar: .utc, baseDirectory: folder?.root ?? "",
      workers: Workers(threads))
  }

  private static let rows = """
    SELECT * FROM (VALUES ('00042', '2024-01-02 03:04:05', 'buy', 12.5, 'tea'),
      ('1E5', '2024-01-03 00:00:00', 'view', NULL, NULL),
      ('00042', '2024-01-01 00:00:00', 'buy', -3.0, 'coffee')) t("id", "at", "what", "amount", "category")
    """

  /// The three rows above, however they were stored.
  private func expectThreeRows(_ log: EventLog, _ intake: Intake) throws {
    #expect(intake.read == 3 && intake.used == 3)
    #expect(log.customers == ["00042", "1E5"])
    let purchase = try #require(log.stream("purchase"))
    #expect(purchase.times == [Instant(seconds: 1_704_164_645)])
    guard case .number(let values)? = purchase.attribute("value")?.column,
      case .category(let codes, let words)? = purchase.attribute("category")?.column
    else { Issue.record("purchase has other columns"); return }
    #expect(values == [12.5])
    #expect(codes == [0] && words == ["tea"])
    let refund = try #require(log.stream("refund"))
    guard case .number(let refunds)? = refund.attribute("value")?.column else { return }
    #expect(refunds == [3])
    #expect(refund.times == [Instant(seconds: 1_704_067_200)])
    #expect(log.stream("visit")?.offsets == [0, 0, 1])
  }

  @Test func parquetWithTypes() throws {
    let folder = try Folder()
    try DuckDB(workers: Workers(1)).run(
      """
      COPY (SELECT * REPLACE ("at"::TIMESTAMP AS "at") FROM (\(Self.rows)))
      TO \(DuckDB.literal(folder.path("orders.parquet"))) (FORMAT parquet)
      """)
    let (log, intake) = try read(.files(["orders.parquet"]), in: folder)
    try expectThreeRows(log, intake)
  }

  /// Many row groups on two threads: the rows put aside are told in the order of the file.
  @Test(arguments: [1, 2]) func rejectedRowsKeepTheirNumbers(threads: Int) throws {
    let folder = try Folder()
    try DuckDB(workers: Workers(1)).run(
      """
      COPY (SELECT 'c' || i % 1000 AS "id", make_timestamp(i * 1000000) AS "at",
          CASE WHEN i % 50000 = 7 THEN 'stolen' ELSE 'buy' END AS "what", i::DOUBLE AS "amount",
          'tea' AS "category" FROM range(300000) r(i))
      TO \(DuckDB.literal(folder.path("orders.parquet"))) (FORMAT parquet, ROW_GROUP_SIZE 10240)
      """)
    let (log, intake) = try read(.files(["orders.parquet"]), in: folder, threads: threads)
    #expect(intake.read == 300_000 && intake.quarantined == 6 && log.eventCount == 299_994)
    #expect(intake.sources[0].rejected.map(\.line) == [8, 50008, 100_008, 150_008, 200_008, 250_008])
    #expect(intake.sources[0].rejected[1].text.contains("stolen"))
    // The whole content, through an order that is the file's.
    let (ordered, _) = try read(.files(["orders.parquet"]), in: folder, threads: 1) { $0.duplicates = .drop }
    #expect(Contents(log) == Contents(ordered))
  }

  /// Words that fit a slot and words that do not, blank and missing ones, and then too many for
  /// codes, across chunks and small row groups: as the text of the same rows is read.
  @Test(arguments: [1, 2]) func wordsAreThoseOfTheText(threads: Int) throws {
    let folder = try Folder()
    let rows = """
      SELECT CASE WHEN i % 997 = 0 THEN ' ' ELSE repeat('c', i % 30) || i % 300 END AS "id",
        make_timestamp(i * 1000000) AS "at", CASE WHEN i % 3 = 0 THEN 'view' ELSE 'buy' END AS "what",
        CASE WHEN i % 7 <> 0 THEN i % 50 END AS "amount",
        CASE WHEN i % 11 = 0 THEN NULL WHEN i % 13 = 0 THEN ' ' WHEN i > 9000 THEN 'word ' || i
          WHEN i % 2 = 0 THEN 'home textiles ' || i % 5 ELSE 'tea' || i % 40 END AS "category"
      FROM range(20000) r(i) ORDER BY i
      """
    let duckdb = try DuckDB(workers: Workers(1))
    for (name, form) in [("orders.parquet", "parquet, ROW_GROUP_SIZE 4096"), ("orders.csv", "csv, HEADER")] {
      try duckdb.run("COPY (\(rows)) TO \(DuckDB.literal(folder.path(name))) (FORMAT \(form))")
    }
    let (log, intake) = try read(.files(["orders.parquet"]), in: folder, threads: threads)
    let (text, ofText) = try read(.files(["orders.csv"]), in: folder)
    #expect(Contents(log) == Contents(text))
    #expect(
      intake.quarantined == 21
        && intake.sources[0].reasons.map(\.rows) == ofText.sources[0].reasons.map(\.rows))
    // A line more: the header.
    #expect(intake.sources[0].rejected.map { $0.line + 1 } == ofText.sources[0].rejected.map(\.line))
  }

  @Test func jsonLinesAreText() throws {
    let folder = try Folder()
    _ = try folder.write(
      "orders.jsonl",
      """
      {"id": "00042", "at": "2024-01-02 03:04:05", "what": "buy", "amount": 12.5, "category": "tea"}
      {"id": "1E5", "at": "2024-01-03", "what": "view", "amount": null}
      {"at": "2024-01-01T00:00:00Z", "id": "00042", "what": "buy", "amount": -3, "category": "coffee"}
      """)
    let (log, intake) = try read(.files(["orders.jsonl"]), in: folder)
    try expectThreeRows(log, intake)
  }

  @Test func brokenJSONIsAnError() throws {
    let folder = try Folder()
    _ = try folder.write("orders.jsonl", "{\"id\": \"a\", \"at\": \"2024-01-01\"}\n{\"id\": \n")
    #expect(throws: Diagnostic.self) { try read(.files(["orders.jsonl"]), in: folder) }
  }

  @Test func zstdCSVIsText() throws {
    let folder = try Folder()
    try DuckDB(workers: Workers(1)).run(
      """
      COPY (\(Self.rows)) TO \(DuckDB.literal(folder.path("orders.csv.zst")))
      (FORMAT csv, HEADER, COMPRESSION zstd)
      """)
    let (log, intake) = try read(.files(["orders.csv.zst"]), in: folder)
    try expectThreeRows(log, intake)
  }

  @Test func queryOverFiles() throws {
    let folder = try Folder()
    _ = try folder.write(
      "raw.csv", "who;when;what;eur\n00042;2024-01-02 03:04:05;buy;12,5\n1E5;2024-01-03;view;\n")
    let (log, intake) = try read(
      .query(
        """
        SELECT who AS id, "when" AS "at", what, replace(eur, ',', '.') AS amount, 'tea' AS category
        FROM read_csv('raw.csv', all_varchar = true, delim = ';') -- the shop's export
        """, database: nil), in: folder)
    #expect(intake.read == 2)
    #expect(log.customers == ["00042", "1E5"])
  }

  @Test func sqliteTable() throws {
    let folder = try Folder()
    let database = folder.path("shop.sqlite")
    let duckdb = try DuckDB(workers: Workers(1))
    guard (try? duckdb.load(extension: "sqlite_scanner")) != nil else {
      withKnownIssue("the SQLite extension is not set up") { Issue.record("skipped") }
      return
    }
    try duckdb.run("ATTACH \(DuckDB.literal(database)) AS shop (TYPE sqlite)")
    try duckdb.run("CREATE TABLE shop.\"the orders\" AS \(Self.rows)")
    try duckdb.run("DETACH shop")
    let (log, intake) = try read(.table("the orders", database: "shop.sqlite"), in: folder)
    try expectThreeRows(log, intake)
    let (queried, count) = try read(
      .query("SELECT * FROM \"the orders\" ORDER BY \"at\"", database: "shop.sqlite"), in: folder)
    try expectThreeRows(queried, count)
  }

  @Test func missingColumnIsNamed() throws {
    let folder = try Folder()
    try DuckDB(workers: Workers(1)).run(
      "COPY (\(Self.rows)) TO \(DuckDB.literal(folder.path("orders.parquet"))) (FORMAT parquet)")
    let error = #expect(throws: Diagnostic.self) {
      try read(.files(["orders.parquet"]), in: folder) { $0.value = "amonut" }
    }
    #expect(error?.code == "RK0207")
    #expect(error?.hint?.contains("amount") == true)
  }

  @Test func damagedParquetIsAnError() throws {
    let folder = try Folder()
    _ = try folder.write("orders.parquet", "PAR1 this is not one PAR1")
    let error = #expect(throws: Diagnostic.self) { try read(.files(["orders.parquet"]), in: folder) }
    #expect(error?.code == "RK0282")
    #expect(error?.key == "sources.orders")
  }

  @Test func unreachableDatabaseIsToldWithoutItsPassword() throws {
    let duckdb = try DuckDB(workers: Workers(1))
    guard (try? duckdb.load(extension: "postgres_scanner")) != nil else { return }
    let error = #expect(throws: Diagnostic.self) {
      try read(.table("orders", database: "postgresql://ann:s3cret@127.0.0.1:1/shop"))
    }
    #expect(error?.code == "RK0285")
    #expect(error?.description.contains("s3cret") == false)
  }
}
