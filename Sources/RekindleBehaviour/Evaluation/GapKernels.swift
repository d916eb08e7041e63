internal import Foundation

/// The distinct local days of a set of events, and the gaps between them.
struct Gaps {
  /// Distinct days.
  private(set) var dayCount = 0
  private(set) var firstDay: Int32 = 0
  private(set) var lastDay: Int32 = 0
  /// The gaps, in time order, and how many.
  private(set) var gaps: UnsafeMutablePointer<Double>
  private(set) var count = 0

  /// - Parameter limit: keep the latest so many.
  init(_ days: UnsafePointer<Int32>, _ events: Int, limit: Int?, _ scratch: inout KernelScratch) {
    gaps = scratch.numbers(events)
    guard events > 0 else { return }
    firstDay = days[0]
    var previous = days[0]
    for i in 1..<max(1, events) {
      // Written always, kept when it is a gap: no branch to guess wrong.
      gaps[count] = Double(days[i] - previous)
      count += days[i] == previous ? 0 : 1
      previous = days[i]
    }
    lastDay = previous
    dayCount = count + 1
    if let limit, count > limit {
      gaps += count - limit
      count = limit
    }
  }

  /// - Parameters:
  ///   - today: the local day of the moment.
  ///   - lastKnownDay: that of the microsecond before.
  ///   - ends: the local days of the window's first and last microsecond.
  func value(
    _ function: AggregateFunction, today: () -> Int32, lastKnownDay: () -> Int32,
    ends: () -> (first: Int32, last: Int32), _ scratch: inout KernelScratch
  ) -> Double {
    switch function {
    case .activeDays: Double(dayCount)
    case .spanDays: dayCount > 0 ? Double(lastDay - firstDay) : .nan
    case .ageDays: dayCount > 0 ? Double(lastKnownDay() - firstDay) : .nan
    case .gapMean: mean
    case .gapLast: count > 0 ? gaps[count - 1] : .nan
    case .gapMedian: median(of: count, &scratch)
    case .gapSd: deviation
    case .gapCv: count >= 3 ? deviation / mean : .nan
    case .gapSlope: slope(&scratch)
    case .gapLengthening:
      count >= 4 ? log(((gaps[count - 2] + gaps[count - 1]) / 2) / median(of: count - 2, &scratch)) : .nan
    case .gapPercentile: percentile(today: today())
    case .gapRegularity: regularity
    case .clumpiness: clumpiness(ends())
    default: .nan
    }
  }

  private var mean: Double {
    guard count > 0 else { return .nan }
    return SliceKernels.sum(gaps, count) / Double(count)
  }

  private var deviation: Double { SliceKernels.deviation(gaps, count) }

  /// Of the first `n` gaps.
  private func median(of n: Int, _ scratch: inout KernelScratch) -> Double {
    let sorted = scratch.counts(n)
    sorted.update(from: gaps, count: n)
    return SliceKernels.medianSorting(sorted, n)
  }

  /// Theil–Sen: the median of (ln gⱼ − ln gᵢ) / (j − i) over all pairs i < j.
  private func slope(_ scratch: inout KernelScratch) -> Double {
    guard count >= 3 else { return .nan }
    let pairs = count * (count - 1) / 2
    let room = scratch.counts(pairs + count)
    let logs = room + pairs
    for i in 0..<count { logs[i] = log(gaps[i]) }
    var n = 0
    for i in 0..<count {
      for j in (i + 1)..<max(i + 1, count) {
        room[n] = (logs[j] - logs[i]) / Double(j - i)
        n += 1
      }
    }
    return SliceKernels.medianSorting(room, n)
  }

  private func percentile(today: Int32) -> Double {
    guard count > 0 else { return .nan }
    let open = Double(today - lastDay)
    var reached = 1
    for i in 0..<count { reached += gaps[i] <= open ? 1 : 0 }
    return Double(reached) / Double(count + 2)
  }

  /// The shape k of a gamma distribution from s = ln(mean) − mean(ln).
  private var regularity: Double {
    guard count >= 2 else { return .nan }
    var logs = 0.0
    for i in 0..<count { logs += log(gaps[i]) }
    let s = log(mean) - logs / Double(count)
    guard s > 0 else { return 20 }
    return min(20, (3 - s + ((s - 3) * (s - 3) + 24 * s).squareRoot()) / (12 * s))
  }

  private func clumpiness(_ ends: (first: Int32, last: Int32)) -> Double {
    guard dayCount > 0 else { return .nan }
    let whole = Double(ends.last - ends.first + 2)
    var sum = 0.0
    func add(_ gap: Double) {
      let share = gap / whole
      sum += share * log(share)
    }
    add(Double(firstDay - ends.first + 1))
    for i in 0..<count { add(gaps[i]) }
    add(Double(ends.last + 1 - lastDay))
    return finite(1 + sum / log(Double(dayCount + 1)))
  }
}
