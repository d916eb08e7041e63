import Foundation
import Rekindle
import Testing

/// The command that hands out arms.
@Suite struct ExperimentAssignTests {
  static let project = """
    rekindle: 1
    experiments:
      spring:
        factors: {coupon: [none, big], slot: [early, late]}
        holdout: 0.1
        metrics: {paid: {kind: mean}}

    """

  static func customers(_ range: Range<Int>) -> String {
    "customer_id,tier,spent\n" + range.map { "c\($0),t\($0 % 3),\($0 * 7 % 101)\n" }.joined()
  }

  private func runner(_ project: String = ExperimentAssignTests.project) throws -> CommandRunner {
    try CommandRunner(["rekindle.yaml": project, "customers.csv": Self.customers(0..<500)])
  }

  private func assign(_ runner: CommandRunner, _ more: String...) throws -> CommandRunner.Run {
    try runner.run(
      ["experiment", "assign", "spring", "--customers", "customers.csv", "--at", "2026-03-01"] + more)
  }

  @Test func theSameListGivesTheSameFileAndALongerOneMovesNobody() throws {
    let runner = try runner()
    let first = try assign(runner, "--output", "a.csv")
    #expect(first.code == 0, "\(first.error)")
    let text = try runner.folder.text("a.csv")
    #expect(
      text.hasPrefix("customer_id,experiment,arm,coupon,slot,stratum,probability,assigned_at\nc0,spring,"))
    #expect(text.split(separator: "\n").count == 501)
    let record = try runner.folder.text("a.record.json")
    #expect(try assign(runner).output == text)
    let again = try assign(runner, "--output", "a.csv")
    #expect(again.error.contains("500 listed: 500 were assigned before"))
    #expect(try runner.folder.text("a.csv") == text)
    #expect(try runner.folder.text("a.record.json") == record)
    let attributes = try FileManager.default.attributesOfItem(atPath: runner.folder.path + "/a.csv")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    // More customers, in another order, on another number of threads, packed otherwise.
    try runner.folder.write(Self.customers(200..<800), to: "customers.csv")
    #expect(try assign(runner, "--output", "a.csv", "--threads", "1").code == 0)
    let grown = Set(try runner.folder.text("a.csv").split(separator: "\n").map { String($0) })
    #expect(grown.isSuperset(of: text.split(separator: "\n").map { String($0) }))
    #expect(grown.count == 801)
  }

  @Test func aChangedDefinitionIsRefusedWithTheNumberOfThoseWhoWouldMove() throws {
    let runner = try runner()
    #expect(try assign(runner, "--output", "a.csv").code == 0)
    try runner.folder.write(Self.project.replacing("holdout: 0.1", with: "holdout: 0.5"), to: "rekindle.yaml")
    let before = try runner.folder.contents()
    let refused = try assign(runner, "--output", "a.csv")
    #expect(refused.code == 2 && refused.error.contains("error[RK0822]"), "\(refused.error)")
    #expect(refused.error.contains("of 500 stored units would move"))
    #expect(refused.error.contains("--> rekindle.yaml:3:3"))
    #expect(try runner.folder.contents() == before)
    let kept = try assign(runner, "--output", "a.csv", "--keep-stored")
    #expect(kept.code == 0 && kept.error.contains("stay where they were"), "\(kept.error)")
    #expect(try runner.folder.contents()["a.csv"] == before["a.csv"])
  }

  /// Strata of the list; the counts within each are as even as can be.
  @Test func batchesAreDealtWithinStrata() throws {
    let runner = try runner(
      Self.project.replacing(
        "holdout: 0.1",
        with: "strata: [tier]\n    batch: {seed: 4, balance: {covariates: [spent], acceptance: 0.1}}"))
    let run = try assign(runner, "--output", "a.csv")
    #expect(run.code == 0, "\(run.error)")
    var counts: [String: Int] = [:]
    for line in try runner.folder.text("a.csv").split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      counts["\(cells[2]) \(cells[5])", default: 0] += 1
    }
    #expect(counts.count == 12)
    #expect(counts.values.allSatisfy { $0 == 41 || $0 == 42 })
    #expect(try runner.folder.text("a.record.json").contains("\"method\" : \"rerandomised\""))
    try runner.folder.write(Self.customers(0..<50).replacing("tier", with: "teir"), to: "customers.csv")
    let error = try runner.failure("experiment", "assign", "spring", "--customers", "customers.csv")
    #expect(error.contains("error[RK0850]: column \"tier\"") && error.contains("did you mean \"teir\"?"))
  }

  @Test func badLists() throws {
    let runner = try runner()
    func refusal(_ customers: String) throws -> String {
      try runner.folder.write(customers, to: "customers.csv")
      let run = try assign(runner, "--output", "a.csv")
      #expect(run.code == 2 && !run.error.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: runner.folder.path + "/a.csv"))
      return run.error
    }
    #expect(try refusal("customer_id\na\nb\na\n").contains("RK0821"))
    #expect(try refusal("customer_id,x\na,1\n,2\n").contains("RK0820"))
    #expect(try refusal("customr_id\na\n").contains("did you mean \"customr_id\"?"))
  }

  /// The strata can be computed from the events before the assignment.
  @Test func strataFromEvents() throws {
    let project =
      SmallShop.project.replacing("horizon: 30d", with: "horizon: 30d") + """
        experiments:
          spring:
            arms: [a, b]
            strata: [regular]
            batch: {seed: 1}
            segments: {regular: "count(purchase, last 60d) >= 5"}
            metrics: {paid: {kind: mean, formula: "sum(purchase.value, next 14d)"}}

        """
    let runner = try CommandRunner([
      "rekindle.yaml": project, "orders.csv": SmallShop.orders(),
      "customers.csv": "customer_id\n" + (0..<60).map { "c\($0)\n" }.joined(),
    ])
    let run = try runner.run(
      "experiment", "assign", "spring", "--customers", "customers.csv", "--at", "2024-12-01")
    #expect(run.code == 0, "\(run.error)")
    let strata = Set(
      run.output.split(separator: "\n").dropFirst().map {
        String($0.split(separator: ",", omittingEmptySubsequences: false)[3])
      })
    #expect(strata.count == 2 && strata.contains { $0.contains("yes") }, "\(strata)")
  }
}
