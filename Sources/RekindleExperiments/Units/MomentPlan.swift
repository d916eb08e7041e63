/// Which columns a metric needs the moments of, made of the columns that a unit has.
///
/// Σ, Σ² and the cross-products of these are everything that the metric's estimators want, whatever
/// the number of units.
public struct MomentPlan: Sendable, Hashable {
  /// How a column of the moments is made of the unit's columns.
  public enum Column: Sendable, Hashable {
    /// The outcome itself.
    case outcome
    /// min(outcome, cap).
    case capped
    /// 1 where the outcome is above 0: of revenue, who bought at all.
    case positive
    case denominator(String)
    /// The covariate, 0 where it is missing.
    case covariate(String)
    /// 1 where the covariate is missing. Beside the filled covariate it makes a model that has a level of
    /// its own for those units, so that what they are filled with does not matter.
    case missing(String)
    /// 1 where the unit took the treatment up.
    case complied

    /// The name in exported moments.
    public var name: String {
      switch self {
      case .outcome: "y"
      case .capped: "capped"
      case .positive: "positive"
      case .denominator: "denominator"
      case .covariate(let name): "x:\(name)"
      case .missing(let name): "missing:\(name)"
      case .complied: "complied"
      }
    }
  }

  public let columns: [Column]
  /// Quantiles, permutations and bootstraps need the values themselves.
  public let keepsValues: Bool

  public init(_ metric: Metric, complied: Bool) {
    var columns: [Column] = [.outcome]
    var keepsValues = false
    switch metric.kind {
    case .proportion: break
    case .mean:
      if metric.cap != nil { columns.append(.capped) }
      columns.append(.positive)
    case .ratio(let denominator):
      if metric.cap != nil { columns.append(.capped) }
      columns.append(.denominator(denominator))
    case .quantile: keepsValues = true
    }
    if ["permutation", "bootstrap"].contains(metric.method) { keepsValues = true }
    for covariate in metric.covariates { columns += [.covariate(covariate), .missing(covariate)] }
    if complied { columns.append(.complied) }
    self.columns = columns
    self.keepsValues = keepsValues
  }

  /// For sums that others made, which may lack columns that only explain.
  public init(columns: [Column], keepsValues: Bool) {
    self.columns = columns
    self.keepsValues = keepsValues
  }

  /// Whether everything is there that the metric's estimators need.
  func suffices(for metric: Metric) -> Bool {
    MomentPlan(metric, complied: false).columns.allSatisfy { $0 == .positive || columns.contains($0) }
  }

  public func place(_ column: Column) -> Int? { columns.firstIndex(of: column) }
}
