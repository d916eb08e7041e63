import RekindleCore
import RekindleEvents
import Synchronization
import Testing

/// Whether a libduckdb is set up; tests that need one are skipped without.
let hasDuckDB = (try? DuckDB.version()) != nil
let withoutDuckDB: Comment = "no libduckdb: run `make setup`, or set REKINDLE_DUCKDB"

@Suite(.enabled(if: hasDuckDB, withoutDuckDB)) struct DuckDBTests {
  @Test func rowsComeAsText() throws {
    let duckdb = try DuckDB(workers: Workers(1))
    let rows = try duckdb.rows("SELECT 7 AS a, NULL AS b, 'a string longer than twelve bytes' AS c")
    #expect(rows == [["7", nil, "a string longer than twelve bytes"]])
  }

  @Test func badSQLSaysWhatDuckDBSays() throws {
    let duckdb = try DuckDB(workers: Workers(1))
    let error = #expect(throws: Diagnostic.self) { try duckdb.run("SELECT nothing_here") }
    #expect(error?.code == "RK0282")
    #expect(error?.message.contains("nothing_here") == true)
  }

  /// A division by zero, in arithmetic that is an error: only a late row has it.
  private let failing =
    "SELECT error(CASE WHEN i = 1500000 THEN 'row too far' END) IS NULL, i FROM range(2000000) r(i)"

  @Test func streamThatFailsIsAnErrorAndNotItsEnd() throws {
    let duckdb = try DuckDB(workers: Workers(2))
    var seen = 0
    let error = #expect(throws: Diagnostic.self) { try duckdb.stream(failing) { seen += $0.count } }
    #expect(error?.message.contains("row too far") == true)
    #expect(seen > 0 && seen < 2_000_000)
  }

  @Test func streamHandsOverEveryTypeAndEveryRow() throws {
    let duckdb = try DuckDB(workers: Workers(2))
    var sum = 0.0
    var texts = 0
    var missing = 0
    try duckdb.stream(
      "SELECT i / 2, CASE WHEN i % 3 = 0 THEN NULL ELSE 'customer number ' || i END FROM range(10000) r(i)"
    ) { chunk in
      let numbers = chunk.column(0).values(Double.self, chunk.count)
      sum += numbers.reduce(0, +)
      let words = chunk.column(1)
      for row in 0..<chunk.count {
        if let word = words.string(row) {
          texts += word.hasPrefix("customer number ") ? 1 : 0
        } else {
          missing += 1
        }
      }
    }
    #expect(sum == 9999.0 * 10000 / 4)
    #expect(texts == 6666)
    #expect(missing == 3334)
  }

  @Test(arguments: [1, 2]) func scanSeesEveryRowOnce(threads: Int) throws {
    let duckdb = try DuckDB(workers: Workers(threads))
    let total = Mutex((rows: 0, sum: Int64(0), words: 0))
    try duckdb.scan(
      [("i", .integer), ("CASE WHEN i % 2 = 0 THEN NULL ELSE 'odd' END", .text)],
      from: "range(1000000) r(i)"
    ) { chunk in
      let sum = chunk.column(0).values(Int64.self, chunk.count).reduce(0, +)
      let words = (0..<chunk.count).count { chunk.column(1).string($0) == "odd" }
      let rows = chunk.count
      total.withLock { $0 = ($0.rows + rows, $0.sum + sum, $0.words + words) }
    }
    let seen = total.withLock { $0 }
    #expect(seen.rows == 1_000_000)
    #expect(seen.sum == 499_999_500_000)
    #expect(seen.words == 500_000)
  }

  /// Constant arguments, equal rows and NULLs are where an engine would save calls.
  @Test func scanSeesConstantAndMissingRows() throws {
    let duckdb = try DuckDB(workers: Workers(2))
    let total = Mutex(0)
    try duckdb.scan([("NULL", .number)], from: "range(5000) r(i)") { chunk in
      let missing = chunk.column(0).missing(chunk.count)?.count { $0 } ?? 0
      total.withLock { $0 += missing }
    }
    #expect(total.withLock { $0 } == 5000)
  }

  @Test func scanStopsWithTheReadersOwnError() throws {
    let duckdb = try DuckDB(workers: Workers(2))
    let error = #expect(throws: Diagnostic.self) {
      try duckdb.scan([("i", .integer)], from: "range(1000000) r(i)") { _ throws(Diagnostic) in
        throw Diagnostic("RK0299", "enough")
      }
    }
    #expect(error?.code == "RK0299")
    // The connection is of use afterwards.
    #expect(try duckdb.rows("SELECT 1") == [["1"]])
  }

  @Test func namesAndTextsAreQuoted() throws {
    let duckdb = try DuckDB(workers: Workers(1))
    let odd = "at \"the\" 'end'; --"
    let rows = try duckdb.rows("SELECT \(DuckDB.literal(odd)) AS \(DuckDB.identifier(odd))")
    #expect(rows == [[odd]])
    #expect(
      try duckdb.columns(of: "(SELECT 1.5 AS \(DuckDB.identifier(odd)))").map(\.name) == [odd])
  }
}
