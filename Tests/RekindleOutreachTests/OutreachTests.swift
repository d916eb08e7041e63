import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleExperiments
import RekindleOutreach
import RekindleTables
import Testing

@Suite("One customer at a time")
struct OutreachTests {
  private static let now = GeneratedShop.instant("2026-03-04T12:00", .utc)
  private var now: Instant { Self.now }

  private static func ago(_ days: Double) -> Instant {
    Instant(microseconds: now.microseconds - Int64(days * Instant.microsecondsPerDay))
  }

  private func event(
    _ kind: String, _ days: Double, _ attributes: [String: Event.Value] = [:], by id: String = "a"
  ) -> Event {
    Event(customer: id, kind: kind, time: Self.ago(days), attributes: attributes)
  }

  private func consent(
    _ granted: Bool, _ days: Double, channel: String = "email", purpose: String? = nil,
    recorded: Double? = nil
  ) -> Event {
    var event = event("consent", days, ["channel": .category(channel), "granted": .flag(granted)])
    if let purpose { event.attributes["purpose"] = .category(purpose) }
    event.recorded = recorded.map(Self.ago)
    return event
  }

  private func action(
    _ id: String, _ kind: Action.Kind = .content, when: String = "true", channels: [String] = ["email"],
    send: SendSlot = .now, offer: Offer? = nil, reason: String = ""
  ) throws -> Action {
    Action(
      id: id, kind: kind, when: try Expression(parsing: when), channels: channels, send: send, offer: offer,
      reason: reason)
  }

  private func channels(_ names: [String]) -> [Channel] { names.map { Channel($0, consent: $0, quiet: nil) } }

  private func run(_ plan: OutreachPlan, _ events: [Event], _ inputs: Outreach.Inputs = .init()) throws -> (
    Outreach, ActionList
  ) {
    let outreach = try Outreach(plan, log: EventLog(events: events), at: now, inputs: inputs)
    return (outreach, outreach.actionList())
  }

  /// The guard that withholds the one customer `a`; `nil` when the action is done.
  private func reason(_ plan: OutreachPlan, _ events: [Event]) throws -> Guard? {
    let (_, list) = try run(plan, events)
    #expect(list.eligibleCount == 1)
    return list.withheld.first?.reason
  }

  @Test("Consent: unknown is no, the last word counts, a withdrawal wins a tie")
  func consentStates() throws {
    let plan = OutreachPlan(channels: channels(["email"]), actions: [try action("news")])
    let seen = event("visit", 3)
    #expect(try reason(plan, [seen]) == .consent)
    #expect(try reason(plan, [seen, consent(true, 5, channel: "sms")]) == .consent)
    #expect(try reason(plan, [seen, consent(true, 5)]) == nil)
    #expect(try reason(plan, [seen, consent(true, 5), consent(false, 4)]) == .consent)
    #expect(try reason(plan, [seen, consent(false, 5), consent(true, 4)]) == nil)
    #expect(try reason(plan, [seen, consent(true, 5), consent(false, 5)]) == .consent)
    #expect(try reason(plan, [seen, consent(false, 5), consent(true, 5), consent(true, 4)]) == nil)
    // At the very moment of the plan.
    #expect(try reason(plan, [seen, consent(true, 5), consent(false, 0)]) == .consent)
    // Ahead of the send: not yet; between plan and send: already.
    #expect(try reason(plan, [seen, consent(true, 5), consent(false, -1)]) == nil)
    let evening = OutreachPlan(
      channels: channels(["email"]), actions: [try action("news", send: .at(.day, minute: 18 * 60))])
    #expect(try reason(evening, [seen, consent(true, 5), consent(false, -0.2)]) == .consent)
    #expect(try reason(evening, [seen, consent(true, 5), consent(false, -0.3)]) == nil)
    // A grant that becomes known later is none yet; a withdrawal is one since it holds.
    #expect(try reason(plan, [seen, consent(true, 5, recorded: -1)]) == .consent)
    #expect(
      try reason(plan, [seen, consent(true, 5, recorded: 5), consent(false, 4, recorded: -1)]) == .consent)
  }

  @Test("Consent is per purpose where the source has purposes")
  func purposes() throws {
    let plan = OutreachPlan(channels: channels(["email"]), actions: [try action("news")])
    let call = OutreachPlan(channels: channels(["email"]), actions: [try action("call", .serviceCall)])
    let service = [consent(true, 5, purpose: "service")]
    #expect(try reason(plan, service) == .consent)
    #expect(try reason(call, service) == nil)
    let both = [consent(true, 5, purpose: "service"), consent(true, 5, purpose: "marketing")]
    #expect(try reason(plan, both) == nil)
    // A withdrawal that does not say what it is about is about everything.
    #expect(try reason(plan, both + [consent(false, 4)]) == .consent)
    #expect(try reason(call, both + [consent(false, 4)]) == .consent)
    #expect(try reason(plan, service + [consent(true, 4)]) == .consent)
  }

  @Test("An open ticket suppresses promotion, and raises a call when it is stale")
  func tickets() throws {
    let plan = OutreachPlan(
      channels: channels(["email"]) + [Channel("desk", consent: nil, quiet: nil)],
      actions: [
        try action(
          "call", .serviceCall, when: "open_ticket_hours > 48", channels: ["desk"],
          reason: "open for {open_ticket_hours} hours"),
        try action("news"),
      ])
    func ticket(_ kind: String, _ days: Double, _ id: String) -> Event {
      event(kind, days, ["ticket": .category(id)])
    }
    let base = [consent(true, 5)]
    func outcome(_ events: [Event]) throws -> String {
      let (outreach, list) = try run(plan, base + events)
      return list.planned.first.map { outreach.playbook.actions[$0.action].id } ?? list.withheld.first?.reason
        .rawValue ?? ""
    }
    #expect(try outcome([]) == "news")
    #expect(try outcome([ticket("ticket", 1, "x")]) == "open_ticket")
    #expect(try outcome([ticket("ticket", 3, "x")]) == "call")
    #expect(try outcome([ticket("ticket", 3, "x"), ticket("ticket_close", 1, "x")]) == "news")
    #expect(try outcome([ticket("ticket", 3, "x"), ticket("ticket_close", 1, "y")]) == "call")
    // Closed and opened anew; written down in the wrong order; the oldest of two.
    #expect(
      try outcome([ticket("ticket", 5, "x"), ticket("ticket_close", 4, "x"), ticket("ticket", 1, "x")])
        == "open_ticket")
    #expect(try outcome([ticket("ticket", 3, "x"), ticket("ticket_close", 3.5, "x")]) == "news")
    #expect(
      try outcome([ticket("ticket", 3, "x"), ticket("ticket", 1, "y"), ticket("ticket_close", 0.5, "y")])
        == "call")
    let (outreach, list) = try run(plan, base + [ticket("ticket", 3, "x")])
    #expect(outreach.plannedTable(list).csv().contains("open for 72 hours"))
  }

  @Test("The guards of prices")
  func prices() throws {
    func plan(_ offer: String, _ change: (inout Guards) -> Void = { _ in }) throws -> OutreachPlan {
      var plan = OutreachPlan(
        channels: channels(["email"]), actions: [try action("coupon", .coupon, offer: Offer(offer))])
      change(&plan.guards)
      return plan
    }
    func buy(_ days: Double, _ value: Double = 100, discount: Double = 0) -> Event {
      event("purchase", days, ["value": .number(value), "discount": .number(discount)])
    }
    let agreed = consent(true, 50)
    #expect(try reason(try plan("10%"), [agreed, buy(13)]) == .returnWindow)
    #expect(try reason(try plan("10%"), [agreed, buy(14)]) == nil)
    #expect(try reason(try plan("10%"), [agreed, buy(40), event("coupon", 29)]) == .couponCoolOff)
    #expect(try reason(try plan("10%"), [agreed, buy(40), event("coupon", 30)]) == nil)
    let deals = [buy(40, discount: 5), buy(50, discount: 5), buy(60, discount: 5), buy(70, discount: 5)]
    #expect(try reason(try plan("10%"), [agreed] + deals) == .discountDependence)
    #expect(try reason(try plan("10%"), [agreed, buy(30)] + deals) == .discountDependence)
    #expect(try reason(try plan("10%"), [agreed, buy(30), buy(31)] + deals) == nil)
    #expect(try reason(try plan("10%"), [agreed] + deals.prefix(2)) == nil)
    // 130 is 1.3 times the basket.
    #expect(try reason(try plan("130-10"), [agreed, buy(40)]) == nil)
    #expect(try reason(try plan("131-10"), [agreed, buy(40)]) == .basketStretch)
    #expect(try reason(try plan("131-10"), [agreed]) == .basketStretch)
    let limits: (inout Guards) -> Void = {
      $0.discountDepth = .init([.init(level: 0, depth: 0.05), .init(level: 2, depth: 0.25)])
    }
    func tier(_ level: Double) -> Event { event("tier", 10, ["level": .number(level)]) }
    #expect(try reason(try plan("25%", limits), [agreed, buy(40), tier(2)]) == nil)
    #expect(try reason(try plan("25%", limits), [agreed, buy(40), tier(1)]) == .discountDepth)
    #expect(try reason(try plan("25%", limits), [agreed, buy(40)]) == .discountDepth)
    #expect(try reason(try plan("5", limits), [agreed, buy(40)]) == nil)
    #expect(try reason(try plan("6", limits), [agreed, buy(40)]) == .discountDepth)
  }

  @Test("One reason is named, all others are listed, and said in words")
  func reasons() throws {
    let plan = OutreachPlan(
      channels: channels(["email"]),
      actions: [
        try action("coupon", .coupon, offer: Offer("10%")),
        try action("rest", .nothing, channels: [], reason: "not due"),
      ])
    let events = [event("purchase", 3, ["value": .number(10)]), event("coupon", 2)]
    let (outreach, list) = try run(plan, events)
    let row = try #require(list.withheld.first)
    #expect(row.reason == .consent)
    #expect(row.others.guards == [.returnWindow, .couponCoolOff, .nothing])
    #expect(
      outreach.withheldTable(list).csv().contains(
        "consent,return_window coupon_cool_off nothing,coupon,no consent to marketing by email (not known)"))
    let explained = try #require(outreach.explanation(of: "a", in: list))
    #expect(explained.steps.map(\.outcome) == [.kept, .ends])
    #expect(explained.steps[0].failed.map(\.rule) == [.consent, .returnWindow, .couponCoolOff])
    #expect(explained.steps[0].failed[1].words == "bought 3 days ago, and can return it until 2026-03-15")
    #expect(
      explained.steps[0].failed[2].words == "got a coupon 2 days ago, and gets no other until 2026-04-01")
    #expect(explained.steps[0].passed.contains(.basketStretch))
    #expect(outreach.explanation(of: "b", in: list) == nil)
  }

  @Test("Consent that is not known is told from consent that was withdrawn")
  func consentWords() throws {
    let plan = OutreachPlan(
      channels: channels(["email", "sms"]), actions: [try action("news", channels: ["email", "sms"])])
    let (outreach, list) = try run(plan, [consent(true, 9), consent(false, 5), event("visit", 1)])
    #expect(
      outreach.withheldTable(list).rows[0][4]
        == .text("no consent to marketing by email (withdrawn on 2026-02-27), sms (not known)"))
  }

  @Test("The channel on which the customer answers goes before; without consent to it the next does")
  func preference() throws {
    let plan = OutreachPlan(
      channels: channels(["sms", "email", "push"]),
      actions: [try action("news", channels: ["sms", "email", "push"])])
    func answer(_ channel: String, _ days: Double) -> Event {
      event("message", days, ["channel": .category(channel), "clicked": .flag(true)])
    }
    let all = ["sms", "email", "push"].map { consent(true, 400, channel: $0) }
    func chosen(_ events: [Event]) throws -> String {
      let (outreach, list) = try run(plan, events)
      return try #require(list.planned.first.map { outreach.playbook.channels[$0.channel].name })
    }
    #expect(try chosen(all) == "sms")
    #expect(try chosen(all + [answer("push", 30)]) == "push")
    // Two answers of long ago weigh less than one of late.
    #expect(try chosen(all + [answer("push", 300), answer("push", 301), answer("email", 20)]) == "email")
    #expect(try chosen(all + [answer("push", 30), consent(false, 1, channel: "push")]) == "sms")
  }

  @Test("Experiments: the arm's treatment, and no treatment for control and holdout")
  func trials() throws {
    let experiment = Experiment(
      id: "spring",
      arms: [.init("control", weight: 0.4), .init("low", weight: 0.3), .init("high", weight: 0.3)],
      control: "control", holdout: 0.2)
    let ids = (0..<300).map { "c\($0 + 100)" }
    let table = try experiment.assign(AssignmentList(ids: ids), at: now).table
    var coupon = try action("coupon", .coupon, offer: Offer("5%"))
    coupon.trial = .init(
      "spring", arms: [.init("control", isTreated: false), .init("high", offer: Offer("20%"))])
    let plan = OutreachPlan(
      channels: channels(["email"]), actions: [coupon, try action("news")])
    let events = ids.map { id in
      Event(
        customer: id, kind: "consent", time: Self.ago(9),
        attributes: ["channel": .category("email"), "granted": .flag(true)])
    }
    let (outreach, list) = try run(plan, events, .init(assignments: [table]))
    #expect(list.planned.count == 300)
    var offers: [String: Set<String>] = [:]
    for row in outreach.plannedTable(list).rows {
      guard case .text(let offer) = row[3], case .text(let arm) = row[9] else { continue }
      offers[arm, default: []].insert(offer)
    }
    #expect(offers == ["low": ["5%"], "high": ["20%"], "": [""]])
    #expect(throws: Diagnostic.self) { try run(plan, events) }
  }

  @Test("The holdout is the draw of experiments of that layer")
  func holdout() throws {
    let experiment = Experiment(
      id: "any", arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a", holdout: 0.3,
      layer: .init(name: "outreach"))
    let ids = (0..<400).map { "c\($0 + 100)" }
    let plan = OutreachPlan(
      holdout: .init(0.3), channels: [Channel("desk", consent: nil, quiet: nil)],
      actions: [try action("news", channels: ["desk"])])
    let (outreach, list) = try run(plan, ids.map { event("visit", 2, by: $0) })
    let held = Set(list.withheld.map { outreach.customers[$0.customer] })
    let assigner = try Assigner(experiment)
    #expect(held == Set(ids.filter { assigner.assign($0).status == .holdout }))
    #expect(list.withheld.allSatisfy { $0.reason == .holdout })
    #expect((80...160).contains(held.count))
  }

  @Test("The holdout keeps marketing back, and no service")
  func holdoutAndService() throws {
    let ids = (0..<200).map { "c\($0 + 100)" }
    let plan = OutreachPlan(
      holdout: .init(0.3), channels: [Channel("desk", consent: nil, quiet: nil)],
      actions: [
        try action("call", .serviceCall, when: "open_ticket_hours > 48", channels: ["desk"]),
        try action("news", channels: ["desk"]),
      ])
    let tickets = ids.prefix(100).map { event("ticket", 3, ["ticket": .category("t")], by: $0) }
    let (outreach, list) = try run(plan, ids.map { event("visit", 4, by: $0) } + tickets)
    let called = list.planned.filter { $0.action == 0 }.map { outreach.customers[$0.customer] }
    #expect(called == Array(ids.prefix(100)))
    #expect(list.withheld.allSatisfy { $0.customer >= 100 && $0.reason == .holdout })
    #expect((15...50).contains(list.withheld.count))
    // Of a call the holdout is not asked, of news it is.
    let steps = try #require(outreach.explanation(of: ids[0], in: list)?.steps)
    #expect(!steps[0].passed.contains(.holdout) && steps[0].outcome == .planned)
    let held = try #require(list.withheld.first)
    let own = try #require(outreach.explanation(of: outreach.customers[held.customer], in: list)?.steps)
    #expect(own[1].failed.map(\.words) == ["held out of all marketing, to measure by"])
  }

  @Test("Rules name texts, flags and numbers that come from elsewhere")
  func columns() throws {
    let ids = ["a", "b", "c", "d"]
    let inputs = Outreach.Inputs(columns: [
      FeatureColumn(name: "stage", values: .category(codes: [0, 1, -1, 1], dictionary: ["loyal", "lost"])),
      FeatureColumn(name: "vip", values: .flag([1, 0, 1, .nan])),
      FeatureColumn(name: "churn_probability", values: .number([0.1, 0.9, 0.9, 0.9])),
    ])
    func meant(_ rule: String) throws -> [Int] {
      let plan = OutreachPlan(
        channels: [Channel("desk", consent: nil, quiet: nil)],
        actions: [try action("x", when: rule, channels: ["desk"])])
      return try run(plan, ids.map { event("visit", 2, by: $0) }, inputs).1.planned.map(\.customer)
    }
    #expect(try meant("stage == \"lost\"") == [1, 3])
    #expect(try meant("stage != \"lost\"") == [0])
    #expect(try meant("stage in [\"loyal\", \"none\"]") == [0])
    #expect(try meant("stage == \"none\"") == [])
    #expect(try meant("stage is missing") == [2])
    #expect(try meant("vip and churn_probability > 0.5") == [2])
    #expect(try meant("not vip") == [1])
    #expect(throws: Diagnostic.self) { try meant("stag == \"lost\"") }
    #expect(throws: Diagnostic.self) { try meant("count(visit, next 7d) > 0") }
  }

  @Test("Capacity goes to those with most at risk, and counts what is scheduled")
  func capacity() throws {
    let ids = ["a", "b", "c", "d"]
    var call = try action("call", channels: ["desk"])
    call.capacity = 2
    let plan = OutreachPlan(channels: [Channel("desk", consent: nil, quiet: nil)], actions: [call])
    var inputs = Outreach.Inputs(columns: [
      FeatureColumn(name: "value_at_risk", values: .number([5, .nan, 7, 7]))
    ])
    let events = ids.map { event("visit", 2, by: $0) }
    let (outreach, list) = try run(plan, events, inputs)
    #expect(list.planned.map(\.customer) == [2, 3])
    #expect(list.withheld.map(\.reason) == [.capacity, .capacity])
    #expect(outreach.explanation(of: "a", in: list)?.steps.map(\.outcome) == [.noRoom])
    inputs.scheduled.append(customer: "z", channel: "desk", at: Self.ago(2), action: "call")
    #expect(try run(plan, events, inputs).1.planned.map(\.customer) == [2])
  }

  @Test("What is said of a capacity holds by value, by id, and where other plans have taken it")
  func capacityWords() throws {
    let ids = ["a", "b", "c", "d"]
    let events = ids.map { event("visit", 2, by: $0) }
    /// What the withheld customers are told.
    func words(_ capacity: Int, values: [Double]?, scheduled: Int = 0) throws -> [String] {
      var call = try action("call", channels: ["desk"])
      call.capacity = capacity
      let plan = OutreachPlan(channels: [Channel("desk", consent: nil, quiet: nil)], actions: [call])
      var inputs = Outreach.Inputs(
        columns: values.map { [FeatureColumn(name: "value_at_risk", values: .number($0))] } ?? [])
      for _ in 0..<scheduled {
        inputs.scheduled.append(customer: "z", channel: "desk", at: Self.ago(2), action: "call")
      }
      let (outreach, list) = try run(plan, events, inputs)
      return outreach.withheldTable(list).rows.map { if case .text(let text) = $0[4] { text } else { "" } }
    }
    let byID = "by customer id, for want of a value at risk"
    let byValue = "first to those with more at risk, then by customer id"
    #expect(
      try words(2, values: nil) == [String](repeating: "the 2 places of the week go \(byID)", count: 2))
    #expect(
      try words(2, values: [5, .nan, 7, 7]) == [
        "the 2 places of the week go \(byValue)",
        "the 2 places of the week go first to those whose value at risk is known",
      ])
    #expect(
      try words(3, values: [5, 6, 7, 7], scheduled: 2).first
        == "1 of the 3 places of the week is left, and goes \(byValue)")
    #expect(try words(2, values: nil, scheduled: 3).first == "the 2 places of the week are set already")
    #expect(try words(1, values: nil).first == "the one place of the week goes \(byID)")
    #expect(try words(0, values: nil).first == "there is no place for it in a week")
  }

  @Test("Who got something else was kept from the scarce action by what ran out")
  func noRoomBesideAnotherAction() throws {
    var call = try action("call", channels: ["desk"])
    call.capacity = 1
    let plan = OutreachPlan(
      channels: [Channel("desk", consent: nil, quiet: nil)],
      actions: [call, try action("letter", channels: ["desk"])])
    let (outreach, list) = try run(plan, ["a", "b"].map { event("visit", 2, by: $0) })
    let steps = try #require(outreach.explanation(of: "b", in: list)?.steps)
    #expect(steps.map(\.outcome) == [.noRoom, .planned])
    #expect(steps[0].failed.map(\.rule) == [.capacity])
  }

  @Test("The summary counts what was meant, allowed and planned, and what it costs")
  func summary() throws {
    let ids = ["a", "b", "c", "d"]
    var text = try action("text", channels: ["desk"])
    text.cost = 2
    let plan = OutreachPlan(
      channels: [Channel("desk", consent: nil, quiet: nil, cost: 0.25)],
      actions: [try action("mail", when: "count(visit) > 1", channels: ["letter"]), text],
      guards: Guards())
    var whole = plan
    whole.channels?.append(Channel("letter", consent: "letter", quiet: nil))
    let events = ids.map { event("visit", 2, by: $0) } + [event("visit", 3, by: "b")]
    let (outreach, list) = try run(whole, events)
    #expect(list.meant == [1, 4])
    #expect(list.allowed == [0, 4])
    #expect(list.cost == 9)
    #expect(outreach.summary(list).rows[1][5] == .integer(4))
    #expect(outreach.guardSummary(list).rows.count == 1)
    #expect(throws: Diagnostic.self) { try run(plan, events) }
  }
}
