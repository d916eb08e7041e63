/// How much one unit's value varies: what sample sizes are proportional to.
public struct PlannedVariance: Sendable, Hashable {
  /// In the squared unit of the metric, > 0.
  public var perUnit: Double

  public init(_ perUnit: Double) { self.perUnit = perUnit }

  /// Of a share p of units with a 1: `p (1 − p)`.
  public static func proportion(_ p: Double) -> PlannedVariance { PlannedVariance(p * (1 - p)) }

  /// Of a ratio of two sums, R = Σy / Σx, linearised.
  ///
  /// ```
  /// (σ_y² + R² σ_x² − 2 R ρ σ_x σ_y) / x̄²
  /// ```
  public static func ratio(
    numeratorMean: Double, numeratorVariance: Double, denominatorMean: Double, denominatorVariance: Double,
    correlation: Double
  ) -> PlannedVariance {
    let ratio = numeratorMean / denominatorMean
    let covariance = correlation * (numeratorVariance * denominatorVariance).squareRoot()
    return PlannedVariance(
      (numeratorVariance + ratio * ratio * denominatorVariance - 2 * ratio * covariance)
        / (denominatorMean * denominatorMean))
  }

  /// Of the quantile at `p` of a metric with that density at the quantile: `p (1 − p) / density²`.
  public static func quantile(_ p: Double, density: Double) -> PlannedVariance {
    PlannedVariance(p * (1 - p) / (density * density))
  }

  /// After adjustment by covariates that explain a share R² of it: `(1 − R²) σ²`.
  public func adjusted(explained: Double) -> PlannedVariance { PlannedVariance(perUnit * (1 - explained)) }

  /// Where whole clusters are assigned.
  ///
  /// ```
  /// σ² (1 + ((1 + v²) m − 1) ICC)
  /// ```
  /// m is the mean size of a cluster, v the coefficient of variation of the sizes, ICC the intraclass
  /// correlation. Source: S. M. Eldridge, D. Ashby, S. Kerry, Int. J. Epidemiology 35, 2006.
  public func clustered(meanSize: Double, sizeVariation: Double = 0, correlation: Double) -> PlannedVariance {
    PlannedVariance(
      perUnit * (1 + ((1 + sizeVariation * sizeVariation) * meanSize - 1) * correlation))
  }
}
