internal import RekindleNumerics

/// Which of several means is the largest, and what choosing each of them would cost, when what is known of
/// each is normal and nothing is shared between them.
///
/// ```
/// P(i best)  = ∫ fᵢ(x) Π_{j≠i} Fⱼ(x) dx
/// loss(i)    = E[max(max_{j≠i} mⱼ − mᵢ, 0)] = ∫ Fᵢ(x) (1 − Π_{j≠i} Fⱼ(x)) dx
/// ```
/// as for rates (`BetaBinomial`), by the same quadrature: without any random number, accurate to 10⁻¹⁰.
/// Means adjusted with one slope share a little; that is left out.
public struct NormalArms: Sendable, Hashable {
  public let means: [Double]
  public let standardDeviations: [Double]

  /// - Precondition: as many of both.
  public init(means: [Double], standardDeviations: [Double]) {
    precondition(means.count == standardDeviations.count)
    self.means = means
    self.standardDeviations = standardDeviations
  }

  /// - Returns: `nil` where a mean or a standard deviation is missing, or one is not above 0.
  public func result(lowerIsBetter: Bool = false) -> BetaBinomial.Result? {
    guard means.allSatisfy(\.isFinite),
      standardDeviations.allSatisfy({ $0 > 0 && $0.isFinite }), let widest = standardDeviations.max()
    else { return nil }
    var result = BetaBinomial.Result(
      probabilityBest: means.map { _ in means.count == 1 ? 1 : 0 }, expectedLoss: means.map { _ in 0 })
    guard means.count > 1 else { return result }
    // In units of the widest, about the first, so that sizes do not matter.
    let sign = lowerIsBetter ? -1.0 : 1.0
    let m = means.map { sign * ($0 - means[0]) / widest }
    let s = standardDeviations.map { $0 / widest }
    let reach = stride(from: -9.0, through: 9, by: 1.5)
    let ends = m.indices.flatMap { i in reach.map { m[i] + s[i] * $0 } }
    guard let low = ends.min(), let high = ends.max() else { return nil }
    let normal = Normal()
    // Far apart there is nothing between them to cut finely.
    let panels = Panels(ends, within: low...high, step: max(4, (high - low) / 1000))
    panels.forEachPoint { x, weight in
      let z = m.indices.map { (x - m[$0]) / s[$0] }
      let below = z.map { normal.cdf($0) }
      let above = z.map { normal.upperTail($0) }
      for i in m.indices {
        var product = 1.0
        var anyAbove = 0.0
        for j in m.indices where j != i {
          product *= below[j]
          anyAbove += above[j] * (1 - anyAbove)
        }
        result.expectedLoss[i] += weight * below[i] * anyAbove * widest
        let density = 0.398_942_280_401_432_7 * exponential(-z[i] * z[i] / 2) / s[i]
        result.probabilityBest[i] += weight * density * product
      }
    }
    return result
  }
}
