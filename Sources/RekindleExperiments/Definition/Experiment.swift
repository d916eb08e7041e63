public import RekindleCore

/// A campaign test as it is written down before it starts: who gets what, with which chance, and what
/// will be looked at.
public struct Experiment: Sendable, Hashable {
  /// Its name in files and reports.
  public var id: String
  /// What the assignment's hash is salted with; a new salt deals new cards. Default: the id.
  public var salt: String
  /// What is assigned, in one word: `customer`, `store`.
  public var unit: String
  /// Without factors: the arms as they are named. With factors: every cell of the design, its levels
  /// joined by `/` (`200-50/weekday_20/rational`), in the order of the factors' levels.
  public var arms: [Arm]
  /// Empty when the arms are just arms.
  public var factors: [Factor]
  /// Of a regular two-level fraction, such as `copy = coupon*slot`; empty: the full factorial.
  public var generators: [String]
  /// The name of the arm that the others are compared with.
  public var control: String
  /// The share of units that gets nothing from any experiment of the layer; drawn first.
  public var holdout: Double
  /// `nil`: the experiment shares its units with every other one.
  public var layer: Layer?
  /// At least one; a later phase adds units and never moves any.
  public var ramp: [Phase]
  /// Columns within whose values a batch assignment is balanced.
  public var strata: [String]
  /// `nil`: each unit is assigned by its hash, whenever it comes. Else whole lists are dealt at once.
  public var batch: Batch?
  public var start: CivilDate?
  public var end: CivilDate?
  public var metrics: [Metric]
  /// Columns whose values split the report.
  public var segments: [String]
  public var plan: Plan
  public var correction: Correction

  public init(
    id: String, salt: String? = nil, unit: String = "customer", arms: [Arm], factors: [Factor] = [],
    generators: [String] = [], control: String, holdout: Double = 0, layer: Layer? = nil,
    ramp: [Phase] = [Phase()],
    strata: [String] = [], batch: Batch? = nil, start: CivilDate? = nil, end: CivilDate? = nil,
    metrics: [Metric] = [],
    segments: [String] = [], plan: Plan = Plan(), correction: Correction = .holm
  ) {
    self.id = id
    self.salt = salt ?? id
    self.unit = unit
    self.arms = arms
    self.factors = factors
    self.generators = generators
    self.control = control
    self.holdout = holdout
    self.layer = layer
    self.ramp = ramp
    self.strata = strata
    self.batch = batch
    self.start = start
    self.end = end
    self.metrics = metrics
    self.segments = segments
    self.plan = plan
    self.correction = correction
  }

  /// One thing that a unit can get.
  public struct Arm: Sendable, Hashable {
    public var name: String
    /// Planned share of the assigned units; the weights of all arms add up to 1.
    public var weight: Double
    /// The index of the level of each factor; empty without factors.
    public var levels: [Int]

    public init(_ name: String, weight: Double, levels: [Int] = []) {
      self.name = name
      self.weight = weight
      self.levels = levels
    }
  }

  /// One thing that varies, such as the hour of sending.
  public struct Factor: Sendable, Hashable {
    public var name: String
    /// Two or more; the first is the reference.
    public var levels: [String]

    public init(_ name: String, levels: [String]) {
      self.name = name
      self.levels = levels
    }
  }

  /// Experiments of one layer never share a unit: each has its own part of the layer's range.
  public struct Layer: Sendable, Hashable {
    public var name: String
    /// Part of [0, 1) of the layer that this experiment may use.
    public var lower: Double
    public var upper: Double

    public init(name: String, lower: Double = 0, upper: Double = 1) {
      self.name = name
      self.lower = lower
      self.upper = upper
    }
  }

  /// A step of the ramp-up: from when on, up to which coverage, with which weights the *new* units are
  /// dealt.
  public struct Phase: Sendable, Hashable {
    /// Share of the units in the experiment after this step, 0 < coverage ≤ 1, more than before.
    public var coverage: Double
    /// In the order of the arms; arms beyond the end, appended since, have weight 0. `nil`: the arms' own.
    public var weights: [Double]?

    public init(coverage: Double = 1, weights: [Double]? = nil) {
      self.coverage = coverage
      self.weights = weights
    }
  }

  /// How a list of units is dealt as a whole: within each stratum the arms' counts are exact.
  public struct Batch: Sendable, Hashable {
    public var seed: UInt64
    /// `nil`: the first deal is taken.
    public var balance: Balance?

    public init(seed: UInt64 = 1, balance: Balance? = nil) {
      self.seed = seed
      self.balance = balance
    }
  }

  /// Re-randomisation: the cards are dealt again until the arms' covariate means are near one another.
  public struct Balance: Sendable, Hashable {
    /// Columns known before the exposure; one at least.
    public var covariates: [String]
    /// The share of deals that are balanced enough, 0 < acceptance < 1.
    public var acceptance: Double
    /// After so many deals none of which was balanced enough, give up.
    public var tries: Int

    public init(covariates: [String], acceptance: Double = 0.01, tries: Int = 10_000) {
      self.covariates = covariates
      self.acceptance = acceptance
      self.tries = tries
    }
  }

  /// The weight of every arm for the units of one phase.
  public func weights(of phase: Phase) -> [Double] {
    guard let weights = phase.weights else { return arms.map(\.weight) }
    return arms.indices.map { $0 < weights.count ? weights[$0] : 0 }
  }

  /// How the p-values of a family of comparisons are adjusted.
  public enum Correction: String, Sendable, Hashable, Codable, CaseIterable {
    case none, bonferroni, holm, hochberg, hommel
    case benjaminiHochberg = "benjamini_hochberg"
    /// All arms against the control, with their correlation.
    case dunnett
    /// All pairs, equal variances.
    case tukey
    /// All pairs, unequal variances.
    case gamesHowell = "games_howell"
  }
}
