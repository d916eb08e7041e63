/// The studentised range: the range of `groups` means of equal variance over its estimated standard error.
///
/// ```
/// Q = (max Zᵢ − min Zᵢ) / s,   Z₁ … Z_k standard normal, s = χ_ν / √ν
///
/// P(Q > q) = E k ∫ φ(z) [Φ(z)ᵏ⁻¹ − (Φ(z) − Φ(z − q s))ᵏ⁻¹] dz
/// ```
/// The bracket is what the range's distribution leaves of the maximum's; it is taken as
/// `Φ(z)ᵏ⁻¹ (1 − (1 − r)ᵏ⁻¹)`, r = Φ(z − qs)/Φ(z), by `expm1` and `log1p`, so that a small tail is a sum of
/// small positive numbers and neither cancels nor underflows early.
///
/// Relative accuracy of the tail: 1e-12 from `groups` 2 to 100, down to 1e-250.
///
/// Sources: J. W. Tukey, "The problem of multiple comparisons", 1953; H. O. Hartley, 1942. R's `ptukey`
/// is the same function to about 1e-8.
public struct StudentizedRange: Sendable, Hashable {
  /// k ≥ 2.
  public let groups: Int
  /// ν > 0; infinite when the standard deviation is known.
  public let degreesOfFreedom: Double

  public init(groups: Int, degreesOfFreedom: Double) {
    self.groups = groups
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// `P(Q > q)`; 1 at `q` ≤ 0, NaN for bad parameters.
  public func upperTail(_ q: Double) -> Double {
    guard groups >= 2, degreesOfFreedom > 0, !q.isNaN else { return .nan }
    guard q > 0 else { return 1 }
    return min(1, EstimatedScale.tail(at: q, degreesOfFreedom: degreesOfFreedom, of: knownScaleTail))
  }

  /// The `q` with `P(Q > q) = probability`.
  public func upperQuantile(_ probability: Double) -> Double {
    guard groups >= 2, degreesOfFreedom > 0 else { return .nan }
    // One pair alone, and Bonferroni over all of them.
    let t = { (q: Double) in
      2.0.squareRoot()
        * (degreesOfFreedom.isFinite
          ? StudentT(degreesOfFreedom: degreesOfFreedom).upperQuantile(q) : Normal().upperQuantile(q))
    }
    let pairs = 0.5 * Double(groups * (groups - 1))
    return EstimatedScale.quantile(
      probability, between: t(probability / 2), and: t(probability / 2 / pairs)
    ) { upperTail($0) }
  }

  /// The tail with s = 1 at the width `w`.
  private func knownScaleTail(_ w: Double) -> Double {
    guard w < 55 else { return 0 }  // less than the least double
    let normal = Normal()
    let others = Double(groups - 1)
    // The integrand is a product of `groups` Gaussian-like factors: it narrows as their number's root.
    let step = 0.7 / (1 + others).squareRoot()
    // Mass lies where z and z − w are both likely: around w/2.
    let middle = 0.5 * w
    let reach = Int((8.5 / step).rounded(.up))
    var sum = 0.0
    for place in -reach...reach {
      let z = middle + Double(place) * step
      let below = normal.cdf(z)
      if below == 0 { continue }
      let share = normal.cdf(z - w) / below
      let bracket = -exponentialMinusOne(others * logarithm(onePlus: -share))
      sum += exponential(-0.5 * z * z + others * logarithm(below)) * bracket
    }
    return Double(groups) * step * sum * 0.398942280401432677939946059934
  }
}
