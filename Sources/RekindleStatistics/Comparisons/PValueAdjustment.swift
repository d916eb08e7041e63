/// How the p-values of a family of comparisons are raised so that many of them may be read together.
public enum PValueAdjustment: String, Sendable, Hashable, Codable, CaseIterable {
  /// Each on its own.
  case none
  /// Times the size of the family.
  case bonferroni
  /// Bonferroni, step by step from the smallest: never weaker, under any dependence.
  case holm
  /// Holm's steps from the largest: needs p-values that do not depend on each other negatively.
  case hochberg
  /// Simes' test of every part of the family; same need as Hochberg's, a little stronger.
  case hommel
  /// Bounds the expected share of false ones among those called real, not the chance of any.
  case benjaminiHochberg = "benjamini_hochberg"

  /// The adjusted p-values, in the order given.
  ///
  /// ```
  /// p₍₁₎ ≤ … ≤ p₍ₘ₎          the family's own
  /// bonferroni          min(1, m p)
  /// holm                max over k ≤ j of min(1, (m − k + 1) p₍ₖ₎)
  /// hochberg            min over k ≥ j of (m − k + 1) p₍ₖ₎
  /// hommel              least α at which the closed test by Simes rejects
  /// benjamini_hochberg  min over k ≥ j of m p₍ₖ₎ / k
  /// ```
  /// A NaN is a comparison without an answer: it stays NaN and is not counted in m (as in R's
  /// `p.adjust`). ``AdjustedPValues`` says which.
  /// - Parameter pValues: each 0 ≤ p ≤ 1, or NaN; anything else is taken as NaN.
  public func adjusted(_ pValues: [Double]) -> [Double] {
    let family = pValues.indices.filter { pValues[$0] >= 0 && pValues[$0] <= 1 }
      .sorted { pValues[$0] < pValues[$1] }
    let steps = adjusted(ascending: family.map { pValues[$0] })
    var result = [Double](repeating: .nan, count: pValues.count)
    for (step, place) in family.enumerated() { result[place] = steps[step] }
    return result
  }

  private func adjusted(ascending p: [Double]) -> [Double] {
    let m = p.count
    switch self {
    case .none:
      return p
    case .bonferroni:
      return p.map { min(1, Double(m) * $0) }
    case .holm:
      var highest = 0.0
      return p.enumerated().map { j, value in
        highest = max(highest, min(1, Double(m - j) * value))
        return highest
      }
    case .hochberg:
      return PValueAdjustment.lowestAbove(p.enumerated().map { j, value in Double(m - j) * value })
    case .hommel:
      return PValueAdjustment.hommel(ascending: p)
    case .benjaminiHochberg:
      return PValueAdjustment.lowestAbove(
        p.enumerated().map { j, value in Double(m) / Double(j + 1) * value })
    }
  }

  /// At each place the least of the values there and after, at most 1.
  private static func lowestAbove(_ values: [Double]) -> [Double] {
    var result = values
    var lowest = 1.0
    for j in values.indices.reversed() {
      lowest = min(lowest, values[j])
      result[j] = lowest
    }
    return result
  }

  /// Wright's algorithm: for every size i of a part, the least Simes value over the parts of that size
  /// that hold the hypothesis; the adjusted p-value is the greatest of them.
  ///
  /// Source: S. P. Wright, "Adjusted p-values for simultaneous inference", Biometrics 48, 1992.
  private static func hommel(ascending p: [Double]) -> [Double] {
    let m = p.count
    guard m > 1 else { return p }
    let size = Double(m)
    var least = size * p[0]
    for k in 1..<m { least = min(least, size * p[k] / Double(k + 1)) }
    // Of the whole family: the same for all.
    var raised = [Double](repeating: least, count: m)
    for i in stride(from: m - 1, through: 2, by: -1) {
      let part = Double(i)
      // The i − 1 largest, at the places 2 … i of the part.
      var least = Double.infinity
      for k in 2...i { least = min(least, part * p[m - i + k - 1] / Double(k)) }
      for j in 0...(m - i) { raised[j] = max(raised[j], min(part * p[j], least)) }
      // The largest are no more easily rejected than the next one below them.
      let next = min(part * p[m - i], least)
      for j in (m - i + 1)..<m { raised[j] = max(raised[j], next) }
    }
    return zip(raised, p).map { max($0, $1) }
  }
}
