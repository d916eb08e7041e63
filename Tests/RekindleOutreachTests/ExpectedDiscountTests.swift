import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleExperiments
import RekindleOutreach
import RekindleTables
import Testing

@Suite("What coupons are expected to give away")
struct ExpectedDiscountTests {
  private static let now = GeneratedShop.instant("2026-03-04T12:00", .utc)

  private func bought(_ id: String, _ values: Double...) -> [Event] {
    values.enumerated().map { place, value in
      Event(
        customer: id, kind: "purchase",
        time: Instant(microseconds: Self.now.microseconds - Int64(30 + place) * GeneratedShop.day),
        attributes: ["value": .number(value)])
    }
  }

  private func visited(_ id: String) -> Event {
    Event(
      customer: id, kind: "visit",
      time: Instant(microseconds: Self.now.microseconds - GeneratedShop.day), attributes: [:])
  }

  private func plan(_ offer: String, when: String = "true", budget: Double? = nil) throws
    -> OutreachPlan
  {
    OutreachPlan(
      channels: [Channel("letter", consent: nil, quiet: nil, cost: 0.5)],
      actions: [
        Action(
          id: "win_back", kind: .coupon, when: try Expression(parsing: when), channels: ["letter"], cost: 1,
          offer: Offer(offer))
      ], guards: Guards(budget: budget))
  }

  private func run(_ plan: OutreachPlan, _ events: [Event], _ inputs: Outreach.Inputs = .init()) throws -> (
    Outreach, ActionList
  ) {
    let outreach = try Outreach(plan, log: EventLog(events: events), at: Self.now, inputs: inputs)
    return (outreach, outreach.actionList())
  }

  @Test("A share of the mean basket of those for whom the coupon is meant, apart from the cost")
  func share() throws {
    // Mean baskets 100 and 60; one has none, and one is not meant.
    let events = bought("a", 80, 120) + bought("b", 60) + bought("d", 1000) + [visited("c")]
    let (outreach, list) = try run(
      try plan("10%", when: "coalesce(sum(purchase.value), 0) < 900"), events)
    #expect(list.planned.map(\.customer) == [0, 1, 2])
    #expect(list.cost == 4.5)
    #expect(list.expectedDiscount == 24)
    let row = outreach.summary(list).rows[0]
    #expect(Array(row[5...7]) == [.integer(3), .money(4.5), .money(24)])
    #expect(outreach.notes.isEmpty)
  }

  @Test("An amount is what it is")
  func amount() throws {
    let (_, list) = try run(try plan("50-5"), bought("a", 80) + [visited("b")])
    // The one without a basket cannot be shown to reach the 50.
    #expect(list.planned.count == 1 && list.expectedDiscount == 5)
  }

  @Test("A budget holds for both together, and the money goes to those with most at risk")
  func budget() throws {
    let events = bought("a", 10) + bought("b", 90) + bought("c", 80)
    let inputs = Outreach.Inputs(columns: [
      FeatureColumn(name: "value_at_risk", values: .number([1, 9, 5]))
    ])
    // One is expected to cost 1.5 and to give away 6.
    let (outreach, list) = try run(try plan("10%", budget: 15), events, inputs)
    #expect(list.planned.map(\.customer) == [1, 2])
    #expect(list.cost + list.expectedDiscount == 15)
    #expect(list.withheld.map(\.reason) == [.budget])
    #expect(
      outreach.withheldTable(list).rows.first?[4]
        == .text("the budget of 15 does not reach: one is expected to give away 6.00"))
    #expect(try run(try plan("10%", budget: 14.99), events, inputs).1.planned.map(\.customer) == [1])
  }

  @Test("Arms count with the mean of their offers, so that a short budget does not choose among them")
  func arms() throws {
    let experiment = Experiment(
      id: "spring",
      arms: [.init("control", weight: 0.4), .init("low", weight: 0.3), .init("high", weight: 0.3)],
      control: "control")
    let ids = (0..<400).map { "c\($0 + 100)" }
    let table = try experiment.assign(AssignmentList(ids: ids), at: Self.now).table
    var plan = try plan("10%")
    plan.actions?[0].trial = .init(
      "spring", arms: [.init("control", isTreated: false), .init("high", offer: Offer("30%"))])
    let events = ids.flatMap { bought($0, 100) }
    let (outreach, all) = try run(plan, events, .init(assignments: [table]))
    func highs(_ list: ActionList, _ outreach: Outreach) -> Int {
      outreach.plannedTable(list).rows.count { $0[9] == .text("high") }
    }
    let treated = all.planned.count
    let expected = Double(highs(all, outreach) * 30 + (treated - highs(all, outreach)) * 10)
    #expect(abs(all.expectedDiscount - expected) < 1e-3)
    plan.guards.budget = (all.cost + all.expectedDiscount) / 2
    let (half, list) = try run(plan, events, .init(assignments: [table]))
    #expect(list.planned.count == treated / 2)
    #expect((treated / 8...treated * 3 / 8).contains(highs(list, half)))
  }

  @Test("Where no purchase carries a value it is not known, and that is said")
  func unknown() throws {
    let (outreach, list) = try run(try plan("10%"), [visited("a")])
    #expect(list.planned.count == 1 && list.expectedDiscount == 0)
    #expect(outreach.summary(list).rows[0][7] == .missing)
    #expect(outreach.notes.count == 1 && outreach.notes[0].contains("win_back gives away is not known"))
  }
}
