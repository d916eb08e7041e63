internal import RekindleNumerics

/// The values of a statistic over samples drawn with replacement from the arms, and its intervals.
public struct BootstrapDistribution: Sendable, Hashable {
  public enum IntervalMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// The quantiles of the replicates.
    case percentile
    /// The same at levels corrected for the bias and the skewness of the statistic.
    case bca
  }

  /// Of the samples themselves.
  public let estimate: Double
  /// Ascending.
  public let replicates: [Double]
  /// a, from the jackknife: a sixth of the skewness; NaN where it was not asked for.
  public let acceleration: Double

  /// - Parameter jackknife: the statistic without each unit, arm by arm.
  public init(estimate: Double, replicates: [Double], jackknife: [[Double]] = []) {
    self.estimate = estimate
    self.replicates = replicates.sorted()
    var (cubes, squares) = (0.0, 0.0)
    for values in jackknife {
      let n = Double(values.count)
      let mean = values.reduce(0, +) / n
      for value in values {
        let influence = (n - 1) * (mean - value) / n
        squares += influence * influence
        cubes += influence * influence * influence
      }
    }
    acceleration = jackknife.isEmpty ? .nan : cubes / (6 * squares * squares.squareRoot())
  }

  /// The standard deviation of the replicates.
  public var standardError: Double {
    let n = Double(replicates.count)
    let mean = replicates.reduce(0, +) / n
    return (replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
  }

  /// ```
  /// percentile   Q(α/2), Q(1 − α/2)
  /// bca          Q(Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z)))),   z = Φ⁻¹(α/2), Φ⁻¹(1 − α/2)
  /// z₀ = Φ⁻¹(share of replicates below the estimate, ties by half)
  /// ```
  /// Q is the quantile of the replicates, of type 7. Undefined where a replicate is NaN, and for BCa
  /// where every replicate lies on one side.
  ///
  /// Source: B. Efron, "Better bootstrap confidence intervals", JASA 82, 1987.
  public func interval(
    _ method: IntervalMethod = .percentile, confidence: Double = 0.95,
    alternative: Alternative = .twoSided
  ) -> Interval {
    guard !replicates.isEmpty, !replicates.contains(where: \.isNaN) else { return .undefined }
    let tail = alternative == .twoSided ? (1 - confidence) / 2 : 1 - confidence
    var levels = (tail, 1 - tail)
    if method == .bca {
      let bias = bias
      func corrected(_ z: Double) -> Double {
        Normal().cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
      }
      let z = Normal().upperQuantile(tail)
      levels = (corrected(-z), corrected(z))
      guard bias.isFinite, !levels.0.isNaN, !levels.1.isNaN else { return .undefined }
    }
    let quantiles = Quantiles(replicates)
    return Interval(
      alternative == .less ? -.infinity : quantiles(levels.0),
      alternative == .greater ? .infinity : quantiles(levels.1))
  }

  /// One less the confidence at which the interval begins to hold `value`: a test of it.
  ///
  /// The sample itself counts as one replicate on either side, so that no p-value is 0.
  public func pValue(
    at value: Double = 0, _ method: IntervalMethod = .percentile, alternative: Alternative = .twoSided
  ) -> Double {
    guard !replicates.isEmpty, !replicates.contains(where: \.isNaN) else { return .nan }
    let count = Double(replicates.count + 1)
    var below = Double(replicates.count { $0 <= value } + 1) / count
    var above = Double(replicates.count { $0 >= value } + 1) / count
    if method == .bca {
      let bias = bias
      // The level whose corrected level this is.
      func uncorrected(_ z: Double) -> Double {
        let reach = z - bias
        return reach / (1 + acceleration * reach) - bias
      }
      below = Normal().cdf(uncorrected(Normal().quantile(below)))
      above = Normal().upperTail(uncorrected(Normal().upperQuantile(above)))
    }
    switch alternative {
    case .twoSided: return min(1, 2 * min(below, above))
    case .greater: return below
    case .less: return above
    }
  }

  /// z₀.
  private var bias: Double {
    let below = replicates.reduce(0.0) { $0 + ($1 < estimate ? 1 : $1 == estimate ? 0.5 : 0) }
    return Normal().quantile(below / Double(replicates.count))
  }
}
