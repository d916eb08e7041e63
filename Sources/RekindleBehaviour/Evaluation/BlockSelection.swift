internal import RekindleCore

/// The events of a view that a condition lets through, with the columns that aggregates read laid
/// out beside each other, so that every window of every row is a piece of those columns.
struct BlockSelection {
  let count: Int
  /// How many selected events stand before each event of the view; `nil` when all are selected.
  let prefix: UnsafePointer<Int32>?
  let times: UnsafePointer<Instant>?
  let days: UnsafePointer<Int32>?
  let columns: [Column]

  enum Column {
    case number(UnsafePointer<Double>)
    case codes(UnsafePointer<Int32>)
  }

  /// - Parameter outcomes: 0, 1 or missing for each event of the view, by condition.
  init(
    _ plan: SelectionPlan, _ view: BlockView, _ reader: EventReader, _ arena: Arena,
    outcome: (Int) -> UnsafePointer<Double>
  ) {
    var events = EventReader.Events(
      count: view.count, base: view.base, list: view.list, moments: view.moments)
    if let condition = plan.key.condition {
      let outcomes = outcome(condition)
      let prefix = arena.allocate(Int32.self, view.count + 1)
      var selected: Int32 = 0
      if plan.key.isKnown {
        for event in 0..<view.count {
          prefix[event] = selected
          selected += outcomes[event].isNaN ? 0 : 1
        }
      } else {
        for event in 0..<view.count {
          prefix[event] = selected
          selected += outcomes[event] == 1 ? 1 : 0
        }
      }
      prefix[view.count] = selected
      self.prefix = UnsafePointer(prefix)
      events = BlockSelection.pick(plan, events, prefix, Int(selected), arena)
    } else {
      prefix = nil
    }
    count = events.count

    if plan.needsTimes {
      if prefix == nil {
        times = view.times
      } else {
        let out = arena.allocate(Instant.self, count)
        reader.times(of: events, into: out)
        times = UnsafePointer(out)
      }
    } else {
      times = nil
    }
    if plan.needsDays {
      let out = arena.allocate(Int32.self, count)
      reader.days(of: events, into: out)
      days = UnsafePointer(out)
    } else {
      days = nil
    }
    columns = plan.columns.map { column in
      switch column {
      case .condition(let number): return .number(outcome(number))
      case .codes(let attribute):
        if events.list == nil, case .codes(let codes) = reader.stream.attributes[attribute] {
          return .codes(codes + events.base)
        }
        let out = arena.allocate(Int32.self, events.count)
        reader.codes(attribute, of: events, into: out)
        return .codes(UnsafePointer(out))
      case .number(let value):
        if events.list == nil, case .attribute(let attribute) = value,
          case .number(let values) = reader.stream.attributes[attribute]
        {
          return .number(values + events.base)
        }
        let out = arena.allocate(Double.self, events.count)
        reader.read(value, of: events, into: out)
        return .number(UnsafePointer(out))
      }
    }
  }

  /// The selected events as a list of the log's indices, when a column needs them.
  private static func pick(
    _ plan: SelectionPlan, _ all: EventReader.Events, _ prefix: UnsafePointer<Int32>, _ selected: Int,
    _ arena: Arena
  ) -> EventReader.Events {
    var events = EventReader.Events(count: selected, base: 0, list: nil, moments: nil)
    guard plan.needsTimes || plan.needsDays || !plan.columns.isEmpty else { return events }
    // One more than are kept: every event is written, the next overwrites it unless it was selected.
    let list = arena.allocate(UInt32.self, selected + 1)
    for event in 0..<all.count {
      list[Int(prefix[event])] = all.list.map { $0[event] } ?? UInt32(truncatingIfNeeded: all.base + event)
    }
    events.list = UnsafePointer(list)
    if let moments = all.moments {
      let picked = arena.allocate(Instant.self, selected + 1)
      for event in 0..<all.count { picked[Int(prefix[event])] = moments[event] }
      events.moments = UnsafePointer(picked)
    }
    return events
  }
}
