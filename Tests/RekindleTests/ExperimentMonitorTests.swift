import Foundation
import Rekindle
import Testing

/// The command that watches a running experiment.
@Suite struct ExperimentMonitorTests {
  /// Twenty days of 100 units; the treatment is worth 4 from the first on. In stores of fifty.
  private static let units: String = {
    var text = "customer_id,store,arm,assigned_at,paid\n"
    for unit in 0..<2000 {
      let day = unit / 100 + 1
      let treated = unit % 2 == 1
      let paid = 10 + unit * 7919 % 21 + (treated ? 4 : 0)
      text +=
        "u\(unit),s\(unit % 40),\(treated ? "treatment" : "control"),2026-03-\(day < 10 ? "0" : "")\(day),\(paid)\n"
    }
    return text
  }()

  private func runner(_ plan: String, more: String = "") throws -> CommandRunner {
    let project = """
      rekindle: 1
      experiments:
        test:
          arms: [control, treatment]
          metrics: {paid: {kind: mean}}
          start: 2026-03-01
          end: 2026-03-21
          plan: {\(plan)}
          \(more)
      """
    return try CommandRunner(["rekindle.yaml": project, "units.csv": Self.units])
  }

  private func monitor(_ runner: CommandRunner, _ more: String...) throws -> [String: Any] {
    let run = try runner.run(["experiment", "monitor", "test", "--units", "units.csv", "--json"] + more)
    #expect(run.code == 0, "\(run.error)")
    let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(json as? [String: Any])
  }

  @Test func oneLookShowsNothingBeforeTheEnd() throws {
    let runner = try runner("alpha: 0.05")
    let early = try monitor(runner, "--as-of", "2026-03-11")
    #expect(early["advice"] as? String == "go_on" && early["days_left"] as? Int == 10)
    let looks = try #require(early["looks"] as? [[String: Any]])
    #expect(looks.count == 10 && looks.allSatisfy { $0["diff"] is NSNull })
    #expect(try monitor(runner)["advice"] as? String == "stop")
    let text = try runner.run(
      "experiment", "monitor", "test", "--units", "units.csv", "--as-of", "2026-03-11")
    #expect(text.output.hasPrefix("test: go on. "))
    #expect(text.output.components(separatedBy: "hidden").count == 2, "one line: today's")
  }

  @Test func anAlwaysValidPlanStopsWhenItsIntervalLeavesZero() throws {
    let report = try monitor(try runner("monitoring: always_valid, tuned_at: 1000"), "--as-of", "2026-03-11")
    #expect(report["advice"] as? String == "stop")
    let looks = try #require(report["looks"] as? [[String: Any]])
    let counts = looks.compactMap { $0["n_variant"] as? Int }
    #expect(counts == (1...10).map { $0 * 50 })
  }

  @Test func plannedLooksHaveABoundary() throws {
    let report = try monitor(try runner("looks: [0.5, 1]"), "--as-of", "2026-03-11")
    #expect(report["advice"] as? String == "stop")
    let looks = try #require(report["looks"] as? [[String: Any]])
    #expect(looks.count { !($0["boundary"] is NSNull) } == 1)
  }

  /// A column that names the stores makes them the unit, which is told by the estimator.
  @Test func wholeStoresAreAssigned() throws {
    let runner = try runner("alpha: 0.05", more: "unit: store")
    let run = try runner.run(
      "experiment", "analyze", "test", "--units", "units.csv", "--format", "csv")
    #expect(run.output.contains(",cr2,"), "\(run.error)")
    try runner.folder.write("store\n" + (0..<40).map { "s\($0)\n" }.joined(), to: "stores.csv")
    let assigned = try runner.run("experiment", "assign", "test", "--customers", "stores.csv")
    #expect(assigned.output.hasPrefix("store,experiment,arm,"))
  }

  @Test func unitsWithoutTimesCannotBeWatched() throws {
    let runner = try runner("alpha: 0.05")
    try runner.folder.write(
      Self.units.replacing("assigned_at", with: "sometime"), to: "units.csv")
    let error = try runner.failure("experiment", "monitor", "test", "--units", "units.csv")
    #expect(error.contains("error[RK0853]"))
    #expect(try runner.run("experiment", "monitor", "test").code == 2)
  }
}
