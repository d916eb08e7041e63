internal import Foundation
internal import RekindleCore

/// A reduction over groups for one block: finds the groups of every row, computes the grouped
/// aggregates for every (row, group) pair, runs the group program over all pairs as one column, and
/// folds the pairs of each row.
struct GroupEvaluator {
  private let block: BlockEvaluator
  private let plan: GroupPlan
  private let sources: [Source]

  /// Events that grouped aggregates look at: laid out by group once for all of them.
  private struct Source {
    struct Key: Hashable {
      var selection: Int
      var window: WindowPlan
      var group: Int
    }

    var key: Key
    var selection: BlockSelection
    var view: Int
    var windows: BlockEvaluator.WindowColumns
    var codes: UnsafePointer<Int32>
    /// Rank of each code among all texts: groups of different kinds meet by their text.
    var ranks: [Double]
    /// Of the gaps between days, those that look at the same days together.
    var gaps: [GapMembers] = []
    var others: [Member] = []
  }

  private struct GapMembers {
    /// How many of a group's latest events, and of the latest gaps between them.
    var limit: Int
    var gapLimit: Int?
    var members: [Member]
  }

  private struct Member {
    /// Among the aggregates of the plan.
    var place: Int
    var function: AggregateFunction
    var window: WindowPlan
    var column: BlockSelection.Column?
    var limit: Int
  }

  init(_ block: BlockEvaluator, _ plan: GroupPlan) {
    self.block = block
    self.plan = plan
    var sources: [Source] = []
    for (place, aggregate) in plan.aggregates.enumerated() {
      let selection = block.selections[aggregate.key.selection]
      guard case .codes(let codes) = selection.columns[aggregate.group] else { continue }
      // Each group has its own latest events: the window is cut per group.
      var window = aggregate.key.window
      var limit = Int.max
      if case .latest(let latest) = window.lower {
        window.lower = .start
        limit = latest
      }
      window.gapLimit = nil
      let key = Source.Key(selection: aggregate.key.selection, window: window, group: aggregate.group)
      let source = sources.firstIndex { $0.key == key } ?? sources.count
      if source == sources.count {
        let view = block.context.plan.selections[aggregate.key.selection].key.view
        sources.append(
          Source(
            key: key, selection: selection, view: view,
            windows: .init(window, block.views[view], selection), codes: codes,
            ranks: block.ranks(selection: aggregate.key.selection, column: aggregate.group)))
      }
      let member = Member(
        place: place, function: aggregate.function, window: aggregate.key.window,
        column: aggregate.key.column.map { selection.columns[$0] }, limit: limit)
      let gapLimit = aggregate.key.window.gapLimit
      if !aggregate.function.isOfDays {
        sources[source].others.append(member)
      } else if let same = sources[source].gaps.firstIndex(where: {
        $0.limit == limit && $0.gapLimit == gapLimit
      }) {
        sources[source].gaps[same].members.append(member)
      } else {
        sources[source].gaps.append(GapMembers(limit: limit, gapLimit: gapLimit, members: [member]))
      }
    }
    self.sources = sources
  }

  func run(inputs: [UnsafePointer<Double>], into out: UnsafeMutablePointer<Double>) {
    let rowCount = block.rows.count
    var pairs = Pairs(rowCount, textCount: block.context.plan.texts.count, block.arena)
    var largest = 0
    var largestSet = 0
    for row in 0..<rowCount {
      pairs.begin(row)
      for source in sources {
        let (first, count) = source.windows.range(row)
        largestSet = max(largestSet, count)
        for event in first..<first + count where source.codes[event] >= 0 {
          pairs.add(Int(source.ranks[Int(source.codes[event])]))
        }
      }
      largest = max(largest, pairs.end(row))
    }

    let values = plan.aggregates.map { _ in block.arena.allocate(Double.self, max(1, pairs.count)) }
    let sorter = GroupSorter(groups: largest, events: largestSet, block.arena)
    for source in sources { compute(source, pairs, sorter, into: values) }

    let count = pairs.count
    let registers = block.arena.allocate(Double.self, plan.program.registerCount * max(1, count))
    var aggregateOfLeaf: [Int: Int] = [:]
    for (leaf, kind) in plan.leaves.enumerated() {
      if case .aggregate = kind { aggregateOfLeaf[leaf] = aggregateOfLeaf.count }
    }
    plan.program.run(count: count, base: registers, stride: max(1, count)) { leaf, _, column in
      switch plan.leaves[leaf] {
      case .aggregate: column.update(from: values[aggregateOfLeaf[leaf] ?? 0], count: count)
      case .row(let input):
        for row in 0..<rowCount {
          for pair in pairs.range(row) { column[pair] = inputs[input][row] }
        }
      }
    }
    let result = plan.program.column(plan.result, base: registers, stride: max(1, count))
    let scratch = block.arena.allocate(Double.self, largest)
    for row in 0..<rowCount {
      let range = pairs.range(row)
      out[row] = reduce(result + range.lowerBound, range.count, scratch)
    }
  }

  // MARK: Aggregates per pair

  private func compute(
    _ source: Source, _ pairs: Pairs, _ sorter: GroupSorter, into values: [UnsafeMutablePointer<Double>]
  ) {
    var scratch = KernelScratch(block.arena)
    for row in 0..<block.rows.count {
      let groups = pairs.range(row)
      guard !groups.isEmpty else { continue }
      let (first, count) = source.windows.range(row)
      pairs.number(groups)
      sorter.sort(first: first, count: count, groups: groups.count) { event in
        let code = source.codes[event]
        return code < 0 ? -1 : pairs.place(of: Int(source.ranks[Int(code)]))
      }
      let moment = block.rows.times[row]
      for group in 0..<groups.count {
        let pair = groups.lowerBound + group
        for same in source.gaps {
          let (start, size) = sorter.latest(same.limit, of: group)
          guard let days = source.selection.days else { continue }
          let gaps = Gaps(sorter.gather(days, start, size), size, limit: same.gapLimit, &scratch)
          for member in same.members {
            values[member.place][pair] = block.value(
              member.function, gaps, member.window, source.view, moment, &scratch)
          }
        }
        for member in source.others {
          let (start, size) = sorter.latest(member.limit, of: group)
          values[member.place][pair] = value(member, source, sorter, start, size, moment, &scratch)
        }
      }
    }
  }

  private func value(
    _ member: Member, _ source: Source, _ sorter: GroupSorter, _ start: Int, _ size: Int, _ moment: Instant,
    _ scratch: inout KernelScratch
  ) -> Double {
    if member.function.needsTimes {
      // The first or the last alone.
      let event = member.function == .daysSinceLast ? start + size - 1 : start
      let times = source.selection.times.map { sorter.gather($0, event, min(1, size)) }
      return block.value(
        member.function, EventSlice(count: min(1, size), times: times, days: nil, column: nil), moment,
        &scratch)
    }
    let column = member.column.map { sorter.gather($0, start, size) }
    if member.function.isOfValues, let column {
      return Frequencies(column, size, &scratch).value(member.function)
    }
    let days = member.function.needsDays ? source.selection.days.map { sorter.gather($0, start, size) } : nil
    return block.value(
      member.function, EventSlice(count: size, times: nil, days: days, column: column), moment, &scratch)
  }

  // MARK: Reduction

  private func reduce(
    _ values: UnsafePointer<Double>, _ count: Int, _ scratch: UnsafeMutablePointer<Double>
  ) -> Double {
    switch plan.reduction {
    case .max: return SliceKernels.maximum(values, count)
    case .min: return SliceKernels.minimum(values, count)
    case .sum: return SliceKernels.sum(values, count)
    case .mean: return finite(SliceKernels.sum(values, count) / SliceKernels.presentCount(values, count))
    case .median:
      var n = 0
      for i in 0..<count where !values[i].isNaN {
        scratch[n] = values[i]
        n += 1
      }
      return finite(SliceKernels.medianSorting(scratch, n))
    case .count:
      if !plan.isFlag { return SliceKernels.presentCount(values, count) }
      var n = 0
      for i in 0..<count where values[i] == 1 { n += 1 }
      return Double(n)
    case .entropy:
      var total = 0.0
      for i in 0..<count where values[i] > 0 { total += values[i] }
      guard total > 0 else { return .nan }
      var sum = 0.0
      for i in 0..<count where values[i] > 0 {
        let share = values[i] / total
        sum -= share * log(share)
      }
      return finite(sum)
    }
  }
}

extension GroupPlan {
  /// Its grouped aggregates, in the order of its leaves.
  fileprivate var aggregates: [GroupedAggregate] {
    leaves.compactMap { if case .aggregate(let aggregate) = $0 { aggregate } else { nil } }
  }
}
