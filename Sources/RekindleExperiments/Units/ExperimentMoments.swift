public import RekindleStatistics

/// All that an analysis needs to know of the units of an experiment: counts and moments by arm, and by
/// arm within segments, strata, days and clusters.
///
/// It is the same value whether it was collected from rows (`collectMoments`) or from sums that a
/// warehouse computed (`init(summary:of:)`); `analyze` is a function of it alone.
public struct ExperimentMoments: Sendable, Hashable {
  /// The experiment's arms, then the holdout.
  public var arms: [String]
  public var segments: [Segment]
  /// The strata of the assignment, sorted; empty without.
  public var strata: [String]
  /// The days of exposure that occur, ascending, as days since 1970-01-01.
  public var days: [Int32]
  public var clusters: [String]
  public var tally: UnitTally
  /// In the order of the experiment's metrics.
  public var metrics: [MetricMoments]
  /// All covariates together, for the test of balance.
  public var balance: CovariateMoments
  /// By segment, the place in its values of every unit of the recorded deal, −1 without; empty where the
  /// units are not dealt again.
  public var dealtSegments: [[Int32]] = []

  /// A column that splits the report, and its values in order.
  public struct Segment: Sendable, Hashable {
    public var name: String
    public var values: [String]

    public init(name: String, values: [String]) {
      self.name = name
      self.values = values
    }
  }

  public init(
    arms: [String], segments: [Segment] = [], strata: [String] = [], days: [Int32] = [],
    clusters: [String] = [], tally: UnitTally, metrics: [MetricMoments],
    balance: CovariateMoments = CovariateMoments()
  ) {
    self.arms = arms
    self.segments = segments
    self.strata = strata
    self.days = days
    self.clusters = clusters
    self.tally = tally
    self.metrics = metrics
    self.balance = balance
  }

  public var holdout: Int { arms.count - 1 }
}

/// How many units there are, and what became of those that are not analysed; one number an arm.
public struct UnitTally: Sendable, Hashable {
  /// Rows read, whatever became of them.
  public var rows: Int
  /// Rows without an arm: not in the experiment.
  public var unassigned: Int
  /// Units assigned and not in two arms; of these the others below are parts.
  public var assigned: [Int]
  /// Assigned but never exposed; kept out.
  public var unexposed: [Int]
  /// Rows of a unit that the arm has already; kept out.
  public var duplicates: [Int]
  /// Rows of units that are in two arms or more, as far as they are kept out.
  public var crossovers: [Int]
  /// Units in two arms or more, however they were treated.
  public var crossoverUnits: Int
  /// Some of the ids found twice, the first in order.
  public var crossoverExamples: [String]
  public var duplicateExamples: [String]
  /// `false` when the source has no ids, so that nothing could be found twice.
  public var knowsUnits: Bool
  /// Whether the units were summed before they came here.
  public var isSummed = false
  /// Whether the source says who was exposed.
  public var knowsExposure: Bool
  /// Assigned units by day of exposure (as in `ExperimentMoments.days`) and arm.
  public var byDay: [[Int]]
  /// The same by stratum (as in `ExperimentMoments.strata`).
  public var byStratum: [[Int]] = []
  /// Clusters that have units in two arms or more, the first in order.
  public var splitClusters: [String]

  public init(
    rows: Int, unassigned: Int = 0, assigned: [Int], unexposed: [Int]? = nil, duplicates: [Int]? = nil,
    crossovers: [Int]? = nil, crossoverUnits: Int = 0, crossoverExamples: [String] = [],
    duplicateExamples: [String] = [], knowsUnits: Bool = false, knowsExposure: Bool = false,
    byDay: [[Int]] = [], splitClusters: [String] = []
  ) {
    let none = [Int](repeating: 0, count: assigned.count)
    self.rows = rows
    self.unassigned = unassigned
    self.assigned = assigned
    self.unexposed = unexposed ?? none
    self.duplicates = duplicates ?? none
    self.crossovers = crossovers ?? none
    self.crossoverUnits = crossoverUnits
    self.crossoverExamples = crossoverExamples
    self.duplicateExamples = duplicateExamples
    self.knowsUnits = knowsUnits
    self.knowsExposure = knowsExposure
    self.byDay = byDay
    self.splitClusters = splitClusters
  }
}

/// The moments of one metric's columns in every cell of the report.
public struct MetricMoments: Sendable, Hashable {
  public var plan: MomentPlan
  /// By arm.
  public var overall: [Moments]
  /// By segment column, value, arm.
  public var segments: [[[Moments]]]
  /// By stratum, arm.
  public var strata: [[Moments]]
  /// By day, arm.
  public var days: [[Moments]]
  /// By cluster, arm.
  public var clusters: [[Moments]]
  /// Units without an outcome, by arm.
  public var missing: [Int]
  /// Units whose window was not over, by arm.
  public var immature: [Int]
  /// What outcomes above were set to in `capped`.
  public var cap: Double?
  /// Units above the cap, by arm.
  public var capped: [Int]
  /// The largest outcome of each arm and whose it is; `nil` where nobody looked.
  public var largest: [Extreme?]
  public var smallest: [Extreme?]
  /// Outcomes by arm, ascending, of a metric whose estimator needs them.
  public var values: [[Double]]
  /// The same by segment column, value, arm.
  public var segmentValues: [[[[Double]]]]
  /// The same by stratum, arm.
  public var stratumValues: [[[Double]]] = []
  /// By segment column, value, arm: the stratum of each of `segmentValues`, −1 without.
  public var segmentStrata: [[[[Int32]]]] = []
  /// The outcome of every unit of the recorded deal, NaN where it takes no part; empty where the units are
  /// not dealt again.
  public var dealtValues: [Double] = []
  /// By arm, of a metric adjusted with HC2: the sums that `LeveragedResiduals` keeps.
  public var residualProducts: [[Double]] = []
  /// By arm, of a mean: Σ (y − ȳ)³ / n of what the metric decides by; empty where nobody looked.
  public var thirdMoments: [Double] = []

  public struct Extreme: Sendable, Hashable {
    public var value: Double
    /// `nil` when the source has no ids.
    public var unit: String?
    /// 1-based, of the rows read.
    public var row: Int

    public init(value: Double, unit: String?, row: Int) {
      self.value = value
      self.unit = unit
      self.row = row
    }
  }

  public init(
    plan: MomentPlan, overall: [Moments], segments: [[[Moments]]] = [], strata: [[Moments]] = [],
    days: [[Moments]] = [], clusters: [[Moments]] = [], missing: [Int]? = nil, immature: [Int]? = nil,
    cap: Double? = nil, capped: [Int]? = nil, largest: [Extreme?]? = nil, smallest: [Extreme?]? = nil,
    values: [[Double]] = [], segmentValues: [[[[Double]]]] = []
  ) {
    let none = [Int](repeating: 0, count: overall.count)
    self.plan = plan
    self.overall = overall
    self.segments = segments
    self.strata = strata
    self.days = days
    self.clusters = clusters
    self.missing = missing ?? none
    self.immature = immature ?? none
    self.cap = cap
    self.capped = capped ?? none
    self.largest = largest ?? none.map { _ in nil }
    self.smallest = smallest ?? none.map { _ in nil }
    self.values = values
    self.segmentValues = segmentValues
  }
}

/// The joint moments of all covariates of an experiment, by arm.
public struct CovariateMoments: Sendable, Hashable {
  /// `.covariate` and `.missing` only.
  public var columns: [MomentPlan.Column]
  public var byArm: [Moments]

  public init(columns: [MomentPlan.Column] = [], byArm: [Moments] = []) {
    self.columns = columns
    self.byArm = byArm
  }
}
