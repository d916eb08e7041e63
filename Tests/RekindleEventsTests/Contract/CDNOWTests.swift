import Foundation
import RekindleCore
import RekindleEvents
import Testing

/// The real purchase log, when the machine has it.
@Suite struct CDNOWTests {
  @Test func fullLogIsReadWithoutLoss() throws {
    guard let datasets = ProcessInfo.processInfo.environment["REKINDLE_DATASETS"] else {
      print("skipped: REKINDLE_DATASETS does not name the folder of the public data sets")
      return
    }
    let orders = SourceDefinition(
      location: .files(["cdnow/cdnow_master.csv.gz"]), kind: .constant("purchase"),
      customer: "customer_id", time: .init("date"), value: "dollar_value",
      attributes: [.init("cds", column: "cds", type: .number)])
    let (log, intake) = try EventReader.read(
      sources: [("orders", orders)], calendar: .utc, baseDirectory: datasets, workers: Workers(2))
    #expect(intake.read == 69_659)
    #expect(intake.used == 69_659)
    #expect(intake.quarantined == 0)
    #expect(log.customers.count == 23_570)
    #expect(log.customers.first == "00001")
    let stream = try #require(log.stream("purchase"))
    #expect(stream.times.count == 69_659)
    guard case .number(let values) = try #require(stream.attribute("value")).column,
      case .number(let discs) = try #require(stream.attribute("cds")).column
    else {
      Issue.record("value and cds are numbers")
      return
    }
    let cents = values.reduce(0) { $0 + Int(($1 * 100).rounded()) }
    #expect(cents == 250_031_563)
    #expect(discs.reduce(0, +) == 167_881)
    let span = try #require(log.span)
    #expect(CivilDate(daysSinceEpoch: log.calendar.day(of: span.lowerBound)).description == "1997-01-01")
    #expect(CivilDate(daysSinceEpoch: log.calendar.day(of: span.upperBound)).description == "1998-06-30")
  }
}
