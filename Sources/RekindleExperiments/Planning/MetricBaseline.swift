public import RekindleStatistics

/// What a metric is like without the experiment: the shop's history, or numbers given by hand.
public struct MetricBaseline: Sendable, Hashable {
  /// The control's rate, mean, ratio or quantile.
  public var value: Double
  /// One unit's variance, in the squared unit of the metric; `nil` for a proportion, whose rate says it.
  /// Of a ratio or a quantile: as `PlannedVariance` has it.
  public var variance: PlannedVariance?
  /// R²: the share of the variance that the metric's covariates explain, 0 ≤ R² < 1.
  public var explained: Double

  public init(value: Double, variance: PlannedVariance? = nil, explained: Double = 0) {
    self.value = value
    self.variance = variance
    self.explained = explained
  }
}

/// What an experiment can be planned with.
public struct DesignInput: Sendable, Hashable {
  /// By the metric's name.
  public var baselines: [String: MetricBaseline]
  /// Units that could take part, before holdout, layer and coverage; `nil`: not known.
  public var units: Int?
  /// Of those, how many new ones come a day; `nil`: not known, as for a campaign that is sent once.
  public var unitsPerDay: Double?
  /// Where the unit is a cluster of customers (a store): all numbers of units then count customers.
  public var clusters: Clusters?

  public struct Clusters: Sendable, Hashable {
    /// Customers a cluster, ≥ 1.
    public var meanSize: Double
    /// Standard deviation of the sizes over their mean.
    public var sizeVariation: Double
    /// Intraclass correlation, 0 to 1.
    public var correlation: Double

    public init(meanSize: Double, sizeVariation: Double = 0, correlation: Double) {
      self.meanSize = meanSize
      self.sizeVariation = sizeVariation
      self.correlation = correlation
    }
  }

  public init(
    baselines: [String: MetricBaseline], units: Int? = nil, unitsPerDay: Double? = nil,
    clusters: Clusters? = nil
  ) {
    self.baselines = baselines
    self.units = units
    self.unitsPerDay = unitsPerDay
    self.clusters = clusters
  }
}
