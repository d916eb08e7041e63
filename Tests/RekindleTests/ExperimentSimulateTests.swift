import Foundation
import Testing

@Suite struct ExperimentSimulateTests {
  private static let project = """
    rekindle: 1
    experiments:
      skewed:
        arms: {control: 0.9, treatment: 0.1}
        metrics:
          revenue: {kind: mean}
          bought: {kind: proportion, role: secondary}

    """

  /// A thousand customers, some of whom buy, a few for very much; no arms.
  private static let units: String = {
    var text = "customer_id,revenue,bought\n"
    var state: UInt64 = 42
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
    }
    for customer in 0..<1000 {
      let buys = uniform() < 0.15
      let normal = (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
      text += "c\(customer),\(buys ? (100 * exp(3 + 1.4 * normal)).rounded() / 100 : 0),\(buys ? 1 : 0)\n"
    }
    return text
  }()

  private func shop() throws -> CommandRunner {
    try CommandRunner(["rekindle.yaml": Self.project, "units.csv": Self.units])
  }

  @Test func toldThatWelchDoesNotHold() throws {
    let runner = try shop()
    let run = try runner.run(
      "experiment", "simulate", "skewed", "--units", "units.csv", "--runs", "200", "--seed", "7")
    #expect(run.code == 1, "\(run.error)")
    #expect(
      run.output.hasPrefix("200 A/A runs, 1,000 units dealt again (control 900, treatment 100), seed 7\n"))
    #expect(run.output.contains("revenue: welch does not hold: "))
    #expect(run.output.contains("`method: permutation`"))
    #expect(run.output.contains("bought: boschloo holds"))
    #expect(run.error.contains("error[RK0885]"))
    let again = try runner.run(
      "experiment", "simulate", "skewed", "--units", "units.csv", "--runs", "200", "--seed", "7", "--threads",
      "1")
    #expect(again.output == run.output)
  }

  @Test func ratesNeedNoProject() throws {
    let run = try CommandRunner().run(
      "experiment", "simulate", "--rate", "0.2", "--lift", "0.25", "--units", "4000", "--runs", "300",
      "--looks",
      "5", "--json")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.isEmpty)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(report["holds"] as? Bool == true)
    let lines = try #require(report["lines"] as? [[String: Any]])
    let power = try #require(
      lines.first { $0["measure"] as? String == "power" && $0["used"] as? String == "yes" })
    // 97 % by the normal approximation.
    #expect((power["found"] as? Double ?? 0) > 0.9)
    #expect(lines.contains { $0["measure"] as? String == "any_look" })
  }

  @Test func effectsAreInjected() throws {
    let run = try shop().run(
      "experiment", "simulate", "skewed", "--units", "units.csv", "--runs", "60", "--effect", "bought=80%",
      "--format", "csv", "--quiet")
    // The effect is in another metric: of revenue Welch still says too much.
    #expect(run.code == 1, "\(run.error)")
    #expect(!run.error.contains("bought"))
    let rows = run.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows[0].first == "metric")
    #expect(rows.contains { $0[0] == "bought" && $0[4] == "power" })
    #expect(rows.contains { $0[0] == "revenue" && $0[4] == "false_alarms" })
  }

  /// From the event log, as of the last day whose outcomes are known; the project of the other tests.
  @Test func pastCustomersAreDealt() throws {
    let project = ExperimentUnitsTests.project.replacing(
      "kind: purchase", with: "kind: purchase\n    quarantine_limit: 1")
    let runner = try CommandRunner(["orders.csv": SmallShop.orders(), "rekindle.yaml": project])
    let run = try runner.run("experiment", "simulate", "spring", "--runs", "50", "--format", "markdown")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains("# spring\n"))
    #expect(run.output.contains("| revenue\\_14d") || run.output.contains("| revenue_14d"))
    #expect(run.error.contains("customers as of 2024-12-"), "\(run.error)")
  }

  @Test func mistakesAreTold() throws {
    let runner = try shop()
    #expect(
      try runner.failure("experiment", "simulate", "skewd", "--units", "units.csv").contains("RK0617"))
    let effect = try runner.run(
      "experiment", "simulate", "skewed", "--units", "units.csv", "--effect", "boght=5%")
    #expect(effect.code == 2 && effect.error.contains("error[RK0881]"))
    #expect(effect.error.contains("did you mean \"bought\"?"))
    for arguments in [
      ["--rate", "0.1"], ["--rate", "0.1", "--units", "units.csv"], [], ["skewed", "--lift", "0.1"],
      ["skewed", "--units", "units.csv", "--effect", "bought"],
    ] {
      let run = try runner.run(["experiment", "simulate"] + arguments)
      #expect(run.code == 2, "\(arguments): \(run.error)")
      #expect(run.output.isEmpty)
    }
  }

  @Test func helpHasAnExample() throws {
    let run = try CommandRunner().run("experiment", "simulate", "--help")
    #expect(run.code == 0)
    #expect(run.output.contains("rekindle experiment simulate spring_coupon --units units.csv"))
  }
}
