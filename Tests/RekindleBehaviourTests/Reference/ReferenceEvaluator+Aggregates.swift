import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents

extension ReferenceEvaluator {
  func value(of aggregate: Aggregate, in place: Place) -> Value {
    var rows = events(of: aggregate, in: place)
    if case .latest(let count) = aggregate.window, !aggregate.function.isOfGaps { rows = rows.suffix(count) }
    let moment = place.moment.time
    let values: [Value] =
      aggregate.attribute.map { name in
        rows.map { attribute(name, of: $0, at: moment) }.filter { !$0.isMissing }
      } ?? []
    let numbers = values.map(\.double)
    switch aggregate.function {
    case .count: return .number(Double(rows.count))
    case .any: return .flag(rows.isEmpty ? 0 : 1)
    case .sum: return .number(finite(sum(numbers)))
    case .mean: return .number(mean(numbers))
    case .min: return .number(numbers.min() ?? .nan)
    case .max: return .number(numbers.max() ?? .nan)
    case .sd: return .number(standardDeviation(numbers))
    case .median: return .number(median(numbers))
    case .distinct: return .number(Double(tally(values).count))
    case .entropy: return .number(entropy(tally(values)))
    case .topShare: return .number((tally(values).max() ?? .nan) / Double(values.count))
    case .share:
      let outcomes = rows.map { condition(aggregate, on: $0, in: place) }.filter { !$0.isNaN }
      return .number(finite(sum(outcomes) / Double(outcomes.count)))
    case .streak:
      let outcomes = rows.map { condition(aggregate, on: $0, in: place) }.filter { !$0.isNaN }
      return .number(Double(outcomes.reversed().prefix { $0 == 1 }.count))
    case .latest: return values.last ?? .number(.nan)
    case .first: return values.first ?? .number(.nan)
    case .daysSinceLast: return .number(rows.last.map { moment.days(since: $0.time) } ?? .nan)
    case .daysSinceFirst: return .number(rows.first.map { moment.days(since: $0.time) } ?? .nan)
    case .activeDays: return .number(Double(days(rows).count))
    case .spanDays:
      let days = days(rows)
      return .number(days.isEmpty ? .nan : Double(days[days.count - 1] - days[0]))
    case .ageDays:
      let today = Int(log.calendar.day(of: Instant(microseconds: moment.microseconds - 1)))
      return .number(days(rows).first.map { Double(today - $0) } ?? .nan)
    case .repeatMean:
      guard let first = days(rows).first else { return .number(.nan) }
      let later = rows.filter { Int(log.calendar.day(of: $0.time)) > first }
      let amounts = later.map { attribute(aggregate.attribute ?? "", of: $0, at: moment).double }
      return .number(finite(sum(amounts.filter { !$0.isNaN }) / Double(days(later).count)))
    case .clumpiness: return .number(clumpiness(days(rows), aggregate.window, at: moment))
    case .gapMean, .gapMedian, .gapSd, .gapLast, .gapCv, .gapSlope, .gapLengthening, .gapPercentile,
      .gapRegularity:
      return .number(gapStatistic(aggregate, days(rows), at: moment))
    }
  }

  /// Distinct local days, ascending.
  private func days(_ rows: [Row]) -> [Int] {
    Set(rows.map { Int(log.calendar.day(of: $0.time)) }).sorted()
  }

  private func gapStatistic(_ aggregate: Aggregate, _ days: [Int], at moment: Instant) -> Double {
    var gaps = zip(days, days.dropFirst()).map { Double($1 - $0) }
    if case .latest(let count) = aggregate.window { gaps = gaps.suffix(count) }
    let n = gaps.count
    switch aggregate.function {
    case .gapMean: return mean(gaps)
    case .gapMedian: return median(gaps)
    case .gapSd: return standardDeviation(gaps)
    case .gapLast: return gaps.last ?? .nan
    case .gapCv: return n < 3 ? .nan : standardDeviation(gaps) / mean(gaps)
    case .gapSlope:
      if n < 3 { return .nan }
      var slopes: [Double] = []
      for i in 0..<n {
        for j in (i + 1)..<max(n, i + 1) { slopes.append((ln(gaps[j]) - ln(gaps[i])) / Double(j - i)) }
      }
      return median(slopes)
    case .gapLengthening:
      return n < 4 ? .nan : ln(mean(gaps.suffix(2)) / median(gaps.dropLast(2)))
    case .gapPercentile:
      guard n > 0, let last = days.last else { return .nan }
      let open = Double(Int(log.calendar.day(of: moment)) - last)
      return Double(1 + gaps.filter { $0 <= open }.count) / Double(n + 2)
    case .gapRegularity:
      if n < 2 { return .nan }
      let s = ln(mean(gaps)) - mean(gaps.map { ln($0) })
      if s <= 0 { return 20 }
      return min(20, (3 - s + ((s - 3) * (s - 3) + 24 * s).squareRoot()) / (12 * s))
    default: return .nan
    }
  }

  private func clumpiness(_ days: [Int], _ window: Window, at moment: Instant) -> Double {
    guard let first = days.first, let last = days.last else { return .nan }
    let (start, end) = bounds(of: window, at: moment)
    let s = Int(log.calendar.day(of: start))
    let e = Int(log.calendar.day(of: Instant(microseconds: end.microseconds - 1)))
    let gaps = [first - s + 1] + zip(days, days.dropFirst()).map { $1 - $0 } + [e + 1 - last]
    let shares = gaps.map { Double($0) / Double(e - s + 2) }
    return 1 + sum(shares.map { $0 * ln($0) }) / ln(Double(days.count + 1))
  }

  private func mean(_ values: some Collection<Double>) -> Double {
    finite(values.reduce(0, +) / Double(values.count))
  }

  private func median(_ values: some Collection<Double>) -> Double {
    RekindleBehaviourTests.median(Array(values))
  }

  private func standardDeviation(_ values: [Double]) -> Double {
    if values.count < 2 { return .nan }
    let m = mean(values)
    return finite((sum(values.map { ($0 - m) * ($0 - m) }) / Double(values.count - 1)).squareRoot())
  }

  /// How often each distinct value occurs, in ascending order of the value.
  private func tally(_ values: [Value]) -> [Double] {
    var texts: [String: Double] = [:]
    var numbers: [Double: Double] = [:]
    for value in values {
      switch value {
      case .text(let text): texts[text ?? "", default: 0] += 1
      case .number(let number), .flag(let number): numbers[number, default: 0] += 1
      }
    }
    let byText = texts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { texts[$0] }
    return byText + numbers.keys.sorted().compactMap { numbers[$0] }
  }
}

extension AggregateFunction {
  fileprivate var isOfGaps: Bool {
    switch self {
    case .gapMean, .gapMedian, .gapSd, .gapLast, .gapCv, .gapSlope, .gapLengthening, .gapPercentile,
      .gapRegularity:
      true
    default: false
    }
  }
}
