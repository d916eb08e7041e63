import RekindleBehaviour
import RekindleCore
import Testing

@Suite struct FeatureTemplateTests {
  @Test func aListInTheNameIsAFeatureEach() throws {
    let expanded = try FeatureDefinition.expanding(
      name: "purchases_{7, 30,90}d", formula: ExpressionSource("count(purchase, last {}d)"), unit: "orders",
      reason: "{value} orders in {} days", transform: .log1p)
    #expect(expanded.map(\.definition.name) == ["purchases_7d", "purchases_30d", "purchases_90d"])
    #expect(expanded[1].definition.expression.description == "count(purchase, last 30d)")
    #expect(expanded[1].definition.reason == "{value} orders in 30 days")
    #expect(expanded[2].definition.transform == .log1p)
    #expect(expanded[2].source.text == "count(purchase, last 90d)")
  }

  @Test func aPlainNameIsOneFeature() throws {
    let one = try FeatureDefinition.expanding(name: "a", formula: ExpressionSource("count(purchase)"))
    #expect(one.map(\.definition.name) == ["a"])
  }

  @Test(arguments: [
    ("a", "last {}d"), ("a_{7,30}", "count(purchase)"), ("a_{7", "{}"), ("a_7}", "{}"), ("a_{}", "{}"),
    ("a_{7,7}", "{}"), ("a_{7,}", "{}"), ("a_{1}_{2}", "{}"),
  ])
  func aListThatIsNotRightIsTold(_ name: String, _ formula: String) {
    do throws(Diagnostic) {
      _ = try FeatureDefinition.expanding(name: name, formula: ExpressionSource(formula))
      Issue.record("accepted")
    } catch { #expect(error.code == "RK0336") }
  }

  @Test func anErrorInTheFormulaShowsTheWrittenOutText() {
    do throws(Diagnostic) {
      _ = try FeatureDefinition.expanding(
        name: "a_{7,30}",
        formula: ExpressionSource("cuont(purchase, last {}d)", file: "rekindle.yaml", line: 9))
      Issue.record("accepted")
    } catch {
      #expect(error.code == "RK0305")
      #expect(error.place?.line == 9)
      #expect(error.place?.text == "cuont(purchase, last 7d)")
    }
  }
}
