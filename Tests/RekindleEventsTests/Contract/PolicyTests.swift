import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite struct PolicyTests {
  private let head = "id,at,amount\n"

  @Test func negativeValues() throws {
    let text = head + "1,2024-01-01,5\n1,2024-01-02,-2\n"
    let (log, intake) = try read(text)
    #expect(try log.numbers("purchase", "value") == [5])
    #expect(try log.numbers("refund", "value") == [2])
    #expect(intake.refunds == 1 && intake.used == 2)
    #expect(try read(text) { $0.negative = .keep }.log.numbers("purchase", "value") == [5, -2])
    #expect(try read(text) { $0.negative = .keep }.log.stream("refund") == nil)
    let (_, strict) = try read(text) { $0.negative = .quarantine }
    #expect(strict.rejected.map(\.reason) == [.negativeValue])
  }

  @Test func identicalRows() throws {
    let text = "id,at,amount,line\n1,2024-01-01,5,a\n1,2024-01-01,5,a\n1,2024-01-01,5,b\n2,2024-01-01,5,a\n"
    #expect(try read(text).log.eventCount == 4)
    let (log, intake) = try read(text) { $0.duplicates = .drop }
    // The row with another line is not identical, although nothing reads that column.
    #expect(log.eventCount == 3)
    #expect(intake.duplicates == 1 && intake.read == 4 && intake.used == 4 && intake.events == 3)
  }

  @Test func sameDayEventsMerge() throws {
    let text =
      "id,at,amount,shop\n1,2024-01-01 22:00:00,5,late\n1,2024-01-01 09:00:00,2,early\n1,2024-01-02 00:30:00,,x\n2,2024-01-01 10:00:00,1,y\n"
    let (log, intake) = try read(text) {
      $0.sameDay = .merge
      $0.attributes = [.init("shop", column: "shop")]
    }
    #expect(try log.words("purchase", "shop") == ["early", "x", "y"])
    let values = try log.numbers("purchase", "value")
    #expect(values[0] == 7 && values[1].isNaN && values[2] == 1)
    #expect(intake.merged == 1 && intake.used == 4 && intake.events == 3)
    // In Shanghai the evening before and half past midnight are other days than in UTC.
    let shanghai = try read(text.replacing("00:30:00,", with: "00:30:00Z,"), zone: "Asia/Shanghai") {
      $0.sameDay = .merge
    }
    #expect(shanghai.log.eventCount == 3)
  }

  @Test func kindsFromAColumn() throws {
    let text = "id,at,amount,what\n1,2024-01-01,5,buy\n1,2024-01-02,,view\n1,2024-01-03,,noise\n"
    func mapping(_ other: SourceDefinition.OtherKinds) -> (inout SourceDefinition) -> Void {
      {
        $0.kind = .column("what", map: ["buy": "purchase", "view": "visit"], other: other)
      }
    }
    let (log, intake) = try read(text, mapping(.quarantine))
    #expect(log.stream("purchase")?.times.count == 1 && log.stream("visit")?.times.count == 1)
    #expect(intake.rejected.map(\.reason) == [.unknownKind])
    let (_, lenient) = try read(text, mapping(.ignore))
    #expect(lenient.ignored == 1 && lenient.used == 3 && lenient.events == 2 && lenient.rejected.isEmpty)
  }

  @Test func timesInTheFuture() throws {
    let until = Instant(seconds: 1_704_153_600)  // 2024-01-02T00:00Z
    let (log, intake) = try read(
      head + "1,2024-01-01 23:59:59,5\n1,2024-01-02 00:00:00,5\n", until: until)
    #expect(log.eventCount == 1)
    #expect(intake.rejected.map(\.reason) == [.futureTime])
  }

  @Test func recordedTimes() throws {
    let (log, _) = try read("id,at,amount,seen\n1,2024-01-01,5,2024-01-03\n1,2024-01-02,5,\n") {
      $0.recorded = .init("seen")
    }
    let stream = try #require(log.stream("purchase"))
    #expect(try #require(stream.recorded).map { log.calendar.day(of: $0) } == [19_725, 19_724])
  }

  @Test func limitIsACheck() throws {
    let text = head + "1,2024-01-01,5\n1,2024-01-01,x\n"
    let error = try failure(text) { $0.quarantineLimit = 0.4 }
    #expect(error.code == "RK0217")
    #expect(error.kind == .checkFailed)
    #expect(error.notes.contains { $0.contains("orders.csv:3: bad_number: 1,2024-01-01,x") })
    #expect(try read(text) { $0.quarantineLimit = 0.5 }.intake.quarantined == 1)
  }

  @Test func everyRowIsAccountedFor() throws {
    var random = SplitMix(state: 3)
    let ids = ["1", "2", "", "3"]
    let times = ["2024-01-01", "2024-01-02 10:00:00", "never", ""]
    let amounts = ["1", "-1", "x", "nan", ""]
    var text = head
    for _ in 0..<3000 {
      text +=
        [
          ids.randomElement(using: &random), times.randomElement(using: &random),
          amounts.randomElement(using: &random),
        ]
        .map { $0 ?? "" }.joined(separator: ",")
        + (UInt8.random(in: 0...20, using: &random) == 0 ? ",9\n" : "\n")
    }
    let (log, intake) = try read(text) {
      $0.duplicates = .drop
      $0.sameDay = .merge
    }
    #expect(intake.read == 3000)
    #expect(intake.read == intake.used + intake.quarantined)
    #expect(intake.events == log.eventCount)
    #expect(intake.reasons.map(\.rows).reduce(0, +) == intake.quarantined)
  }

  @Test func quarantineFileIsPrivateAndHarmless() throws {
    let folder = try TemporaryFolder()
    try folder.write(head + "=cmd(),never,5\n1,\"a\nb\",5\n", to: "orders.csv")
    let (_, intake) = try EventReader.read(
      sources: [("orders", orders())], calendar: .utc, baseDirectory: folder.path, workers: Workers(1))
    let path = folder.path + "/quarantine.csv"
    try intake.writeQuarantine(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      text == "source,file,line,reason,text\norders,orders.csv,2,bad_time,\"'=cmd(),never,5\"\n"
        + "orders,orders.csv,3,bad_time,\"1,\"\"a\nb\"\",5\"\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  /// What nothing asks for is not kept; but whether a row is used does not depend on who asks.
  @Test func rowsAreJudgedByAllThatIsDeclared() throws {
    let folder = try TemporaryFolder()
    try folder.write("id,at,amount,n\n1,2024-01-01,5,x\n1,2024-01-02,6,1\n", to: "orders.csv")
    let definition = orders { $0.attributes = [.init("n", column: "n", type: .number)] }
    for needed in [["purchase": ["value"]], ["purchase": ["value", "n"]], nil] as [[String: Set<String>]?] {
      let (log, intake) = try EventReader.read(
        sources: [("orders", definition)], calendar: .utc, baseDirectory: folder.path, needed: needed,
        workers: Workers(1), enforcingLimits: false)
      #expect(intake.sources[0].rejected.map(\.line) == [2])
      let kept = log.stream("purchase")?.attributes.map(\.name).sorted()
      #expect(kept == (needed?["purchase"]?.sorted() ?? ["n", "value"]))
    }
  }

  /// In a file of several kinds a declared number is a number in every row.
  @Test func everyKindOfARowIsJudgedAlike() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "id,at,amount,n,what\n1,2024-01-01,5,2,buy\n1,2024-01-02,,x,view\n1,2024-01-03,,,view\n"
        + "1,2024-01-03,1,y,buy\n",
      to: "orders.csv")
    let definition = orders {
      $0.kind = .column("what", map: ["buy": "purchase", "view": "visit"], other: .quarantine)
      $0.attributes = [.init("n", column: "n", type: .number)]
    }
    for needed in [["purchase": ["n"], "visit": []], nil] as [[String: Set<String>]?] {
      let (log, intake) = try EventReader.read(
        sources: [("orders", definition)], calendar: .utc, baseDirectory: folder.path, needed: needed,
        workers: Workers(1), enforcingLimits: false)
      #expect(try log.numbers("purchase", "n") == [2])
      #expect(log.stream("visit")?.times.count == 1)
      #expect(intake.sources[0].rejected.map(\.line) == [3, 5])
    }
  }

  @Test func threadsAndRowOrderChangeNothing() throws {
    let folder = try TemporaryFolder()
    var random = SplitMix(state: 5)
    var rows = (0..<20_000).map { _ in
      "c\(Int.random(in: 0..<500, using: &random)),2024-01-\(Int.random(in: 10...28, using: &random)),"
        + "\(Int.random(in: -20...500, using: &random))"
    }
    try folder.write(head + rows.joined(separator: "\n"), to: "a.csv")
    rows.shuffle(using: &random)
    try folder.write(head + rows.joined(separator: "\n"), to: "b.csv")
    func fingerprint(_ file: String, _ threads: Int) throws -> String {
      let log = try EventReader.read(
        sources: [("orders", orders(file))], calendar: .utc, baseDirectory: folder.path,
        workers: Workers(threads)
      ).log
      return "\(log.customers)"
        + log.streams.map { "\($0.kind)\($0.offsets)\($0.times)\($0.attributes)" }.joined()
    }
    let one = try fingerprint("a.csv", 1)
    #expect(try fingerprint("a.csv", 2) == one)
    #expect(try fingerprint("b.csv", 2) == one)
  }
}
