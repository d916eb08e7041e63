public import RekindleStatistics

/// How often the analysis was right in a simulation, with what chance leaves open.
public struct SimulationReport: Sendable, Hashable {
  public enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
    /// Rejections where there is no effect.
    case falseAlarms = "false_alarms"
    /// Rejections where there is one.
    case power
    /// Intervals of the difference, and of the lift, that hold the truth.
    case differenceCoverage = "coverage_difference"
    case liftCoverage = "coverage_lift"
    /// The mean estimate of the difference, against the true one.
    case estimate
    /// Any rejection among the primary comparisons without an effect, corrected.
    case familyWise = "family_wise"
    /// A boundary or confidence sequence crossed at any look.
    case anyLook = "any_look"
    /// The test made for one look, made at each of them: what looking costs that does not know of itself.
    case peeking
  }

  public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case holds
    /// Errs to the safe side by more than chance.
    case conservative
    case doesNotHold = "does not hold"
    /// Nothing was promised.
    case none = ""
  }

  /// One rate, or one mean.
  public struct Line: Sendable, Hashable {
    public var metric: String
    public var estimator: String
    /// Whether the experiment's report uses it; else it is tried beside.
    public var isOwn: Bool
    public var variant: String
    public var measure: Measure
    /// The nominal rate, or the true difference; NaN where nothing was promised.
    public var promised: Double
    public var found: Double
    /// Monte-Carlo standard error.
    public var error: Double
    /// Wilson's 95 % interval of a rate, ± 1.96 errors of a mean.
    public var interval: Interval
    public var runs: Int
    public var verdict: Verdict
  }

  public var experiment: String
  /// What was run, in one sentence.
  public var heading: String
  public var lines: [Line]
  /// What follows for this experiment, a sentence each.
  public var words: [String]

  /// Whether every estimator of the experiment's report, its correction and its looks keep their word.
  public var holds: Bool { failures.isEmpty }

  /// Those that do not.
  public var failures: [Line] { lines.filter { $0.isOwn && $0.verdict == .doesNotHold } }

  init(_ simulation: ExperimentSimulation, _ tally: SimulationTally) {
    let writer = SimulationWriter(simulation: simulation, tally: tally)
    experiment = simulation.experiment.id
    heading = writer.heading
    lines = writer.lines
    words = writer.words(lines)
  }
}

extension SimulationReport.Line {
  /// A rate that was to be at most (false alarms) or at least (coverage) what is promised.
  ///
  /// The verdict is by the exact interval at 99.9 %: of the dozens of lines of a report hardly one is then
  /// called wrong by chance.
  init(
    metric: String, estimator: String, isOwn: Bool, variant: String, measure: SimulationReport.Measure,
    promised: Double, count: Int, of runs: Int
  ) {
    let counts = ProportionCounts(successes: count, count: runs)
    let rate = counts.rate
    let sure = counts.clopperPearson(confidence: 0.999)
    let verdict: SimulationReport.Verdict
    switch measure {
    case .falseAlarms, .familyWise, .anyLook:
      verdict = sure.lower > promised ? .doesNotHold : sure.upper < promised ? .conservative : .holds
    case .differenceCoverage, .liftCoverage:
      verdict = sure.upper < promised ? .doesNotHold : sure.lower > promised ? .conservative : .holds
    case .power, .peeking, .estimate: verdict = .none
    }
    self.init(
      metric: metric, estimator: estimator, isOwn: isOwn, variant: variant, measure: measure,
      promised: promised, found: rate,
      error: runs > 0 ? (rate * (1 - rate) / Double(runs)).squareRoot() : .nan, interval: counts.wilson(),
      runs: runs, verdict: runs > 0 ? verdict : .none)
  }
}
