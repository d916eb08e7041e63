public import RekindleCore
internal import RekindleNumerics

/// The modified beta-geometric / negative-binomial model (MBG/NBD): the default.
///
/// ```
/// λ ~ Gamma(shape r, rate α)       purchases a unit of time
/// p ~ Beta(a, b)                   leaves with probability p right after each purchase, the first too
/// L = Γ(r+x) α^r / Γ(r) · B(a, b+x+1) / B(a, b) · {(α+T)^−(r+x) + a / (b+x) (α+t_x)^−(r+x)}
/// ```
/// Unlike in BG/NBD a customer can leave after the very first purchase, so that silence tells something
/// about one-time buyers too.
///
/// Source: E. Batislam, M. Denizel, A. Filiztekin, 2007.
public struct MBGNBD: PurchaseModel {
  public static let name = "MBG/NBD"
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
    throws(Diagnostic) -> Fitted<MBGNBD>
  {
    let rows = try rows(histories, unit: unit)
    let (theta, fit) = try rows.fit(
      Likelihood.self, starts: BetaGeometric.starts(meanAge: rows.mean(of: \.second)), model: name,
      workers: workers)
    return Fitted(
      model: MBGNBD(r: theta[0], alpha: theta[1], a: theta[2], b: theta[3], unit: unit), fit: fit)
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
    return BetaGeometric.probabilityAlive(
      odds: a / (b + history.repeats), r: r, alpha: alpha, history.counted(in: unit))
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
        r: r + x, alpha: alpha + history.counted(in: unit).age, a: a, b: b + x + 1,
        horizon.count(of: unit))
  }

  public func expectedPurchases(within horizon: TimeSpan) -> Double {
    b / (a + b)
      * BetaGeometric.expectedPurchases(r: r, alpha: alpha, a: a, b: b + 1, horizon.count(of: unit))
  }

  enum Likelihood: RowLikelihood {
    static let parameterNames = ["r", "alpha", "a", "b"]

    static func shared<R: Real>(_ theta: Parameters<R>, repeats x: Double) -> R {
      let (r, alpha, a, b) = (theta.first, theta.second, theta.third, theta.fourth)
      let purchases = (r + x).logGamma() - r.logGamma() + r * alpha.log()
      let staying =
        (a + b).logGamma() + (b + (x + 1)).logGamma() - b.logGamma() - (a + b + (x + 1)).logGamma()
      return purchases + staying
    }

    static func own<R: Real>(_ theta: Parameters<R>, repeats x: Double, _ lastAge: Double, _ age: Double) -> R
    {
      let (r, alpha, a, b) = (theta.first, theta.second, theta.third, theta.fourth)
      let stayed = -1 * (r + x) * (alpha + age).log()
      return R.logSum(stayed, a.log() - (b + x).log() - (r + x) * (alpha + lastAge).log())
    }
  }
}
