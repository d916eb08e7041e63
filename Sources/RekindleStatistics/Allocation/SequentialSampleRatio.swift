internal import RekindleNumerics

/// The test of the planned shares that may be looked at every day.
///
/// ```
/// B = Γ(C) / Γ(C + n) · Π Γ(C θᵢ + nᵢ) / Γ(C θᵢ) · Π θᵢ^(−nᵢ),   p = min over the looks of 1 / B
/// ```
/// θ: planned shares; nᵢ: units in arm i so far; C: `concentration`, in units. B sets shares that are
/// spread around the plan (Dirichlet, mean θ) against the plan itself. It has mean 1 while the plan holds,
/// so that p falls below α with probability at most α, however often one looks. Arms of weight 0 take no
/// part: their units are named in `unplannedArms`.
///
/// Rounding leaves an error of about 10⁻¹⁵ n, relative, in B.
///
/// Source: M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", 2022.
public struct SequentialSampleRatio: Sendable, Hashable {
  public private(set) var weights: [Double]
  public let concentration: Double
  /// Units of all looks.
  public private(set) var counts: [Int]
  /// ln B.
  public private(set) var logBayesFactor: Double = 0
  /// The smallest 1 / B so far, at most 1.
  public private(set) var pValue: Double = 1
  /// Arms that got units while their weight was 0.
  public private(set) var unplannedArms: [Int] = []
  /// Units since the weights were last changed, and ln B before that.
  private var phaseCounts: [Int]
  private var logBefore = 0.0

  /// - Parameters:
  ///   - weights: Planned shares; they need not add up to 1.
  ///   - concentration: C: large finds small mismatches among many units, small finds large ones early.
  /// - Precondition: no negative weight; `concentration` > 0.
  public init(weights: [Double], concentration: Double = 10_000) {
    precondition(weights.allSatisfy { $0 >= 0 && $0 < .infinity } && concentration > 0)
    self.weights = weights
    self.concentration = concentration
    counts = [Int](repeating: 0, count: weights.count)
    phaseCounts = counts
  }

  /// Takes in the units that came since the last look.
  /// - Precondition: one count an arm, none negative.
  public mutating func observe(_ added: [Int]) {
    precondition(added.count == counts.count && added.allSatisfy { $0 >= 0 })
    for arm in added.indices {
      counts[arm] += added[arm]
      phaseCounts[arm] += added[arm]
      if weights[arm] == 0, added[arm] > 0, !unplannedArms.contains(arm) { unplannedArms.append(arm) }
    }
    unplannedArms.sort()
    logBayesFactor = logBefore + phaseLogFactor()
    pValue = min(pValue, exponential(-logBayesFactor))
  }

  /// New planned shares from here on. What was seen before keeps its weight: the product of the Bayes
  /// factors of all phases has mean 1 as each of them has.
  /// - Precondition: as many as before, none negative.
  public mutating func change(weights: [Double]) {
    precondition(weights.count == counts.count && weights.allSatisfy { $0 >= 0 && $0 < .infinity })
    logBefore = logBayesFactor
    phaseCounts = [Int](repeating: 0, count: counts.count)
    self.weights = weights
  }

  private func phaseLogFactor() -> Double {
    let planned = weights.indices.filter { weights[$0] > 0 }
    let sum = planned.reduce(0) { $0 + weights[$1] }
    var total = 0.0
    var factor = 0.0
    for arm in planned {
      let (share, n) = (weights[arm] / sum, Double(phaseCounts[arm]))
      let alpha = concentration * share
      factor += logGamma(alpha + n) - logGamma(alpha) - n * logarithm(share)
      total += n
    }
    return factor + logGamma(concentration) - logGamma(concentration + total)
  }
}
