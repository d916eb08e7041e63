internal import RekindleCore
internal import RekindleStatistics

extension Estimator {
  /// Arms smaller than this are compared by Boschloo's exact test.
  static let exactBelow = 1000

  /// Score test and Miettinen-Nurminen's intervals; the exact p-value where an arm is small.
  func proportion(
    control: Int, variant: Int, confidence: Double, knownP: Double?
  ) throws(Diagnostic) -> Estimate {
    let counts = [control, variant].map { arm in
      ProportionCounts(successes: slice.arms[arm].successes(0), count: slice.arms[arm].count)
    }
    let two = TwoProportions(control: counts[0], variant: counts[1])
    let isSmall = counts.contains { $0.count < Self.exactBelow }
    let name = slice.metric.method ?? (isSmall ? "boschloo" : ProportionMethod.miettinenNurminen.rawValue)
    var estimate: Estimate
    guard let method = ProportionMethod(rawValue: name) else {
      throw unknownMethod(name, known: ProportionMethod.allCases.map(\.rawValue))
    }
    if let knownP, [.boschloo, .barnard].contains(method) {
      // The intervals beside the unconditional tests are the score's; only they change.
      estimate = Estimate(effect: two.effect(confidence: confidence))
      estimate.effect.method = name
      estimate.effect.statistic = .nan
      estimate.effect.pValue = knownP
    } else {
      estimate = Estimate(effect: two.effect(method: method, confidence: confidence))
    }
    estimate.arms = EstimatedArms(
      control: counts[0].rate, variant: counts[1].rate, controlVariance: rateVariance(counts[0]),
      variantVariance: rateVariance(counts[1]), reference: .normal, method: name)
    if counts.allSatisfy({ $0.count > 0 }) {
      let (x, n) = (counts[0].successes + counts[1].successes, counts[0].count + counts[1].count)
      if x == 0 || x == n { estimate.warnings.append(EstimateFinding.noVariance.words) }
    } else {
      if counts[0].count == 0 { estimate.warnings.append(EstimateFinding.noUnits(.control).words) }
      if counts[1].count == 0 { estimate.warnings.append(EstimateFinding.noUnits(.variant).words) }
    }
    return estimate
  }

  private func rateVariance(_ counts: ProportionCounts) -> Double {
    counts.count > 0 ? counts.rate * (1 - counts.rate) / Double(counts.count) : .nan
  }
}
