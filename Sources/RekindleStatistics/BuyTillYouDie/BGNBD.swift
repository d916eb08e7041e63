public import RekindleCore
internal import RekindleNumerics

/// The beta-geometric / negative-binomial model (BG/NBD).
///
/// ```
/// λ ~ Gamma(shape r, rate α)       purchases a unit of time
/// p ~ Beta(a, b)                   leaves with probability p right after each repeat purchase
/// L = Γ(r+x) α^r / Γ(r) · B(a, b+x) / B(a, b) · {(α+T)^−(r+x) + [x > 0] a / (b+x−1) (α+t_x)^−(r+x)}
/// ```
/// A customer without repeats cannot have left. Where one-time buyers are many, as in most shops, take
/// `MBGNBD`, which allows it.
///
/// Source: P. Fader, B. Hardie, K. Lee, "Counting your customers the easy way", 2005.
public struct BGNBD: PurchaseModel {
  public static let name = "BG/NBD"
  public let r: Double
  /// In `unit`.
  public let alpha: Double
  public let a: Double
  public let b: Double
  public let unit: TimeUnit

  public init(r: Double, alpha: Double, a: Double, b: Double, unit: TimeUnit) {
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
    self.unit = unit
  }

  public static func fit(_ histories: [RepeatHistory], unit: TimeUnit, workers: Workers = Workers(1))
    throws(Diagnostic) -> Fitted<BGNBD>
  {
    let rows = try rows(histories, unit: unit)
    let (theta, fit) = try rows.fit(
      Likelihood.self, starts: BetaGeometric.starts(meanAge: rows.mean(of: \.second)), model: name,
      workers: workers)
    return Fitted(
      model: BGNBD(r: theta[0], alpha: theta[1], a: theta[2], b: theta[3], unit: unit), fit: fit)
  }

  public func logLikelihood(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let theta = Parameters([r, alpha, a, b])
    return Likelihood.shared(theta, repeats: history.repeats)
      + Likelihood.own(theta, repeats: history.repeats, history.lastAge, history.age)
  }

  public func probabilityAlive(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    if history.repeats == 0 { return 1 }
    return BetaGeometric.probabilityAlive(
      odds: a / (b + history.repeats - 1), r: r, alpha: alpha, history.counted(in: unit))
  }

  public func probabilityOfNoPurchase(_ history: RepeatHistory, within horizon: TimeSpan) -> Double {
    BetaGeometric.probabilityOfNoPurchase(
      alive: probabilityAlive(history), r: r, alpha: alpha, history.counted(in: unit),
      horizon.count(of: unit))
  }

  public func expectedPurchases(_ history: RepeatHistory, within horizon: TimeSpan) -> Double {
    let x = history.repeats
    return probabilityAlive(history)
      * BetaGeometric.expectedPurchases(
        r: r + x, alpha: alpha + history.counted(in: unit).age, a: a, b: b + x, horizon.count(of: unit))
  }

  public func expectedPurchases(within horizon: TimeSpan) -> Double {
    BetaGeometric.expectedPurchases(r: r, alpha: alpha, a: a, b: b, horizon.count(of: unit))
  }

  enum Likelihood: RowLikelihood {
    static let parameterNames = ["r", "alpha", "a", "b"]

    static func shared<R: Real>(_ theta: Parameters<R>, repeats x: Double) -> R {
      let (r, alpha, a, b) = (theta.first, theta.second, theta.third, theta.fourth)
      let purchases = (r + x).logGamma() - r.logGamma() + r * alpha.log()
      let staying = (a + b).logGamma() + (b + x).logGamma() - b.logGamma() - (a + b + x).logGamma()
      return purchases + staying
    }

    static func own<R: Real>(_ theta: Parameters<R>, repeats x: Double, _ lastAge: Double, _ age: Double) -> R
    {
      let (r, alpha, a, b) = (theta.first, theta.second, theta.third, theta.fourth)
      let stayed = -1 * (r + x) * (alpha + age).log()
      if x == 0 { return stayed }
      return R.logSum(stayed, a.log() - (b + (x - 1)).log() - (r + x) * (alpha + lastAge).log())
    }
  }
}
