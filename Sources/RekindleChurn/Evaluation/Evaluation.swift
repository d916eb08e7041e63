public import RekindleCore

/// Everything that is said about a model on customers whose outcome is known.
public struct Evaluation: Sendable, Hashable, Codable {
  public var count: Int
  public var events: Int
  /// Share of events; printed beside every other number.
  public var baseRate: Double
  public var area: AreaUnderCurve
  public var scores: ProbabilityScores
  public var calibration: Calibration
  public var lift: LiftTable

  /// - Throws: `RK0401` without an event, `RK0402` with nothing but events.
  public init(probabilities: [Double], outcomes: [Bool]) throws(Diagnostic) {
    area = try AreaUnderCurve(scores: probabilities, outcomes: outcomes)
    count = outcomes.count
    events = outcomes.count { $0 }
    baseRate = Double(events) / Double(count)
    scores = ProbabilityScores(probabilities: probabilities, outcomes: outcomes)
    calibration = Calibration(probabilities: probabilities, outcomes: outcomes)
    lift = LiftTable(scores: probabilities, outcomes: outcomes)
  }
}
