internal import RekindleCore

/// Moments in order of customer and time, so that a block walks through one piece of the log.
struct SortedMoments: Sendable {
  private let moments: [Moment]
  /// The row of each sorted moment; `nil` when they came sorted.
  private let order: [Int]?
  /// The distinct times, ascending; none when there are too many to keep tables by them.
  let distinctTimes: [Instant]

  init(_ moments: [Moment]) {
    self.moments = moments
    var isSorted = true
    for index in moments.indices.dropFirst() where SortedMoments.precedes(moments[index], moments[index - 1])
    {
      isSorted = false
      break
    }
    order =
      isSorted
      ? nil
      : moments.indices.sorted { a, b in
        SortedMoments.precedes(moments[a], moments[b])
          || (!SortedMoments.precedes(moments[b], moments[a]) && a < b)
      }
    var distinct: Set<Instant> = []
    var last: Instant?
    for moment in moments where moment.time != last {
      last = moment.time
      distinct.insert(moment.time)
      if distinct.count > BoundaryTable.limit { break }
    }
    distinctTimes = distinct.count > BoundaryTable.limit ? [] : distinct.sorted()
  }

  private static func precedes(_ a: Moment, _ b: Moment) -> Bool {
    a.customer != b.customer ? a.customer < b.customer : a.time < b.time
  }

  /// Lays out the moments of a block, with the row that each came from.
  func rows(_ range: Range<Int>, _ arena: Arena) -> (BlockRows, RowPlaces) {
    let customers = arena.allocate(Int32.self, range.count)
    let times = arena.allocate(Instant.self, range.count)
    let places = arena.allocate(Int32.self, range.count)
    let rows = arena.allocate(Int.self, range.count)
    for (place, index) in range.enumerated() {
      let row = order?[index] ?? index
      rows[place] = row
      customers[place] = moments[row].customer
      times[place] = moments[row].time
      places[place] = timePlace(moments[row].time)
    }
    return (
      BlockRows(
        count: range.count, customers: UnsafePointer(customers), times: UnsafePointer(times),
        timePlaces: UnsafePointer(places)),
      RowPlaces(
        count: range.count, list: UnsafePointer(rows), first: order == nil ? range.lowerBound : nil)
    )
  }

  private func timePlace(_ time: Instant) -> Int32 {
    if distinctTimes.isEmpty { return -1 }
    var low = 0
    var high = distinctTimes.count - 1
    while low < high {
      let middle = (low + high) / 2
      if distinctTimes[middle] < time { low = middle + 1 } else { high = middle }
    }
    return Int32(low)
  }
}

/// The row of the table that each row of a block is.
struct RowPlaces {
  let count: Int
  let list: UnsafePointer<Int>
  /// The first, when the others follow it one by one.
  let first: Int?
}
