import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// What the features of the built-in sets come to: on a shop made by hand, where every number can
/// be worked out, and on a random shop that has every kind, against the slow evaluator.
@Suite struct RetailValuesTests {
  private func day(_ day: Double) -> Instant { Instant(microseconds: Int64(day * 86_400_000_000)) }

  private func values(_ log: EventLog, at moments: [Moment], set: FeatureSet) throws -> [String: [Double]] {
    let graph = try FeatureGraph(set.available(in: EventSchema(of: log)).kept, schema: EventSchema(of: log))
    let evaluator = Evaluator(log: log, workers: Workers(1))
    let constants = try evaluator.populationConstants(of: graph.definitions, at: moments)
    let table = try evaluator.table(of: graph.definitions, at: moments, constants: constants)
    var values: [String: [Double]] = [:]
    for column in table.columns {
      switch column.values {
      case .number(let numbers), .flag(let numbers): values[column.name] = numbers
      case .category: break
      }
    }
    return values
  }

  @Test func aShopByHand() throws {
    var events: [Event] = []
    func add(_ kind: String, _ time: Double, _ attributes: [String: Event.Value]) {
      events.append(Event(customer: "c", kind: kind, time: day(time), attributes: attributes))
    }
    for time in [0.0, 5, 10] {
      add("purchase", time, ["value": .number(20), "category": .category("tea"), "discount": .number(0)])
    }
    add("purchase", 12, ["value": .number(60), "category": .category("pot"), "discount": .number(20)])
    add("refund", 13, ["value": .number(10)])
    add("ticket", 0, ["ticket": .category("t1")])
    add("ticket_reply", 1, ["ticket": .category("t1")])
    add("ticket_close", 2, ["ticket": .category("t1")])
    add("ticket", 10, ["ticket": .category("t2")])
    add("ticket_reply", 13, ["ticket": .category("t2")])
    add("ticket_reply", 14, ["ticket": .category("t2")])
    add("ticket", 20, ["ticket": .category("t3")])
    add("coupon", 0, ["redeemed": .flag(true), "expires": .time(day(9))])
    add("coupon", 1, ["redeemed": .flag(false), "expires": .time(day(5))])
    add("coupon", 2, ["redeemed": .flag(false), "expires": .time(day(6))])
    add("coupon", 19, ["redeemed": .flag(false), "expires": .time(day(40))])
    add("tier", 0, ["level": .number(3), "gap": .number(0)])
    add("tier", 15, ["level": .number(2), "gap": .number(55)])
    let log = EventLog(events: events)
    let found = try values(log, at: [Moment(customer: 0, time: day(21))], set: .retail)
    let wanted: [String: Double] = [
      "days_since_last_order": 9, "tenure_days": 21, "orders_90": 4, "order_days_life": 4,
      "repeat_frequency": 3, "single_order_flag": 0, "net_90": 110, "aov_365": 27.5,
      // Gaps 5, 5, 2: median 5, which is the population's too.
      "ipi_median": 5, "overdue_ratio": 1.8, "overdue_percentile": 0.8,
      "top_order_share": 60.0 / 110, "categories_90": 2, "discount_depth": 20.0 / 140,
      // (1 + 2 · 1/4) / (4 + 2), the customer being the whole population.
      "discount_order_share": 0.25,
      // Tea: gaps 5, 5; last 11 days ago. The pot, bought once, has no cycle.
      "replen_overdue_max": 2.2, "replen_overdue_count": 1,
      "return_rate_365": 10.0 / 120, "tickets_90": 3, "worst_reply_hours": 72, "slow_reply_180": 1,
      "open_tickets": 2, "coupon_unused_streak": 2, "tier_level": 2, "tier_drop": 1, "tier_gap_orders": 2,
    ]
    for (name, value) in wanted.sorted(by: { $0.key < $1.key }) {
      let got = found[name]?.first ?? .nan
      #expect(abs(got - value) < 1e-12, "\(name) is \(got), not \(value)")
    }
    // A window of before is empty: the logarithm of half an order, no share of what was not bought.
    #expect(found["aov_trend"]?.first?.isNaN == true)
  }

  @Test func theLinesOfAnOrderAreOneOrder() throws {
    let lines: [(time: Double, order: String, value: Double)] = [
      (0, "a", 30), (0, "a", 40), (0, "a", 50), (10, "b", 60), (15, "c", 20),
    ]
    let log = EventLog(
      events: lines.map { line in
        Event(
          customer: "a", kind: "purchase", time: day(line.time),
          attributes: ["value": .number(line.value), "order": .category(line.order)])
      })
    let found = try values(log, at: [Moment(customer: 0, time: day(21))], set: .retail)
    #expect(found["orders_90"]?.first == 3)
    // The order of three lines is the largest, though the largest line is of another; the median
    // order is 60.
    #expect(found["top_order_share"]?.first == 120.0 / 200)
    #expect(abs((found["net_trend_90"]?.first ?? .nan) - log1p(200.0 / 30)) < 1e-12)
  }

  @Test(arguments: FeatureSet.builtIn.map(\.name))
  func aRandomShopAgreesWithTheSlowEvaluator(_ name: String) throws {
    let set = try #require(FeatureSet.named(name))
    let log = try randomShop(seed: 5)
    let moments = log.customers.indices.flatMap { customer in
      [300.0, 500.5, 620].map { Moment(customer: Int32(customer), time: day($0)) }
    }
    let graph = try FeatureGraph(set.available(in: EventSchema(of: log)).kept, schema: EventSchema(of: log))
    let fast = try values(log, at: moments, set: set)
    var reference = ReferenceEvaluator(log: log)
    for definition in graph.definitions { reference.features[definition.name] = definition.expression }
    reference.constants = reference.populationConstants(of: graph.definitions.map(\.expression), at: moments)
    // `ExpectationTests` has those of a model, which eight customers cannot fit.
    for definition in graph.definitions where !definition.expression.isExpectation {
      let slow = reference.values(of: definition.expression, at: moments).map(\.double)
      let own = fast[definition.name] ?? []
      #expect(own.count == slow.count)
      #expect(zip(own, slow).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(definition.name)")
      #expect(slow.contains { !$0.isNaN }, "\(definition.name) is missing everywhere")
    }
  }

  /// Every kind of the vocabulary, its attributes drawn by type.
  private func randomShop(seed: UInt64) throws -> EventLog {
    var random = RandomSource(seed: seed)
    var events: [Event] = []
    for customer in 0..<8 {
      for kind in EventSchema.retail.kinds {
        for _ in 0..<(customer == 0 ? 60 : random.below(40)) {
          let time = Double(random.below(600)) + Double(random.below(24)) / 24
          var attributes: [String: Event.Value] = [:]
          for attribute in kind.attributes {
            attributes[attribute.name] =
              switch attribute.type {
              case .number: .number(Double(random.below(5)))
              case .category: .category(random.pick(["online", "a", "b", "c"]))
              case .flag: .flag(random.chance(0.5))
              case .time: .time(day(time + Double(random.below(60))))
              }
          }
          events.append(
            Event(customer: "c\(customer)", kind: kind.name, time: day(time), attributes: attributes))
        }
      }
    }
    return EventLog(events: events, calendar: try CivilCalendar(timeZone: "Europe/Berlin"))
  }
}

extension RekindleBehaviour.Expression {
  fileprivate var isExpectation: Bool { if case .expectation = node { true } else { false } }
}
