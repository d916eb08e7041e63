import Foundation
import Rekindle
import Testing

/// `churn.log_end` is where the future begins: for rows, for labels, and for the moment of a score.
@Suite struct LogEndTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rekindle-\(UUID().uuidString)")

  /// Forty customers over 240 days, every other one of whom leaves on the way, and one row of a
  /// till whose clock is wrong.
  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var rows = ["customer_id,order_ts,amount"]
    for customer in 0..<40 {
      let end = customer % 2 == 0 ? 240 : 30 + 5 * customer
      for day in stride(from: customer % 9, to: end, by: 9 + customer % 5) {
        rows.append(
          "c\(customer),\(CivilDate(daysSinceEpoch: 19_723 + Int32(day))),\(10 + (customer + day) % 7)")
      }
    }
    rows.append("c1,2099-01-01,5")
    try (rows.joined(separator: "\n") + "\n").write(
      to: folder.appendingPathComponent("orders.csv"), atomically: true, encoding: .utf8)
  }

  func project(logEnd: String) throws -> Project {
    let text = """
      rekindle: 1
      sources:
        orders: {file: orders.csv, kind: purchase, customer: customer_id, time: order_ts, value: amount}
      features:
        sets: []
        add: {recency: days_since_last(purchase), orders_60: "count(purchase, last 60d)"}
      churn: {horizon: 30d, log_end: \(logEnd)}
      """
    let path = folder.appendingPathComponent("rekindle.yaml")
    try text.write(to: path, atomically: true, encoding: .utf8)
    return try Project(contentsOf: path.path, workers: Workers(1))
  }

  @Test func rowsAfterTheEndAreQuarantined() throws {
    let (log, intake) = try project(logEnd: "2024-09-01").readEvents()
    #expect(intake.quarantined == 1)
    #expect(intake.read == intake.used + 1)
    #expect(intake.sources.first?.reasons.first?.reason == .futureTime)
    #expect(log.eventCount == intake.used)
  }

  @Test func theEndIsTheMomentOfScoresAndTheEndOfTheLastLabel() throws {
    let project = try project(logEnd: "2024-09-01")
    let end = try #require(project.logEnd)
    let run = try project.train()
    let model = run.outcome.model
    #expect(model.windows.test.date == "2024-08-02")
    // The last event is some days before the declared end, of which nothing is missing.
    let check = try project.evaluate(model)
    #expect(check.asOf == model.windows.test.asOf)
    #expect(check.isOutOfTime)
    #expect(try !project.evaluate(model, asOf: model.windows.training.first?.asOf).isOutOfTime)
    #expect(check.evaluation == model.evaluation.outOfTime)
    #expect(try project.score(with: model).scores.table.times.allSatisfy { $0 == end })
  }
}
