internal import RekindleNumerics

/// At which α each of several comparisons is tested, so that all of them together err with `alpha` at most:
/// what a plan has to reckon with.
///
/// Two-sided levels, of many units (normal, not t). The step-wise corrections (Holm, Hochberg, Hommel)
/// reject more than their first step, `bonferroni`, says; a plan counts on the first step.
public enum SimultaneousLevel {
  /// `α / m`.
  public static func bonferroni(_ alpha: Double, comparisons: Int) -> Double {
    alpha / Double(max(1, comparisons))
  }

  /// Arms against one control: their differences share its error, so that they are correlated.
  ///
  /// ```
  /// 1 − α = ∫ φ(x) Π_i [ Φ((d + λ_i x)/√(1 − λ_i²)) − Φ((−d + λ_i x)/√(1 − λ_i²)) ] dx,
  /// λ_i² = w_i / (w_0 + w_i),   level = 2 (1 − Φ(d))
  /// ```
  /// for equal variances. Source: C. W. Dunnett, "A multiple comparison procedure for comparing several
  /// treatments with a control", JASA 50, 1955.
  /// - Parameters:
  ///   - control: w_0, the control's share of the units, > 0.
  ///   - variants: w_i, one an arm, each > 0.
  public static func dunnett(_ alpha: Double, control: Double, variants: [Double]) -> Double {
    guard alpha > 0, alpha < 1, control > 0, variants.allSatisfy({ $0 > 0 }) else { return .nan }
    if variants.count < 2 { return alpha }
    let lambda = variants.map { ($0 / (control + $0)).squareRoot() }
    return level(alpha, between: bonferroni(alpha, comparisons: variants.count)) { d in
      integral { x in
        var outside = 0.0
        for l in lambda {
          let rest = (1 - l * l).squareRoot()
          let miss = Normal().upperTail((d + l * x) / rest) + Normal().cdf((-d + l * x) / rest)
          // 1 − Π(1 − miss), without losing small misses.
          outside += miss * (1 - outside)
        }
        return outside
      }
    }
  }

  /// All pairs of `arms` equally large arms.
  ///
  /// ```
  /// 1 − α = k ∫ φ(x) [Φ(x) − Φ(x − q)]^{k−1} dx,   level = 2 (1 − Φ(q / √2))
  /// ```
  /// Source: J. W. Tukey's studentized range with infinite degrees of freedom.
  public static func tukey(_ alpha: Double, arms k: Int) -> Double {
    guard alpha > 0, alpha < 1, k >= 2 else { return .nan }
    if k == 2 { return alpha }
    return level(alpha, between: bonferroni(alpha, comparisons: k * (k - 1) / 2)) { d in
      let q = d * 2.0.squareRoot()
      return 1
        - Double(k)
        * integral { x in
          let share = Normal().cdf(x) - Normal().cdf(x - q)
          return (1..<k).reduce(1.0) { product, _ in product * share }
        }
    }
  }

  /// The level whose critical value is missed by any of them with probability α: between Bonferroni's and α.
  private static func level(
    _ alpha: Double, between least: Double, anyBeyond: (Double) -> Double
  ) -> Double {
    let d = monotoneRoot(from: Normal().upperQuantile(alpha / 2), to: Normal().upperQuantile(least / 2)) {
      anyBeyond($0) - alpha
    }
    return 2 * Normal().upperTail(d)
  }

  /// `∫ φ(x) f(x) dx`.
  private static func integral(_ f: (Double) -> Double) -> Double {
    var sum = 0.0
    for panel in -20..<20 {
      for (point, weight) in zip(GaussLegendre.points, GaussLegendre.weights) {
        let x = (Double(panel) + 0.5 + 0.5 * point) / 2
        sum += 0.25 * weight * exponential(-x * x / 2) * f(x)
      }
    }
    return sum / (2 * Double.pi).squareRoot()
  }
}
