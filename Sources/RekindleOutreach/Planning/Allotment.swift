/// Deals actions that are scarce: capacities of actions and one budget, to customers in order of priority.
///
/// What is wanted, in this order:
///
/// 1. as many customers as can be served get an action;
/// 2. among those whom it costs equally much to serve, the first in priority are served;
/// 3. each gets the first of the allowed actions that room and money are left for.
///
/// The first is what makes guard-rails safe to remove: with more allowed actions for anybody, what could be
/// dealt before can be dealt still, so the most that can be dealt is no less. Dealing in order of priority
/// alone does not have that: a customer who is newly allowed a scarce or dear action would take it from
/// others who have nothing else.
///
/// Without a budget the customers served are those of greatest priority that can be served together (a
/// transversal matroid, for which taking customers in order, each by an augmenting path, is exact). With a
/// budget the customers are taken by successive shortest paths: each step serves the customer for whom the
/// bill grows least. It is the min-cost flow for its number of customers, and the marginal costs do not
/// fall, so the last that fits the budget is the most that fit. What money is left then lifts customers to
/// actions and channels they prefer, in order of priority.
///
/// Source: R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network Flows", 1993, section 9.7.
package struct Allotment {
  /// Of each option: its action, and what it costs in millionths.
  package let actions: [Int]
  package let costs: [Int64]
  /// Of each action.
  package let capacities: [Int]
  package let budget: Int64?

  package init(actions: [Int], costs: [Int64], capacities: [Int], budget: Int64?) {
    self.actions = actions
    self.costs = costs
    self.capacities = capacities
    self.budget = budget
  }

  /// One who can be served.
  package struct Candidate {
    /// Allowed options, a bit each.
    package var options: UInt64
    /// A preferred channel's options come before the others of their action.
    package var preferred: UInt64

    package init(options: UInt64, preferred: UInt64 = 0) {
      self.options = options
      self.preferred = preferred
    }
  }

  package struct Result {
    /// The option of each candidate; −1 for none.
    package var options: [Int16]
    /// Of those without: whether it is the money (else the room) that is lacking.
    package var lacksMoney: [Bool]
  }

  /// - Parameter candidates: in order of priority.
  package func deal(_ candidates: [Candidate]) -> Result {
    let first = candidates.map { firstChoice($0) }
    if fits(first) { return Result(options: first, lacksMoney: candidates.map { _ in false }) }
    var free = Dealing(self, candidates, isFree: true)
    free.run(budget: nil)
    let cost = free.options.reduce(Int64(0)) { $0 + ($1 < 0 ? 0 : costs[Int($1)]) }
    guard let budget, cost > budget else {
      return Result(options: free.options, lacksMoney: candidates.map { _ in false })
    }
    var dealing = Dealing(self, candidates, isFree: false)
    dealing.run(budget: budget)
    dealing.lift(budget: budget)
    return Result(
      options: dealing.options, lacksMoney: zip(free.options, dealing.options).map { $0 >= 0 && $1 < 0 })
  }

  /// The option that a candidate would have with room and money for all.
  private func firstChoice(_ candidate: Candidate) -> Int16 {
    guard candidate.options != 0 else { return -1 }
    let action = actions[candidate.options.trailingZeroBitCount]
    let own = candidate.options & candidate.preferred & mask(action)
    return Int16((own != 0 ? own : candidate.options).trailingZeroBitCount)
  }

  private func fits(_ options: [Int16]) -> Bool {
    var counts = [Int](repeating: 0, count: capacities.count)
    var cost: Int64 = 0
    for option in options where option >= 0 {
      counts[actions[Int(option)]] += 1
      cost += costs[Int(option)]
    }
    return cost <= budget ?? .max && zip(counts, capacities).allSatisfy { $0 <= $1 }
  }

  /// The options of an action.
  func mask(_ action: Int) -> UInt64 {
    var mask: UInt64 = 0
    for option in actions.indices where actions[option] == action { mask |= 1 << UInt64(option) }
    return mask
  }
}

/// The state of one dealing.
private struct Dealing {
  let allotment: Allotment
  let candidates: [Allotment.Candidate]
  /// Options cost nothing: only room counts.
  let isFree: Bool
  let masks: [UInt64]
  var options: [Int16]
  var room: [Int]
  var spent: Int64 = 0
  /// What it costs to free a place of each action, and by moving somebody to which; nothing and nowhere
  /// while it has room.
  private var distance: [Int64]
  private var way: [Int]
  /// Who of a full action could move to each other one, the cheapest move and the last in priority first.
  private var movers: [[PriorityHeap<Move>]]
  private var isFull: [Bool]

  private static let never = Int64.max / 4

  struct Move: Comparable {
    var cost: Int64
    /// The candidate's place, from the end.
    var place: Int32

    static func < (a: Move, b: Move) -> Bool { (a.cost, a.place) < (b.cost, b.place) }
  }

  init(_ allotment: Allotment, _ candidates: [Allotment.Candidate], isFree: Bool) {
    self.allotment = allotment
    self.candidates = candidates
    self.isFree = isFree
    let count = allotment.capacities.count
    masks = (0..<count).map { allotment.mask($0) }
    options = [Int16](repeating: -1, count: candidates.count)
    room = allotment.capacities
    distance = [Int64](repeating: 0, count: count)
    way = [Int](repeating: -1, count: count)
    movers = [[PriorityHeap<Move>]](
      repeating: [PriorityHeap<Move>](repeating: PriorityHeap(), count: count), count: count)
    isFull = [Bool](repeating: false, count: count)
    for action in 0..<count where room[action] == 0 { isFull[action] = true }
    measure()
  }

  /// The option by which a candidate would have an action; −1 when it is not allowed.
  private func option(_ candidate: Int, _ action: Int) -> Int {
    let own = candidates[candidate].options & masks[action]
    if own == 0 { return -1 }
    let preferred = own & candidates[candidate].preferred
    if isFree { return (preferred != 0 ? preferred : own).trailingZeroBitCount }
    var best = -1
    var rest = own
    while rest != 0 {
      let option = rest.trailingZeroBitCount
      rest &= rest - 1
      if best < 0 || allotment.costs[option] < allotment.costs[best] { best = option }
    }
    return best
  }

  private func cost(_ option: Int) -> Int64 { isFree ? 0 : allotment.costs[option] }

  /// The cheapest way to serve a candidate: the action to give, and what the bill grows by.
  private func cheapest(_ candidate: Int) -> (action: Int, cost: Int64) {
    var best = (action: -1, cost: Dealing.never)
    for action in room.indices where distance[action] < Dealing.never {
      let option = option(candidate, action)
      guard option >= 0 else { continue }
      let own = cost(option) + distance[action]
      // Of equals the first in the playbook, but one with room before one that somebody has to leave.
      if own < best.cost || (own == best.cost && way[best.action] >= 0 && way[action] < 0) {
        best = (action, own)
      }
    }
    return best
  }

  /// - Parameter budget: `nil`: only room counts.
  mutating func run(budget: Int64?) {
    var queue = PriorityHeap<Move>(
      sorted: candidates.indices.filter { candidates[$0].options != 0 }
        .map { (Move(cost: cheapest($0).cost, place: Int32($0)), Int32($0)) }
        .sorted { $0.0 < $1.0 })
    while let (key, value) = queue.first {
      let candidate = Int(value)
      let (action, cost) = cheapest(candidate)
      if cost >= Dealing.never {
        // Room only gets less: who cannot be served now cannot be later.
        queue.pop()
        continue
      }
      if cost > key.cost {
        queue.pop()
        queue.push(Move(cost: cost, place: value), value)
        continue
      }
      if let budget, spent + cost > budget { return }
      queue.pop()
      spent += cost
      give(action, to: candidate)
    }
  }

  /// Makes room along the way, and gives the action.
  private mutating func give(_ action: Int, to candidate: Int) {
    var action = action
    var taker = candidate
    var isChanged = false
    while true {
      let next = way[action]
      guard next >= 0, let mover = movers[action][next].first else {
        place(taker, action)
        room[action] -= 1
        if room[action] == 0 {
          isFull[action] = true
          for holder in options.indices where options[holder] >= 0 {
            if allotment.actions[Int(options[holder])] == action { listMoves(of: holder, from: action) }
          }
          isChanged = true
        }
        break
      }
      let leaving = Int(mover.value)
      place(taker, action)
      listMoves(of: taker, from: action)
      // Whoever leaves is placed by the next round.
      options[leaving] = -1
      taker = leaving
      action = next
      isChanged = true
    }
    if isChanged { measure() }
  }

  private mutating func place(_ candidate: Int, _ action: Int) {
    options[candidate] = Int16(option(candidate, action))
  }

  private mutating func listMoves(of holder: Int, from action: Int) {
    let own = cost(option(holder, action))
    for other in room.indices where other != action {
      let option = option(holder, other)
      guard option >= 0 else { continue }
      movers[action][other].push(
        Move(cost: cost(option) - own, place: -Int32(holder)), Int32(holder))
    }
  }

  /// Shortest ways to free a place, from every action (Bellman and Ford).
  private mutating func measure() {
    for action in room.indices {
      distance[action] = isFull[action] ? Dealing.never : 0
      way[action] = -1
    }
    for action in room.indices where isFull[action] {
      for other in room.indices {
        // Those who have left since they were listed.
        while let top = movers[action][other].first {
          let option = options[Int(top.value)]
          if option >= 0, allotment.actions[Int(option)] == action { break }
          movers[action][other].pop()
        }
      }
    }
    var isSettled = false
    while !isSettled {
      isSettled = true
      for action in room.indices where isFull[action] {
        for other in room.indices where distance[other] < Dealing.never {
          guard let top = movers[action][other].first else { continue }
          let length = top.key.cost + distance[other]
          if length < distance[action] {
            distance[action] = length
            way[action] = other
            isSettled = false
          }
        }
      }
    }
  }

  /// Spends what is left on options that customers prefer, in order of priority, as long as one changes.
  mutating func lift(budget: Int64) {
    var isSettled = false
    while !isSettled {
      isSettled = true
      for candidate in options.indices where options[candidate] >= 0 {
        let held = Int(options[candidate])
        let heldAction = allotment.actions[held]
        search: for action in 0...heldAction {
          let own = candidates[candidate].options & masks[action]
          let preferred = own & candidates[candidate].preferred
          for choices in [preferred, own & ~preferred] {
            var rest = choices
            while rest != 0 {
              let option = rest.trailingZeroBitCount
              rest &= rest - 1
              if option == held { break search }
              let growth = allotment.costs[option] - allotment.costs[held]
              guard spent + growth <= budget, action == heldAction || room[action] > 0 else { continue }
              spent += growth
              room[heldAction] += 1
              room[action] -= 1
              options[candidate] = Int16(option)
              isSettled = false
              break search
            }
          }
        }
      }
    }
  }
}
