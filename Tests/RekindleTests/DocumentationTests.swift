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
}
