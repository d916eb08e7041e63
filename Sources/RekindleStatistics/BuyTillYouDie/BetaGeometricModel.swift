public import RekindleCore
internal import RekindleNumerics

/// What BG/NBD and MBG/NBD have in common: customers buy as a Poisson process whose rate is gamma
/// distributed, and after a purchase leave with a probability that is beta distributed. They differ in how
/// often a customer has had the chance to leave.
///
/// ```
/// λ ~ Gamma(shape r, rate α)       purchases a unit of time
/// p ~ Beta(a, b)                   leaves with probability p at each chance
/// k                                chances after x repeats: x in BG/NBD, x + 1 in MBG/NBD
/// L = Γ(r+x) α^r / Γ(r) · B(a, b+k) / B(a, b) · {(α+T)^−(r+x) + [k > 0] a / (b+k−1) (α+t_x)^−(r+x)}
/// ```
/// x, t_x and T are those of `RepeatHistory`.
public protocol BetaGeometricModel: PurchaseModel {
  var r: Double { get }
  /// In `unit`.
  var alpha: Double { get }
  var a: Double { get }
  var b: Double { get }

  init(r: Double, alpha: Double, a: Double, b: Double, unit: TimeUnit)

  /// k − x: how often a customer may leave before any repeat purchase, 0 or 1.
  static var earlyChances: Double { get }
}

extension BetaGeometricModel {
  public static func fit(_ histories: [RepeatHistory], unit: TimeUnit, workers: Workers = Workers(1))
    throws(Diagnostic) -> Fitted<Self>
  {
    let (rows, sample) = try RepeatRows.joined(histories, unit: unit, model: name)
    let mean = rows.meanAge
    let (theta, fit) = try LikelihoodSearch(
      names: ["r", "alpha", "a", "b"], model: name, workers: workers
    ).maximum(
      of: BetaGeometricRows(rows, earlyChances: earlyChances),
      sample: sample.map { BetaGeometricRows($0, earlyChances: earlyChances) },
      starts: [[1, mean, 1, 1], [0.3, mean / 5, 0.5, 2], [3, mean, 1, 5], [1, mean / 2, 0.2, 1]])
    return Fitted(model: Self(r: theta[0], alpha: theta[1], a: theta[2], b: theta[3], unit: unit), fit: fit)
  }

  public func logLikelihood(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let (x, k) = (history.repeats, history.repeats + Self.earlyChances)
    let purchases = logGamma(r + x) - logGamma(r) + r * logarithm(alpha)
    let staying = logGamma(a + b) + logGamma(b + k) - logGamma(b) - logGamma(a + b + k)
    let stayed = -(r + x) * logarithm(alpha + history.age)
    if k == 0 { return purchases + staying + stayed }
    let left = logarithm(a / (b + k - 1)) - (r + x) * logarithm(alpha + history.lastAge)
    return purchases + staying + max(stayed, left) + logarithm(onePlus: exponential(-abs(stayed - left)))
  }

  /// ```
  /// P(alive) = 1 / (1 + a / (b+k−1) · ((α+T) / (α+t_x))^(r+x))          1 at k = 0
  /// ```
  public func probabilityAlive(_ history: RepeatHistory) -> Double {
    guard history.isPossible else { return .nan }
    let history = history.counted(in: unit)
    let k = history.repeats + Self.earlyChances
    if k == 0 { return 1 }
    let silence = logarithm(onePlus: (history.age - history.lastAge) / (alpha + history.lastAge))
    return logistic(-(logarithm(a / (b + k - 1)) + (r + history.repeats) * silence))
  }

  /// ```
  /// P(nothing in H) = 1 − P(alive) + P(alive) · ((α+T) / (α+T+H))^(r+x)
  /// ```
  public func probabilityOfNoPurchase(_ history: RepeatHistory, within horizon: TimeSpan) -> Double {
    let alive = probabilityAlive(history)
    let history = history.counted(in: unit)
    let H = horizon.count(of: unit)
    return (1 - alive)
      + alive * exponential(-(r + history.repeats) * logarithm(onePlus: H / (alpha + history.age)))
  }

  /// What a new customer would buy of whom r, α and b had the values r + x, α + T and b + k.
  public func expectedPurchases(_ history: RepeatHistory, within horizon: TimeSpan) -> Double {
    let x = history.repeats
    return probabilityAlive(history)
      * Self.purchases(
        r: r + x, alpha: alpha + history.counted(in: unit).age, a: a, b: b + x + Self.earlyChances,
        horizon.count(of: unit))
  }

  public func expectedPurchases(within horizon: TimeSpan) -> Double {
    // B(a, b + k) / B(a, b): that the chances before the first repeat pass.
    let staying = Self.earlyChances == 0 ? 1 : b / (a + b)
    return staying
      * Self.purchases(r: r, alpha: alpha, a: a, b: b + Self.earlyChances, horizon.count(of: unit))
  }

  /// Expected purchases of a customer who is there now, in a time t.
  ///
  /// ```
  /// E = (a + b − 1) / (a − 1) · [1 − (α / (α + t))^(a − 1) F(a + b − 1 − r, a − 1; a + b − 1; t / (α + t))]
  /// ```
  /// This is the published formula after Euler's transformation of ₂F₁, whose power cancels the one
  /// before it: a customer with a thousand purchases does not overflow. It has a removable gap at
  /// a = 1 and a + b = 1, which is bridged.
  private static func purchases(r: Double, alpha: Double, a: Double, b: Double, _ t: Double) -> Double {
    guard t > 0 else { return t == 0 ? 0 : .nan }
    func value(_ a: Double) -> Double {
      let z = t / (alpha + t)
      let power = exponential(-(a - 1) * logarithm(onePlus: t / alpha))
      return (a + b - 1) / (a - 1) * (1 - power * hypergeometric2F1(a + b - 1 - r, a - 1, a + b - 1, z))
    }
    let gap = 1e-5
    // The curvature over the bridge costs 1e-10, cancellation beside the gap 1e-11.
    if abs(a - 1) < gap || abs(a + b - 1) < gap { return (value(a + 3 * gap) + value(a - 3 * gap)) / 2 }
    return value(a)
  }

  /// The sum over a population as the fit sees it, which writes it another way than `logLikelihood`.
  package func likelihoodPoint(_ histories: [RepeatHistory], workers: Workers = Workers(1))
    throws(Diagnostic) -> LikelihoodPoint
  {
    let rows = try RepeatRows.joined(histories, unit: unit, model: Self.name).all
    return BetaGeometricRows(rows, earlyChances: Self.earlyChances)
      .logLikelihood(at: [r, alpha, a, b], workers: workers)
  }
}
