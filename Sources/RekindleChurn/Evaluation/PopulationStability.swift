internal import Foundation

/// How far a distribution has moved: the population stability index over bins.
///
///     PSI = Σ (aᵢ − eᵢ) ln(aᵢ / eᵢ)
///
/// `eᵢ`, `aᵢ` the shares of bin i in training and now. An empty bin counts as one in ten thousand,
/// else a single newcomer would make the index infinite.
public struct PopulationStability: Sendable, Hashable, Codable {
  public enum Band: String, Sendable, Hashable, Codable {
    /// Below 0.10.
    case stable
    /// From 0.10.
    case shifted
    /// From 0.25: do not trust the scores before looking.
    case unstable
  }

  public var index: Double

  public var band: Band {
    if index < 0.10 { return .stable }
    return index < 0.25 ? .shifted : .unstable
  }

  /// - Precondition: both have the same number of shares.
  public init(expected: [Double], actual: [Double]) {
    precondition(expected.count == actual.count)
    index = zip(expected, actual).reduce(0) { sum, pair in
      let e = max(pair.0, 1e-4)
      let a = max(pair.1, 1e-4)
      return sum + (a - e) * log(a / e)
    }
  }
}

/// Bins of a number as training saw it: ten of equal share, one more for missing.
public struct Histogram: Sendable, Hashable, Codable {
  /// Ascending, distinct; value x is in bin i when `edges[i − 1] < x ≤ edges[i]`.
  public var edges: [Double]
  /// `edges.count + 1` shares, then that of missing.
  public var shares: [Double]

  /// - Parameter values: NaN is missing.
  public init(of values: [Double], bins: Int = 10) {
    let sorted = values.filter { !$0.isNaN }.sorted()
    var edges: [Double] = []
    if let last = sorted.last {
      for index in 1..<bins {
        let edge = sorted[min(sorted.count - 1, sorted.count * index / bins)]
        // The greatest value is no edge: nothing would lie above it.
        if edge < last, edge > edges.last ?? -.infinity { edges.append(edge) }
      }
    }
    self.edges = edges
    shares = Self.shares(of: values, edges: edges)
  }

  /// The stability of `values` against these bins; `nil` when there are none.
  public func stability(of values: [Double]) -> PopulationStability? {
    guard !values.isEmpty else { return nil }
    return PopulationStability(expected: shares, actual: Self.shares(of: values, edges: edges))
  }

  private static func shares(of values: [Double], edges: [Double]) -> [Double] {
    var counts = [Int](repeating: 0, count: edges.count + 2)
    for value in values {
      if value.isNaN {
        counts[edges.count + 1] += 1
        continue
      }
      var low = 0
      var high = edges.count
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] < value { low = middle + 1 } else { high = middle }
      }
      counts[low] += 1
    }
    return counts.map { values.isEmpty ? 0 : Double($0) / Double(values.count) }
  }
}
