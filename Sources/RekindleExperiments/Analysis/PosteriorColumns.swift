internal import RekindleStatistics

extension Analyzer {
  /// The probability that the variant is better, and what choosing it is expected to lose.
  func addPosterior(to row: inout ReportRow, of draft: Draft) {
    guard let prior = options.posterior else { return }
    let isLower = draft.metric.better == .lower
    if draft.metric.kind == .proportion, draft.estimator.slice.clusters.isEmpty,
      draft.metric.adjustment == .none
    {
      let counts = [draft.control, draft.variant].map { arm in
        let moments = draft.estimator.slice.arms[arm]
        return ProportionCounts(successes: moments.successes(0), count: moments.count)
      }
      let result = BetaBinomial(counts, prior: BetaPrior(prior.a, prior.b)).result(lowerIsBetter: isLower)
      row.probabilityBetter = result.probabilityBest[1]
      row.expectedLoss = result.expectedLoss[1]
      return
    }
    let effect = row.effect
    guard effect.standardError > 0 else { return }
    // The prior is of the lift, so that it means the same for every metric.
    let spread = prior.liftStandardDeviation * abs(effect.control)
    let posterior = NormalPosterior(
      estimate: effect.difference, standardError: effect.standardError,
      prior: spread > 0 ? NormalPrior(standardDeviation: spread) : .flat)
    row.probabilityBetter = isLower ? posterior.probabilityBelow() : posterior.probabilityAbove()
    row.expectedLoss = isLower ? posterior.expectedExcess() : posterior.expectedShortfall()
  }

  /// Of every arm the probability that it is the best of all, and what choosing it is expected to lose:
  /// of primary metrics, beta-binomial for plain proportions, normal for the rest.
  func bestRows(_ drafts: [Draft]) -> [ReportRow] {
    guard let prior = options.posterior else { return [] }
    var rows: [ReportRow] = []
    for metric in experiment.metrics where metric.role == .primary {
      let own = drafts.filter {
        $0.metric.name == metric.name && $0.control == control && $0.row.segment == "overall"
      }
      guard own.count > 1 || pairs.count > 1, let first = own.first else { continue }
      let slice = first.estimator.slice
      let arms = [control] + own.map(\.variant)
      let values = [first.row.effect.control] + own.map(\.row.effect.variant)
      let found: BetaBinomial.Result?
      if slice.isPlainProportion {
        let counts = arms.map {
          ProportionCounts(successes: slice.arms[$0].successes(0), count: slice.arms[$0].count)
        }
        found = BetaBinomial(counts, prior: BetaPrior(prior.a, prior.b))
          .result(lowerIsBetter: metric.better == .lower)
      } else {
        let known = [first.estimate.arms?.controlVariance] + own.map { $0.estimate.arms?.variantVariance }
        found = normal(
          values, variances: known.map { $0 ?? .nan },
          spread: prior.liftStandardDeviation * abs(first.row.effect.control)
        ).result(lowerIsBetter: metric.better == .lower)
      }
      guard let found else { continue }
      for (place, arm) in arms.enumerated() {
        let effect = Effect(
          control: .nan, variant: values[place], difference: .nan, standardError: .nan,
          differenceInterval: .undefined, lift: .nan, liftInterval: .undefined,
          method: slice.isPlainProportion ? "beta_binomial" : "normal_posterior", degreesOfFreedom: nil,
          statistic: .nan, pValue: .nan)
        var row = row(
          .best, metric, slice, segment: "overall", pair: (control: control, variant: arm),
          estimate: Estimate(effect: effect))
        row.control = "all other arms"
        row.controlCount = arms.reduce(0) { $0 + slice.arms[$1].count } - slice.arms[arm].count
        row.excludedCount = 0
        row.cappedCount = 0
        row.probabilityBetter = found.probabilityBest[place]
        row.expectedLoss = found.expectedLoss[place]
        rows.append(row)
      }
    }
    return rows
  }

  /// Every arm's mean drawn to the mean of all, as a prior of this spread of differences asks for.
  private func normal(_ values: [Double], variances: [Double], spread: Double) -> NormalArms {
    guard spread > 0, spread.isFinite else {
      return NormalArms(means: values, standardDeviations: variances.map { $0.squareRoot() })
    }
    let weights = variances.map { 1 / $0 }
    let centre = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    // Two independent arms of this spread differ by `spread`.
    let prior = NormalPrior(mean: centre, standardDeviation: spread / 2.0.squareRoot())
    let posteriors = zip(values, variances).map {
      NormalPosterior(estimate: $0, standardError: $1.squareRoot(), prior: prior)
    }
    return NormalArms(
      means: posteriors.map(\.mean), standardDeviations: posteriors.map(\.standardDeviation))
  }
}
