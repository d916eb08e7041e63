/// One number of an experiment's moments, as it stands in a table that a warehouse can make: counts, sums
/// and sums of products.
///
/// | statistic | x, y | amount |
/// |---|---|---|
/// | `assigned`, `unexposed`, `duplicates`, `crossovers` | | units of the arm; no metric |
/// | `n` | | units with an outcome |
/// | `sum` | a column | Σ x |
/// | `product` | two columns | Σ x y |
/// | `missing`, `immature`, `capped` | | units of the arm |
/// | `cap` | | what values above were set to |
/// | `largest`, `smallest` | x: whose it is | the value |
///
/// Columns are `y`, `capped` (the capped y), `positive` (1 where y > 0), `denominator`, `x:NAME` (a
/// covariate, 0 where missing), `missing:NAME` (1 there) and `complied`. `dimension` is empty for all
/// units, or `segment:COLUMN`, `stratum`, `day`, `cluster`, with its `value`. The metric `covariates` has
/// the covariates of all metrics together.
///
/// What may be left out: products of columns of zeros and ones with themselves (their sum is the same),
/// `positive` and `missing:NAME`, and everything that is 0. Without `assigned` an arm has the units of
/// its first metric.
public struct MomentLine: Sendable, Hashable {
  /// The table's columns, in order.
  public static let columns = ["metric", "arm", "dimension", "value", "statistic", "x", "y", "amount"]

  public var metric: String
  public var arm: String
  public var dimension: String
  public var value: String
  public var statistic: String
  public var x: String
  public var y: String
  public var amount: Double

  public init(
    metric: String = "", arm: String, dimension: String = "", value: String = "", statistic: String,
    x: String = "", y: String = "", amount: Double
  ) {
    self.metric = metric
    self.arm = arm
    self.dimension = dimension
    self.value = value
    self.statistic = statistic
    self.x = x
    self.y = y
    self.amount = amount
  }

  /// The metric of the lines of all covariates together.
  public static let covariates = "covariates"
}
