internal import RekindleNumerics

/// Where a measure is cut into scores.
public enum RFMCut: Sendable, Hashable {
  /// Two scores: above the median, or not.
  case median
  /// Two scores: above the mean, or not.
  case mean
  /// Five scores, cut at the 20th, 40th, 60th and 80th percentile.
  case quintiles
  /// Given values, ascending: one score more than there are values.
  case at([Double])

  /// The values, ascending, that part the scores of a population; NaN values are passed over. Measures
  /// with many equal values can have equal cuts: equal values then still get one score, and some scores
  /// are nobody's.
  func values(over population: [Double]) -> [Double] {
    switch self {
    case .median: return [Quantiles(population).median]
    case .mean:
      let known = population.filter { !$0.isNaN }
      return [known.reduce(0, +) / Double(known.count)]
    case .quintiles:
      let quantiles = Quantiles(population)
      return [0.2, 0.4, 0.6, 0.8].map { quantiles($0) }
    case .at(let values): return values.sorted()
    }
  }
}
