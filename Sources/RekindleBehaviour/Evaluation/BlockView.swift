internal import RekindleCore

/// The events of one stream that the rows of a block can see, one after another, and for every row
/// where each of its windows begins and ends among them.
///
/// Usually that is a piece of the log as it stands. Where rows see different events (recorded late,
/// or asked for their age) or the customers of the block lie far apart, it is a list of indices.
struct BlockView {
  let count: Int
  /// The log's index of event 0, when the events stand in the log one after another.
  let base: Int
  /// The log's index of each event, when they do not.
  let list: UnsafePointer<UInt32>?
  let times: UnsafePointer<Instant>
  /// The moment that each event is seen from, in a view per moment.
  let moments: UnsafePointer<Instant>?
  /// Column 0 is the first event of each row, then come the boundaries: how many events of the view
  /// stand before it.
  private let positions: UnsafePointer<Int32>
  private let rowCount: Int

  func start() -> UnsafePointer<Int32> { positions }
  func boundary(_ index: Int) -> UnsafePointer<Int32> { positions + (index + 1) * rowCount }

  init(
    _ plan: ViewPlan, _ rows: BlockRows, _ stream: LogPointers.Stream, _ table: BoundaryTable, _ arena: Arena
  ) {
    rowCount = rows.count
    let width = plan.boundaries.count + 1
    let positions = arena.allocate(Int32.self, width * rows.count)
    let ends = arena.allocate(Int32.self, rows.count)
    self.positions = UnsafePointer(positions)

    let first = Int(stream.offsets[Int(rows.customers[0])])
    let last = Int(stream.offsets[Int(rows.customers[rows.count - 1]) + 1])
    var needed = 0
    var previous: Int32 = -1
    for row in 0..<rows.count where rows.customers[row] != previous {
      previous = rows.customers[row]
      needed += Int(stream.offsets[Int(previous) + 1] - stream.offsets[Int(previous)])
    }
    let hides = !plan.key.isForward && BlockView.someAreHidden(rows, stream)
    if !plan.key.isPerMoment, !hides, last - first <= 2 * needed + 1024 {
      count = last - first
      base = first
      list = nil
      times = stream.times + first
      moments = nil
      for row in 0..<rows.count {
        let customer = Int(rows.customers[row])
        positions[row] = Int32(Int(stream.offsets[customer]) - first)
        ends[row] = Int32(Int(stream.offsets[customer + 1]) - first)
      }
    } else {
      // Each row has its own events, or shares them with the row before when they are the same.
      let isOwn = plan.key.isPerMoment || hides
      var total = 0
      for row in 0..<rows.count where isOwn || row == 0 || rows.customers[row] != rows.customers[row - 1] {
        let customer = Int(rows.customers[row])
        total += Int(stream.offsets[customer + 1] - stream.offsets[customer])
      }
      let list = arena.allocate(UInt32.self, total)
      var filled = 0
      for row in 0..<rows.count {
        if !isOwn, row > 0, rows.customers[row] == rows.customers[row - 1] {
          positions[row] = positions[row - 1]
        } else {
          positions[row] = Int32(filled)
          let customer = Int(rows.customers[row])
          let time = rows.times[row]
          for event in stream.offsets[customer]..<stream.offsets[customer + 1] {
            if hides, let recorded = stream.recorded {
              if stream.times[Int(event)] >= time { break }
              if recorded[Int(event)] >= time { continue }
            }
            list[filled] = event
            filled += 1
          }
        }
        ends[row] = Int32(filled)
      }
      let times = arena.allocate(Instant.self, filled)
      for event in 0..<filled { times[event] = stream.times[Int(list[event])] }
      count = filled
      base = 0
      self.list = UnsafePointer(list)
      self.times = UnsafePointer(times)
      if plan.key.isPerMoment {
        let moments = arena.allocate(Instant.self, filled)
        for row in 0..<rows.count {
          for event in positions[row]..<ends[row] { moments[Int(event)] = rows.times[row] }
        }
        self.moments = UnsafePointer(moments)
      } else {
        moments = nil
      }
    }
    findBoundaries(rows, table, positions, ends, arena)
  }

  /// Whether a row would see an event before it was recorded.
  private static func someAreHidden(_ rows: BlockRows, _ stream: LogPointers.Stream) -> Bool {
    guard let recorded = stream.recorded else { return false }
    for row in 0..<rows.count {
      let customer = Int(rows.customers[row])
      for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
        if stream.times[event] >= rows.times[row] { break }
        if recorded[event] >= rows.times[row] { return true }
      }
    }
    return false
  }

  /// One walk through a row's events finds all boundaries, however many windows there are.
  private func findBoundaries(
    _ rows: BlockRows, _ table: BoundaryTable, _ positions: UnsafeMutablePointer<Int32>,
    _ ends: UnsafePointer<Int32>, _ arena: Arena
  ) {
    let width = table.order.count
    let own = arena.allocate(Instant.self, width)
    let columns = arena.allocate(Int.self, width)
    for index in 0..<width { columns[index] = (table.order[index] + 1) * rows.count }
    table.instants.withUnsafeBufferPointer { kept in
      for row in 0..<rows.count {
        var instants = UnsafePointer(own)
        if let base = kept.baseAddress, rows.timePlaces[row] >= 0 {
          instants = base + Int(rows.timePlaces[row]) * width
        } else if row == 0 || rows.times[row] != rows.times[row - 1] {
          table.fill(own, at: rows.times[row])
        }
        let start = Int(positions[row])
        let end = Int(ends[row])
        var event = start
        for index in 0..<width {
          let boundary = instants[index]
          // Days and hours mix, and a clock change can put them in the other order.
          if index > 0, boundary < instants[index - 1] { event = start }
          if end - event > 16 {
            var low = event
            var high = end
            while low < high {
              let middle = (low + high) / 2
              if times[middle] < boundary { low = middle + 1 } else { high = middle }
            }
            event = low
          } else {
            while event < end, times[event] < boundary { event += 1 }
          }
          positions[columns[index] + row] = Int32(event)
        }
      }
    }
  }
}
