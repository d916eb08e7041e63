internal import Foundation
internal import RekindleCore
internal import RekindleSimulation
internal import Testing

@Suite struct ShopCSVTests {
  @Test(arguments: [ShopCSV.Packing.plain, .gzip])
  func filesAreTheSameForAnyNumberOfThreads(packing: ShopCSV.Packing) throws {
    let shop = try ShopSimulation(customers: 150, seed: 31)
    let one = try files(of: shop, packing: packing, threads: 1)
    let two = try files(of: shop, packing: packing, threads: 2)
    #expect(one == two)
    #expect(one.count == ShopTable.allCases.count + 1)
  }

  @Test func cellsAreWrittenAsTheDataDictionarySays() throws {
    let shop = try ShopSimulation(customers: 150, seed: 31)
    let files = try files(of: shop, packing: .plain, threads: 1)
    let orders = try lines(files, "orders.csv")
    #expect(orders[0].hasPrefix("customer_id,order_ts,order_id,product,category,quantity,gross,"))
    #expect(orders[0].hasSuffix("discount,amount,channel,coupon_used"))
    let order = try Regex(
      #"C\d{7},\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{7}-\d+,[a-z-]+ \d+,[a-z ]+,\d+"#
        + #"(,\d+(\.\d?[1-9])?){3},(online|app|store),[01]"#)
    #expect(orders.count > 500)
    #expect(try orders.dropFirst().allSatisfy { try order.wholeMatch(in: $0) != nil })
    let truth = try lines(files, "truth.csv")
    #expect(truth[0] == "customer_id,as_of,churn_probability,churned")
    let row = try Regex(#"C\d{7},\d{4}-\d\d-\d\d,[01](\.\d{0,5}[1-9])?,[01]"#)
    #expect(try truth.dropFirst().allSatisfy { try row.wholeMatch(in: $0) != nil })
    let project = try #require(files["rekindle.yaml"])
    #expect(String(decoding: project, as: UTF8.self).contains("file: orders.csv\n"))
  }

  /// A member begins with the magic number, deflate, no flags, time 0, best compression, system 255.
  @Test func packedFilesHoldNoTime() throws {
    let files = try files(of: ShopSimulation(customers: 20, seed: 31), packing: .gzip, threads: 1)
    let orders = try #require(files["orders.csv.gz"])
    #expect(Array(orders.prefix(10)) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
  }

  @Test func aRunThatIsGivenUpLeavesNothing() throws {
    let folder = scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shop = try ShopSimulation(customers: 5, seed: 1)
    var sink: ShopCSV? = try ShopCSV(of: shop, folder: folder)
    try sink?.append(ShopTable.allCases.map { ShopRows(table: $0) }, workers: Workers(1))
    sink = nil
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func aFolderThatCannotBeMadeIsTold() throws {
    let shop = try ShopSimulation(customers: 5, seed: 1)
    let error = #expect(throws: Diagnostic.self) { try ShopCSV(of: shop, folder: "/dev/null/shop") }
    #expect(error?.code == "RK0703")
  }

  private func files(
    of shop: ShopSimulation, packing: ShopCSV.Packing, threads: Int
  ) throws -> [String: Data] {
    let folder = scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try shop.run(into: ShopCSV(of: shop, folder: folder, packing: packing), workers: Workers(threads))
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    }
    return files
  }

  private func lines(_ files: [String: Data], _ name: String) throws -> [Substring] {
    String(decoding: try #require(files[name]), as: UTF8.self).split(separator: "\n")
  }

  private func scratch() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("shop-\(UUID().uuidString)").path
  }
}
