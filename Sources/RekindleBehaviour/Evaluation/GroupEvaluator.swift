internal import Foundation
internal import RekindleCore

/// A reduction over groups for one block: finds the groups of every row, computes the grouped
/// aggregates for every (row, group) pair, runs the group program over all pairs as one column, and
/// folds the pairs of each row.
struct GroupEvaluator {
  private let block: BlockEvaluator
  private let plan: GroupPlan
  private let aggregates: [Source]

  /// Where a grouped aggregate finds its events.
  private struct Source {
    var aggregate: GroupedAggregate
    var selection: BlockSelection
    var view: Int
    var windows: BlockEvaluator.WindowColumns
    var codes: UnsafePointer<Int32>
    /// Rank of each code among all texts: groups of different kinds meet by their text.
    var ranks: [Double]
  }

  init(_ block: BlockEvaluator, _ plan: GroupPlan) {
    self.block = block
    self.plan = plan
    aggregates = plan.leaves.compactMap { leaf -> Source? in
      guard case .aggregate(let aggregate) = leaf else { return nil }
      let selection = block.selections[aggregate.key.selection]
      guard case .codes(let codes) = selection.columns[aggregate.group] else { return nil }
      let view = block.context.plan.selections[aggregate.key.selection].key.view
      // Each group has its own latest events: the window is cut per group.
      var window = aggregate.key.window
      if case .latest = window.lower { window.lower = .start }
      return Source(
        aggregate: aggregate, selection: selection, view: view,
        windows: .init(window, block.views[view], selection), codes: codes,
        ranks: block.ranks(selection: aggregate.key.selection, column: aggregate.group))
    }
  }

  func run(inputs: [UnsafePointer<Double>], into out: UnsafeMutablePointer<Double>) {
    let rowCount = block.rows.count
    var pairs = Pairs(rowCount, textCount: block.context.plan.texts.count, block.arena)
    var largest = 0
    var largestSet = 0
    for row in 0..<rowCount {
      pairs.begin(row)
      for source in aggregates {
        let (first, count) = source.windows.range(row)
        largestSet = max(largestSet, count)
        for event in first..<first + count where source.codes[event] >= 0 {
          pairs.add(Int(source.ranks[Int(source.codes[event])]))
        }
      }
      largest = max(largest, pairs.end(row))
    }

    var values: [UnsafeMutablePointer<Double>] = []
    let sorter = GroupSorter(groups: largest, events: largestSet, block.arena)
    for source in aggregates { values.append(compute(source, pairs, sorter)) }

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

  private func compute(_ source: Source, _ pairs: Pairs, _ sorter: GroupSorter) -> UnsafeMutablePointer<
    Double
  > {
    let out = block.arena.allocate(Double.self, max(1, pairs.count))
    var scratch = KernelScratch(block.arena)
    let function = source.aggregate.function
    let column = source.aggregate.key.column.map { source.selection.columns[$0] }
    var limit = Int.max
    if case .latest(let latest) = source.aggregate.key.window.lower { limit = latest }
    for row in 0..<block.rows.count {
      let groups = pairs.range(row)
      guard !groups.isEmpty else { continue }
      let (first, count) = source.windows.range(row)
      sorter.sort(first: first, count: count, groups: groups.count) { event in
        let code = source.codes[event]
        return code < 0 ? nil : pairs.place(of: Int(source.ranks[Int(code)]), in: groups)
      }
      for group in 0..<groups.count {
        let (start, size) = sorter.latest(limit, of: group)
        let moment = block.rows.times[row]
        if function.isOfDays, let days = source.selection.days {
          let own = sorter.gather(days, start, size)
          let gaps = Gaps(own, size, limit: source.aggregate.key.window.gapLimit, &scratch)
          out[groups.lowerBound + group] = block.value(
            function, gaps, source.aggregate.key.window, source.view, moment, &scratch)
          continue
        }
        let slice = EventSlice(
          count: size, times: source.selection.times.map { sorter.gather($0, start, size) },
          days: function.needsDays ? source.selection.days.map { sorter.gather($0, start, size) } : nil,
          column: column.map { sorter.gather($0, start, size) })
        if function.isOfValues, let column = slice.column {
          out[groups.lowerBound + group] = Frequencies(column, size, &scratch).value(function)
        } else {
          out[groups.lowerBound + group] = block.value(function, slice, moment, &scratch)
        }
      }
    }
    return out
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
