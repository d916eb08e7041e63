/// The largest of several t statistics that share one control group.
///
/// ```
/// Tᵢ = (κᵢ εᵢ + λᵢ ζ) / s,   κᵢ² = 1 − λᵢ²,   Corr(Tᵢ, Tⱼ) = λᵢ λⱼ
/// ζ, εᵢ standard normal, s = χ_ν / √ν
///
/// two-sided   P(max |Tᵢ| > t) = E ∫ φ(z) [1 − Π (1 − Q((ts − λᵢz)/κᵢ) − Q((ts + λᵢz)/κᵢ))] dz
/// one-sided   P(max Tᵢ > t)   = E ∫ φ(z) [1 − Π (1 − Q((ts − λᵢz)/κᵢ))] dz
/// ```
/// Q is the normal upper tail. Given ζ, which stands for the control's mean, the statistics are
/// independent: that makes an integral over one variable of one over m. The bracket is
/// `−expm1(Σ log1p(−…))`: never a difference from 1.
///
/// Relative accuracy of the tail: 1e-12, down to 1e-250; time grows with the number of *different* λᵢ.
///
/// Source: C. W. Dunnett, "A multiple comparison procedure for comparing several treatments with a
/// control", JASA 50, 1955.
public struct DunnettDistribution: Sendable, Hashable {
  /// λᵢ, 0 ≤ λᵢ < 1, one a comparison.
  public let loadings: [Double]
  /// ν > 0; infinite when the standard deviations are known.
  public let degreesOfFreedom: Double
  public let isTwoSided: Bool
  /// The different ones of the loadings, ascending, and how often each occurs.
  private let groups: [Group]

  private struct Group: Hashable {
    let lambda: Double
    let kappa: Double
    let count: Double
  }

  public init(loadings: [Double], degreesOfFreedom: Double, isTwoSided: Bool = true) {
    self.loadings = loadings
    self.degreesOfFreedom = degreesOfFreedom
    self.isTwoSided = isTwoSided
    var groups: [Group] = []
    for lambda in loadings.sorted() {
      let count = groups.last?.lambda == lambda ? (groups.popLast()?.count ?? 0) : 0
      groups.append(
        Group(lambda: lambda, kappa: ((1 - lambda) * (1 + lambda)).squareRoot(), count: count + 1))
    }
    self.groups = groups
  }

  private var isValid: Bool {
    !loadings.isEmpty && degreesOfFreedom > 0 && loadings.allSatisfy { $0 >= 0 && $0 < 1 }
  }

  /// `P(max |Tᵢ| > t)`, or `P(max Tᵢ > t)`; NaN for bad parameters.
  public func upperTail(_ t: Double) -> Double {
    guard isValid, !t.isNaN else { return .nan }
    if isTwoSided, t <= 0 { return 1 }
    guard t >= 0 else {
      // Only here does s work the other way: a large s makes the tail larger. It is then near 1.
      return 1 - EstimatedScale.tail(at: -t, degreesOfFreedom: degreesOfFreedom) { allBelow(-$0) }
    }
    return min(1, EstimatedScale.tail(at: t, degreesOfFreedom: degreesOfFreedom, of: knownScaleTail))
  }

  /// The `t` with `upperTail(t) = probability`; one-sided only where it is above 0.
  public func upperQuantile(_ probability: Double) -> Double {
    guard isValid else { return .nan }
    // One comparison alone, and Bonferroni over all of them.
    let t = { (q: Double) in
      degreesOfFreedom.isFinite
        ? StudentT(degreesOfFreedom: degreesOfFreedom).upperQuantile(q) : Normal().upperQuantile(q)
    }
    let each = isTwoSided ? probability / 2 : probability
    return EstimatedScale.quantile(probability, between: t(each), and: t(each / Double(loadings.count))) {
      upperTail($0)
    }
  }

  /// The tail with s = 1 at `x` ≥ 0.
  private func knownScaleTail(_ x: Double) -> Double {
    guard x < 39 else { return 0 }  // less than the least double
    let normal = Normal()
    return integral(at: x, from: isTwoSided ? 0 : nil) { z in
      var logInside = 0.0
      for group in groups {
        var outside = normal.upperTail((x - group.lambda * z) / group.kappa)
        if isTwoSided { outside += normal.upperTail((x + group.lambda * z) / group.kappa) }
        logInside += group.count * logarithm(onePlus: -min(1, outside))
      }
      return -exponentialMinusOne(logInside)
    }
  }

  /// `P(max Tᵢ ≤ x)` with s = 1.
  private func allBelow(_ x: Double) -> Double {
    guard x > -39 else { return 0 }
    let normal = Normal()
    return integral(at: x, from: nil) { z in
      var logInside = 0.0
      for group in groups {
        logInside += group.count * logarithm(normal.cdf((x - group.lambda * z) / group.kappa))
      }
      return exponential(logInside)
    }
  }

  /// `∫ φ(z) f(z) dz` by the trapezoidal rule, over both sides or, for an even f, twice over z ≥ 0.
  private func integral(at x: Double, from start: Double?, of f: (Double) -> Double) -> Double {
    // One Gaussian factor of precision 1 and, a comparison, one of precision λ²/κ² in z.
    var precision = 1.0
    for group in groups {
      precision += group.count * group.lambda * group.lambda / (group.kappa * group.kappa)
    }
    let step = 0.7 / precision.squareRoot()
    // A tail event i is likeliest at z = λᵢ x; all sit between that and 0, give or take 8.5.
    let widest = (groups.last?.lambda ?? 0) * x
    let last = Int(((max(0, widest) + 8.5) / step).rounded(.up))
    let first = start == nil ? Int(((min(0, widest) - 8.5) / step).rounded(.down)) : 0
    var sum = 0.0
    for place in first...last {
      let z = Double(place) * step
      let term = exponential(-0.5 * z * z) * f(z)
      sum += start == nil ? term : place == 0 ? term : 2 * term
    }
    return sum * step * 0.398942280401432677939946059934
  }
}
