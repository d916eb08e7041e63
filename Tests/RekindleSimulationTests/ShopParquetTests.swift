internal import Foundation
internal import RekindleCore
internal import RekindleEvents
internal import RekindleSimulation
internal import Testing

private let hasDuckDB = (try? DuckDB.version()) != nil
private let withoutDuckDB: Comment = "no libduckdb: run `make setup`, or set REKINDLE_DUCKDB"

@Suite(.enabled(if: hasDuckDB, withoutDuckDB)) struct ShopParquetTests {
  /// A zone with summer time, where wall clocks and instants differ most.
  private func shop(customers: Int = 60) throws -> ShopSimulation {
    try ShopSimulation(customers: customers, seed: 7, timeZone: "Europe/Berlin")
  }

  @Test func parquetAndCSVReadBackToTheSameEvents() throws {
    let folder = scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shop = try shop()
    try shop.run(into: ShopParquet(of: shop, folder: folder))
    try shop.run(into: ShopCSV(of: shop, folder: folder))
    let parquet = try log(of: shop, folder: folder, ending: "parquet")
    let csv = try log(of: shop, folder: folder, ending: "csv")
    #expect(parquet.customers == csv.customers)
    #expect(parquet.streams.map(\.kind) == csv.streams.map(\.kind))
    #expect(parquet.streams.map(\.times.count).reduce(0, +) > 1000)
    for (a, b) in zip(parquet.streams, csv.streams) {
      #expect(a.offsets == b.offsets)
      #expect(a.times == b.times)
      #expect(a.recorded == b.recorded)
      #expect(a.attributes.map(\.name) == b.attributes.map(\.name))
      for (own, other) in zip(a.attributes, b.attributes) {
        #expect("\(own.column)" == "\(other.column)", "\(a.kind).\(own.name)")
      }
    }
  }

  @Test func batchesFollowOneAnother() throws {
    let folder = scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shop = try shop(customers: 4)
    let sink = try ShopParquet(of: shop, folder: folder)
    var rows = ShopTable.allCases.map { ShopRows(table: $0) }
    rows[0] = try #require(try oneBatch(of: shop).first)
    for _ in 0..<5 { try sink.append(rows, workers: Workers(1)) }
    try sink.finish()
    let duckdb = try DuckDB(workers: Workers(1))
    let count = try duckdb.rows("SELECT count(*) FROM '\(folder)/orders.parquet'")
    #expect(count == [["\(5 * rows[0].count)"]])
    #expect(try duckdb.rows("SELECT count(*) FROM '\(folder)/visits.parquet'") == [["0"]])
  }

  @Test func aRunThatIsGivenUpLeavesNoFile() throws {
    let folder = scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shop = try shop(customers: 5)
    var sink: ShopParquet? = try ShopParquet(of: shop, folder: folder)
    try sink?.append(ShopTable.allCases.map { ShopRows(table: $0) }, workers: Workers(1))
    sink = nil
    // The writers see it on their own threads.
    for _ in 0..<100 where try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty {
      Thread.sleep(forTimeInterval: 0.05)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func aFolderThatCannotBeMadeIsTold() throws {
    let shop = try shop(customers: 5)
    let error = #expect(throws: Diagnostic.self) { try ShopParquet(of: shop, folder: "/dev/null/shop") }
    #expect(error?.code == "RK0703")
  }

  private func oneBatch(of shop: ShopSimulation) throws -> [ShopRows] {
    let kept = KeptRows()
    try shop.run(into: kept)
    return kept.batch
  }

  private func log(of shop: ShopSimulation, folder: String, ending: String) throws -> EventLog {
    func file(_ table: ShopTable) -> SourceDefinition.Location { .files(["\(table.name).\(ending)"]) }
    let orders = SourceDefinition(
      location: file(.orders), kind: .constant("purchase"), customer: "customer_id",
      time: .init("order_ts"), value: "amount",
      attributes: [
        .init("order", column: "order_id"), .init("category", column: "category"),
        .init("quantity", column: "quantity", type: .number),
        .init("gross", column: "gross", type: .number),
        .init("coupon", column: "coupon_used", type: .flag),
      ])
    let coupons = SourceDefinition(
      location: file(.coupons), kind: .constant("coupon"), customer: "customer_id",
      time: .init("issued_ts"), recorded: .init("updated_ts"),
      attributes: [
        .init("expires", column: "expires", type: .time), .init("redeemed", column: "redeemed", type: .flag),
      ])
    let truth = SourceDefinition(
      location: file(.truth), kind: .constant("truth"), customer: "customer_id", time: .init("as_of"),
      attributes: [
        .init("probability", column: "churn_probability", type: .number),
        .init("churned", column: "churned", type: .flag),
      ])
    return try EventReader.read(
      sources: [("orders", orders), ("coupons", coupons), ("truth", truth)],
      calendar: CivilCalendar(timeZone: shop.timeZone), baseDirectory: folder, workers: Workers(2)
    ).log
  }

  private func scratch() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("shop-\(UUID().uuidString)").path
  }
}

/// Keeps the last batch.
private final class KeptRows: RowSink {
  var batch: [ShopRows] = []
  func append(_ batch: [ShopRows], workers: Workers) throws(Diagnostic) { self.batch = batch }
  func finish() throws(Diagnostic) {}
}
