internal import RekindleNumerics

/// What is believed of a rate before the data.
public struct BetaPrior: Sendable, Hashable {
  /// Successes and failures that the prior is worth; both positive, and 0.05 or more for the accuracy that is
  /// stated.
  public let a: Double
  public let b: Double

  /// - Precondition: both positive and finite.
  public init(_ a: Double, _ b: Double) {
    precondition(a > 0 && b > 0 && a < .infinity && b < .infinity)
    self.a = a
    self.b = b
  }

  /// Every rate is as likely as every other: the default.
  public static let uniform = BetaPrior(1, 1)
  public static let jeffreys = BetaPrior(0.5, 0.5)
}

/// What is known of a rate after the data: Beta(a + successes, b + failures).
public struct BetaPosterior: Sendable, Hashable {
  public let a: Double
  public let b: Double

  public init(_ counts: ProportionCounts, prior: BetaPrior = .uniform) {
    a = prior.a + Double(counts.successes)
    b = prior.b + Double(counts.failures)
  }

  public var mean: Double { a / (a + b) }

  /// The equal-tailed interval that holds the rate with probability `probability`.
  public func interval(probability: Double = 0.95) -> Interval {
    let beta = Beta(a, b)
    return Interval(beta.quantile((1 - probability) / 2), beta.upperQuantile((1 - probability) / 2))
  }

  /// P(rate ≤ x) and P(rate > x) at x = e^t / (1 + e^t). The nearer end is what is passed on, so that a
  /// rate next to 1 keeps its digits.
  func below(_ t: Double) -> Double {
    t <= 0 ? Beta(a, b).cdf(logistic(t)) : Beta(b, a).upperTail(logistic(-t))
  }

  func above(_ t: Double) -> Double {
    t <= 0 ? Beta(a, b).upperTail(logistic(t)) : Beta(b, a).cdf(logistic(-t))
  }

  /// The density of t = ln(x / (1 − x)): x^a (1 − x)^b / B(a, b). It has no pole, whatever a and b.
  func logitDensity(_ t: Double) -> Double {
    let (x, y) = (logistic(t), logistic(-t))
    return (t <= 0 ? Beta(a, b).density(x) : Beta(b, a).density(y)) * x * y
  }

  /// Where, in t, this rate lies with all but 10⁻¹⁸ on each side, cut into parts in each of which its density
  /// and distribution are smooth.
  var logitPanels: [Double] {
    let tails = [1e-18, 1e-14, 1e-11, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 0.05, 0.2]
    let (beta, turned) = (Beta(a, b), Beta(b, a))
    func logit(lowerTail q: Double) -> Double {
      let x = beta.quantile(q)
      return x <= 0.5 ? logarithm(x) - logarithm(onePlus: -x) : -logit(upper: turned.upperQuantile(q))
    }
    func logit(upper y: Double) -> Double { logarithm(y) - logarithm(onePlus: -y) }
    let lower = tails.map { logit(lowerTail: $0) }
    let upper = tails.reversed().map { q in
      let y = turned.quantile(q)
      return y <= 0.5 ? -logit(upper: y) : logit(upper: beta.upperQuantile(q))
    }
    // A prior worth next to nothing reaches further out than numbers do.
    return (lower + [logit(lowerTail: 0.5)] + upper).map { min(max($0, -700), 700) }
  }
}

extension BetaPosterior {
  /// Of the failures' rate.
  var turned: BetaPosterior { BetaPosterior(a: b, b: a) }

  private init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }
}
