import RekindleBehaviour
import RekindleCore
import RekindleOutreach
import RekindleTables
import Testing

@Suite("Guards only restrict")
struct MonotoneTests {
  /// Every guard, taken out of a plan.
  static let removals: [(name: String, remove: @Sendable (inout OutreachPlan) -> Void)] = [
    ("holdout", { $0.holdout = nil }), ("consent", { $0.guards.consent = false }),
    ("quiet_hours", { $0.guards.quietHours = false }), ("frequency", { $0.guards.frequency = nil }),
    ("open_ticket", { $0.guards.openTicket = nil }), ("return_window", { $0.guards.returnWindow = nil }),
    ("discount_depth", { $0.guards.discountDepth = nil }),
    ("coupon_cool_off", { $0.guards.couponCoolOff = nil }),
    ("discount_dependence", { $0.guards.discountDependence = nil }),
    ("basket_stretch", { $0.guards.basketStretch = nil }), ("budget", { $0.guards.budget = nil }),
    ("capacity", { $0.guards.capacity = false }),
  ]

  @Test("No guard raises the number of sends", arguments: 0..<24)
  func removing(seed: Int) throws {
    let shop = try GeneratedShop(customers: 120, seed: UInt64(1000 + seed), at: seed)
    // From nothing to more than enough.
    let plan = try GeneratedShop.plan(
      capacity: seed % 3 == 0 ? nil : 2 + seed % 7 * 3,
      budget: seed % 4 == 0 ? nil : 4 + Double(seed % 9) * 60
    )
    func sends(_ plan: OutreachPlan) throws -> Int {
      let outreach = try Outreach(plan, log: shop.log, at: shop.moment, inputs: shop.inputs)
      let list = outreach.actionList()
      if let budget = plan.guards.budget { #expect(list.cost + list.expectedDiscount <= budget + 1e-9) }
      var counts = [Int](repeating: 0, count: outreach.playbook.actions.count)
      for row in list.planned { counts[row.action] += 1 }
      for (count, action) in zip(counts, outreach.playbook.actions) where plan.guards.capacity {
        #expect(count <= action.capacity ?? .max)
      }
      return list.planned.count
    }
    let all = try sends(plan)
    for (name, remove) in Self.removals {
      var without = plan
      remove(&without)
      let more = try sends(without)
      #expect(more >= all, "without \(name): \(more), with it: \(all)")
    }
  }

  @Test("The same plan for any number of threads and any order of rows")
  func deterministic() throws {
    let plan = try GeneratedShop.plan(capacity: 200, budget: 9000)
    let shop = try GeneratedShop(customers: 20_000, seed: 5)
    let reversed = try GeneratedShop(customers: 20_000, seed: 5, isReversed: true)
    func tables(_ shop: GeneratedShop, _ threads: Int) throws -> [String] {
      let outreach = try Outreach(
        plan, log: shop.log, at: shop.moment, inputs: shop.inputs, workers: Workers(threads))
      let list = outreach.actionList(workers: Workers(threads))
      return [
        outreach.plannedTable(list).csv(), outreach.withheldTable(list).csv(),
        outreach.summary(list).text(), outreach.guardSummary(list).text(),
      ]
    }
    let one = try tables(shop, 1)
    #expect(try tables(shop, 4) == one)
    #expect(try tables(reversed, 2) == one)
    #expect(one[0].utf8.count > 10_000)
  }
}
