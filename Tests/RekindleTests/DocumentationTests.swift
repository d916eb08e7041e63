import Foundation
import Rekindle
import Testing

@Suite struct DocumentationTests {
  @Test func theCatalogueInTheDocumentationIsTheOneInTheCode() throws {
    let article = ReadmeTests.root.appendingPathComponent("Sources/Rekindle/Rekindle.docc/RetailFeatures.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    #expect(
      text.hasSuffix(FeatureSet.retail.markdown),
      "put the output of `rekindle features --catalogue` at the end of RetailFeatures.md")
  }

  /// Every example of the article on the language is one that the parser takes.
  @Test func theExamplesOfTheLanguageParse() throws {
    let article = ReadmeTests.root.appendingPathComponent(
      "Sources/Rekindle/Rekindle.docc/ExpressionLanguage.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    var examples = 0
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isExample = line == "```" && !isExample
      } else if isExample, !line.isEmpty {
        _ = try RekindleBehaviour.Expression(parsing: String(line))
        examples += 1
      }
    }
    #expect(examples >= 8)
  }

  /// The project files in the article on experiments are ones that are taken, and it names every setting.
  @Test func theExperimentsOfTheDocumentationAreRead() throws {
    let article = ReadmeTests.root.appendingPathComponent(
      "Sources/Rekindle/Rekindle.docc/ExperimentFile.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    var files: [String] = []
    for part in text.components(separatedBy: "```yaml\n").dropFirst() {
      files.append(part.components(separatedBy: "```")[0])
    }
    #expect(files.count == 2)
    for file in files {
      #expect(try ProjectFile(text: file, path: "rekindle.yaml").experiments.count == 1)
    }
    let unknown = files[0].replacing("arms:", with: "armz:")
    let error = try #require(throws: Diagnostic.self) { try ProjectFile(text: unknown, path: "p.yaml") }
    let keys = try #require(error.notes.first { $0.hasPrefix("keys here: ") }).dropFirst(11)
    for key in keys.split(separator: ",") {
      #expect(text.contains("`\(key.drop { $0 == " " })`"), "\(key)")
    }
  }

  /// The project file in the article on outreach runs as it stands.
  @Test func thePlaybookOfTheDocumentationRuns() throws {
    let article = ReadmeTests.root.appendingPathComponent("Sources/Rekindle/Rekindle.docc/Outreach.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    let example = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
      .components(separatedBy: "```")[0]
    let runner = try CommandRunner([
      "rekindle.yaml": OutreachProject.project(example), "scheduled.csv": OutreachProject.scheduled,
    ])
    let check = try runner.run("check")
    #expect(check.code == 0 && !check.output.contains("left to chance"), "\(check.output)\(check.error)")
    let score = try runner.run("score", "--model", OutreachProject.model, "--output", "scores.csv")
    #expect(score.code == 0, "\(score.error)")
    let assign = try runner.run(
      "experiment", "assign", "spring", "--customers", "scores.csv", "--output", "spring.csv")
    #expect(assign.code == 0, "\(assign.error)")
    let plan = try runner.run(
      "plan", "--model", OutreachProject.model, "--assignment", "spring.csv", "--output", "actions.csv")
    #expect(plan.code == 0, "\(plan.error)")
    let planned = SegmentsCommandTests.Rows(try runner.folder.text("actions.csv"))
    #expect(try planned.column("action").contains("call_after_ticket"))
    // With another tier the price guard would keep one arm alone, and that is said.
    try runner.folder.write(
      OutreachProject.project(example.replacing("tier_level >= 2", with: "tier_level >= 1")),
      to: "rekindle.yaml")
    let warned = try runner.run("check")
    #expect(
      warned.code == 0
        && warned.output.contains("discount_depth keeps arm deep of spring from tier 1, which allows 10%"),
      "\(warned.output)\(warned.error)")
  }
}
