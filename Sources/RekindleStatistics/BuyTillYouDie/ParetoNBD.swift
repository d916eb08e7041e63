public import RekindleCore
internal import RekindleNumerics

/// The Pareto / negative-binomial model (Pareto/NBD).
///
/// ```
/// λ ~ Gamma(shape r, rate α)       purchases a unit of time
/// μ ~ Gamma(shape s, rate β)       the customer leaves at an exponential time with rate μ
/// L = Γ(r+x) α^r β^s / Γ(r) · {(α+T)^−(r+x) (β+T)^−s + s ∫ (α+t)^−(r+x) (β+t)^−(s+1) dt,  t from t_x to T}
/// ```
/// A customer can leave at any moment, not at a purchase only.
///
/// The integral is the difference of two ₂F₁ in the published form. Euler's transformation turns each
/// into `F(1, ·; r+s+x+1; ·)`, whose continued fraction converges fast up to arguments close to 1, and
/// the difference joins the first term on the logarithmic scale, so that nothing under- or overflows.
///
/// Source: D. Schmittlein, D. Morrison, R. Colombo, 1987; P. Fader, B. Hardie, "A note on deriving the
/// Pareto/NBD model", 2005.
public struct ParetoNBD: PurchaseModel {
  public static let name = "Pareto/NBD"
  public let r: Double
  /// In `unit`.
  public let alpha: Double
  public let s: Double
  /// In `unit`.
  public let beta: Double
  public let unit: TimeUnit

  public init(r: Double, alpha: Double, s: Double, beta: Double, unit: TimeUnit) {
    self.r = r
    self.alpha = alpha
    self.s = s
    self.beta = beta
    self.unit = unit
  }

  public static func fit(_ histories: [RepeatHistory], unit: TimeUnit, workers: Workers = Workers(1))
    throws(Diagnostic) -> Fitted<ParetoNBD>
  {
    let rows = try rows(histories, unit: unit)
    let meanAge = rows.mean(of: \.second)
    let (theta, fit) = try rows.fit(
      Likelihood.self,
      starts: [
        [1, meanAge, 1, meanAge], [0.5, meanAge / 3, 0.5, meanAge / 3], [2, meanAge, 0.5, meanAge / 2],
      ], model: name, workers: workers)
    return Fitted(
      model: ParetoNBD(r: theta[0], alpha: theta[1], s: theta[2], beta: theta[3], unit: unit), fit: fit)
  }

  public func logLikelihood(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let theta = Parameters([r, alpha, s, beta])
    return Likelihood.shared(theta, repeats: history.repeats)
      + Likelihood.own(theta, repeats: history.repeats, history.lastAge, history.age)
  }

  /// ```
  /// P = (α+T)^−(r+x) (β+T)^−s / {…}     the braces of the likelihood
  /// ```
  public func probabilityAlive(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let x = history.repeats
    let stayed = -(r + x) * logarithm(alpha + history.age) - s * logarithm(beta + history.age)
    let all = Likelihood.own(
      Parameters([r, alpha, s, beta]), repeats: x, history.lastAge, history.age)
    return min(1, exponential(stayed - all))
  }

  /// A customer who is there at T is a new one with the rates' distributions brought up to date, and the
  /// chance of no purchase in H is then that of no repeat.
  public func probabilityOfNoPurchase(_ history: RepeatHistory, within horizon: TimeSpan) -> Double {
    let alive = probabilityAlive(history)
    let history = history.counted(in: unit)
    let now = ParetoNBD(
      r: r + history.repeats, alpha: alpha + history.age, s: s, beta: beta + history.age, unit: unit)
    let H = horizon.count(of: unit)
    let none = H > 0 ? now.logLikelihood(RepeatHistory(repeats: 0, lastAge: 0, age: H, unit: unit)) : 0
    return (1 - alive) + alive * min(1, exponential(none))
  }

  public func expectedPurchases(_ history: RepeatHistory, within horizon: TimeSpan) -> Double {
    let age = history.counted(in: unit).age
    return probabilityAlive(history)
      * Self.expectedPurchases(
        r: r + history.repeats, alpha: alpha + age, s: s, beta: beta + age, horizon.count(of: unit))
  }

  public func expectedPurchases(within horizon: TimeSpan) -> Double {
    Self.expectedPurchases(r: r, alpha: alpha, s: s, beta: beta, horizon.count(of: unit))
  }

  /// ```
  /// E = (r / α) β / (s − 1) · [1 − (β / (β + t))^(s − 1)]       at s = 1: (r / α) β ln(1 + t / β)
  /// ```
  private static func expectedPurchases(
    r: Double, alpha: Double, s: Double, beta: Double, _ t: Double
  ) -> Double {
    guard t >= 0 else { return .nan }
    let time = logarithm(onePlus: t / beta)
    let u = (s - 1) * time
    // (1 − e^−u) / u, by its series where the difference would cancel.
    let share = abs(u) < 1e-5 ? 1 - u / 2 + u * u / 6 : (1 - exponential(-u)) / u
    return r / alpha * beta * time * share
  }

  enum Likelihood: RowLikelihood {
    static let parameterNames = ["r", "alpha", "s", "beta"]

    static func shared<R: Real>(_ theta: Parameters<R>, repeats x: Double) -> R {
      let (r, alpha, s, beta) = (theta.first, theta.second, theta.third, theta.fourth)
      return (r + x).logGamma() - r.logGamma() + r * alpha.log() + s * beta.log()
    }

    /// With B(t) = (α+t)^−(r+x) (β+t)^−s, κ = s / (r+s+x) and φ(t) the transformed ₂F₁:
    ///
    ///     ln {…} = ln [B(T) (1 − κ φ(T)) + B(t_x) κ φ(t_x)],      0 < κ φ < 1
    static func own<R: Real>(_ theta: Parameters<R>, repeats x: Double, _ lastAge: Double, _ age: Double) -> R
    {
      let (r, alpha, s, beta) = (theta.first, theta.second, theta.third, theta.fourth)
      let rate = r + x
      let total = rate + s
      func B(_ t: Double) -> R { R(0) - rate * (alpha + t).log() - s * (beta + t).log() }
      func phi(_ t: Double) -> R {
        if alpha.value >= beta.value {
          return continuedFraction(rate, total + 1, (alpha - beta) / (alpha + t))
        }
        let z = (beta - alpha) / (beta + t)
        return (alpha + t) / (beta + t) * continuedFraction(s + 1, total + 1, z)
      }
      let kappa = s / total
      let leaving = B(lastAge) + (kappa * phi(lastAge)).log()
      let left = R(1) - kappa * phi(age)
      return left.value > 0 ? R.logSum(B(age) + left.log(), leaving) : leaving
    }

    /// F(1, b; c; z) for c > b > 0 and 0 ≤ z < 1 by Gauss's continued fraction, from its end.
    ///
    /// ```
    /// F = 1 / (1 − k₁ z / (1 − k₂ z / (1 − …)))
    /// k₂ₙ₊₁ = (b + n)(c − 1 + n) / ((c + 2n − 1)(c + 2n)),   k₂ₙ = n (c − b + n − 1) / ((c + 2n − 2)(c + 2n − 1))
    /// ```
    private static func continuedFraction<R: Real>(_ b: R, _ c: R, _ z: R) -> R {
      if z.value == 0 && !(R.self is Double.Type) {
        // The derivative by z is b / c there.
        return R(1) + b / c * z
      }
      var n = depth(b.value, c.value, z.value)
      var tail = R(1)
      while n > 0 {
        let even = Double(n)
        let second =
          even * (c - b + (even - 1)) / ((c + (2 * even - 2)) * (c + (2 * even - 1)))
        tail = R(1) - second * z / tail
        let odd = even - 1
        let first = (b + odd) * (c + (odd - 1)) / ((c + (2 * odd - 1)) * (c + 2 * odd))
        tail = R(1) - first * z / tail
        n -= 1
      }
      return R(1) / tail
    }

    /// How many pairs of levels it takes. Far down every k is near 1/4, where a level leaves
    /// (1 − √(1−z)) / (1 + √(1−z)) of the error; before that, levels up to about the size of the
    /// parameters may do less.
    private static func depth(_ b: Double, _ c: Double, _ z: Double) -> Int {
      let root = (1 - z).squareRoot()
      let ratio = (1 - root) / (1 + root)
      let levels = ratio > 0 ? -37 / logarithm(ratio) : 1
      return Int(min(20_000, levels / 2 + 6 + (min(b, c - b) * levels).squareRoot()))
    }
  }
}
