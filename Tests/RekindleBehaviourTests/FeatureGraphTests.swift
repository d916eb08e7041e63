import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

private let schema = EventSchema(kinds: [
  .init(
    name: "purchase", attributes: [.init(name: "value", type: .number), .init(name: "month", type: .number)]),
  .init(name: "visit", attributes: []),
])

private func features(_ formulas: KeyValuePairs<String, String>) throws -> [FeatureDefinition] {
  try formulas.map { FeatureDefinition(name: $0.key, expression: try Expression(parsing: $0.value)) }
}

private func failure(_ formulas: KeyValuePairs<String, String>, inputs: [String] = []) throws -> Diagnostic? {
  let definitions = try features(formulas)
  do throws(Diagnostic) {
    _ = try FeatureGraph(definitions, schema: schema, inputs: inputs)
    return nil
  } catch { return error }
}

@Suite struct FeatureGraphTests {
  @Test func whatIsReferredToComesFirst() throws {
    let graph = try FeatureGraph(
      features(["a": "b + c", "b": "c * 2", "c": "count(purchase)", "d": "a > score"]), schema: schema,
      inputs: ["score"])
    #expect(graph.definitions.map(\.name) == ["c", "b", "a", "d"])
    #expect(graph.types["d"] == .flag)
    #expect(graph.types["score"] == .number)
  }

  @Test func aFeatureKeepsItsTypeWhereItIsUsed() throws {
    #expect(try failure(["a": "b + 1", "b": "count(purchase) > 1"])?.code == "RK0323")
  }

  @Test func aCircleIsNamed() throws {
    let error = try failure(["x": "1", "a": "b + 1", "b": "2 * c", "c": "log(a)"])
    #expect(error?.code == "RK0333")
    #expect(error?.notes == ["circle: a → b → c → a"])
    #expect(error?.place?.file == "feature a")
    #expect(try failure(["a": "1 + a"])?.notes == ["circle: a → a"])
  }

  @Test func namesAreOwnAndPlain() throws {
    for name in ["Orders", "1st", "not", "a b", "", "ä"] {
      let definition = FeatureDefinition(name: name, expression: Expression(.number(1)))
      #expect(throws: Diagnostic.self) { try FeatureGraph([definition], schema: schema) }
    }
    #expect(try failure(["a": "1", "a": "2"])?.code == "RK0334")
    #expect(try failure(["score": "1"], inputs: ["score"])?.code == "RK0334")
  }

  @Test func aPopulationStatisticHasNoneInside() throws {
    #expect(
      try failure(["a": "population_mean(count(purchase))", "b": "a + 1", "c": "population_mean(b)"])?.code
        == "RK0329")
  }

  @Test func aFeatureCannotHideItsDirectionBehindAnother() throws {
    #expect(try failure(["a": "b", "b": "count(purchase, next 3d)"])?.code == "RK0330")
  }

  @Test func requirementsAreWhatIsAsked() throws {
    let expressions = try [
      "sum(purchase.value, last 90d where hour > 3)", "count(visit where page == \"a\")",
      "distinct(purchase.month)",
    ].map { try Expression(parsing: $0) }
    let needs = EventRequirements(of: expressions, in: schema)
    #expect(needs.kinds == ["purchase", "visit"])
    #expect(needs.attributes == ["purchase": ["value", "month"], "visit": ["page"]])
    #expect(needs.missing(from: schema) == ["visit.page"])
    #expect(needs.missing(from: EventSchema(kinds: [])) == ["purchase", "visit"])
    #expect(needs.restricting(schema) == schema)
    let clock = EventRequirements(
      of: expressions, in: EventSchema(kinds: [.init(name: "purchase", attributes: [])]))
    #expect(clock.attributes["purchase"] == ["value"])
  }
}
