internal import RekindleCore
internal import RekindleEvents

/// Computes one block of rows: views, selections, leaf columns, then the row program.
struct BlockEvaluator {
  let context: EvaluationContext
  let rows: BlockRows
  let arena: Arena
  let views: [BlockView]
  let selections: [BlockSelection]
  /// `slot × rows`: what the batches computed.
  let leaves: UnsafeMutablePointer<Double>

  init(_ context: EvaluationContext, rows: BlockRows, slots: Int, arena: Arena) {
    self.context = context
    self.rows = rows
    self.arena = arena
    let plan = context.plan
    let views = plan.views.indices.map { index in
      BlockView(
        plan.views[index], rows, context.pointers.streams[plan.views[index].key.stream],
        context.boundaryTables[index], arena)
    }
    self.views = views
    var outcomes: [OutcomeKey: UnsafePointer<Double>] = [:]
    selections = plan.selections.map { selection in
      let view = views[selection.key.view]
      let reader = BlockEvaluator.reader(context, selection.key.view)
      return BlockSelection(selection, view, reader, arena) { condition in
        let key = OutcomeKey(condition: condition, view: selection.key.view)
        if let known = outcomes[key] { return known }
        let computed = BlockEvaluator.outcomes(plan.conditions[condition], view, reader, arena)
        outcomes[key] = computed
        return computed
      }
    }
    leaves = arena.allocate(Double.self, max(1, slots) * rows.count)
    for batch in plan.batches { run(batch) }
  }

  private struct OutcomeKey: Hashable {
    var condition: Int
    var view: Int
  }

  static func reader(_ context: EvaluationContext, _ view: Int) -> EventReader {
    let stream = context.plan.views[view].key.stream
    return EventReader(
      stream: context.pointers.streams[stream], ranks: context.ranks[stream], calendar: context.calendar)
  }

  // MARK: Conditions

  /// A condition's outcome for every event of a view, a piece that stays in cache at a time.
  private static func outcomes(
    _ condition: ConditionPlan, _ view: BlockView, _ reader: EventReader, _ arena: Arena
  ) -> UnsafePointer<Double> {
    let piece = 1024
    let out = arena.allocate(Double.self, view.count)
    let registers = arena.allocate(Double.self, condition.program.registerCount * piece)
    let events = EventReader.Events(
      count: view.count, base: view.base, list: view.list, moments: view.moments)
    var first = 0
    while first < view.count {
      let count = min(piece, view.count - first)
      let part = events.part(first, count)
      condition.program.run(count: count, base: registers, stride: piece) { leaf, _, column in
        reader.read(condition.loads[leaf], of: part, into: column)
      }
      (out + first).update(
        from: condition.program.column(condition.result, base: registers, stride: piece), count: count)
      first += count
    }
    return UnsafePointer(out)
  }

  // MARK: Leaf columns

  /// The first event and the end of a window among the events of a selection, for one row.
  struct WindowColumns {
    private let lower: UnsafePointer<Int32>
    private let upper: UnsafePointer<Int32>
    private let prefix: UnsafePointer<Int32>?
    private let limit: Int

    init(_ window: WindowPlan, _ view: BlockView, _ selection: BlockSelection) {
      switch window.lower {
      case .start:
        lower = view.start()
        limit = .max
      case .latest(let count):
        lower = view.start()
        limit = count
      case .boundary(let index):
        lower = view.boundary(index)
        limit = .max
      }
      upper = view.boundary(window.upper)
      prefix = selection.prefix
    }

    @inline(__always)
    func range(_ row: Int) -> (first: Int, count: Int) {
      var first = Int(lower[row])
      var end = Int(upper[row])
      if let prefix {
        first = Int(prefix[first])
        end = Int(prefix[end])
      }
      // A clock change can put the ends of a short window in the other order.
      let count = max(0, end - first)
      return count > limit ? (end - limit, limit) : (first, count)
    }
  }

  private func run(_ batch: BatchPlan) {
    let selection = selections[batch.key.selection]
    let viewIndex = context.plan.selections[batch.key.selection].key.view
    let windows = WindowColumns(batch.key.window, views[viewIndex], selection)
    let column = batch.key.column.map { selection.columns[$0] }
    var scratch = KernelScratch(arena)
    let gapMembers = batch.members.filter { $0.function.isOfDays }
    let valueMembers = batch.members.filter { $0.function.isOfValues }
    if !gapMembers.isEmpty, let days = selection.days {
      for row in 0..<rows.count {
        let (first, count) = windows.range(row)
        let gaps = Gaps(days + first, count, limit: batch.key.window.gapLimit, &scratch)
        for member in gapMembers {
          leaves[member.slot * rows.count + row] = value(
            member.function, gaps, batch.key.window, viewIndex, rows.times[row], &scratch)
        }
      }
    }
    if !valueMembers.isEmpty, let column {
      for row in 0..<rows.count {
        let (first, count) = windows.range(row)
        let frequencies = Frequencies(column.advanced(by: first), count, &scratch)
        for member in valueMembers {
          leaves[member.slot * rows.count + row] = frequencies.value(member.function)
        }
      }
    }
    for member in batch.members where !member.function.isOfDays && !member.function.isOfValues {
      let out = leaves + member.slot * rows.count
      switch (member.function, column) {
      case (.count, nil): for row in 0..<rows.count { out[row] = Double(windows.range(row).count) }
      case (.sum, .number(let values)?):
        for row in 0..<rows.count {
          let (first, count) = windows.range(row)
          out[row] = SliceKernels.sum(values + first, count)
        }
      default:
        for row in 0..<rows.count {
          let (first, count) = windows.range(row)
          let slice = EventSlice(
            count: count, times: selection.times.map { $0 + first },
            days: selection.days.map { $0 + first }, column: column?.advanced(by: first))
          out[row] = value(member.function, slice, rows.times[row], &scratch)
        }
      }
    }
  }

  // MARK: One set of events

  func value(
    _ function: AggregateFunction, _ slice: EventSlice, _ moment: Instant, _ scratch: inout KernelScratch
  ) -> Double {
    switch function {
    case .daysSinceLast:
      guard let times = slice.times, slice.count > 0 else { return .nan }
      return moment.days(since: times[slice.count - 1])
    case .daysSinceFirst:
      guard let times = slice.times, slice.count > 0 else { return .nan }
      return moment.days(since: times[0])
    default: break
    }
    switch slice.column {
    case .number(let values):
      switch function {
      case .count: return SliceKernels.presentCount(values, slice.count)
      case .sum: return SliceKernels.sum(values, slice.count)
      case .repeatMean: return slice.days.map { SliceKernels.repeatMean(values, $0, slice.count) } ?? .nan
      case .min: return SliceKernels.minimum(values, slice.count)
      case .max: return SliceKernels.maximum(values, slice.count)
      case .sd: return SliceKernels.deviation(values, slice.count)
      case .median: return SliceKernels.median(values, slice.count, &scratch)
      case .latest: return SliceKernels.latest(values, slice.count)
      case .first: return SliceKernels.first(values, slice.count)
      case .streak: return SliceKernels.streak(values, slice.count)
      case .share: return SliceKernels.share(values, slice.count)
      default: return .nan
      }
    case .codes(let codes):
      switch function {
      case .count: return SliceKernels.presentCount(codes, slice.count)
      case .latest: return SliceKernels.latest(codes, slice.count)
      case .first: return SliceKernels.first(codes, slice.count)
      default: return .nan
      }
    case nil:
      // Without a condition every event meets it.
      switch function {
      case .count, .streak: return Double(slice.count)
      case .share: return slice.count > 0 ? 1 : .nan
      default: return .nan
      }
    }
  }

  func value(
    _ function: AggregateFunction, _ gaps: Gaps, _ window: WindowPlan, _ view: Int, _ moment: Instant,
    _ scratch: inout KernelScratch
  ) -> Double {
    gaps.value(
      function, today: { context.calendar.day(of: moment) },
      lastKnownDay: { context.calendar.day(of: Instant(microseconds: moment.microseconds - 1)) },
      ends: {
        let boundaries = context.plan.views[view].boundaries
        guard case .boundary(let lower) = window.lower else { return (0, 0) }
        let first = boundaries[lower].instant(from: moment, context.calendar)
        let end = boundaries[window.upper].instant(from: moment, context.calendar)
        return (
          context.calendar.day(of: first),
          context.calendar.day(of: Instant(microseconds: end.microseconds - 1))
        )
      }, &scratch)
  }

  // MARK: The row program

  /// Runs the row program; the returned function gives the column of a step.
  func runProgram(inputs: [[Double]], places: RowPlaces) -> (Int) -> UnsafePointer<Double> {
    let program = context.plan.row
    let registers = arena.allocate(Double.self, program.registerCount * rows.count)
    program.run(count: rows.count, base: registers, stride: rows.count) { number, steps, out in
      switch context.plan.leaves[number] {
      case .aggregate(let slot): out.update(from: leaves + slot * rows.count, count: rows.count)
      case .ranked(let slot, let selection, let column):
        let ranks = ranks(selection: selection, column: column)
        let codes = leaves + slot * rows.count
        for row in 0..<rows.count { out[row] = codes[row].isNaN ? .nan : ranks[Int(codes[row])] }
      case .input(let input): for row in 0..<rows.count { out[row] = inputs[input][places.list[row]] }
      case .groups(let group):
        let columns = steps.map { program.column($0, base: registers, stride: rows.count) }
        GroupEvaluator(self, context.plan.groups[group]).run(inputs: columns, into: out)
      }
    }
    return { program.column($0, base: registers, stride: rows.count) }
  }

  /// The rank of each code of a selection's category column.
  func ranks(selection: Int, column: Int) -> [Double] {
    let plan = context.plan.selections[selection]
    guard case .codes(let attribute) = plan.columns[column] else { return [] }
    return context.ranks[context.plan.views[plan.key.view].key.stream][attribute]
  }
}

extension BlockSelection.Column {
  func advanced(by count: Int) -> BlockSelection.Column {
    switch self {
    case .number(let values): .number(values + count)
    case .codes(let codes): .codes(codes + count)
    }
  }
}

extension Frequencies {
  func value(_ function: AggregateFunction) -> Double {
    switch function {
    case .distinct: Double(distinct)
    case .entropy: entropy
    case .topShare: topShare
    default: .nan
    }
  }
}
