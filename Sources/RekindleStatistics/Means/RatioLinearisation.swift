/// A ratio of two sums written as the mean of one number a unit.
///
/// ```
/// R   = Σ y / Σ x
/// l_i = R + (y_i − R x_i) / x̄          mean R; variance of the mean: that of R to first order
/// ```
/// The unit is the one that was assigned, the customer: dividing session by session and treating the
/// sessions as independent understates the variance, for one customer's sessions are alike. Once
/// linearised, a ratio is tested, and adjusted by covariates, as any mean is.
///
/// Source: A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", KDD 2018.
public struct RatioLinearisation: Sendable, Hashable {
  /// R; NaN where the denominator sums to 0.
  public let ratio: Double
  /// x̄.
  public let denominatorMean: Double
  private let source: Moments
  private let numerator: Int
  private let denominator: Int

  /// - Parameter moments: of one arm: its own R, for the variance is that of its own ratio.
  public init(_ moments: Moments, numerator: Int = 0, denominator: Int = 1) {
    source = moments
    self.numerator = numerator
    self.denominator = denominator
    denominatorMean = moments.means[denominator]
    ratio = denominatorMean == 0 ? .nan : moments.means[numerator] / denominatorMean
  }

  /// l of one unit.
  public func callAsFunction(_ y: Double, over x: Double) -> Double {
    ratio + (y - ratio * x) / denominatorMean
  }

  /// The moments of l, first, and of other columns.
  public func moments(keeping others: [Int] = []) -> Moments {
    func product(with column: Int) -> Double {
      (source.crossProduct(numerator, column) - ratio * source.crossProduct(denominator, column))
        / denominatorMean
    }
    let own = residualSquares(
      (product(with: numerator) - ratio * product(with: denominator)) / denominatorMean,
      of: source.crossProduct(numerator, numerator) / (denominatorMean * denominatorMean))
    let rest = source.columns(others)
    return Moments(
      count: source.count, means: [ratio] + rest.means,
      crossProducts: [own] + others.map { product(with: $0) } + rest.crossProducts)
  }
}
