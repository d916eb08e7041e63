/// A covariate that some customers do not have, made of two columns that all have.
///
/// ```
/// x ↦ (x, 0)        known
///   ↦ (c, 1)        missing
/// ```
/// With the indicator beside it the constant c changes no estimate: the line is only shifted for those
/// who miss the value. It may be anything near the values, so that no digits are lost; 0 will do for
/// amounts. A covariate that nobody misses has a constant indicator, which the adjustment drops by name.
///
/// A customer who was new at the exposure has no history, and that is itself known before the exposure:
/// dropping such customers would change whom the experiment speaks of.
///
/// Source: D. P. Green, A. S. Gerber, "Field Experiments", 2012; Y. Zhao and P. Ding, "To
/// adjust or not to adjust? Estimating the average treatment effect in randomized experiments with
/// missing covariates", 2022.
public struct MissingCovariates: Sendable, Hashable {
  /// c.
  public let filling: Double

  public init(filling: Double = 0) { self.filling = filling }

  /// The value and the indicator.
  public func callAsFunction(_ value: Double) -> (value: Double, isMissing: Double) {
    value.isNaN ? (filling, 1) : (value, 0)
  }

  /// Two columns for each column, in turn: values, then indicators.
  public func columns(_ columns: [[Double]]) -> [[Double]] {
    columns.flatMap { column in
      [column.map { $0.isNaN ? filling : $0 }, column.map { $0.isNaN ? 1 : 0 }]
    }
  }
}
