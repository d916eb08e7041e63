import RekindleCore
import RekindleEvents
import Testing

@Suite struct CastingTests {
  private func values(
    _ texts: [String], _ change: (inout SourceDefinition) -> Void = { _ in }
  ) throws -> (values: [Double], reasons: [RejectReason]) {
    let rows = texts.enumerated().map { "\($0 + 10_000),2024-01-01,\"\($1)\"\n" }.joined()
    let (log, intake) = try read("id,at,amount\n" + rows) {
      $0.negative = .keep
      change(&$0)
    }
    return (try log.numbers("purchase", "value"), intake.rejected.map(\.reason))
  }

  @Test func numbersAreCorrectlyRounded() throws {
    let texts = [
      "0", "1", "-1.5", "+2", "1e3", "1.5E-3", ".5", "5.", "123456789012345.25", "0.1", "2.675",
      "9007199254740993", "179769313486231570000000000000000000000", "4.9e-324", " 7 ", "00042",
      "0.30000000000000004", "123456.789", "999999999999999", "0.000000000000001",
    ]
    let expected: [Double] = [
      0, 1, -1.5, 2, 1000, 0.0015, 0.5, 5, 123456789012345.25, 0.1, 2.675, 9_007_199_254_740_992,
      1.7976931348623157e38, .leastNonzeroMagnitude, 7, 42, 0.30000000000000004, 123456.789, 999999999999999,
      1e-15,
    ]
    let (values, reasons) = try values(texts)
    #expect(values == expected)
    #expect(reasons.isEmpty)
  }

  @Test func numbersThatAreNone() throws {
    let bad = ["abc", "1,5", "1.2.3", "0x10", "1e", "--1", "$5", "1 000", "-", ".", "1e5x", "１"]
    #expect(try values(bad).reasons == Array(repeating: .badNumber, count: bad.count))
    let endless = ["NaN", "nan", "inf", "-Infinity", "1e999"]
    #expect(try values(endless).reasons == Array(repeating: .notFinite, count: endless.count))
    let (blank, reasons) = try values(["", "  "])
    #expect(blank.allSatisfy(\.isNaN) && blank.count == 2 && reasons.isEmpty)
  }

  @Test func declaredMarks() throws {
    #expect(try values(["1,5", "12,25"]) { $0.decimal = "," }.values == [1.5, 12.25])
    #expect(try values(["1.5"]) { $0.decimal = "," }.reasons == [.badNumber])
    let grouped = try values(["1.234.567,5", "12,5", "1.23,5", "1234.567"]) {
      $0.decimal = ","
      $0.thousands = "."
    }
    #expect(grouped.values == [1_234_567.5, 12.5])
    #expect(grouped.reasons == [.badNumber, .badNumber])
  }

  /// Every double with up to 17 digits comes back from its text.
  @Test func randomNumbersComeBack() throws {
    var random = SplitMix(state: 11)
    let numbers = (0..<2000).map { _ in
      Double.random(in: -1e6...1e6, using: &random) * [1e-9, 1, 1e12][Int.random(in: 0...2, using: &random)]
    }
    #expect(try values(numbers.map { "\($0)" }).values == numbers)
  }

  private func times(
    _ texts: [String], zone: String = "UTC", format: String? = nil, ownZone: String? = nil
  ) throws -> (seconds: [Double], reasons: [RejectReason]) {
    let rows = texts.enumerated().map { "\($0 + 10_000),\"\($1)\",1\n" }.joined()
    let (log, intake) = try read("id,at,amount\n" + rows, zone: zone) {
      $0.time = .init("at", format: format, timeZone: ownZone)
    }
    return (
      try #require(log.stream("purchase")).times.map { Double($0.microseconds) / 1e6 },
      intake.rejected.map(\.reason)
    )
  }

  @Test func isoTimes() throws {
    let (seconds, reasons) = try times([
      "2024-03-05", "2024-03-05 14:03:22", "2024-03-05T14:03:22Z", "2024-03-05T14:03:22.25+08:00",
      "2024-03-05 14:03", "1969-12-31T23:59:59.999999Z", "2024-03-05T14:03:22-0530", " 2024-02-29 ",
      "2024-03-05 14:03:22+08",
    ])
    #expect(reasons.isEmpty)
    #expect(
      seconds == [
        1_709_596_800, 1_709_647_402, 1_709_647_402, 1_709_618_602.25, 1_709_647_380, -0.000001,
        1_709_667_202, 1_709_164_800, 1_709_618_602,
      ])
    let bad = ["2023-02-29", "2024-13-01", "2024-03-05 24:00:00", "2024-03-05x", "yesterday", "2024-3-5 ?"]
    #expect(try times(Array(bad[..<5])).reasons == Array(repeating: .badTime, count: 5))
    #expect(try times(["", " "]).reasons == [.missingTime, .missingTime])
  }

  @Test func localTimesAreInTheZone() throws {
    #expect(try times(["2024-03-05"], zone: "Asia/Shanghai").seconds == [1_709_568_000])
    #expect(try times(["2024-03-05"], zone: "Asia/Shanghai", ownZone: "UTC").seconds == [1_709_596_800])
    // 02:30 did not exist in Berlin on that day; 12:00 did, after the clock went forward.
    let (seconds, _) = try times(
      ["2024-03-31 00:30:00", "2024-03-31 02:30:00", "2024-03-31 12:00:00"], zone: "Europe/Berlin")
    #expect(seconds == [1_711_841_400, 1_711_848_600, 1_711_879_200])
  }

  @Test func declaredFormats() throws {
    #expect(
      try times(["05/03/2024 14:03", "5/3/2024 4:03"], format: "%d/%m/%Y %H:%M").seconds
        == [1_709_647_380, 1_709_611_380])
    #expect(try times(["3/5/24 2:03 PM"], format: "%m/%d/%y %I:%M %p").seconds == [1_709_647_380])
    #expect(try times(["12:00 am 05-Mar-2024"], format: "%I:%M %p %d-%b-%Y").seconds == [1_709_596_800])
    #expect(try times(["20240305"], format: "%Y%m%d").seconds == [1_709_596_800])
    #expect(
      try times(["2024-03-05 14:03:22.5 +0100"], format: "%Y-%m-%d %H:%M:%S.%f %z").seconds
        == [1_709_643_802.5])
    #expect(
      try times(["1709596800", "1709596800.5", "-1"], format: "epoch_s").seconds.sorted()
        == [-1, 1_709_596_800, 1_709_596_800.5])
    #expect(try times(["1709596800123"], format: "epoch_ms").seconds == [1_709_596_800.123])
    #expect(
      try times(["31/02/2024 00:00", "1/1/2024"], format: "%d/%m/%Y %H:%M").reasons
        == [.badTime, .badTime])
    #expect(try failure("id,at,amount\n1,x,2\n") { $0.time.format = "%Y-%Q" }.code == "RK0210")
    #expect(try failure("id,at,amount\n1,x,2\n") { $0.time.format = "%H:%M" }.code == "RK0210")
  }

  @Test func datesThatCanBeReadTwoWaysAreAnError() throws {
    let error = try failure("id,at,amount\n1,2024-01-01,2\n2,03/04/2024,5\n")
    #expect(error.code == "RK0211")
    #expect(error.place?.line == 3)
    #expect(error.key == "sources.orders.time")
    #expect(error.notes == ["day first: 2024-04-03", "month first: 2024-03-04"])
    #expect(error.help == "say format: \"%d/%m/%Y\" or \"%m/%d/%Y\"")
    #expect(try failure("id,at,amount\n1,25/04/2024,2\n").notes == ["day first: 2024-04-25"])
    #expect(try failure("id,at,amount\n1,20240425,2\n").help?.contains("%Y%m%d") == true)
    #expect(try failure("id,at,amount\n1,1709596800,2\n").help?.contains("epoch_s") == true)
  }

  @Test func idsAreText() throws {
    let (log, intake) = try read(
      "id,at,amount\n1E5,2024-01-01,1\n00042,2024-01-01,1\n42,2024-01-01,1\n 42,2024-01-01,1\n,2024-01-01,1\n  ,2024-01-01,1\n"
    )
    #expect(log.customers == [" 42", "00042", "1E5", "42"])
    #expect(intake.rejected.map(\.reason) == [.missingCustomer, .missingCustomer])
    #expect(intake.rejected.map(\.line) == [6, 7])
  }

  @Test func flagsAndCategories() throws {
    let (log, intake) = try read(
      "id,at,amount,f,c\n1,2024-01-01,1,TRUE,x\n2,2024-01-01,1,no,\n3,2024-01-01,1,,y z\n4,2024-01-01,1,2,x\n"
    ) {
      $0.attributes = [.init("f", column: "f", type: .flag), .init("c", column: "c")]
    }
    guard case .flag(let flags) = try #require(log.stream("purchase")?.attribute("f")).column else {
      throw TestFailure(message: "f is a flag")
    }
    #expect(flags == [1, 0, 255])
    #expect(try log.words("purchase", "c") == ["x", nil, "y z"])
    #expect(intake.rejected.map(\.reason) == [.badFlag])
  }
}
