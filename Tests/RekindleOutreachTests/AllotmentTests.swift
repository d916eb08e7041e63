import RekindleOutreach
import Testing

@Suite("Dealing what is scarce")
struct AllotmentTests {
  /// Every way to deal options to candidates: who can be served together.
  private func search(_ deal: Allotment, _ masks: [UInt64], _ visit: ([Int], Int64) -> Void) {
    var chosen = [Int](repeating: -1, count: masks.count)
    var room = deal.capacities
    func step(_ candidate: Int, _ cost: Int64) {
      if candidate == masks.count { return visit(chosen, cost) }
      chosen[candidate] = -1
      step(candidate + 1, cost)
      for option in deal.actions.indices where masks[candidate] >> UInt64(option) & 1 == 1 {
        let action = deal.actions[option]
        guard room[action] > 0, cost + deal.costs[option] <= deal.budget ?? .max else { continue }
        room[action] -= 1
        chosen[candidate] = option
        step(candidate + 1, cost + deal.costs[option])
        room[action] += 1
      }
      chosen[candidate] = -1
    }
    step(0, 0)
  }

  @Test("As many are served as any way of dealing serves", arguments: 0..<600)
  func most(seed: Int) {
    var random = Generator(UInt64(seed))
    let actions = [0, 0, 1, 2, 2]
    let costs = actions.map { _ in Int64(random.below(6)) }
    let deal = Allotment(
      actions: actions, costs: costs, capacities: (0..<3).map { _ in random.below(4) },
      budget: seed % 3 == 0 ? nil : Int64(random.below(16)))
    let masks = (0..<6).map { _ in random.next() & 31 & random.next() }
    let result = deal.deal(masks.map { .init(options: $0, preferred: random.next() & 31) })
    var room = deal.capacities
    var cost: Int64 = 0
    for (option, mask) in zip(result.options, masks) where option >= 0 {
      #expect(mask >> UInt64(option) & 1 == 1)
      room[actions[Int(option)]] -= 1
      cost += costs[Int(option)]
    }
    #expect(room.allSatisfy { $0 >= 0 })
    #expect(cost <= deal.budget ?? .max)
    let served = result.options.count { $0 >= 0 }
    var best = 0
    // The first in priority that can be served together: 0 before 1 before 2 …
    var first: [Int] = []
    search(deal, masks) { chosen, _ in
      let who = chosen.indices.filter { chosen[$0] >= 0 }
      if who.count > best || (who.count == best && who.lexicographicallyPrecedes(first)) {
        first = who
      }
      best = max(best, who.count)
    }
    #expect(served == best)
    if deal.budget == nil || costs.allSatisfy({ $0 == costs[0] }) {
      #expect(result.options.indices.filter { result.options[$0] >= 0 } == first)
    }
  }

  @Test("With room for all, everyone has the first choice, by the preferred channel")
  func ample() {
    let deal = Allotment(actions: [0, 0, 1], costs: [5, 1, 1], capacities: [10, 10], budget: 100)
    let result = deal.deal([
      .init(options: 0b111), .init(options: 0b111, preferred: 0b010), .init(options: 0b100),
      .init(options: 0),
    ])
    #expect(result.options == [0, 1, 2, -1])
  }

  @Test("A dear first choice does not crowd out cheap ones, and is lifted to while money is left")
  func crowding() {
    // A coupon costs 10, a message 1.
    let deal = Allotment(actions: [0, 1], costs: [10, 1], capacities: [10, 10], budget: 13)
    let result = deal.deal(Array(repeating: .init(options: 0b11), count: 4))
    #expect(result.options == [0, 1, 1, 1])
  }

  @Test("Who is left without is told what was lacking")
  func lacking() {
    let noRoom = Allotment(actions: [0], costs: [1], capacities: [1], budget: 100)
    #expect(noRoom.deal([.init(options: 1), .init(options: 1)]).lacksMoney == [false, false])
    let noMoney = Allotment(actions: [0], costs: [1], capacities: [2], budget: 1)
    #expect(noMoney.deal([.init(options: 1), .init(options: 1)]).lacksMoney == [false, true])
  }

  @Test("Who holds the scarce action makes room when there is another for them")
  func augmenting() {
    let deal = Allotment(actions: [0, 1], costs: [0, 0], capacities: [1, 1], budget: nil)
    #expect(deal.deal([.init(options: 0b11), .init(options: 0b01)]).options == [1, 0])
  }
}
