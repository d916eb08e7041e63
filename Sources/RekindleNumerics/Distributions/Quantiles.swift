/// Sample quantiles by linear interpolation between order statistics (Hyndman and Fan's type 7, the
/// default of R, NumPy and DuckDB's `quantile_cont`).
///
/// ```
/// h = (n − 1) p,   Q(p) = x₍⌊h⌋₎ + (h − ⌊h⌋) (x₍⌊h⌋+1₎ − x₍⌊h⌋₎)
/// ```
/// The values are sorted once, so that many quantiles of one sample cost one sort. NaN values are
/// missing and left out; of no value at all every quantile is NaN.
///
/// Source: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", 1996.
public struct Quantiles: Sendable, Hashable {
  /// The values that are not missing, ascending.
  public let sorted: [Double]

  public init(_ values: [Double]) {
    sorted = values.filter { !$0.isNaN }.sorted()
  }

  /// The quantile at `p`, 0 ≤ p ≤ 1; NaN outside.
  public func callAsFunction(_ p: Double) -> Double {
    guard !sorted.isEmpty, p >= 0, p <= 1 else { return .nan }
    let h = Double(sorted.count - 1) * p
    let low = Int(h)
    guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
    let share = h - Double(low)
    if share == 0 { return sorted[low] }  // keeps 0 × ∞ out
    return sorted[low] + share * (sorted[low + 1] - sorted[low])
  }

  public var median: Double { self(0.5) }
}
