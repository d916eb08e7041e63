import Foundation
import Testing

/// Every command of the tutorial is run, in order, and prints what the tutorial says.
@Suite struct ExperimentTutorialTests {
  /// A command, and what the reader is told that it prints.
  struct Step {
    var commands: String
    var printed: [String]
  }

  static func steps() throws -> [Step] {
    let article = ReadmeTests.root.appendingPathComponent(
      "Sources/Rekindle/Rekindle.docc/CampaignTutorial.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    var steps: [Step] = []
    var fence: Substring?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        fence = fence == nil ? line.dropFirst(3) : nil
        if fence == "sh" { steps.append(Step(commands: "", printed: [])) }
      } else if fence == "sh" {
        steps[steps.count - 1].commands += line + "\n"
      } else if fence == "text" {
        steps[steps.count - 1].printed.append(String(line))
      }
    }
    return steps
  }

  /// The first of the lines that is not printed, in this order; `…` alone stands for any lines, at the end of
  /// a line for the rest of it. How far columns are apart does not matter.
  static func firstUnmatched(_ wanted: [String], in output: String) -> String? {
    func plain(_ line: some StringProtocol) -> String {
      line.split(separator: " ").joined(separator: " ")
    }
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(plain)
    var place = 0
    var mayJump = false
    for line in wanted {
      if line == "…" {
        mayJump = true
        continue
      }
      let isOpen = line.hasSuffix("…")
      let start = plain(isOpen ? line.dropLast() : line[...])
      func matches(_ found: String) -> Bool { isOpen ? found.hasPrefix(start) : found == start }
      while place < lines.count, mayJump, !matches(lines[place]) { place += 1 }
      guard place < lines.count, matches(lines[place]) else { return line }
      place += 1
      mayJump = false
    }
    return nil
  }

  @Test func everyCommandPrintsWhatTheTutorialSays() throws {
    let steps = try Self.steps()
    #expect(steps.count >= 5)
    let folder = try TemporaryFolder()
    let campaign = ReadmeTests.root.appendingPathComponent("datasets/campaign").path
    for name in try FileManager.default.contentsOfDirectory(atPath: campaign) {
      try FileManager.default.copyItem(atPath: campaign + "/" + name, toPath: folder.path + "/" + name)
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let products = CommandRunner.binary.deletingLastPathComponent().path
    for step in steps {
      let run = try CommandRunner.run(
        URL(filePath: "/bin/sh"), ["-c", step.commands], in: folder.path,
        environment: ["PATH": products + ":" + path])
      #expect(run.code == 0 || step.commands.contains("# exits \(run.code)"), "\(run.error)")
      let unmatched = Self.firstUnmatched(step.printed, in: run.output + run.error)
      #expect(unmatched == nil, "\(step.commands) prints\n\(run.output)\(run.error)")
    }
  }

  /// The committed assignment is the one that the command makes: the data were made with it.
  @Test func theMessagesWentToThoseWhoWereAssigned() throws {
    let folder = ReadmeTests.root.appendingPathComponent("datasets/campaign").path
    let runner = try CommandRunner()
    let run = try runner.run(
      "experiment", "assign", "spring_coupon", "--project", folder + "/rekindle.yaml", "--customers",
      folder + "/customers.csv.gz", "--at", "2026-03-02")
    #expect(run.code == 0, "\(run.error)")
    let sends = try CommandRunner.run(
      URL(filePath: "/bin/sh"), ["-c", "gzip -dc sends.csv.gz"], in: folder)
    let sent = sends.output.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).dropLast(2).joined(separator: ",")
    }
    #expect(run.output.split(separator: "\n").map { String($0) } == sent)
  }

  @Test func linesThatAreLeftOut() {
    let output = "a\nb c\nd\n"
    #expect(Self.firstUnmatched(["a", "b…", "d"], in: output) == nil)
    #expect(Self.firstUnmatched(["…", "d"], in: output) == nil)
    #expect(Self.firstUnmatched(["a", "d"], in: output) == "d")
    #expect(Self.firstUnmatched(["…", "e"], in: output) == "e")
  }
}
