internal import RekindleNumerics

/// Whether an effect wears off or builds up with the days.
///
/// ```
/// wᵢ = 1/sᵢ²,   x̄ = Σ w x / Σ w
/// slope     = Σ w (x − x̄) y / Σ w (x − x̄)²,   Var = 1 / Σ w (x − x̄)²
/// contrast  = mean of the first days − mean of the rest, each weighted by w
/// ```
/// x is the day, y its effect, s the standard error. The slope sees a steady change, the contrast a burst
/// of the first days; the reading takes whichever speaks louder, its p-value doubled for the choice.
///
/// The days must not share customers: they are cohorts by day of first exposure. Effects of the same
/// customers on different days depend on each other, and this test does not know it.
public struct EffectByDay: Sendable, Hashable {
  public struct Day: Sendable, Hashable {
    /// Counted from the start; days may be missing.
    public var number: Int
    public var effect: Double
    public var standardError: Double

    public init(_ number: Int, effect: Double, standardError: Double) {
      self.number = number
      self.effect = effect
      self.standardError = standardError
    }
  }

  public enum Reading: String, Sendable, Hashable, Codable, CaseIterable {
    case noTrend = "no_trend"
    /// The effect comes nearer to 0: a novelty.
    case fading
    /// It moves away from 0: customers learn.
    case growing
    /// Fewer than three days, or no day on one side of the contrast.
    case tooFewDays = "too_few_days"
  }

  /// A number, tested against 0 by the normal distribution.
  public struct Test: Sendable, Hashable {
    public let estimate: Double
    public let standardError: Double
    public let statistic: Double
    public let pValue: Double
  }

  /// Change of the effect a day.
  public let slope: Test
  /// First days less the rest.
  public let contrast: Test
  /// How many days counted as the first ones.
  public let firstDays: Int
  /// Of the reading: twice the smaller of the two p-values, at most 1.
  public let pValue: Double
  public let reading: Reading

  /// - Parameters:
  ///   - days: in any order; those without a finite effect or a positive standard error do not count.
  ///   - firstDays: how many of the earliest days are set against the rest.
  ///   - alpha: below which p-value a trend is spoken of.
  public init(days: [Day], firstDays: Int = 3, alpha: Double = 0.05) {
    self.firstDays = firstDays
    let usable = days.filter { $0.effect.isFinite && $0.standardError.isFinite && $0.standardError > 0 }
      .sorted { ($0.number, $0.effect) < ($1.number, $1.effect) }
    let first = EffectByDay.mean(usable.prefix(firstDays))
    let rest = EffectByDay.mean(usable.dropFirst(firstDays))
    contrast = EffectByDay.test(first.value - rest.value, variance: first.variance + rest.variance)

    let w = usable.map { 1 / ($0.standardError * $0.standardError) }
    let total = w.reduce(0, +)
    let centre = zip(w, usable).reduce(0) { $0 + $1.0 * Double($1.1.number) } / total
    let x = usable.map { Double($0.number) - centre }
    let spread = zip(w, x).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    var moved = 0.0
    for i in usable.indices { moved += w[i] * x[i] * usable[i].effect }
    slope = EffectByDay.test(moved / spread, variance: 1 / spread)

    guard usable.count >= 3, slope.pValue.isFinite, contrast.pValue.isFinite else {
      pValue = .nan
      reading = .tooFewDays
      return
    }
    pValue = min(1, 2 * min(slope.pValue, contrast.pValue))
    let early: Double
    let late: Double
    if contrast.pValue < slope.pValue {
      (early, late) = (first.value, rest.value)
    } else {
      let level = EffectByDay.mean(usable[...]).value
      early = level + slope.estimate * (x.first ?? 0)
      late = level + slope.estimate * (x.last ?? 0)
    }
    reading = pValue > alpha ? .noTrend : abs(late) < abs(early) ? .fading : .growing
  }

  /// One sentence.
  public var message: String {
    switch reading {
    case .noTrend: "no trend: the effect is the same on the first days as later, as far as can be told"
    case .fading: "fading: the effect comes nearer to 0 with the days, so the average promises too much"
    case .growing: "growing: the effect moves away from 0 with the days, so the average says too little"
    case .tooFewDays: "too few days to tell a trend"
    }
  }

  private static func mean(_ days: ArraySlice<Day>) -> (value: Double, variance: Double) {
    var (weights, sum) = (0.0, 0.0)
    for day in days {
      let w = 1 / (day.standardError * day.standardError)
      weights += w
      sum += w * day.effect
    }
    return (sum / weights, 1 / weights)
  }

  private static func test(_ estimate: Double, variance: Double) -> Test {
    let error = variance.squareRoot()
    let usable = error.isFinite && error > 0
    let statistic = usable ? estimate / error : .nan
    return Test(
      estimate: estimate, standardError: usable ? error : .nan, statistic: statistic,
      pValue: usable ? ReferenceLaw(degreesOfFreedom: nil).pValue(statistic, .twoSided) : .nan)
  }
}
