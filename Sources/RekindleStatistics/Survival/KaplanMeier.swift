internal import RekindleNumerics

/// The product-limit estimate of how many have not had the event yet, as time goes on.
///
/// ```
/// S(t)          = Π_{tᵢ ≤ t} (1 − dᵢ / nᵢ)
/// Var S(t)      = S(t)² G(t),   G(t) = Σ_{tᵢ ≤ t} dᵢ / (nᵢ (nᵢ − dᵢ))       (Greenwood)
/// ```
/// `dᵢ` are the events at time `tᵢ`, `nᵢ` those at risk just before it. Those whose watch ended early
/// (right-censored) are at risk up to the end of it and then leave: they are counted neither as events
/// nor as survivors. Times are compared exactly; observations whose time is NaN or negative are left
/// out.
///
/// Source: E. L. Kaplan, P. Meier, 1958; M. Greenwood, 1926. Agrees with R's `survival::survfit`.
public struct KaplanMeier: Sendable, Hashable {
  /// The curve from a distinct time on, until the next.
  public struct Step: Sendable, Hashable {
    public let time: Double
    /// At risk just before the time.
    public let atRisk: Int
    public let events: Int
    public let censored: Int
    /// `S(time)`.
    public let survival: Double
    /// `G(time)`, the variance of `log S(time)`; infinite once S is 0.
    public let logVariance: Double

    /// Of `survival`, by Greenwood; NaN once S is 0.
    public var standardError: Double { survival * logVariance.squareRoot() }
  }

  /// On which scale a normal interval of S is made.
  public enum Band: String, Sendable, Hashable, Codable, CaseIterable {
    /// S ± z SE, cut to [0, 1]. Poor in small samples.
    case plain
    /// exp(log S ± z √G), cut at 1. R's own choice.
    case log
    /// S^exp(± z √G / log S): never leaves [0, 1]. Best in small samples.
    case logLog = "log_log"
  }

  /// One a distinct time, ascending, those with censorings alone included.
  public let steps: [Step]
  /// Observations that were used.
  public let count: Int
  public let eventCount: Int

  public init(_ observations: [CensoredTime]) {
    var survival = 1.0
    var logVariance = 0.0
    let tallies = SurvivalTally.tallies(of: observations)
    steps = tallies.map { tally in
      let n = Double(tally.atRisk)
      let d = Double(tally.events)
      if tally.events > 0 {
        survival *= (n - d) / n
        logVariance += d / (n * (n - d))
      }
      return Step(
        time: tally.time, atRisk: tally.atRisk, events: tally.events, censored: tally.censored,
        survival: survival, logVariance: logVariance)
    }
    count = tallies.first?.atRisk ?? 0
    eventCount = tallies.reduce(0) { $0 + $1.events }
  }

  /// `S(time)`: 1 before the first event; NaN after the last observed time unless S has come to 0, for
  /// nobody was watched so long.
  public func survival(at time: Double) -> Double {
    guard let last = steps.last, time >= 0 else { return .nan }
    if time > last.time { return last.survival == 0 ? 0 : .nan }
    return step(at: time)?.survival ?? 1
  }

  /// How many are at risk just before a time.
  public func atRisk(at time: Double) -> Int {
    let index = steps.partitioningIndex { $0.time >= time }
    return index < steps.count ? steps[index].atRisk : 0
  }

  /// A pointwise interval of `S(time)`; NaN ends where there is none.
  public func interval(at time: Double, confidence: Double = 0.95, band: Band = .logLog) -> Interval {
    guard !survival(at: time).isNaN else { return .undefined }
    guard let step = step(at: time) else { return Interval(1, 1) }
    return Self.interval(of: step, z: Normal().upperQuantile((1 - confidence) / 2), band)
  }

  /// The intervals of all steps.
  public func band(confidence: Double = 0.95, _ band: Band = .logLog) -> [Interval] {
    let z = Normal().upperQuantile((1 - confidence) / 2)
    return steps.map { Self.interval(of: $0, z: z, band) }
  }

  /// The time by which a share `p` has had the event.
  ///
  /// The first time at which S is below 1 − p; where S stays at exactly 1 − p for a while, the middle of
  /// that while. Its interval is where the band of S crosses 1 − p in the same way (Brookmeyer and
  /// Crowley, 1982). NaN where the curve, or an end of the band, never comes down so far. As R's
  /// `quantile.survfit`.
  public func quantile(
    _ p: Double, confidence: Double = 0.95, band: Band = .log
  ) -> (time: Double, interval: Interval) {
    let ends = self.band(confidence: confidence, band)
    return (
      crossing(of: steps.map(\.survival), at: 1 - p),
      Interval(
        crossing(of: ends.map(\.lower), at: 1 - p), crossing(of: ends.map(\.upper), at: 1 - p))
    )
  }

  /// The time by which half have had the event.
  public var median: Double { quantile(0.5).time }

  // MARK: -

  private func step(at time: Double) -> Step? {
    let index = steps.partitioningIndex { $0.time > time }
    return index > 0 ? steps[index - 1] : nil
  }

  private func crossing(of curve: [Double], at level: Double) -> Double {
    let tolerance = 1.4901161193847656e-08  // √ε, as R: products of shares miss 1/2 by a rounding
    guard let first = curve.firstIndex(where: { $0 < level + tolerance }) else { return .nan }
    if abs(curve[first] - level) < tolerance,
      let next = curve[first...].firstIndex(where: { $0 < curve[first] })
    {
      return (steps[first].time + steps[next].time) / 2
    }
    return steps[first].time
  }

  private static func interval(of step: Step, z: Double, _ band: Band) -> Interval {
    let S = step.survival
    if S == 1 { return Interval(1, 1) }  // no event yet: R leaves this to the plain and the log band
    let spread = z * step.logVariance.squareRoot()
    switch band {
    case .plain:
      guard S > 0 else { return .undefined }
      return Interval(max(0, S - S * spread), min(1, S + S * spread))
    case .log:
      guard S > 0 else { return .undefined }
      return Interval(S * exponential(-spread), min(1, S * exponential(spread)))
    case .logLog:
      guard S > 0 else { return .undefined }
      let cumulativeHazard = -logarithm(S)
      return Interval(
        exponential(-cumulativeHazard * exponential(spread / cumulativeHazard)),
        exponential(-cumulativeHazard * exponential(-spread / cumulativeHazard)))
    }
  }
}

extension Array {
  /// The first index whose element meets a condition that holds from some index on.
  fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
