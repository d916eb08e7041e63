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
}
