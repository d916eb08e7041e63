import Foundation
import Rekindle
import Testing

/// The commands of an experiment on a flat file, as a growth team would run them.
@Suite struct ExperimentCommandTests {
  static let project = """
    rekindle: 1
    experiments:
      signup:
        arms: [control, treatment]
        metrics:
          converted: {kind: proportion, covariates: [prior]}
          paid: {kind: mean, role: secondary}

    """

  /// 1,200 units whose treatment converts more often.
  static func units(_ change: (Int, String) -> String = { $1 }) -> String {
    "customer_id,arm,prior,converted,paid\n"
      + (0..<1200).map { row in
        let treated = row % 2 == 1
        let converted = row / 2 % 10 < 3 || treated && row % 7 == 0
        let paid = converted ? Double(10 + row % 13) : 0
        return change(
          row, "u\(row),\(treated ? "treatment" : "control"),\(row % 5),\(converted ? 1 : 0),\(paid)") + "\n"
      }.joined()
  }

  private func runner(_ units: String, project: String = ExperimentCommandTests.project) throws
    -> CommandRunner
  {
    try CommandRunner(["rekindle.yaml": project, "units.csv": units])
  }

  /// The rows of a report as CSV, by column.
  private func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    }
    return lines.dropFirst().map { Dictionary(zip(lines[0], $0)) { first, _ in first } }
  }

  @Test func analyzeIsTheSameInEveryFormatAndFromSums() throws {
    let runner = try runner(Self.units())
    let csv = try runner.run(
      "experiment", "analyze", "signup", "--units", "units.csv", "--format", "csv", "--write-summary",
      "sums.csv")
    #expect(csv.code == 0, "\(csv.error)")
    let row = try #require(rows(csv.output).first)
    #expect(row["metric"] == "converted" && row["control"] == "control" && row["variant"] == "treatment")
    #expect(row["n_control"] == "600" && row["method"] == "lin")
    let files: [(name: String, arguments: [String])] = [
      ("report.csv", ["--units", "units.csv"]), ("sums-report.csv", ["--summary", "sums.csv"]),
      ("report.json", ["--units", "units.csv"]), ("report.md", ["--units", "units.csv"]),
    ]
    for (name, arguments) in files {
      let run = try runner.run(["experiment", "analyze", "signup", "--output", name] + arguments)
      #expect(run.code == 0 && run.output.isEmpty, "\(run.error)")
    }
    #expect(try runner.folder.text("report.csv") == csv.output)
    let fromSums = rows(try runner.folder.text("sums-report.csv"))
    for (one, other) in zip(rows(csv.output), fromSums) {
      for name in ["diff", "diff_se", "lift_lower", "p"] {
        guard let a = Double(one[name] ?? ""), let b = Double(other[name] ?? "") else { continue }
        #expect(abs(a - b) <= 1e-9 * max(abs(a), 1e-6), "\(name) \(a) \(b)")
      }
    }
    #expect(fromSums.count == rows(csv.output).count)
    let json = try JSONSerialization.jsonObject(with: Data(try runner.folder.text("report.json").utf8))
    let object = try #require(json as? [String: Any])
    #expect(object["status"] as? String == "ship")
    #expect((object["rows"] as? [Any])?.count == fromSums.count)
    #expect(try runner.folder.text("report.md").hasPrefix("# signup\n"))
    let text = try runner.run("experiment", "analyze", "signup", "--units", "units.csv")
    #expect(text.output.hasPrefix("signup: ") && text.output.contains("\nComparisons with control\n"))
  }

  /// Nothing measured is nothing answered.
  @Test func anExperimentWithoutMetricsIsRefused() throws {
    let runner = try runner(
      "customer_id,arm\nu1,a\nu2,b\n",
      project: "rekindle: 1\nexperiments:\n  signup:\n    arms: [a, b]\n")
    for command in ["analyze", "monitor", "simulate"] {
      let run = try runner.run("experiment", command, "signup", "--units", "units.csv")
      #expect(
        run.code == 2 && run.error.contains("error[RK0811]: the experiment has no metric"), "\(run.error)")
      #expect(run.output.isEmpty)
    }
    #expect(
      try runner.run("experiment", "assign", "signup", "--customers", "units.csv").code == 0)
  }

  @Test func anUnknownMethodIsToldTheKnownOnesOnce() throws {
    let runner = try runner(Self.units())
    let run = try runner.run(
      "experiment", "analyze", "signup", "--units", "units.csv", "--method", "converted=bosloo")
    #expect(run.code == 2 && run.error.contains("error[RK0860]") && run.error.contains("boschloo"))
    let line = try #require(run.error.split(separator: "\n").first { $0.contains("this kind of metric has") })
    let names = line.split(separator: ":")[1].split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    #expect(names.count == Set(names).count && names.count > 6, "\(names)")
  }

  /// A method by name shows in the report; flags stand for ones and zeros.
  @Test func methodsByNameAndFlags() throws {
    let units = Self.units { _, line in
      var cells = line.split(separator: ",").map { String($0) }
      cells[3] = cells[3] == "1" ? "True" : "False"
      return cells.joined(separator: ",")
    }
    let runner = try runner(
      units, project: Self.project.replacing(", covariates: [prior]", with: ""))
    for method in ["newcombe", "fisher"] {
      let run = try runner.run(
        "experiment", "analyze", "signup", "--units", "units.csv", "--format", "csv", "--method",
        "converted=\(method)")
      #expect(run.code == 0, "\(run.error)")
      #expect(rows(run.output).first?["method"] == method)
    }
    #expect(
      try runner.run(
        "experiment", "analyze", "signup", "--units", "units.csv", "--method", "convertd=newcombe"
      ).error.contains("did you mean \"converted\"?"))
  }

  /// A failed check hides no figure, writes the report, and exits 1.
  @Test func failedHealthExitsOne() throws {
    // Two in three of the treated are lost.
    let units = Self.units().split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 || $0.offset % 6 == 0 }.map(\.element).joined(separator: "\n")
    let runner = try runner(units)
    let run = try runner.run("experiment", "analyze", "signup", "--units", "units.csv", "--output", "r.csv")
    #expect(run.code == 1, "\(run.error)")
    #expect(run.error.contains("error[RK0619]: health checks failed: sample_ratio"))
    let row = try #require(rows(try runner.folder.text("r.csv")).first)
    #expect(row["decision"] == "invalid" && !(row["diff"] ?? "").isEmpty)
  }

  /// Bad input is refused by its code, and nothing is written.
  @Test(arguments: [
    ("u7,", "u7,contrl,1,0,0", "RK0840"), ("u7,", "u7,treatment,1,2,0", "RK0842"),
    ("u7,", "u7,treatment,1,0,inf", "RK0841"), ("u7,", "u7,treatment,1,0,dear", "RK0230"),
    ("u7,", "u7,treatment,1,0", "RK0231"), ("customer_id,", "customer_id,am,prior,converted,paid", "RK0850"),
    ("customer_id,", "customer_id,arm,prior,convertd,paid", "RK0850"),
  ])
  func badUnits(start: String, line: String, code: String) throws {
    let units = Self.units().split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(start) ? line[...] : $0 }.joined(separator: "\n")
    let runner = try runner(units)
    let before = try runner.folder.contents()
    let run = try runner.run(
      "experiment", "analyze", "signup", "--units", "units.csv", "--output", "report.csv")
    #expect(run.code == 2)
    #expect(run.error.contains("error[\(code)]"), "\(run.error)")
    #expect(run.error.contains("= help: "))
    #expect(run.output.isEmpty)
    #expect(try runner.folder.contents() == before)
  }

  /// What is odd but can be told beside the figures is a finding.
  @Test func oddUnitsAreFindings() throws {
    func health(_ units: String) throws -> String {
      let run = try runner(units).run("experiment", "analyze", "signup", "--units", "units.csv")
      #expect(run.code == 0 || run.code == 1, "\(run.error)")
      return run.output
    }
    // In two arms.
    #expect(
      try health(
        Self.units { row, line in row == 9 ? line + "\n" + line.replacing("treatment", with: "control") : line
        }
      )
      .contains("crossovers"))
    // Nobody in an arm.
    let alone = Self.units().split(separator: "\n").filter { !$0.contains(",treatment,") }
    #expect(try health(alone.joined(separator: "\n") + "\n").contains("Health failed"))
    // A constant outcome.
    let constant = Self.units { _, line in
      var cells = line.split(separator: ",").map { String($0) }
      cells[3] = "0"
      return cells.joined(separator: ",")
    }
    #expect(try health(constant).contains("constant"))
    // A missing one.
    #expect(
      try health(Self.units { row, line in row == 9 ? "u9,treatment,1,,3" : line }).contains("missing"))
  }

  @Test func usage() throws {
    let runner = try runner(Self.units())
    #expect(try runner.run("experiment", "analyze", "signup").code == 2)
    #expect(
      try runner.run("experiment", "analyze", "signup", "--units", "a", "--summary", "b").code == 2)
    #expect(
      try runner.failure("experiment", "analyze", "sinup", "--units", "units.csv").contains(
        "error[RK0617]: there is no experiment \"sinup\""))
    #expect(
      try runner.run("experiment", "analyze", "signup", "--assignment", "units.csv").error.contains(
        "error[RK0616]"))
    let help = try runner.run("experiment", "--help")
    #expect(help.code == 0 && help.output.contains("design") && help.output.contains("analyze"))
  }

  @Test func designByHand() throws {
    let runner = try runner(Self.units())
    let run = try runner.run(
      "experiment", "design", "signup", "--baseline", "converted=0.1", "--units", "4000", "--json")
    #expect(run.code == 0, "\(run.error)")
    let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(json?["units_at_hand"] as? Int == 4000)
    #expect(try runner.run("experiment", "design", "signup").error.contains("RK0870"))
    #expect(try runner.run("experiment", "design", "signup", "--baseline", "converted").code == 2)
  }
}
