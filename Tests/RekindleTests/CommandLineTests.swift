import Foundation
import Testing

@Suite struct CommandLineTests {
  private func shop() throws -> CommandRunner {
    try CommandRunner(["orders.csv": SmallShop.orders(), "rekindle.yaml": SmallShop.project])
  }

  @Test(arguments: [
    ["init"], ["check"], ["features"], ["train"], ["evaluate"], ["score"], ["model", "show"], ["simulate"],
  ])
  func helpHasAnExample(command: [String]) throws {
    let run = try CommandRunner().run(command + ["--help"])
    #expect(run.code == 0)
    #expect(run.error.isEmpty)
    #expect(run.output.contains("Example"))
    #expect(run.output.contains("rekindle \(command.joined(separator: " ")) "))
    let root = try CommandRunner().run("--help")
    #expect(root.code == 0)
    #expect(root.output.contains("  \(command[0]) "))
  }

  @Test func unknownOptionsExitTwo() throws {
    let runner = try shop()
    for arguments in [
      ["check", "--nonsense"], ["nonsense"], ["features", "--as-of", "03/04/2024"], ["init"],
      ["train", "--threads", "0"], ["features", "--format", "xlsx"],
    ] {
      let run = try runner.run(arguments)
      #expect(run.code == 2, "\(arguments): \(run.error)")
      #expect(run.output.isEmpty)
      #expect(run.error.contains("Error: "))
    }
  }

  @Test func rowsAreAccountedFor() throws {
    let orders = "customer_id,order_ts,amount\na,2024-01-01,5\nb,2024-01-02,x\n,2024-01-02,1\n"
    let project = SmallShop.project.replacing("value: amount", with: "value: amount\n    quarantine_limit: 1")
    let runner = try CommandRunner(["orders.csv": orders, "rekindle.yaml": project])
    let run = try runner.run("features")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.contains("orders: 3 rows read = 1 used + 2 quarantined"))
    let check = try runner.run("check")
    #expect(check.output.contains("3 rows read = 1 used + 2 quarantined"))
    #expect(check.output.contains("bad_number"))
    #expect(check.output.contains("missing_customer"))
  }

  @Test func standardOutputIsDataOnly() throws {
    let runner = try shop()
    let table = try runner.run("features", "--as-of", "2024-06-01")
    let rows = table.output.split(separator: "\n")
    #expect(rows.first == "customer_id,as_of,purchases_90d,recency,spend_90d")
    #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("c") && $0.split(separator: ",").count >= 4 })
    #expect(!table.error.isEmpty)
    let quiet = try runner.run("features", "--as-of", "2024-06-01", "--quiet")
    #expect(quiet.error.isEmpty)
    #expect(quiet.output == table.output)
    let lines = try runner.run("features", "--as-of", "2024-06-01", "--format", "jsonl", "--quiet")
    for line in lines.output.split(separator: "\n") {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
    for arguments in [
      ["check", "--json"], ["train", "--json"], ["evaluate", "--json"],
      ["model", "show", "model.json", "--json"],
    ] {
      let run = try runner.run(arguments)
      #expect(run.code == 0, "\(arguments): \(run.error)")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(run.output.utf8)) }
    }
    let scores = try runner.run("score")
    #expect(scores.output.hasPrefix("customer_id,as_of,churn_probability,"))
    #expect(scores.error.contains("customers scored"))
  }

  @Test func dryRunsWriteNothing() throws {
    let runner = try shop()
    let before = try runner.folder.contents()
    for arguments in [
      ["features", "-n", "--output", "features.csv"], ["train", "-n"],
      ["init", "-n", "--from", "orders.csv"],
      ["simulate", "-n", "--customers", "20", "--days", "100"],
    ] {
      let run = try runner.run(arguments)
      #expect(run.code == 0, "\(arguments): \(run.error)")
      #expect(try runner.folder.contents() == before, "\(arguments)")
    }
  }

  /// Files of customers are their owner's alone.
  @Test func filesOfCustomersAreTheOwners() throws {
    let runner = try shop()
    #expect(try runner.run("features", "--output", "features.csv").code == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: runner.folder.path + "/features.csv")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func gatesExitOne() throws {
    let runner = try shop()
    #expect(try runner.run("train").code == 0)
    let run = try runner.run("evaluate", "--min-auc", "1.01")
    #expect(run.code == 1)
    #expect(run.error.contains("error[RK0608]"))
  }

  /// Errors are red where a person looks, unless that person asked for no colour.
  @Test func colour() throws {
    #expect(try errorOnATerminal(environment: ["TERM": "xterm"]).contains("\u{1B}[1;31m"))
    #expect(try !errorOnATerminal(environment: ["TERM": "xterm", "NO_COLOR": "1"]).contains("\u{1B}["))
    #expect(try !errorOnATerminal(environment: ["TERM": "dumb"]).contains("\u{1B}["))
    #expect(try !CommandRunner().run("check", environment: ["TERM": "xterm"]).error.contains("\u{1B}["))
  }

  /// What a failing command writes to a standard error that is a terminal: that of `script`.
  private func errorOnATerminal(environment: [String: String]) throws -> String {
    let folder = try TemporaryFolder()
    let binary = CommandRunner.binary.path
    #if os(Linux)
      let arguments = ["script", "-qec", "'\(binary)' check", "/dev/null"]
    #else
      let arguments = ["script", "-q", "/dev/null", binary, "check"]
    #endif
    let run = try CommandRunner.run(
      URL(filePath: "/usr/bin/env"), arguments, in: folder.path,
      environment: ["NO_COLOR": ""].merging(environment) { $1 })
    #expect(run.output.contains("RK0600"))
    return run.output
  }
}
