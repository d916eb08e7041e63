internal import Foundation

/// How far predicted probabilities are from what happened, on every customer.
public struct ProbabilityScores: Sendable, Hashable, Codable {
  /// Average precision: Σ (recallₖ − recallₖ₋₁) · precisionₖ over the distinct scores, descending.
  public var averagePrecision: Double
  /// Mean of −ln of the probability given to what happened.
  public var logLoss: Double
  /// Mean of (p − y)².
  public var brier: Double

  /// - Parameters:
  ///   - probabilities: of the event, in [0, 1]. In the log loss one closer than 2⁻⁵² to 0 or 1 counts
  ///     as that far from it, as in scikit-learn; else a single sure mistake would make it infinite.
  ///   - outcomes: at least one event.
  public init(probabilities: [Double], outcomes: [Bool]) {
    precondition(probabilities.count == outcomes.count)
    let n = Double(outcomes.count)
    var loss = 0.0
    var squares = 0.0
    for (probability, outcome) in zip(probabilities, outcomes) {
      let p = min(max(probability, .ulpOfOne), 1 - .ulpOfOne)
      loss -= outcome ? log(p) : log1p(-p)
      let error = probability - (outcome ? 1 : 0)
      squares += error * error
    }
    logLoss = loss / n
    brier = squares / n
    averagePrecision = Self.averagePrecision(probabilities, outcomes)
  }

  private static func averagePrecision(_ scores: [Double], _ outcomes: [Bool]) -> Double {
    let order = Array(ascendingOrder(scores).reversed())
    let events = Double(outcomes.count { $0 })
    var found = 0.0
    var sum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      var inTie = 0.0
      while end < order.count, scores[order[end]] == scores[order[start]] {
        if outcomes[order[end]] { inTie += 1 }
        end += 1
      }
      found += inTie
      sum += inTie / events * (found / Double(end))
      start = end
    }
    return sum
  }
}
