internal import RekindleNumerics

/// Means adjusted by what was known before the exposure, with one slope for all arms.
///
/// ```
/// θ    = S⁻¹ Σ_k s_k                         slope; S, s_k: products within the arms
/// m_k  = ȳ_k − θ'(x̄_k − x̄)                   adjusted mean of arm k
/// σ_k² = RSS_k(θ) / (n_k − 1 − tr(S⁻¹ S_k))  spread about the slope
/// Var(m_l − m_k) = σ_k²/n_k + σ_l²/n_l + (x̄_l − x̄_k)' V_θ (x̄_l − x̄_k)
/// V_θ  = S⁻¹ (Σ_k σ_k² S_k) S⁻¹
/// ```
/// The last term and the trace pay for the estimated slope; the usual formula, which takes θ as known,
/// is too short by 1/n of the variance and by more where the covariates happen to differ. The arms'
/// spreads stay their own. Degrees of freedom are Satterthwaite's, each arm bringing the denominator of
/// its σ_k². With equal spreads this is the analysis of covariance.
///
/// For lifts the adjusted means also share the sampling of x̄, θ'Σθ/N, which a difference does not see.
///
/// Where it differs from tea-tasting: there θ comes of products that hold the difference between the
/// arms, and is taken as known; a θ from earlier data can be given here and is then taken as known too.
///
/// Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled
/// experiments by utilizing pre-experiment data", WSDM 2013.
public struct CUPED: Sendable, Hashable {
  /// θ, in the order of the covariates; 0 for one that was dropped.
  public let coefficients: [Double]
  private let within: WithinArms
  private let theta: [Double]
  /// V_θ.
  private let slopeVariance: Matrix
  private let residuals: [Residuals]
  /// θ'Σθ/N.
  private let sharedVariance: Double

  private struct Residuals: Hashable {
    var variance: Double
    var freedom: Double
  }

  /// - Parameters:
  ///   - arms: all arms of the experiment: every one helps to find the slope.
  ///   - outcome: the column that is compared.
  ///   - covariates: columns known before the exposure; `nil`: all others.
  ///   - known: a θ from data that are not these, in the order of the covariates.
  /// - Precondition: the arms have the same columns; `known` has as many numbers as there are covariates.
  public init(
    arms: [Moments], outcome: Int = 0, covariates: [Int]? = nil, coefficients known: [Double]? = nil
  ) {
    let columns = covariates ?? (0..<(arms.first?.columnCount ?? 0)).filter { $0 != outcome }
    precondition(known.map { $0.count == columns.count } ?? true, "one coefficient a covariate")
    let within = WithinArms(arms: arms, outcome: outcome, covariates: columns, eachArm: false)
    let S = WithinArms.products(of: arms, within.kept)
    // Independent columns have a factor.
    let inverse = Cholesky(S)?.inverse() ?? Matrix(rows: within.kept.count, columns: within.kept.count)

    var theta: [Double]
    if let known {
      theta = within.kept.map { column in columns.firstIndex(of: column).map { known[$0] } ?? 0 }
    } else {
      let products = within.outcomeProducts(of: arms)
      theta = inverse.times(products)
    }

    let spreads = arms.map { arm in
      let Sk = WithinArms.products(of: [arm], within.kept)
      let sk = within.outcomeProducts(of: [arm])
      let squares =
        arm.crossProduct(outcome, outcome) - 2 * dot(theta, sk) + quadraticForm(theta, Sk, theta)
      var freedom = Double(arm.count - 1)
      if known == nil {
        for i in theta.indices { for j in theta.indices { freedom -= inverse[i, j] * Sk[j, i] } }
      }
      return (
        squares: residualSquares(squares, of: arm.crossProduct(outcome, outcome)), freedom: freedom,
        products: Sk
      )
    }
    residuals = spreads.map {
      Residuals(variance: $0.freedom > 0 ? $0.squares / $0.freedom : .nan, freedom: $0.freedom)
    }
    // An arm too small for a variance of its own says of the slope's what all together say.
    let pooled =
      spreads.reduce(0) { $0 + $1.squares } / max(1, spreads.reduce(0) { $0 + max(0, $1.freedom) })
    var middle = Matrix(rows: theta.count, columns: theta.count)
    for (own, residual) in zip(spreads, residuals) {
      let variance = residual.variance.isNaN ? pooled : residual.variance
      for index in middle.storage.indices {
        middle.storage[index] += variance * own.products.storage[index]
      }
    }
    slopeVariance =
      known == nil ? inverse.times(middle).times(inverse) : Matrix(rows: theta.count, columns: theta.count)
    let units = Double(arms.reduce(0) { $0 + $1.count })
    let spare = units - Double(arms.count)
    sharedVariance = spare > 0 ? quadraticForm(theta, S, theta) / spare / units : .nan
    self.within = within
    self.theta = theta
    coefficients = within.spread(theta, over: columns)
  }

  /// What stands in the way of the comparison, or must be told beside it.
  public func findings(control: Int = 0, variant: Int = 1) -> [EstimateFinding] {
    EstimateFinding.of(
      estimates(control: control, variant: variant), within: within, control: control, variant: variant)
  }

  /// The adjusted means of two arms, both at the covariates' mean over all arms.
  public func estimates(control: Int = 0, variant: Int = 1) -> EstimatedArms {
    let grand = within.grandMeans
    let arms = [control, variant].map { within.arms[$0] }
    let shifts = arms.map { arm in zip(within.kept, grand).map { arm.means[$0] - $1 } }
    let parts = [control, variant].map { residuals[$0].variance / Double(within.arms[$0].count) }
    let total = parts[0] + parts[1]
    let freedom =
      total * total
      / (parts[0] * parts[0] / residuals[control].freedom + parts[1] * parts[1] / residuals[variant].freedom)
    func shared(_ i: Int, _ j: Int) -> Double {
      quadraticForm(shifts[i], slopeVariance, shifts[j]) + sharedVariance
    }
    func mean(_ i: Int) -> Double {
      arms[i].count > 0 ? arms[i].means[within.outcome] - dot(theta, shifts[i]) : .nan
    }
    return EstimatedArms(
      control: mean(0), variant: mean(1),
      controlVariance: parts[0] + shared(0, 0), variantVariance: parts[1] + shared(1, 1),
      covariance: shared(0, 1), reference: .student(freedom), method: "cuped")
  }

  /// The share of the difference's variance that the adjustment took away; below 0 where it added some.
  public func varianceReduction(control: Int = 0, variant: Int = 1) -> Double {
    let plain = TwoMeans(
      control: within.arms[control], variant: within.arms[variant], column: within.outcome)
    return reduction(from: plain.welch, to: estimates(control: control, variant: variant))
  }
}

/// 1 − Var(adjusted difference) / Var(plain difference).
func reduction(from plain: EstimatedArms, to adjusted: EstimatedArms) -> Double {
  1 - adjusted.variance(lift: 0) / plain.variance(lift: 0)
}
