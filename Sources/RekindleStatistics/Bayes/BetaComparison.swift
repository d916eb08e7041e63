internal import RekindleNumerics

/// Two rates, each known by its posterior: what is known of their difference and of the lift.
///
/// ```
/// P(p₁ − p₀ ≤ d) = ∫ f₀(x) F₁(x + d) dx,   P(p₁ / p₀ − 1 ≤ l) = ∫ f₀(x) F₁((1 + l) x) dx
/// ```
/// Accurate to 10⁻¹⁰ in the probability, by quadrature.
public struct BetaComparison: Sendable, Hashable {
  public let control: BetaPosterior
  public let variant: BetaPosterior

  public init(control: BetaPosterior, variant: BetaPosterior) {
    self.control = control
    self.variant = variant
  }

  /// With the same `prior` for both arms.
  public init(_ two: TwoProportions, prior: BetaPrior = .uniform) {
    self.init(
      control: BetaPosterior(two.control, prior: prior), variant: BetaPosterior(two.variant, prior: prior))
  }

  /// P(variant > control).
  public var probabilityGreater: Double { BetaBinomial([control, variant]).result().probabilityBest[1] }

  /// P(p₁ − p₀ ≤ `difference`).
  public func probability(differenceUpTo difference: Double) -> Double {
    if difference <= -1 { return 0 }
    if difference >= 1 { return 1 }
    return integral {
      $0 + difference
    } back: {
      $0 - difference
    }
  }

  /// P(p₁ / p₀ − 1 ≤ `lift`).
  public func probability(liftUpTo lift: Double) -> Double {
    if lift <= -1 { return 0 }
    return integral {
      $0 * (1 + lift)
    } back: {
      $0 / (1 + lift)
    }
  }

  /// The equal-tailed interval that holds the difference with probability `probability`.
  public func differenceInterval(probability: Double = 0.95) -> Interval {
    let tail = (1 - probability) / 2
    func end(_ share: Double) -> Double {
      bracketedRoot(from: -1, to: 1, tolerance: 1e-13) { self.probability(differenceUpTo: $0) - share }
    }
    return Interval(end(tail), end(1 - tail))
  }

  /// The equal-tailed interval that holds the lift with probability `probability`.
  public func liftInterval(probability: Double = 0.95) -> Interval {
    let tail = (1 - probability) / 2
    // On the logarithmic scale of the ratio, where it spreads evenly.
    func end(_ share: Double) -> Double {
      func excess(_ u: Double) -> Double {
        self.probability(liftUpTo: exponentialMinusOne(u)) - share
      }
      let start = logarithm(variant.mean / control.mean)
      var width = 1.0
      while excess(start - width) > 0 || excess(start + width) < 0 { width *= 2 }
      let u = bracketedRoot(from: start - width, to: start + width, tolerance: 1e-13, of: excess)
      return exponentialMinusOne(u)
    }
    return Interval(end(tail), end(1 - tail))
  }

  /// ∫ f₀(x) F₁(image(x)) dx, `image` rising; `back` is its inverse.
  private func integral(
    _ image: (Double) -> Double, back: (Double) -> Double
  ) -> Double {
    let own = control.logitPanels
    // The variant's bends, as seen from the control: where its distribution is neither 0 nor 1.
    let bends = (variant.logitPanels.map(logistic) + [0, 1]).map(back).filter { $0 > 0 && $0 < 1 }
      .map { logarithm($0) - logarithm(onePlus: -$0) }
    let panels = Panels(own + bends, within: (own.min() ?? 0)...(own.max() ?? 0), step: 2)
    let distribution = Beta(variant.a, variant.b)
    var total = 0.0
    panels.forEachPoint { t, weight in
      let x = min(max(image(logistic(t)), 0), 1)
      total += weight * control.logitDensity(t) * distribution.cdf(x)
    }
    return min(1, total)
  }
}
