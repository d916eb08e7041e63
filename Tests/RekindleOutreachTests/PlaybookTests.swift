import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach
import Testing

@Suite("The built-in playbook")
struct PlaybookTests {
  private func playbook(_ schema: EventSchema, scores: Bool) throws -> Playbook {
    let available = FeatureSet.retail.available(in: schema)
    return try Playbook(
      OutreachPlan(), features: available.kept, dropped: available.dropped,
      columns: ["replenishment_lateness": .number, "replenishment_category": .text].merging(
        scores ? ["churn_probability": .number] : [:]
      ) { $1 }, schema: schema,
      consentChannels: ["email", "sms"])
  }

  @Test("With all sources every action is there, service before content before price")
  func whole() throws {
    let book = try playbook(.retail, scores: true)
    #expect(book.messages == [])
    #expect(book.actions.count == 13)
    #expect(book.actions.first?.kind == .serviceCall)
    let kinds = book.actions.map(\.kind)
    let rest = try #require(kinds.firstIndex(of: .nothing))
    let price = try #require(kinds.firstIndex(of: .coupon))
    #expect(rest < price)
    #expect(kinds[(rest + 1)..<price].allSatisfy { $0 != .nothing && !$0.isService })
    #expect(book.actions[price].when.description.contains("churn_probability"))
    #expect(book.channels.map(\.name) == ["email", "sms", "service_desk"])
  }

  @Test("Orders alone: what has no source drops out, and it is said")
  func ordersOnly() throws {
    let schema = EventSchema(kinds: [
      .init(
        name: "purchase",
        attributes: [.init(name: "value", type: .number), .init(name: "category", type: .category)])
    ])
    let book = try playbook(schema, scores: false)
    #expect(
      book.actions.map(\.id) == [
        "not_due", "remind_of_supplies", "recommend_second", "wake_up_content", "wake_up_coupon",
        "wake_up_anyway",
      ])
    #expect(book.messages.contains("action call_about_ticket drops out: no source gives ticket"))
    #expect(
      book.messages.contains {
        $0.hasPrefix("action keep_warm_points drops out: it uses points_expiring_share")
      })
    #expect(book.messages.contains { $0.hasPrefix("no source gives consent.channel") })
    #expect(!book.actions.contains { $0.when.description.contains("churn_probability") })
  }

  @Test("A rule of one's own that means nothing is an error, at its setting")
  func mistaken() throws {
    let action = Action(
      id: "x", kind: .content, when: try Expression(parsing: "overdue_ration > 2"), channels: ["email"])
    let available = FeatureSet.retail.available(in: .retail)
    let error = #expect(throws: Diagnostic.self) {
      try Playbook(
        OutreachPlan(channels: [Channel("email", consent: "email")], actions: [action]),
        features: available.kept,
        schema: .retail)
    }
    #expect(error?.key == "outreach.actions.0.when")
    #expect(error?.hint == "did you mean overdue_ratio?")
  }

  @Test("Built-in rules mean something for all sources")
  func checked() throws {
    let book = try playbook(.retail, scores: true)
    for action in book.actions { #expect(!action.reason.isEmpty) }
  }

  @Test("On orders alone a plan is made, and without consent nobody is written to")
  func ordersOnlyRun() throws {
    var random = Generator(3)
    let now: Int64 = 1_700_000_000_000_000
    let events = (0..<900).map { row in
      Event(
        customer: "c\(100 + row % 150)", kind: "purchase",
        time: Instant(microseconds: now - Int64(random.below(700 * 24)) * GeneratedShop.hour),
        attributes: ["value": .number(Double(5 + random.below(90)))])
    }
    let log = EventLog(events: events)
    let available = FeatureSet.retail.available(in: EventSchema(of: log))
    func list(_ plan: OutreachPlan) throws -> ActionList {
      let outreach = try Outreach(
        plan, log: log, at: Instant(microseconds: now),
        inputs: .init(features: available.kept, dropped: available.dropped))
      #expect(
        outreach.playbook.messages.contains("action call_about_ticket drops out: no source gives ticket"))
      return outreach.actionList()
    }
    let strict = try list(OutreachPlan())
    #expect(strict.eligibleCount == 150)
    #expect(strict.planned.isEmpty)
    #expect(Set(strict.withheld.map(\.reason)) == [.consent, .nothing])
    let letter = Channel("letter", consent: nil, quiet: nil)
    let open = try list(OutreachPlan(channels: [letter]))
    #expect(open.planned.count > 20)
    #expect(open.eligibleCount == 150)
    #expect(Set(open.withheld.map(\.reason)) == [.nothing])
  }
}
