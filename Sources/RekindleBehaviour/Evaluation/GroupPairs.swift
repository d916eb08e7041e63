internal import RekindleCore

/// The (row, group) pairs of a block: for each row the ranks of its groups' texts, ascending.
struct Pairs {
  private(set) var count = 0
  private let starts: UnsafeMutablePointer<Int>
  /// The row, plus one, that last met a text; once all are met, its place among the groups of a row.
  private let met: UnsafeMutablePointer<Int32>
  private var ranks: UnsafeMutablePointer<Int32>
  private var capacity: Int
  private let arena: Arena
  private var row: Int32 = 0

  init(_ rows: Int, textCount: Int, _ arena: Arena) {
    self.arena = arena
    starts = arena.allocate(Int.self, rows + 1)
    starts[0] = 0
    met = arena.allocate(Int32.self, textCount)
    met.update(repeating: 0, count: textCount)
    capacity = 4 * rows
    ranks = arena.allocate(Int32.self, capacity)
  }

  mutating func begin(_ row: Int) { self.row = Int32(row) + 1 }

  mutating func add(_ rank: Int) {
    if met[rank] == row { return }
    met[rank] = row
    if count == capacity {
      let larger = arena.allocate(Int32.self, 2 * capacity)
      larger.update(from: ranks, count: count)
      ranks = larger
      capacity *= 2
    }
    ranks[count] = Int32(rank)
    count += 1
  }

  /// Ends a row, and returns how many groups it has.
  mutating func end(_ row: Int) -> Int {
    let start = starts[row]
    SliceKernels.sort(ranks + start, count - start)
    starts[row + 1] = count
    return count - start
  }

  func range(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// Gives the groups of a row their places, for `place(of:)` until the next row's are numbered.
  func number(_ groups: Range<Int>) {
    for pair in groups { met[Int(ranks[pair])] = Int32(pair - groups.lowerBound) }
  }

  /// The place of a text among the groups that were numbered, of which it must be one.
  func place(of rank: Int) -> Int { Int(met[rank]) }
}

/// Lays the events of one row out group by group, in time order within each.
final class GroupSorter {
  private let ends: UnsafeMutablePointer<Int>
  private let places: UnsafeMutablePointer<Int32>
  private let order: UnsafeMutablePointer<Int32>
  private let numbers: UnsafeMutablePointer<Double>
  private let codes: UnsafeMutablePointer<Int32>
  private let instants: UnsafeMutablePointer<Instant>

  init(groups: Int, events: Int, _ arena: Arena) {
    ends = arena.allocate(Int.self, groups + 1)
    places = arena.allocate(Int32.self, events)
    order = arena.allocate(Int32.self, events)
    numbers = arena.allocate(Double.self, events)
    codes = arena.allocate(Int32.self, events)
    instants = arena.allocate(Instant.self, events)
  }

  /// Counting sort of the events `first ..< first + count` by their group; −1 is none.
  func sort(first: Int, count: Int, groups: Int, group: (Int) -> Int) {
    for index in 0...groups { ends[index] = 0 }
    for event in 0..<count {
      let place = group(first + event)
      places[event] = Int32(place)
      if place >= 0 { ends[place + 1] += 1 }
    }
    for index in 0..<groups { ends[index + 1] += ends[index] }
    // Filling moves each start to the group's end, which is the next group's start.
    for event in 0..<count where places[event] >= 0 {
      order[ends[Int(places[event])]] = Int32(first + event)
      ends[Int(places[event])] += 1
    }
  }

  /// The latest events of a group, as a piece of the laid-out order.
  func latest(_ limit: Int, of group: Int) -> (start: Int, count: Int) {
    let start = group == 0 ? 0 : ends[group - 1]
    let count = ends[group] - start
    return count > limit ? (ends[group] - limit, limit) : (start, count)
  }

  func gather(_ days: UnsafePointer<Int32>, _ start: Int, _ count: Int) -> UnsafePointer<Int32> {
    for i in 0..<count { codes[i] = days[Int(order[start + i])] }
    return UnsafePointer(codes)
  }

  func gather(_ times: UnsafePointer<Instant>, _ start: Int, _ count: Int) -> UnsafePointer<Instant> {
    for i in 0..<count { instants[i] = times[Int(order[start + i])] }
    return UnsafePointer(instants)
  }

  func gather(_ column: BlockSelection.Column, _ start: Int, _ count: Int) -> BlockSelection.Column {
    switch column {
    case .codes(let values): return .codes(gather(values, start, count))
    case .number(let values):
      for i in 0..<count { numbers[i] = values[Int(order[start + i])] }
      return .number(UnsafePointer(numbers))
    }
  }
}
