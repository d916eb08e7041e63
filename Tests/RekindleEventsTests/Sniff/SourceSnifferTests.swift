import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite struct SourceSnifferTests {
  private func sniff(_ bytes: [UInt8], as name: String = "orders.csv") throws -> SniffedSource {
    let folder = try TemporaryFolder()
    try folder.write(bytes, to: name)
    return try SourceSniffer.sniff(name, baseDirectory: folder.path)
  }

  private func sniff(_ text: String, as name: String = "orders.csv") throws -> SniffedSource {
    try sniff(Array(text.utf8), as: name)
  }

  @Test func plainOrders() throws {
    let found = try sniff(
      "order_id,customer_id,order_ts,amount,product_category,qty,gift\n"
        + "1,00042,2024-01-01 10:00:00,12.50,tea,2,yes\n2,1E5,2024-01-02 11:00:00,8,tea,1,no\n"
        + "3,00042,2024-01-03 12:00:00,,cup,1,no\n")
    #expect(found.encoding.finding == "utf-8")
    #expect(found.delimiter.finding == ",")
    #expect(found.header.finding == .present)
    #expect(found.customer?.finding == "customer_id")
    #expect(found.time?.finding == .init("order_ts"))
    #expect(found.value?.finding == "amount")
    #expect(found.kind.finding == .constant("purchase"))
    #expect(
      found.attributes == [
        .init("order", column: "order_id"), .init("category", column: "product_category"),
        .init("quantity", column: "qty", type: .number), .init("gift", column: "gift", type: .flag),
      ])
    #expect(found.columns[3].blankRows == 1)
    #expect(found.rowsSeen == 3 && found.isWhole)
  }

  /// What was found reads the file without a rejected row.
  @Test func theDefinitionReadsTheFile() throws {
    let folder = try TemporaryFolder()
    let texts = [
      "kunde;datum;betrag\nuser1;24.12.2023;12,50\nuser2;3.1.2024;8,00\n":
        ("kunde", "datum"),
      "user_id|event_time|event_type\nu1|1704067200|view\nu2|1704067300|buy\n": ("user_id", "event_time"),
    ]
    for (text, _) in texts.sorted(by: { $0.key < $1.key }) {
      try folder.write(text, to: "events.csv")
      let found = try SourceSniffer.sniff("events.csv", baseDirectory: folder.path)
      guard var definition = found.definition else {
        // German headers name no customer that the sniffer knows: it says so and decides nothing.
        #expect(found.customer == nil)
        #expect(found.decimal == ",")
        #expect(found.timeFormats == ["%d.%m.%Y"])
        continue
      }
      definition.quarantineLimit = 0
      let (log, _) = try EventReader.read(
        sources: [("events", definition)], calendar: .utc, baseDirectory: folder.path, workers: Workers(1))
      #expect(log.streams.map(\.kind) == ["purchase", "visit"])
      #expect(found.time?.finding.format == "epoch_s")
    }
  }

  @Test func ambiguousDatesAreSaid() throws {
    let both = try sniff("customer,date,amount\n1,03/04/2024,5\n2,05/06/2024,6\n")
    #expect(both.isTimeAmbiguous)
    #expect(both.timeFormats == ["%d/%m/%Y", "%m/%d/%Y"])
    #expect(both.definition == nil)
    let one = try sniff("customer,date,amount\n1,03/04/2024 10:30,5\n2,25/06/2024 9:05,6\n")
    #expect(one.timeFormats == ["%d/%m/%Y %H:%M"])
    #expect(one.definition?.time.format == "%d/%m/%Y %H:%M")
  }

  @Test func chineseExports() throws {
    let text = "会员编号,下单时间,实付金额,商品名称\n"
    let rows =
      "1001,2024/01/02 10:00:00,12.5,茉莉花茶礼盒装\n1002,2024/01/03 11:00:00,8,紫砂茶壶套装\n1001,2024/01/04 12:00:00,3,白瓷杯子\n"
    let folder = try TemporaryFolder()
    // The same in GB 18030, and in traditional characters in Big5, made by `iconv | base64 -w0`.
    let gb =
      Data(
        base64Encoded:
          "u+HUsbHgusUsz8K1pcqxvOQsyrW4tr3wtu4syczGt8P7s8YKMTAwMSwyMDI0LzAxLzAyIDEwOjAwOjAwLDEyLjUs3NTA8ruosujA8brQ17AKMTAwMiwyMDI0LzAxLzAzIDExOjAwOjAwLDgs18/JsLLouvjM19ewCjEwMDEsMjAyNC8wMS8wNCAxMjowMDowMCwzLLDXtMmxrdfTCg=="
      ) ?? Data()
    let big5 =
      Data(
        base64Encoded:
          "t3yt+71zuLkspFWz5q7JtqEsueqlSar3w0IssNOrfqZXutkKMTAwMSwyMDI0LzAxLzAyIDEwOjAwOjAwLDEyLjUsrVuy+qrhr/nCp7KwuMsKMTAwMiwyMDI0LzAxLzAzIDExOjAwOjAwLDgstbWs4q/5s/2uTbjLCjEwMDEsMjAyNC8wMS8wNCAxMjowMDowMCwzLKXVsqGqTaRsCg=="
      ) ?? Data()
    for (bytes, encoding) in [
      (Array((text + rows).utf8), "utf-8"), (Array(gb), "gb18030"), (Array(big5), "big5"),
    ] {
      try folder.write(bytes, to: "orders.csv")
      let found = try SourceSniffer.sniff("orders.csv", baseDirectory: folder.path)
      #expect(found.encoding.finding == encoding)
      #expect(found.rowsSeen == 3)
      if encoding != "big5" {
        #expect(found.customer?.finding == "会员编号")
        #expect(found.time?.finding == .init("下单时间", format: "%Y/%m/%d %H:%M:%S"))
        #expect(found.value?.finding == "实付金额")
        #expect(found.attributes.first?.name == "product")
      }
      var definition = try #require(found.definition)
      definition.quarantineLimit = 0
      let (log, _) = try EventReader.read(
        sources: [("orders", definition)], calendar: .utc, baseDirectory: folder.path, workers: Workers(1))
      #expect(log.customers == ["1001", "1002"])
    }
  }

  @Test func utf16() throws {
    let text = "customer\tdate\tamount\n1\t2024-01-01\t5\n2\t2024-01-02\t6\n"
    let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try sniff([0xFF, 0xFE] + little).encoding.finding == "utf-16")
    let bare = try sniff(little)
    #expect(bare.encoding.finding == "utf-16le")
    #expect(bare.format == .tsv)
    #expect(bare.customer?.finding == "customer")
  }

  @Test func filesWithoutHeader() throws {
    let found = try sniff("00001 19970101 1 11.77\n00002 19970112 1 12.00\n00002 19970112 5 77.00\n")
    #expect(found.format == .whitespace)
    #expect(
      found.header.finding == .absent(columns: ["column_1", "column_2", "column_3", "column_4"]))
    #expect(found.timeFormats == ["%Y%m%d"])
    #expect(found.customer == nil && found.definition == nil)
  }

  @Test func kindsOfEvents() throws {
    let found = try sniff(
      "uid,ts,behavior\n1,2024-01-01,pv\n1,2024-01-02,buy\n2,2024-01-03,cart\n2,2024-01-03,fav\n",
      as: "log.csv")
    #expect(
      found.kind.finding
        == .column(
          "behavior", map: ["pv": "visit", "buy": "purchase", "cart": "cart", "fav": "fav"],
          other: .quarantine))
    #expect(try sniff("uid,ts\n1,2024-01-01\n", as: "page_views.csv").kind.finding == .constant("visit"))
  }

  /// What a person has decided goes before what names say, and a format that does not fit is not taken.
  @Test func decisions() throws {
    let folder = try TemporaryFolder()
    try folder.write("customer,payer,date,paid\n1,9,03/04/2024,1/2/24\n2,8,05/06/2024,3/4/24\n", to: "a.csv")
    func sniff(_ decisions: SourceSniffer.Decisions) throws -> SniffedSource {
      try SourceSniffer.sniff("a.csv", baseDirectory: folder.path, decisions: decisions)
    }
    let other = try sniff(.init(customers: ["none", "payer"], times: ["paid"], timeFormats: ["%m/%d/%y"]))
    #expect(other.customer?.finding == "payer")
    #expect(other.time?.finding == .init("paid", format: "%m/%d/%y"))
    #expect(other.attributes.map(\.column) == ["customer"])
    #expect(try sniff(.init(timeFormats: ["%d.%m.%Y"])).isTimeAmbiguous)
    #expect(SourceSniffer.reading("03/04/2024", under: "%d/%m/%Y") == "2024-04-03")
    #expect(SourceSniffer.reading("03.04.2024", under: "%d/%m/%Y") == nil)
  }

  /// A name that holds a standard attribute's word is one only where the cells are of its kind.
  @Test func attributesByWhatTheyHold() throws {
    let found = try sniff(
      "customer,date,ordered,coupon,cds,数字\n1,2024-01-01,yes,no,2,5\n2,2024-01-02,no,yes,30,6\n",
      as: "page_visits.csv")
    #expect(found.kind.finding == .constant("visit"))
    #expect(
      found.attributes == [
        .init("ordered", column: "ordered", type: .flag), .init("coupon", column: "coupon", type: .flag),
        .init("quantity", column: "cds", type: .number),
        .init("x_6570_5b57", column: "数字", type: .number),
      ])
    // Steps within one kind are not kinds.
    let points = try sniff(
      "customer,date,action\n1,2024-01-01,earned\n2,2024-01-02,spent\n", as: "points.csv")
    #expect(points.kind.finding == .constant("points"))
  }

  @Test func emptyAndMissingFiles() throws {
    #expect(throws: Diagnostic.self) { try sniff("") }
    #expect(throws: Diagnostic.self) { try SourceSniffer.sniff("none.csv", baseDirectory: "/nonexistent") }
  }
}
