import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach
import Testing

@Suite("Texts that rules compare")
struct RuleWordsTests {
  private func refusal(_ rule: String) throws -> Diagnostic? {
    let source = ExpressionSource(rule)
    let action = Action(
      id: "x", kind: .content, when: try Expression(parsing: source), source: source, channels: ["letter"])
    do throws(Diagnostic) {
      _ = try Playbook(
        OutreachPlan(channels: [Channel("letter", consent: nil)], actions: [action]),
        features: [
          FeatureDefinition(name: "shop", expression: try Expression(parsing: "latest(purchase.channel)"))
        ], columns: ["stage": .text, "group": .text, "tone": .text, "churn_probability": .number],
        words: ["stage": ["loyal", "dormant", "lost"], "group": ["LOST", "NEW"]],
        schema: EventSchema(kinds: [
          .init(
            name: "purchase",
            attributes: [.init(name: "stage", type: .category), .init(name: "channel", type: .category)])
        ]))
      return nil
    } catch {
      return error
    }
  }

  @Test("A value that there is not is refused where it stands, with the values")
  func refused() throws {
    let error = try #require(try refusal("churn_probability > 0.5 and stage == \"dormnt\""))
    #expect(error.code == "RK1014")
    #expect(error.message == "stage is never \"dormnt\"")
    #expect(error.hint == "did you mean \"dormant\"?")
    #expect(error.notes == ["values of stage: loyal, dormant, lost"])
    #expect(error.place?.column == 38 && error.place?.length == 8)
    #expect(error.key == "outreach.actions.0.when")
    // In a list, behind not, in a branch, on either side; also where nothing is near.
    for (rule, column) in [
      ("stage in [\"loyal\", \"lots\"]", 20), ("not (stage != \"x\")", 15), ("\"LOYAL\" == stage", 1),
      ("if(stage == \"new\", 1, 0) == 1", 13),
    ] {
      let error = try #require(try refusal(rule), "\(rule)")
      #expect(error.code == "RK1014" && error.place?.column == column, "\(error)")
    }
    #expect(try refusal("group == \"lost\"")?.hint == "did you mean \"LOST\"?")
    #expect(try refusal("stage == \"NEW\"")?.hint == "\"NEW\" is a value of group")
  }

  @Test("Values that there are, texts of unknown values and attributes of events are fine")
  func fine() throws {
    for rule in [
      "stage == \"dormant\"", "stage in [\"loyal\", \"lost\"]", "tone == \"anything\"", "shop == \"web\"",
      "count(purchase, last 9d where stage == \"any\") > 0", "stage is missing", "group != stage",
    ] {
      #expect(try refusal(rule) == nil, "\(rule)")
    }
  }
}
