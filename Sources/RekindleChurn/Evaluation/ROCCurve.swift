internal import Foundation
public import RekindleCore

/// The area under the ROC curve with DeLong's standard error and interval.
///
///     θ   = P(score of an event > score of a non-event) + ½ P(equal)
///     var = s₁₀ / m + s₀₁ / n
///
/// `m` events, `n` non-events; `s₁₀`, `s₀₁` the sample variances of the placement values
/// V₁₀ᵢ = (Rᵢ − rᵢ) / n and V₀₁ⱼ = 1 − (Rⱼ − rⱼ) / m, where R is the midrank among all scores and r
/// that within the own class. Ties count one half, exactly. O(n log n).
///
/// Sources: DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44; Sun, Xu (2014), IEEE Signal
/// Processing Letters 21 (midranks).
public struct AreaUnderCurve: Sendable, Hashable, Codable {
  public var area: Double
  /// Missing (`nil`) with fewer than two of either class, and where rows repeat customers.
  public var standardError: Double?
  /// The 95 % interval, within [0, 1].
  public var low: Double?
  public var high: Double?

  /// - Parameters:
  ///   - scores: higher means the event is likelier; none is NaN.
  ///   - outcomes: whether the event came; same length.
  /// - Throws: `RK0401` without an event, `RK0402` with nothing but events, `RK0403` for a NaN score.
  public init(scores: [Double], outcomes: [Bool]) throws(Diagnostic) {
    let placements = try Placements(scores: scores, outcomes: outcomes)
    area = placements.area
    guard placements.events.count > 1, placements.others.count > 1 else { return }
    let variance =
      covariance(placements.events, placements.events) / Double(placements.events.count)
      + covariance(placements.others, placements.others) / Double(placements.others.count)
    let error = variance.squareRoot()
    standardError = error
    low = max(0, area - normal975 * error)
    high = min(1, area + normal975 * error)
  }

  /// Leaves the area alone: DeLong's error takes rows as independent, and where a customer has
  /// several it is too small.
  mutating func withholdInterval() {
    standardError = nil
    low = nil
    high = nil
  }
}

/// The difference between two areas on the same customers, by DeLong's paired test.
public struct AreaDifference: Sendable, Hashable, Codable {
  /// First minus second.
  public var difference: Double
  public var standardError: Double
  public var low: Double
  public var high: Double
  /// `nil` when the two rank every pair alike, so that the standard error is 0.
  public var z: Double?
  /// Two-sided.
  public var pValue: Double?

  /// - Throws: as `AreaUnderCurve`; `RK0404` with fewer than two of either class.
  public init(_ first: [Double], minus second: [Double], outcomes: [Bool]) throws(Diagnostic) {
    let a = try Placements(scores: first, outcomes: outcomes)
    let b = try Placements(scores: second, outcomes: outcomes)
    guard a.events.count > 1, a.others.count > 1 else {
      throw Diagnostic(
        "RK0404", "two areas cannot be compared with fewer than two churners and two who stayed",
        help: "use a longer log or more customers")
    }
    let events = zip(a.events, b.events).map { $0 - $1 }
    let others = zip(a.others, b.others).map { $0 - $1 }
    difference = a.area - b.area
    standardError =
      (covariance(events, events) / Double(events.count) + covariance(others, others) / Double(others.count))
      .squareRoot()
    low = difference - normal975 * standardError
    high = difference + normal975 * standardError
    if standardError > 0 {
      let statistic = difference / standardError
      z = statistic
      pValue = erfc(abs(statistic) / 2.0.squareRoot())
    }
  }
}

/// The 97.5 % point of the standard normal distribution: every interval here is a 95 % interval.
let normal975 = 1.959963984540054

private struct Placements {
  var area: Double
  var events: [Double]
  var others: [Double]

  init(scores: [Double], outcomes: [Bool]) throws(Diagnostic) {
    precondition(scores.count == outcomes.count, "\(scores.count) scores of \(outcomes.count) outcomes")
    try requireBothClasses(outcomes)
    guard !scores.contains(where: \.isNaN) else {
      throw Diagnostic(
        "RK0403", "a score is not a number", kind: .internalError,
        help: "fill missing values before ranking customers by them")
    }
    let order = ascendingOrder(scores)
    let all = midranks(scores, order: order)
    let eventOrder = order.filter { outcomes[$0] }
    let otherOrder = order.filter { !outcomes[$0] }
    let m = Double(eventOrder.count)
    let n = Double(otherOrder.count)
    let withinEvents = midranks(scores, order: eventOrder)
    let withinOthers = midranks(scores, order: otherOrder)
    events = []
    others = []
    events.reserveCapacity(eventOrder.count)
    others.reserveCapacity(otherOrder.count)
    var rankSum = 0.0
    // In row order, so that the placements of two rankings pair up.
    for row in scores.indices {
      if outcomes[row] {
        rankSum += all[row]
        events.append((all[row] - withinEvents[row]) / n)
      } else {
        others.append(1 - (all[row] - withinOthers[row]) / m)
      }
    }
    // Sums of halves of whole numbers: exact below 2⁵³, whatever the order.
    area = (rankSum - m * (m + 1) / 2) / (m * n)
  }
}

/// Row numbers by ascending score, then row.
func ascendingOrder(_ scores: [Double]) -> [Int] {
  // Pairs, so that a comparison reads what it compares and not two far places of an array.
  var pairs = scores.enumerated().map { (score: $1, row: $0) }
  pairs.sort { $0.score != $1.score ? $0.score < $1.score : $0.row < $1.row }
  return pairs.map(\.row)
}

/// The mean rank (from 1) of each row among the rows of `order`, which ascends; 0 for the others.
func midranks(_ scores: [Double], order: [Int]) -> [Double] {
  var ranks = [Double](repeating: 0, count: scores.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
    let rank = Double(start + 1 + end) / 2
    for position in start..<end { ranks[order[position]] = rank }
    start = end
  }
  return ranks
}

/// Sample covariance (n − 1).
private func covariance(_ a: [Double], _ b: [Double]) -> Double {
  let n = Double(a.count)
  let meanA = a.reduce(0, +) / n
  let meanB = b.reduce(0, +) / n
  return zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / (n - 1)
}

/// - Throws: `RK0401` when nobody churned, `RK0402` when everybody did.
func requireBothClasses(_ outcomes: [Bool]) throws(Diagnostic) {
  if !outcomes.contains(true) {
    throw Diagnostic(
      "RK0401", "nobody churned: all \(outcomes.count) customers stayed",
      help: "shorten the horizon, or check that the label says what you mean")
  }
  if !outcomes.contains(false) {
    throw Diagnostic(
      "RK0402", "everybody churned: none of the \(outcomes.count) customers stayed",
      help: "lengthen the horizon, or check that the log goes on after the as-of date")
  }
}
