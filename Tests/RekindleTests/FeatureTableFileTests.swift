import Foundation
import Rekindle
import Testing

private let hasDuckDB = (try? OutputFormatProbe.parquetWorks()) ?? false

/// Whether Parquet can be written here: that needs a libduckdb.
private enum OutputFormatProbe {
  static func parquetWorks() throws -> Bool {
    let path = scratch("parquet")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ParquetWriter.write(columns: [OutputColumn("a", .number([1]))], rowCount: 1, to: path)
    return true
  }
}

private func scratch(_ ending: String) -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent("features-\(UUID().uuidString).\(ending)")
    .path
}

/// A model of a small shop, and the features of its customers. Made once: training takes seconds.
private struct Trained: Sendable {
  let model: ChurnModel
  let table: FeatureTable

  static let shared = Result { try Trained() }

  init() throws {
    let folder = scratch("shop")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shop = try ShopSimulation(customers: 400, seed: 3, timeZone: "Asia/Shanghai", asOf: [])
    try shop.run(into: ShopCSV(of: shop, folder: folder))
    let project = try Project(contentsOf: folder + "/rekindle.yaml", workers: Workers(2))
    model = try project.train().outcome.model
    let (log, _) = try project.readEvents()
    table = try Scorer(model: model).features(log, asOf: try #require(log.span?.upperBound))
  }
}

@Suite struct FeatureTableFileTests {
  private let model: ChurnModel
  private let table: FeatureTable
  private let calendar: CivilCalendar

  init() throws {
    let trained = try Trained.shared.get()
    model = trained.model
    table = trained.table
    calendar = try CivilCalendar(timeZone: model.timeZone)
  }

  private func readBack(_ format: TableFile.Format, _ columns: [OutputColumn]) throws -> FeatureTable {
    let path = scratch(format.rawValue)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TableFile.write(columns, to: path, format: format, calendar: calendar, workers: Workers(2))
    return try FeatureTable(contentsOf: path, for: model, calendar: calendar, workers: Workers(2))
  }

  private func expectSameScores(_ format: TableFile.Format) throws {
    let read = try readBack(format, table.outputColumns().reversed())
    let direct = try Scorer(model: model).score(table)
    let scores = try Scorer(model: model).score(read)
    #expect(read.customers == table.customers)
    #expect(scores.probabilities.map(\.bitPattern) == direct.probabilities.map(\.bitPattern))
    #expect(scores.low.map(\.bitPattern) == direct.low.map(\.bitPattern))
    #expect(scores.high.map(\.bitPattern) == direct.high.map(\.bitPattern))
    let words = scores.reasonWords()
    let directWords = direct.reasonWords()
    for row in 0..<direct.rowCount {
      #expect(scores.reasons(row, words: words) == direct.reasons(row, words: directWords))
    }
  }

  @Test func aCSVFileScoresAsTheEventsDo() throws { try expectSameScores(.csv) }

  @Test(.enabled(if: hasDuckDB, "no libduckdb: run `make setup`, or set REKINDLE_DUCKDB"))
  func aParquetFileScoresAsTheEventsDo() throws {
    try expectSameScores(.parquet)
    #expect(try readBack(.parquet, table.outputColumns()).times == table.times)
  }

  @Test(.enabled(if: hasDuckDB, "no libduckdb: run `make setup`, or set REKINDLE_DUCKDB"))
  func aJSONLinesFileScoresAsTheEventsDo() throws { try expectSameScores(.jsonl) }

  @Test func aMissingColumnIsNamedWithTheNearestThatIsThere() throws {
    let needed = try #require(model.preparation.features.first).name
    let columns = table.outputColumns().map { column in
      column.name == needed ? OutputColumn(needed + "x", column.values) : column
    }
    let error = #expect(throws: Diagnostic.self) { try readBack(.csv, columns) }
    #expect(error?.code == "RK0610")
    #expect(error?.message.contains("\"\(needed)\"") == true)
    #expect(error?.hint == "did you mean \"\(needed)x\"?")
  }

  @Test func aTableWithoutCustomersIsRefused() throws {
    let error = #expect(throws: Diagnostic.self) {
      try readBack(.csv, Array(table.outputColumns().dropFirst()))
    }
    #expect(error?.code == "RK0610")
    #expect(error?.message.contains("customer_id") == true)
  }
}
