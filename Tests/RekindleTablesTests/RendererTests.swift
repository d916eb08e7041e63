import RekindleTables
import Testing

@Suite struct RendererTests {
  let table = ResultTable(
    title: "Customers",
    columns: [
      .init("customer", alignment: .leading), .init("spend", unit: "CNY"), .init("share"),
      .init("z", digits: 3),
    ],
    rows: [
      ["王小明", .money(1_234_567.5), .percent(0.1234), .number(-0.00001)],
      ["=1+1", .money(-12), .missing, .number(.nan)],
      ["a|b, \"c\"\u{1B}[31m", .money(0), .percent(0.5, digits: 0), .number(2.0 / 3)],
    ])

  @Test func textAlignsWideCharactersAndObeysNothing() {
    let lines = table.text().split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    #expect(Set(lines[2...].filter { $0.hasSuffix("0") || $0.hasSuffix("7") }.map(displayWidth)).count == 1)
    #expect(lines[1].hasPrefix("customer"))
    #expect(lines[1].contains("spend (CNY)"))
    #expect(lines[3].contains("1,234,567.50"))
    #expect(lines[3].hasSuffix("0.000"))  // not -0.000
    #expect(lines[4].hasSuffix("–"))
    #expect(!table.text().unicodeScalars.contains("\u{1B}"))
  }

  @Test(arguments: [
    ("abc", 3), ("王小明", 6), ("ｱ", 1), ("Ａ", 2), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("한글", 4), ("–", 1), ("", 0),
  ])
  func widths(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test func markdownEscapesBars() {
    let text = table.markdown()
    #expect(text.contains("| :--- | ---: | ---: | ---: |"))
    #expect(text.contains("a\\|b"))
  }

  @Test func csvNeutralisesFormulasUnlessRaw() {
    let lines = table.csv().split(separator: "\n").map(String.init)
    #expect(lines[0] == "customer,spend,share,z")
    #expect(lines[1] == "王小明,1234567.5,0.1234,-1e-05")
    #expect(lines[2] == "'=1+1,-12,,")
    #expect(lines[3].hasPrefix("\"a|b, \"\"c\"\"\u{1B}[31m\",0,0.5,"))
    #expect(table.csv(raw: true).contains("\n=1+1,"))
    for start in ["+", "-", "@", "\t", "\r"] {
      #expect(csvField(start + "x").contains("'" + start))
      #expect(!csvField(start + "x", raw: true).contains("'"))
    }
  }

  @Test func jsonKeepsEveryDigitAndOrder() {
    let text = table.json()
    #expect(text.contains("{\"customer\": \"王小明\", \"spend\": 1234567.5, \"share\": 0.1234, \"z\": -1e-05}"))
    #expect(text.contains("\"share\": null, \"z\": null"))
    #expect(text.contains("\\u001b"))
    #expect(text.contains(String((2.0 / 3).description)))
  }

  @Test func documentsAreStableAndRefuseWhatIsNotFinite() throws {
    let value = ["b": 0.1 + 0.2, "a": 1.0 / 3, "c/d": 1]
    let bytes = try JSONDocument.encode(value)
    #expect(try JSONDocument.decode([String: Double].self, from: bytes) == value)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("0.30000000000000004"))
    #expect(text.contains("c/d"))
    #expect(bytes == (try JSONDocument.encode(["c/d": 1, "a": 1.0 / 3, "b": 0.1 + 0.2])))
    #expect(throws: (any Error).self) { try JSONDocument.encode(["a": Double.nan]) }
  }
}
