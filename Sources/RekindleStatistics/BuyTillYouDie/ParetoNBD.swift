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
    let (rows, sample) = try RepeatRows.joined(histories, unit: unit, model: name)
    let mean = rows.meanAge
    let (theta, fit) = try LikelihoodSearch(
      names: ["r", "alpha", "s", "beta"], model: name, workers: workers
    ).maximum(
      of: ParetoNBDRows(rows: rows), sample: sample.map { ParetoNBDRows(rows: $0) },
      starts: [[1, mean, 1, mean], [0.5, mean / 3, 0.5, mean / 3], [2, mean, 0.5, mean / 2]])
    return Fitted(
      model: ParetoNBD(r: theta[0], alpha: theta[1], s: theta[2], beta: theta[3], unit: unit), fit: fit)
  }

  public func logLikelihood(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let theta = Parameters([r, alpha, s, beta])
    return ParetoNBDRows.shared(theta, repeats: history.repeats)
      + ParetoNBDRows.own(theta, repeats: history.repeats, history.lastAge, history.age)
  }

  /// ```
  /// P = (α+T)^−(r+x) (β+T)^−s / {…}     the braces of the likelihood
  /// ```
  public func probabilityAlive(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let x = history.repeats
    let stayed = -(r + x) * logarithm(alpha + history.age) - s * logarithm(beta + history.age)
    let all = ParetoNBDRows.own(
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
}
