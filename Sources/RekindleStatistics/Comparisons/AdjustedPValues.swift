/// The p-values of a family of comparisons, adjusted, with the confidence at which each comparison's own
/// interval says the same as its adjusted p-value.
///
/// ```
/// m      comparisons with a p-value
/// R      how many have adjusted p ≤ alpha
/// ```
/// The interval of comparison i, computed as ever but at confidence `1 − level[i]`, leaves out the null
/// exactly when `adjusted[i] ≤ alpha`, provided that interval and p-value belong to one test:
///
/// | adjustment | level | what it promises |
/// |---|---|---|
/// | none | alpha | each interval on its own |
/// | bonferroni | alpha / m | all values are in their intervals, together |
/// | holm | alpha / (m − j + 1) at the step j that rejects it; alpha / (m − R) where none does | no interval wrongly leaves out the null, together |
/// | hochberg | as Holm's, by Hochberg's steps | the same |
/// | hommel | alpha / J, J the size of the largest part that Simes' test keeps | the same |
/// | benjamini\_hochberg | R alpha / m | of the intervals that leave out the null, at most alpha are expected to miss their value |
///
/// Only Bonferroni's intervals cover jointly. Step procedures buy their power with the levels of those
/// already rejected, so their intervals promise the decisions, and each of them alone at least
/// 1 − alpha. (Intervals that keep joint coverage beside Holm's tests exist, but say no more of a
/// rejected effect than its sign.)
///
/// Sources: S. Holm, 1979; Y. Hochberg, "A sharper Bonferroni procedure", 1988; G. Hommel, "A stagewise
/// rejective multiple test procedure", 1988; Y. Benjamini and D. Yekutieli, "False discovery
/// rate-adjusted multiple confidence intervals", 2005; O. Guilbaud, "Simultaneous confidence regions
/// corresponding to Holm's step-down procedure", 2008.
public struct AdjustedPValues: Sendable, Hashable {
  /// What the intervals promise together.
  public enum Guarantee: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each interval holds its value with probability 1 − alpha.
    case each
    /// All intervals hold their values with probability 1 − alpha.
    case joint
    /// With probability 1 − alpha no interval leaves out a null that is true.
    case decisions
    /// Of the intervals that leave out the null, the expected share that miss their value is at most
    /// alpha.
    case falseCoverage = "false_coverage"
  }

  public let method: PValueAdjustment
  /// As given.
  public let pValues: [Double]
  /// In the same order; NaN where there was no p-value.
  public let adjusted: [Double]

  public init(_ pValues: [Double], by method: PValueAdjustment) {
    self.method = method
    self.pValues = pValues
    adjusted = method.adjusted(pValues)
  }

  /// m: the comparisons that were counted.
  public var familySize: Int { adjusted.count { !$0.isNaN } }

  /// The places without a p-value: they are not in the family, and their interval has no level.
  public var leftOut: [Int] { adjusted.indices.filter { adjusted[$0].isNaN } }

  /// Whether each is rejected at `alpha`; false where there is no p-value.
  public func rejected(alpha: Double) -> [Bool] { adjusted.map { $0 <= alpha } }

  public var guarantee: Guarantee {
    switch method {
    case .none: .each
    case .bonferroni: .joint
    case .holm, .hochberg, .hommel: .decisions
    case .benjaminiHochberg: .falseCoverage
    }
  }

  /// For each comparison the confidence at which its own interval is to be computed; NaN where there is
  /// no p-value.
  /// - Parameter alpha: 0 < alpha < 1.
  public func confidences(alpha: Double) -> [Double] { levels(alpha: alpha).map { 1 - $0 } }

  /// One minus ``confidences(alpha:)``, without its rounding.
  public func levels(alpha: Double) -> [Double] {
    let m = familySize
    let R = rejected(alpha: alpha).count { $0 }
    switch method {
    case .none: return everywhere(alpha)
    case .bonferroni: return everywhere(alpha / Double(max(1, m)))
    case .benjaminiHochberg: return everywhere(alpha * Double(max(1, R)) / Double(max(1, m)))
    case .hommel: return everywhere(alpha / Double(keptPart(alpha: alpha)))
    case .holm, .hochberg: return steps(alpha: alpha, rejections: R)
    }
  }

  private func everywhere(_ level: Double) -> [Double] { adjusted.map { $0.isNaN ? .nan : level } }

  private var ascending: [Double] {
    adjusted.indices.filter { !adjusted[$0].isNaN }.map { pValues[$0] }.sorted()
  }

  /// alpha / (m − k + 1) of the first step k that rejects the comparison, not before its own place. Equal
  /// p-values share the first of their places, so that no order of rows matters.
  private func steps(alpha: Double, rejections R: Int) -> [Double] {
    let sorted = ascending
    let m = sorted.count
    return zip(pValues, adjusted).map { p, adjusted in
      guard !adjusted.isNaN else { return .nan }
      guard adjusted <= alpha, let place = sorted.firstIndex(of: p) else { return alpha / Double(m - R) }
      let step = (place..<R).first { Double(m - $0) * p <= alpha } ?? R - 1
      return alpha / Double(m - step)
    }
  }

  /// J: the size of the largest part of the family, taken from the largest p-values, that Simes' test does
  /// not reject; 1 when it rejects even the last, whose p-value is then at most alpha.
  private func keptPart(alpha: Double) -> Int {
    let p = ascending
    let m = p.count
    let kept = (1...max(1, m)).last { i in
      i <= m && (1...i).allSatisfy { k in Double(i) * p[m - i + k - 1] > Double(k) * alpha }
    }
    return kept ?? 1
  }
}
