internal import RekindleNumerics

/// Which of several rates is the largest, and what choosing each of them would cost.
///
/// ```
/// P(i best)  = ∫ fᵢ(x) Π_{j≠i} Fⱼ(x) dx
/// loss(i)    = E[max(max_{j≠i} pⱼ − pᵢ, 0)] = ∫ Fᵢ(x) (1 − Π_{j≠i} Fⱼ(x)) dx
/// ```
/// f and F: density and distribution of each arm's posterior. Both integrands are positive, so that a
/// small probability or loss keeps its digits. The integrals are sums over Gauss–Legendre panels in ln(x / (1
/// − x)), cut where the posteriors of all arms bend: accurate to 10⁻¹⁰, without any random number, and the
/// same whatever the order of the arms but for rounding.
public struct BetaBinomial: Sendable, Hashable {
  public let arms: [BetaPosterior]

  public init(_ arms: [BetaPosterior]) {
    self.arms = arms
  }

  public init(_ arms: [ProportionCounts], prior: BetaPrior = .uniform) {
    self.arms = arms.map { BetaPosterior($0, prior: prior) }
  }

  public struct Result: Sendable, Hashable {
    /// One an arm; they add up to 1.
    public var probabilityBest: [Double]
    /// The rate that one expects to forgo by choosing this arm: in the unit of the rate.
    public var expectedLoss: [Double]
  }

  /// - Parameter lowerIsBetter: The smallest rate is the best one.
  public func result(lowerIsBetter: Bool = false) -> Result {
    if lowerIsBetter {
      return BetaBinomial(arms.map(\.turned)).result()
    }
    var result = Result(
      probabilityBest: [Double](repeating: 0, count: arms.count),
      expectedLoss: [Double](repeating: 0, count: arms.count))
    guard arms.count > 1 else {
      result.probabilityBest = arms.map { _ in 1 }
      return result
    }
    let ends = arms.flatMap(\.logitPanels)
    let panels = Panels(ends, within: (ends.min() ?? 0)...(ends.max() ?? 0), step: 2)
    panels.forEachPoint { t, weight in
      let below = arms.map { $0.below(t) }
      let above = arms.map { $0.above(t) }
      let jacobian = logistic(t) * logistic(-t)
      for i in arms.indices {
        var product = 1.0
        // 1 − Π (1 − Sⱼ) without cancellation: what is above in at least one other arm.
        var anyAbove = 0.0
        for j in arms.indices where j != i {
          product *= below[j]
          anyAbove += above[j] * (1 - anyAbove)
        }
        result.expectedLoss[i] += weight * jacobian * below[i] * anyAbove
        if product > 0 { result.probabilityBest[i] += weight * arms[i].logitDensity(t) * product }
      }
    }
    return result
  }
}
