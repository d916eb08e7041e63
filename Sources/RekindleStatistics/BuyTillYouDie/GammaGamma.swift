public import RekindleCore
internal import RekindleNumerics

/// What a customer spent on repeat purchases.
public struct SpendHistory: Sendable, Hashable {
  /// Purchase days that the mean is over: x.
  public var repeats: Double
  /// Mean spend of such a day: m_x > 0, in the shop's currency; NaN without repeats.
  public var mean: Double

  public init(repeats: Double, mean: Double) {
    self.repeats = repeats
    self.mean = mean
  }

  /// Whether the model can learn from it.
  public var isUsable: Bool { repeats > 0 && mean > 0 && mean.isFinite }
}

/// The gamma-gamma model of how much a customer spends on a purchase day.
///
/// ```
/// z ~ Gamma(shape p, rate ν),  ν ~ Gamma(shape q, rate v)
/// ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln m_x + px ln x − (px+q) ln(v + m_x x)
/// ```
/// Spend is taken to be independent of how often a customer buys; where it is not, values of the best
/// customers are too low or too high (`SpendHistory` and `RepeatHistory` correlate).
///
/// Source: P. Fader, B. Hardie, "The gamma-gamma model of monetary value", 2013.
public struct GammaGamma: Sendable, Hashable {
  public let p: Double
  public let q: Double
  /// In the shop's currency.
  public let v: Double

  public init(p: Double, q: Double, v: Double) {
    self.p = p
    self.q = q
    self.v = v
  }

  /// Maximum likelihood over the customers with repeats whose spend is positive; the others are left
  /// out (`fit.count` says how many were used).
  /// - Throws: `RK0901` when the likelihood has no maximum; `RK0904` when fewer than three customers
  ///   can be used.
  public static func fit(_ spends: [SpendHistory], workers: Workers = Workers(1)) throws(Diagnostic)
    -> Fitted<GammaGamma>
  {
    let usable = spends.filter(\.isUsable)
    guard usable.count >= 3 else {
      throw Diagnostic(
        "RK0904", "\(usable.count) of \(spends.count) customers have repeat purchases with a positive spend",
        help: "the gamma-gamma model has three parameters and needs many more customers than that")
    }
    let (rows, sample) = SpendRows.joined(usable)
    let mean = rows.meanSpend
    let (theta, fit) = try LikelihoodSearch(names: ["p", "q", "v"], model: "gamma-gamma", workers: workers)
      .maximum(
        of: rows, sample: sample, starts: [[2, 2, mean], [6, 4, mean / 2], [1, 3, mean * 3]])
    return Fitted(model: GammaGamma(p: theta[0], q: theta[1], v: theta[2]), fit: fit)
  }

  public func logLikelihood(_ spend: SpendHistory) -> Double {
    guard spend.isUsable else { return .nan }
    let (x, sum) = (spend.repeats, spend.mean * spend.repeats)
    return logGamma(p * x + q) - logGamma(p * x) - logGamma(q) + q * logarithm(v)
      + p * x * logarithm(sum) - logarithm(spend.mean) - (p * x + q) * logarithm(v + sum)
  }

  /// The sum over a population as the fit sees it, which writes it another way than `logLikelihood`.
  package func likelihoodPoint(_ spends: [SpendHistory], workers: Workers = Workers(1)) -> LikelihoodPoint {
    SpendRows.joined(spends.filter(\.isUsable)).all.logLikelihood(at: [p, q, v], workers: workers)
  }

  /// The mean spend of the population, `p v / (q − 1)`; NaN for q ≤ 1, where it does not exist.
  public var populationMean: Double { q > 1 ? p * v / (q - 1) : .nan }

  /// The expected spend of the customer's next purchase day: the own mean drawn towards the
  /// population's.
  ///
  /// ```
  /// E = p (v + m_x x) / (p x + q − 1)
  /// ```
  /// Without usable spend it is the population's mean.
  public func expectedSpend(_ spend: SpendHistory) -> Double {
    guard spend.isUsable else { return populationMean }
    let denominator = p * spend.repeats + q - 1
    return denominator > 0 ? p * (v + spend.mean * spend.repeats) / denominator : .nan
  }
}
