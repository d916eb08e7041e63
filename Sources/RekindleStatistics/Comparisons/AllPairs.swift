internal import RekindleNumerics

/// All pairs of several groups, by the studentised range.
///
/// ```
/// t_ij = (m_j − m_i) / SE_ij,   adjusted p = P(Q(k, ν_ij) > √2 |t_ij|)
/// interval = m_j − m_i ± q SE_ij / √2,   P(Q(k, ν_ij) > q) = 1 − confidence
/// ```
/// | | variance | SE²_ij | ν_ij |
/// |---|---|---|---|
/// | Tukey and Kramer | one for all groups, s² = Σ S_g / ν | s² (1/n_i + 1/n_j) | Σ (n_g − 1) |
/// | Games and Howell | each group's own | s_i²/n_i + s_j²/n_j | Welch's |
///
/// Tukey and Kramer's error is that which is asked for with equal sizes, and smaller with unequal ones.
/// Games and Howell's is close to it from five units a group on.
///
/// Sources: C. Y. Kramer, 1956; A. J. Hayter, "A proof of the conjecture that the Tukey-Kramer multiple
/// comparisons procedure is conservative", 1984; P. A. Games and J. F. Howell, 1976.
public struct AllPairs: Sendable, Hashable {
  private let method: String
  /// One a group.
  private let values: [Double]
  /// Of the values, squared.
  private let variances: [Double]
  /// Of each group's own variance; `nil` where all share `commonDegrees`.
  private let ownDegrees: [Double]?
  private let commonDegrees: Double

  /// Means of groups with one variance, estimated from all of them.
  public static func tukeyKramer(_ groups: [Moments], column: Int = 0) -> AllPairs {
    let present = groups.filter { $0.count > 0 }
    let degrees = Double(present.reduce(0) { $0 + $1.count - 1 })
    let variance = present.reduce(0) { $0 + $1.crossProduct(column, column) } / degrees
    return AllPairs(
      method: "tukey_kramer", values: groups.map { $0.count > 0 ? $0.means[column] : .nan },
      variances: groups.map { variance / Double($0.count) }, ownDegrees: nil, commonDegrees: degrees)
  }

  /// Means of groups with variances of their own.
  public static func gamesHowell(_ groups: [Moments], column: Int = 0) -> AllPairs {
    gamesHowell(
      values: groups.map { $0.count > 0 ? $0.means[column] : .nan },
      standardErrors: groups.map { ($0.variance(column) / Double($0.count)).squareRoot() },
      degreesOfFreedom: groups.map { Double($0.count - 1) })
  }

  /// Estimates of any kind from groups that share no unit.
  /// - Parameter degreesOfFreedom: of each standard error; infinite where it counts as known.
  /// - Precondition: three lists of one length.
  public static func gamesHowell(
    values: [Double], standardErrors: [Double], degreesOfFreedom: [Double]
  ) -> AllPairs {
    precondition(values.count == standardErrors.count && values.count == degreesOfFreedom.count)
    return AllPairs(
      method: "games_howell", values: values, variances: standardErrors.map { $0 * $0 },
      ownDegrees: degreesOfFreedom, commonDegrees: .nan)
  }

  /// Every pair once, the earlier group as control, in lexicographic order.
  ///
  /// A group without a finite value or without a positive variance is left out, and k counts the others.
  /// - Parameter confidence: of all intervals together, 0 < confidence < 1.
  public func comparisons(confidence: Double = 0.95) -> SimultaneousComparisons {
    let taken = values.indices.filter {
      values[$0].isFinite && variances[$0].isFinite && variances[$0] > 0 && (ownDegrees?[$0] ?? 1) > 0
    }
    var critical: [Double: Double] = [:]
    var comparisons: [SimultaneousComparisons.Comparison] = []
    for (place, i) in taken.enumerated() {
      for j in taken[(place + 1)...] {
        let degrees = degreesOfFreedom(i, j)
        let law = StudentizedRange(groups: taken.count, degreesOfFreedom: degrees)
        let criticalValue = critical[degrees] ?? law.upperQuantile(1 - confidence) / 2.0.squareRoot()
        critical[degrees] = criticalValue
        comparisons.append(
          SimultaneousComparisons.Comparison(
            control: i, variant: j, difference: values[j] - values[i],
            standardError: (variances[i] + variances[j]).squareRoot(), degreesOfFreedom: degrees,
            alternative: .twoSided, criticalValue: criticalValue,
            tail: { law.upperTail($0 * 2.0.squareRoot()) }))
      }
    }
    return SimultaneousComparisons(
      method: method, confidence: confidence, alternative: .twoSided, comparisons: comparisons,
      leftOut: values.indices.filter { !taken.contains($0) })
  }

  private func degreesOfFreedom(_ i: Int, _ j: Int) -> Double {
    guard let ownDegrees else { return commonDegrees }
    let total = variances[i] + variances[j]
    let (a, b) = (variances[i] / total, variances[j] / total)
    return 1 / (a * a / ownDegrees[i] + b * b / ownDegrees[j])
  }
}
