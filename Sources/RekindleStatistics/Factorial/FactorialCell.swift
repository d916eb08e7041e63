/// What was measured in one cell of a factorial experiment: all units that got one level of each factor.
///
/// Any estimate with a standard error will do (a mean, a share, a ratio, an adjusted mean), as long as the
/// cells share no unit.
public struct FactorialCell: Sendable, Hashable {
  /// One index a factor, in the order of the factors.
  public var levels: [Int]
  /// Units; 0 makes the cell an empty one, whatever the rest.
  public var count: Int
  public var value: Double
  /// Of the value; NaN where one unit leaves it unknown.
  public var standardError: Double
  /// Of the standard error; `nil` where the normal distribution is meant.
  public var degreesOfFreedom: Double?
  /// Of a share: how many units had a 1. It gives logit coefficients beside the differences.
  public var successes: Int?

  public init(
    levels: [Int], count: Int, value: Double, standardError: Double, degreesOfFreedom: Double?,
    successes: Int? = nil
  ) {
    self.levels = levels
    self.count = count
    self.value = value
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
    self.successes = successes
  }

  /// The mean of one column: `s / √n` with n − 1 degrees of freedom.
  public init(levels: [Int], moments: Moments, column: Int = 0) {
    self.init(
      levels: levels, count: moments.count, value: moments.count > 0 ? moments.means[column] : .nan,
      standardError: (moments.variance(column) / Double(moments.count)).squareRoot(),
      degreesOfFreedom: Double(moments.count - 1))
  }

  /// The share of units with a 1, with the moments that a column of zeros and ones has.
  public init(levels: [Int], successes: Int, count: Int) {
    let n = Double(count)
    let p = Double(successes) / n
    self.init(
      levels: levels, count: count, value: p,
      standardError: count > 1 ? (p * (1 - p) / (n - 1)).squareRoot() : .nan,
      degreesOfFreedom: n - 1, successes: successes)
  }
}
