import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite struct TableReaderTests {
  private let requests: [TableReader.Request] = [
    .init("id", .text, mayBeMissing: false), .init("at", .time, mayBeMissing: false),
    .init("x", .number), .init("f", .flag), .init("c", .category),
  ]

  private func read(_ text: String, ending: String = "csv", zone: String = "UTC") throws -> [TableReader
    .Values]
  {
    try withFile(text, ending: ending) { path in
      try TableReader.read(path, calendar: CivilCalendar(timeZone: zone), workers: Workers(2)) { _ in requests
      }
    }
  }

  private func withFile<Result>(_ text: String, ending: String, _ body: (String) throws -> Result) throws
    -> Result
  {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("table-\(UUID().uuidString).\(ending)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try body(path)
  }

  @Test func everyTypeIsReadInTheOrderAskedFor() throws {
    let values = try read(
      """
      c,x,at,spare,id,f
      tea,1.5,2024-03-05,?,007,1
      ,,2024-03-05T14:30:00,?,b,
      "a, b",-2e3,2024-03-05T10:00:00Z,?,'-c,no
      '=tea,NaN,2024-07-05,?,"d""e",true
      """, zone: "Europe/Berlin")
    #expect(texts(values[0]) == ["007", "b", "-c", "d\"e"])
    // One hour from UTC in March, two in July.
    let march = Int64(try #require(CivilDate("2024-03-05")).daysSinceEpoch) * 86_400
    let july = Int64(try #require(CivilDate("2024-07-05")).daysSinceEpoch) * 86_400
    #expect(
      times(values[1])
        == [march - 3600, march + 13 * 3600 + 1800, march + 10 * 3600, july - 7200].map {
          Instant(seconds: $0)
        })
    #expect(bits(values[2]) == [1.5, .nan, -2000, .nan].map(\.bitPattern))
    #expect(bits(values[3]) == [1, .nan, 0, 1].map(\.bitPattern))
    #expect(words(values[4]) == ["tea", nil, "a, b", "=tea"])
  }

  @Test func aBadCellIsToldWithItsLine() throws {
    let cells = [
      ("a,2024-01-01,dear,1,t", "RK0230", "\"dear\" in column \"x\" is not a number"),
      ("a,2024-01-01,1,maybe,t", "RK0230", "\"maybe\" in column \"f\""),
      ("a,01/02/2024,1,1,t", "RK0230", "\"01/02/2024\" in column \"at\""),
      (",2024-01-01,1,1,t", "RK0230", "\"id\" is empty"),
      ("a,,1,1,t", "RK0230", "\"at\" is empty"), ("a,2024-01-01,1,1", "RK0231", "fewer cells"),
    ]
    // Enough rows for several segments, with a newline inside quotes before the bad one.
    let head =
      "id,at,x,f,c\n" + "\"i\nd\",2024-01-01,1,1,t\n"
      + String(repeating: "i,2024-01-01,1.25,0,tea\n", count: 100_000)
    for (line, code, message) in cells {
      let error = #expect(throws: Diagnostic.self) { try read(head + line + "\n") }
      #expect(error?.code == code)
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
      #expect(error?.place?.line == 100_004)
    }
  }

  @Test func manyRowsComeInOrderWhateverTheThreads() throws {
    var numbers: [Double] = []
    var text = "id,at,x,f,c\n"
    var state: UInt64 = 1
    for row in 0..<60_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // All sizes between 2⁻²⁰ and 2⁴³, of every length when printed.
      let x = Double(bitPattern: (1003 + state >> 58) << 52 | state & 0xF_FFFF_FFFF_FFFF)
      numbers.append(row % 2 == 0 ? x : -(x * 1000).rounded() / 1000)
      text += "c\(row),2024-01-01,\(numbers[row]),1,w\(row % 1000)\n"
    }
    for threads in [1, 2] {
      let values = try withFile(text, ending: "csv") { path in
        try TableReader.read(path, calendar: .utc, workers: Workers(threads)) { _ in requests }
      }
      #expect(texts(values[0]) == numbers.indices.map { "c\($0)" })
      #expect(bits(values[2]) == numbers.map(\.bitPattern))
      guard case .category(let codes, let dictionary) = values[4] else {
        Issue.record("no category")
        return
      }
      #expect(dictionary == (0..<1000).map { "w\($0)" })
      #expect(codes == numbers.indices.map { Int32($0 % 1000) })
    }
  }

  @Test func aMissingFileIsTold() {
    let error = #expect(throws: Diagnostic.self) {
      try TableReader.read("no such file.csv", calendar: .utc, workers: Workers(1)) { _ in [] }
    }
    #expect(error?.code == "RK0202")
  }

  @Test(.enabled(if: hasDuckDB, withoutDuckDB)) func jsonLinesAreReadAndABadLineIsNamed() throws {
    let good = #"{"id":"a","at":"2024-01-02","x":0.1,"f":true,"c":"tea"}"# + "\n"
    let values = try read(
      good + #"{"id":7,"at":"2024-01-02T00:00:05","x":null,"f":false,"c":null}"# + "\n", ending: "jsonl")
    #expect(texts(values[0]) == ["a", "7"])
    #expect(bits(values[2]) == [0.1, .nan].map(\.bitPattern))
    #expect(bits(values[3]) == [1, 0].map(\.bitPattern))
    #expect(words(values[4]) == ["tea", nil])
    let error = #expect(throws: Diagnostic.self) {
      try read(good + good.replacing("0.1", with: "\"dear\""), ending: "jsonl")
    }
    #expect(error?.code == "RK0230")
    #expect(error?.place?.line == 2)
  }

  @Test(.enabled(if: hasDuckDB, withoutDuckDB)) func parquetTypesAreTakenAsTheyAre() throws {
    try withFile("", ending: "parquet") { path in
      let duckdb = try DuckDB(workers: Workers(2))
      try duckdb.run(
        """
        COPY (SELECT i AS id, DATE '2024-01-02' AS "at", CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END AS x,
          i % 2 = 0 AS f, ('w' || i % 5) AS c FROM range(300000) r(i)) TO '\(path)' (FORMAT parquet)
        """)
      let values = try TableReader.read(
        path, calendar: CivilCalendar(timeZone: "Asia/Shanghai"), workers: Workers(2)
      ) { _ in requests }
      let ids = (0..<300_000).map { String($0) }
      #expect(texts(values[0]) == ids)
      let midnight = Instant(seconds: 1_704_153_600 - 8 * 3600)
      #expect(times(values[1]).allSatisfy { $0 == midnight })
      let sevenths = (0..<300_000).map { (row: Int) -> UInt64 in
        let value: Double = row % 3 == 0 ? .nan : Double(row) / 7
        return value.bitPattern
      }
      #expect(bits(values[2]) == sevenths)
      #expect(words(values[4]).prefix(6) == ["w0", "w1", "w2", "w3", "w4", "w0"])
      let error = #expect(throws: Diagnostic.self) {
        try TableReader.read(path, calendar: .utc, workers: Workers(2)) { _ in [.init("c", .number)] }
      }
      #expect(error?.message == "\"w0\" in column \"c\" is not a number (row 1)")
    }
  }

  private func texts(_ values: TableReader.Values) -> [String] {
    if case .text(let texts) = values { texts } else { [] }
  }

  private func times(_ values: TableReader.Values) -> [Instant] {
    if case .time(let times) = values { times } else { [] }
  }

  private func bits(_ values: TableReader.Values) -> [UInt64] {
    switch values {
    case .number(let numbers), .flag(let numbers): numbers.map(\.bitPattern)
    default: []
    }
  }

  private func words(_ values: TableReader.Values) -> [String?] {
    guard case .category(let codes, let dictionary) = values else { return [] }
    return codes.map { $0 < 0 ? nil : dictionary[Int($0)] }
  }
}
