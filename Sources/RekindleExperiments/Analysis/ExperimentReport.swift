public import RekindleStatistics

/// What an experiment did: health first, then a row a metric, comparison and segment, and what to do.
public struct ExperimentReport: Sendable, Hashable {
  public var experiment: String
  public var status: Status
  public var health: HealthReport
  /// The arms' comparisons, overall first, then by segment; then the rows that explain them.
  public var rows: [ReportRow]

  public init(experiment: String, status: Status, health: HealthReport, rows: [ReportRow]) {
    self.experiment = experiment
    self.status = status
    self.health = health
    self.rows = rows
  }

  /// Where the experiment stands, in words.
  public struct Status: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable {
      case healthFailed = "health_failed"
      case noData = "no_data"
      case running
      case ship
      case rollBack = "roll_back"
      case review
    }

    public var kind: Kind
    /// `Ship 300-80`, with the reason.
    public var words: String
    public var nextStep: String

    public init(_ kind: Kind, _ words: String, nextStep: String) {
      self.kind = kind
      self.words = words
      self.nextStep = nextStep
    }
  }

  /// A failed health check is what ends the command with 1.
  public var isHealthy: Bool { health.verdict != .fail }
}

/// One comparison of one metric in one part of the units.
public struct ReportRow: Sendable, Hashable {
  /// What the row is for.
  public enum Section: String, Sendable, Hashable, Codable, CaseIterable {
    /// An arm against the control (or a pair of arms), over all units or a segment.
    case comparison
    /// A metric's parts or its other reading: conversion and value per buyer, capped and raw.
    case decomposition
    /// Whether segments differ, and their effects once they have borrowed from each other.
    case segment
    /// A main effect of a factor or an interaction of factors.
    case factorial
    /// The mean of a cell of the factorial design; its interval is of the value itself.
    case cell
    /// All arms together against the holdout.
    case holdout
    /// The effect on those who took the treatment up.
    case compliance
    /// By day of exposure.
    case day
    /// One arm among all of them: the probability that it is the best, and the expected loss.
    case best
  }

  public var section: Section
  public var metric: String
  public var role: Metric.Role
  /// `overall`, or `column=value`.
  public var segment: String
  public var control: String
  public var variant: String
  public var controlCount: Int
  public var variantCount: Int
  public var effect: Effect
  public var adjustedP: Double
  /// By which correction, and within which family.
  public var correction: String
  public var alwaysValidP: Double
  public var confidenceSequence: Interval
  /// P(variant better than control | data).
  public var probabilityBetter: Double
  /// What choosing the variant is expected to lose, in the metric's unit.
  public var expectedLoss: Double
  /// Share of the variance of the difference that the covariates took away.
  public var varianceReduction: Double
  /// Units of the two arms that were kept out.
  public var excludedCount: Int
  public var cappedCount: Int
  public var sampleRatioP: Double
  public var decision: String
  public var warnings: [String]

  public init(
    section: Section, metric: String, role: Metric.Role, segment: String, control: String,
    variant: String, controlCount: Int, variantCount: Int, effect: Effect, adjustedP: Double = .nan,
    correction: String = "none", alwaysValidP: Double = .nan,
    confidenceSequence: Interval = .undefined, probabilityBetter: Double = .nan,
    expectedLoss: Double = .nan, varianceReduction: Double = .nan, excludedCount: Int = 0,
    cappedCount: Int = 0, sampleRatioP: Double = .nan, decision: String = "", warnings: [String] = []
  ) {
    self.section = section
    self.metric = metric
    self.role = role
    self.segment = segment
    self.control = control
    self.variant = variant
    self.controlCount = controlCount
    self.variantCount = variantCount
    self.effect = effect
    self.adjustedP = adjustedP
    self.correction = correction
    self.alwaysValidP = alwaysValidP
    self.confidenceSequence = confidenceSequence
    self.probabilityBetter = probabilityBetter
    self.expectedLoss = expectedLoss
    self.varianceReduction = varianceReduction
    self.excludedCount = excludedCount
    self.cappedCount = cappedCount
    self.sampleRatioP = sampleRatioP
    self.decision = decision
    self.warnings = warnings
  }
}
