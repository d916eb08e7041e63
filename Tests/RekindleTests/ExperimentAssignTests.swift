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
    let beside = try FileManager.default.attributesOfItem(atPath: runner.folder.path + "/a.record.json")
    #expect(beside[.posixPermissions] as? Int == 0o600)
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

  /// From the deal to a permutation that deals by the same rule; an analysis without the record says so.
  @Test func aBalancedBatchIsAnalysedAsItWasDealt() throws {
    let project = """
      rekindle: 1
      experiments:
        spring:
          arms: [a, b]
          batch: {balance: {covariates: [spent], acceptance: 0.1}}
          metrics: {paid: {kind: mean, method: permutation}}

      """
    let runner = try CommandRunner([
      "rekindle.yaml": project, "customers.csv": Self.customers(0..<60),
    ])
    #expect(try assign(runner, "--output", "a.csv").code == 0)
    let lines = try runner.folder.text("a.csv").split(separator: "\n")
    #expect(lines[0].hasSuffix(",assigned_at,spent"))
    // What was paid hangs on what was spent before, and the variant adds a little.
    let units = lines.dropFirst().map { line -> String in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let spent = Double(cells[6]) ?? .nan
      let bonus = cells[2] == "b" ? 4.0 : 0
      return "\(cells[0]),\(cells[2]),\(spent + bonus + Double(cells[0].utf8.last ?? 0) * 0.1)\n"
    }
    try runner.folder.write("customer_id,arm,paid\n" + units.joined(), to: "units.csv")
    func analysis(_ more: String...) throws -> (warns: Bool, p: Double) {
      let run = try runner.run(
        ["experiment", "analyze", "spring", "--units", "units.csv", "--json"] + more)
      #expect(run.code == 0, "\(run.error)")
      let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
      let health = try #require(json?["health"] as? [[String: Any]])
      let row = try #require((json?["rows"] as? [[String: Any]])?.first)
      return (
        health.contains { $0["check"] as? String == "permutation" }, try #require(row["p"] as? Double)
      )
    }
    let free = try analysis()
    let dealt = try analysis("--dealt", "a.csv")
    #expect(free.warns && !dealt.warns)
    #expect(free.p > 0.2 && dealt.p < 0.01, "\(free.p) \(dealt.p)")
    // A part of the assignment is not what was dealt; without its record nothing is known of the deal.
    try runner.folder.write(lines.dropLast().joined(separator: "\n") + "\n", to: "part.csv")
    let arguments = ["experiment", "analyze", "spring", "--units", "units.csv", "--dealt", "part.csv"]
    let lost = try runner.run(arguments)
    #expect(lost.code == 2 && lost.error.contains("error[RK0846]"), "\(lost.error)")
    try runner.folder.write(try runner.folder.text("a.record.json"), to: "part.record.json")
    let part = try runner.run(arguments)
    #expect(part.code == 2 && part.error.contains("error[RK0845]"), "\(part.error)")
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
    let blank = try refusal("customer_id,x\na,1\n,2\nb,3\n ,4\n")
    #expect(blank.contains("RK0820") && blank.contains("rows: 2, 4"), "\(blank)")
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
