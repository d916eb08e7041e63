internal import RekindleNumerics

/// Dunnett's comparisons of many arms with one control.
///
/// ```
/// tᵢ = dᵢ / SE(dᵢ),   Corr(dᵢ, dⱼ) = λᵢ λⱼ,   λᵢ = SE(control) / SE(dᵢ)
/// adjusted pᵢ = P(max |T| ≥ |tᵢ|),   T with νᵢ degrees of freedom      see `DunnettDistribution`
/// interval    = dᵢ ± cᵢ SE(dᵢ),  P(max |T| > cᵢ) = 1 − confidence
/// ```
/// The differences are correlated because they share the control; Bonferroni and Holm cannot use that.
/// With one common variance all νᵢ are one, and the test is exact. With variances of their own each
/// comparison is referred to the distribution with its own Welch degrees of freedom, so that no adjusted
/// p-value is below that of Welch's test alone.
///
/// Sources: C. W. Dunnett, 1955; of own variances, M. Hasler and L. A. Hothorn, "Multiple contrast tests in
/// the presence of heteroscedasticity", Biometrical Journal 50, 2008.
public struct Dunnett: Sendable, Hashable {
  /// variant − control, one a variant.
  public let differences: [Double]
  public let standardErrors: [Double]
  /// The control's share of each standard error; see above.
  public let controlStandardErrors: [Double]
  /// νᵢ; infinite where the standard error counts as known.
  public let degreesOfFreedom: [Double]

  /// Differences from any estimator whose variants share nothing but the control.
  ///
  /// - Parameters:
  ///   - controlStandardError: that of the control's own value, in the unit of the differences. For a lift
  ///     `b/a − 1` by the delta method it is `SE(a) b / a²`, one a variant: use
  ///     ``init(differences:standardErrors:controlStandardErrors:degreesOfFreedom:)``.
  ///   - degreesOfFreedom: of all standard errors; `nil` in large samples.
  public init(
    differences: [Double], standardErrors: [Double], controlStandardError: Double,
    degreesOfFreedom: Double? = nil
  ) {
    self.init(
      differences: differences, standardErrors: standardErrors,
      controlStandardErrors: differences.map { _ in controlStandardError },
      degreesOfFreedom: differences.map { _ in degreesOfFreedom ?? .infinity })
  }

  /// - Parameter degreesOfFreedom: one a comparison; `nil` in large samples.
  /// - Precondition: lists of one length.
  public init(
    differences: [Double], standardErrors: [Double], controlStandardErrors: [Double],
    degreesOfFreedom: [Double]? = nil
  ) {
    let degreesOfFreedom = degreesOfFreedom ?? differences.map { _ in .infinity }
    precondition(differences.count == standardErrors.count)
    precondition(differences.count == controlStandardErrors.count)
    precondition(differences.count == degreesOfFreedom.count)
    self.differences = differences
    self.standardErrors = standardErrors
    self.controlStandardErrors = controlStandardErrors
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The classical test: means of groups with one variance, estimated from all of them.
  ///
  /// ```
  /// s² = Σ S_g / ν,   ν = Σ (n_g − 1)
  /// ```
  /// Sizes may differ. Variances that differ are not borne: that is what
  /// ``ownVariances(control:variants:column:)`` is for.
  public static func equalVariances(control: Moments, variants: [Moments], column: Int = 0) -> Dunnett {
    let groups = ([control] + variants).filter { $0.count > 0 }
    let degrees = Double(groups.reduce(0) { $0 + $1.count - 1 })
    let variance = groups.reduce(0) { $0 + $1.crossProduct(column, column) } / degrees
    let n = Double(control.count)
    return Dunnett(
      differences: variants.map { difference($0, control, column) },
      standardErrors: variants.map { (variance * (1 / Double($0.count) + 1 / n)).squareRoot() },
      controlStandardError: (variance / n).squareRoot(), degreesOfFreedom: degrees)
  }

  /// Means of groups with variances of their own, each comparison with Welch's degrees of freedom.
  public static func ownVariances(control: Moments, variants: [Moments], column: Int = 0) -> Dunnett {
    let a = control.variance(column) / Double(control.count)
    let errors = variants.map { $0.variance(column) / Double($0.count) }
    return Dunnett(
      differences: variants.map { difference($0, control, column) },
      standardErrors: errors.map { ($0 + a).squareRoot() },
      controlStandardErrors: variants.map { _ in a.squareRoot() },
      degreesOfFreedom: zip(variants, errors).map { variant, b in
        let (x, y) = (a / (a + b), b / (a + b))
        return 1 / (x * x / Double(control.count - 1) + y * y / Double(variant.count - 1))
      })
  }

  private static func difference(_ variant: Moments, _ control: Moments, _ column: Int) -> Double {
    variant.count > 0 && control.count > 0 ? variant.means[column] - control.means[column] : .nan
  }

  /// The comparisons; `control` is 0 and `variant` 1 … m in them, `leftOut` too counts from the control.
  ///
  /// A variant whose difference or standard error is not a number, or whose standard error is not above the
  /// control's part of it, is left out, and the family is that of the others.
  /// - Parameter confidence: of all intervals together, 0 < confidence < 1.
  public func comparisons(
    confidence: Double = 0.95, alternative: Alternative = .twoSided
  ) -> SimultaneousComparisons {
    let taken = differences.indices.filter {
      differences[$0].isFinite && standardErrors[$0].isFinite && controlStandardErrors[$0] >= 0
        && controlStandardErrors[$0] < standardErrors[$0] && degreesOfFreedom[$0] > 0
    }
    let loadings = taken.map { controlStandardErrors[$0] / standardErrors[$0] }
    // Where all have the same degrees of freedom, as in the classical test, one search serves them.
    var critical: [Double: Double] = [:]
    let comparisons = taken.map { i in
      let law = DunnettDistribution(
        loadings: loadings, degreesOfFreedom: degreesOfFreedom[i], isTwoSided: alternative == .twoSided)
      let criticalValue = critical[degreesOfFreedom[i]] ?? law.upperQuantile(1 - confidence)
      critical[degreesOfFreedom[i]] = criticalValue
      return SimultaneousComparisons.Comparison(
        control: 0, variant: i + 1, difference: differences[i], standardError: standardErrors[i],
        degreesOfFreedom: degreesOfFreedom[i], alternative: alternative, criticalValue: criticalValue,
        tail: law.upperTail)
    }
    return SimultaneousComparisons(
      method: "dunnett", confidence: confidence, alternative: alternative, comparisons: comparisons,
      leftOut: differences.indices.filter { !taken.contains($0) }.map { $0 + 1 })
  }
}
