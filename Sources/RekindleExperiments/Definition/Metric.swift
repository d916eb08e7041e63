/// One thing that an experiment is judged by: a column of the units, and what is computed of it.
public struct Metric: Sendable, Hashable {
  public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    /// Decides.
    case primary
    /// Explains; adjusted among themselves.
    case secondary
    /// Must not become worse than its margin.
    case guardrail
  }

  public enum Kind: Sendable, Hashable {
    /// Share of units with 1 of {0, 1}.
    case proportion
    /// Mean per unit.
    case mean
    /// Σ column / Σ `denominator`, the unit being the unit of assignment.
    case ratio(denominator: String)
    /// The quantile at `p`, 0 < p < 1.
    case quantile(Double)
  }

  public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
    case higher, lower
  }

  /// How covariates are used.
  public enum Adjustment: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    /// One slope for all arms.
    case cuped
    /// Slopes of each arm's own, heteroscedasticity-consistent standard errors (Lin 2013).
    case lin
    /// Means within the strata, weighted by the strata's shares.
    case postStratified = "post_stratified"
  }

  /// A difference that would not matter.
  public enum Margin: Sendable, Hashable {
    /// In the unit of the metric.
    case absolute(Double)
    /// A share of the control's value.
    case relative(Double)
  }

  public var name: String
  public var role: Role
  public var kind: Kind
  /// The column of the numerator; default: the name.
  public var column: String
  /// Columns known before the exposure.
  public var covariates: [String]
  /// Default: Lin's where there are covariates.
  public var adjustment: Adjustment
  public var better: Direction
  /// An estimator by name (`newcombe`, `permutation`); `nil`: the default of the kind.
  public var method: String?
  /// Values above the pooled quantile at this share are set to it: 0.99.
  public var cap: Double?
  /// Of a guardrail: the loss that would still be borne.
  public var margin: Margin?
  /// Days after the exposure until the value is final; units younger than that are kept out.
  public var matureAfterDays: Int?

  public init(
    _ name: String, role: Role = .primary, kind: Kind, column: String? = nil, covariates: [String] = [],
    adjustment: Adjustment? = nil, better: Direction = .higher, method: String? = nil, cap: Double? = nil,
    margin: Margin? = nil, matureAfterDays: Int? = nil
  ) {
    self.name = name
    self.role = role
    self.kind = kind
    self.column = column ?? name
    self.covariates = covariates
    self.adjustment = adjustment ?? (covariates.isEmpty ? .none : .lin)
    self.better = better
    self.method = method
    self.cap = cap
    self.margin = margin
    self.matureAfterDays = matureAfterDays
  }
}
