import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleOutreach
import Testing

@Suite("Actions that the file keeps from everybody")
struct PlanReachTests {
  private func action(
    _ id: String, _ kind: Action.Kind = .content, when: String, channels: [String] = ["sms"],
    send: SendSlot = .now, reason: String = ""
  ) throws -> Action {
    Action(
      id: id, kind: kind, when: try Expression(parsing: when), channels: kind == .nothing ? [] : channels,
      send: send, reason: reason)
  }

  private func refusal(_ plan: OutreachPlan) -> Diagnostic? {
    do throws(Diagnostic) {
      try plan.validate()
      return nil
    } catch {
      return error
    }
  }

  @Test("A playbook without an action is refused")
  func empty() {
    let error = refusal(OutreachPlan(actions: []))
    #expect(error?.code == "RK1002" && error?.key == "outreach.actions")
  }

  @Test(
    "What comes after the playbook has ended for all whom it is meant for is refused",
    arguments: [
      ("1 == 1", "churn_probability > 0.5", true),
      ("true", "true", true),
      ("not false or recency > 3", "recency > 9", true),
      ("recency > 9", "recency > 9", true),
      ("recency > 9", "recency>9 and churn_probability > 0.5", true),
      ("recency > 9 and churn_probability > 0.5", "churn_probability > 0.5 and recency > 9", true),
      ("recency > 9 and churn_probability > 0.5", "recency > 9", false),
      ("recency > 9", "recency > 9 or churn_probability > 0.5", false),
      ("1 == 2", "recency > 9", false),
      ("recency > 9", "recency > 10", false),
    ])
  func ended(rest: String, later: String, isRefused: Bool) throws {
    let plan = OutreachPlan(actions: [
      try action("first", when: "recency > 2"), try action("rest", .nothing, when: rest),
      try action("later", when: later),
    ])
    let error = refusal(plan)
    #expect((error != nil) == isRefused)
    guard isRefused else { return }
    #expect(error?.code == "RK1007" && error?.key == "outreach.actions.2.when")
    #expect(error?.message.contains("rest ends the playbook") == true)
  }

  @Test("Actions after an unconditional one that does something are for whom a guard keeps from it")
  func unconditional() throws {
    let plan = OutreachPlan(actions: [
      try action("all", when: "true"), try action("others", when: "true", channels: ["letter"]),
    ])
    #expect(refusal(plan) == nil)
  }

  @Test("A slot at an hour that is quiet on every channel of the action is refused")
  func quiet() throws {
    let channels = [
      Channel("sms", consent: "sms", quiet: QuietHours("18:00-09:00")),
      Channel("email", consent: "email", quiet: nil),
    ]
    func error(_ slot: String, _ names: [String] = ["sms"], _ change: (inout OutreachPlan) -> Void = { _ in })
      throws -> Diagnostic?
    {
      var plan = OutreachPlan(
        channels: channels,
        actions: [
          try action("news", when: "true", channels: names, send: try #require(SendSlot(slot)))
        ])
      change(&plan)
      return refusal(plan)
    }
    let late = try #require(try error("day_20"))
    #expect(late.code == "RK1007" && late.key == "outreach.actions.0.send")
    #expect(late.message == "news is sent at 20:00, and sms is quiet from 18:00 to 09:00")
    #expect(try error("weekend_18")?.code == "RK1007")
    for slot in ["day_9", "day_17:59", "now", "auto"] { #expect(try error(slot) == nil) }
    // By the other channel it goes out as it is written.
    #expect(try error("day_20", ["sms", "email"]) == nil)
    #expect(try error("day_20") { $0.guards.quietHours = false } == nil)
    // Channels of the events are quiet at night.
    #expect(try error("day_20") { $0.channels = nil } == nil)
    #expect(try error("day_21") { $0.channels = nil }?.code == "RK1007")
    let arm = try error("day_12") {
      $0.actions?[0].trial = .init("spring", arms: [.init("late", send: SendSlot("day_20"))])
    }
    #expect(arm?.key == "outreach.actions.0.arms.late.send")
  }

  @Test("A reason that speaks of what nothing gives is refused")
  func reasons() throws {
    func error(_ reason: String) throws -> Diagnostic? {
      let plan = OutreachPlan(actions: [try action("news", when: "true", reason: reason)])
      do throws(Diagnostic) {
        _ = try Playbook(
          plan,
          features: [
            FeatureDefinition(name: "overdue_ratio", expression: try Expression(parsing: "count(visit)"))
          ],
          dropped: [.init(name: "points", reason: "no source gives points")], columns: ["stage": .text],
          schema: EventSchema(kinds: [.init(name: "visit", attributes: [])]))
        return nil
      } catch {
        return error
      }
    }
    let slip = try #require(try error("{overdue_rato} times late, {stage}"))
    #expect(slip.code == "RK1015" && slip.key == "outreach.actions.0.reason")
    #expect(slip.hint == "did you mean {overdue_ratio}?")
    // What had to drop is left out where it is said, as is a fact without its source.
    for reason in ["{overdue_ratio} {stage}", "{points} points", "{open_ticket_hours} hours", "plain"] {
      #expect(try error(reason) == nil)
    }
  }
}

@Suite("Arms that a price guard keeps unequally")
struct ArmWarningTests {
  private func warnings(
    _ when: String, own: String = "10%", deep: String, _ guards: Guards = Guards()
  ) throws -> [String] {
    var action = Action(
      id: "win_back", kind: .coupon, when: try Expression(parsing: when), channels: ["letter"],
      offer: Offer(own))
    action.trial = .init(
      "spring", arms: [.init("control", isTreated: false), .init("deep", offer: Offer(deep))])
    let plan = OutreachPlan(
      channels: [Channel("letter", consent: nil, quiet: nil)], actions: [action], guards: guards)
    return try Playbook(
      plan, features: [], columns: ["tier_level": .number],
      schema: EventSchema(kinds: [.init(name: "visit", attributes: [])])
    ).warnings
  }

  private let limits = Guards(
    discountDepth: .init([
      .init(level: 0, depth: 0.05), .init(level: 1, depth: 0.1), .init(level: 2, depth: 0.25),
    ]))

  @Test("By the tiers that the rule means")
  func depth() throws {
    let one = try warnings("tier_level >= 1", deep: "25%", limits)
    #expect(one.count == 1)
    #expect(
      one.first?.hasPrefix("discount_depth keeps arm deep of spring from tier 1, which allows 10%") == true)
    #expect(try warnings("tier_level >= 2", deep: "25%", limits).isEmpty)
    // Whom it keeps from both it keeps alike.
    #expect(try warnings("true", deep: "25%", limits).count == 1)
    #expect(try warnings("true", deep: "25%").isEmpty)
    #expect(try warnings("true", deep: "10%", limits).isEmpty)
  }

  @Test("By the spend that is asked for")
  func stretch() throws {
    let one = try warnings("true", own: "100-10", deep: "200-20")
    #expect(one.count == 1 && one[0].hasPrefix("basket_stretch keeps arm deep of spring"))
    #expect(try warnings("true", own: "200-10", deep: "200-20").isEmpty)
    #expect(try warnings("true", own: "100-10", deep: "200-20", Guards(basketStretch: nil)).isEmpty)
  }
}
