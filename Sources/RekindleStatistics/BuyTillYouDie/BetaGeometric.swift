internal import RekindleNumerics

/// What BG/NBD and MBG/NBD have in common: customers buy as a Poisson process whose rate is gamma
/// distributed (shape r, rate α), and after a purchase leave with a probability that is beta
/// distributed (a, b).
enum BetaGeometric {
  /// Expected purchases of a customer who is there now, in a time t.
  ///
  /// ```
  /// E = (a + b − 1) / (a − 1) · [1 − (α / (α + t))^(a − 1) F(a + b − 1 − r, a − 1; a + b − 1; t / (α + t))]
  /// ```
  /// This is the published formula after Euler's transformation of ₂F₁, whose power cancels the one
  /// before it: a customer with a thousand purchases does not overflow. It has a removable gap at
  /// a = 1 and a + b = 1, which is bridged.
  static func expectedPurchases(r: Double, alpha: Double, a: Double, b: Double, _ t: Double) -> Double {
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

  /// `P(alive)`, given the odds of leaving at the last chance against staying, and the silence since.
  ///
  /// ```
  /// P = 1 / (1 + odds · ((α + T) / (α + t_x))^(r + x))
  /// ```
  static func probabilityAlive(odds: Double, r: Double, alpha: Double, _ history: RepeatHistory) -> Double {
    let silence = logarithm(onePlus: (history.age - history.lastAge) / (alpha + history.lastAge))
    return logistic(-(logarithm(odds) + (r + history.repeats) * silence))
  }

  /// ```
  /// P(nothing in H) = 1 − P(alive) + P(alive) · ((α + T) / (α + T + H))^(r + x)
  /// ```
  static func probabilityOfNoPurchase(
    alive: Double, r: Double, alpha: Double, _ history: RepeatHistory, _ H: Double
  ) -> Double {
    (1 - alive) + alive * exponential(-(r + history.repeats) * logarithm(onePlus: H / (alpha + history.age)))
  }

  /// Where a search may begin.
  static func starts(meanAge: Double) -> [[Double]] {
    [[1, meanAge, 1, 1], [0.3, meanAge / 5, 0.5, 2], [3, meanAge, 1, 5], [1, meanAge / 2, 0.2, 1]]
  }
}
