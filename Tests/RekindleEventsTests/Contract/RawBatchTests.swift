import RekindleCore
import RekindleEvents
import Testing

/// Rows of another reader go through the same contract as text does.
@Suite struct RawBatchTests {
  private struct Rows: BatchSource {
    let columnNames: [String]
    let columns: [RawColumn]
    let count: Int

    func forEachBatch(
      columns wanted: [Int], _ body: (RawBatch) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
      try body(
        RawBatch(file: "orders.parquet", firstRow: 1, count: count, columns: wanted.map { columns[$0] }))
    }
  }

  private func read(
    _ columns: [RawColumn], count: Int, zone: String = "UTC",
    _ change: (inout SourceDefinition) -> Void = { _ in }
  ) throws -> (log: EventLog, intake: Intake.Source) {
    let calendar = try CivilCalendar(timeZone: zone)
    var definition = orders("orders.parquet", change)
    definition.location = .table("orders", database: "shop.sqlite")
    let source = Rows(columnNames: ["id", "at", "amount"], columns: columns, count: count)
    var builder: EventLogBuilder?
    let intake = try EventReader.readBatches(
      sources: [("orders", definition)], calendar: calendar, baseDirectory: "", until: nil, needed: nil,
      workers: Workers(2), open: { (_, _, _, _) throws(Diagnostic) in source }
    ) { schema in
      let log = EventLogBuilder(schema: schema, calendar: calendar)
      builder = log
      return { log.append($0) }
    }
    let log = try #require(builder).finish()
    return (log, try #require(intake.sources.first))
  }

  private func strings(_ texts: [String]) -> ByteStrings {
    var strings = ByteStrings()
    for text in texts { strings.append(text.utf8) }
    return strings
  }

  @Test func textIsCast() throws {
    let (log, intake) = try read(
      [
        RawColumn(.text(strings(["00042", "1E5", "", "7"]))),
        RawColumn(.text(strings(["2024-01-01", "2024-01-02", "2024-01-03", "x"]))),
        RawColumn(.text(strings(["1.5", "", "2", "3"]))),
      ], count: 4)
    #expect(log.customers == ["00042", "1E5"])
    #expect(intake.rejected.map(\.reason) == [.missingCustomer, .badTime])
    #expect(intake.rejected.map(\.line) == [3, 4])
    #expect(intake.rejected.map(\.text) == [",2024-01-03,2", "7,x,3"])
  }

  @Test func typesAreTaken() throws {
    let (log, intake) = try read(
      [
        RawColumn(.dictionary(codes: [1, 0, 0, -1, 1, 0], words: strings(["b", "a"]))),
        RawColumn(
          .wallClock([0, 3_600_000_000, 7_200_000_000, 0, 0, 0]),
          isMissing: [false, false, false, false, true, false]),
        RawColumn(
          .number([1, .nan, -3, 4, 5, .infinity]), isMissing: [false, true, false, false, false, false]),
      ], count: 6, zone: "Asia/Shanghai")
    #expect(log.customers == ["a", "b"])
    #expect(intake.rejected.map(\.reason) == [.missingCustomer, .missingTime, .notFinite])
    #expect(intake.refunds == 1)
    #expect(try log.numbers("refund", "value") == [3])
    #expect(log.span?.lowerBound == Instant(seconds: -28_800))
  }

  @Test func numbersThatAreIdsAreText() throws {
    let (log, _) = try read(
      [
        RawColumn(.integer([12, 7])), RawColumn(.date([19_723, 19_724])), RawColumn(.integer([5, 6])),
      ], count: 2)
    #expect(log.customers == ["12", "7"])
    #expect(log.stream("purchase")?.times.first == Instant(seconds: 1_704_153_600 - 86_400))
    let (floats, _) = try read(
      [RawColumn(.number([12, 7.5])), RawColumn(.instant([0, 1])), RawColumn(.integer([5, 6]))], count: 2)
    #expect(floats.customers == ["12", "7.5"])
  }

  /// What databases write for "infinity".
  @Test func endlessTimesAreRejected() throws {
    let ends: [RawColumn.Values] = [
      .instant([.max, .min, 0]), .wallClock([.max, .min, 0]), .date([.max, .min, 0]),
    ]
    for times in ends {
      let (log, intake) = try read(
        [RawColumn(.integer([1, 2, 3])), RawColumn(times), RawColumn(.integer([1, 1, 1]))], count: 3,
        zone: "Europe/Berlin")
      #expect(log.customers == ["3"])
      #expect(intake.rejected.map(\.reason) == [.badTime, .badTime])
    }
  }

  @Test func identicalRowsOfTypes() throws {
    let (log, intake) = try read(
      [RawColumn(.integer([1, 1, 1])), RawColumn(.date([1, 1, 2])), RawColumn(.number([1, 1, 1]))],
      count: 3
    ) { $0.duplicates = .drop }
    #expect(log.eventCount == 2 && intake.duplicates == 1)
  }
}
