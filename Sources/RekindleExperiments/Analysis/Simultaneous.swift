internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// Corrections that know how comparisons hang together: many arms with one control, or all pairs.
extension Analyzer {
  /// Within each metric the arms are compared together; several metrics share alpha (Bonferroni).
  func simultaneous(
    _ drafts: inout [Draft], family: [Int], _ looks: PlannedLooks? = nil
  ) throws(Diagnostic) {
    let metrics = experiment.metrics.filter { metric in
      family.contains { drafts[$0].metric.name == metric.name }
    }
    for metric in metrics {
      let own = family.filter { drafts[$0].metric.name == metric.name }
      let share = Double(metrics.count)
      let confidence = try looks?.confidence(1 - alpha / share) ?? 1 - alpha / share
      let groups = [control] + variants
      guard own.allSatisfy({ drafts[$0].estimate.arms != nil }) else {
        // A quantile by values or a permutation has no joint law to lean on.
        try adjust(&drafts, family: own, by: .holm, alpha: alpha / share, looks)
        continue
      }
      let together = together(drafts, own, groups: groups, confidence: confidence)
      for place in own {
        guard let a = groups.firstIndex(of: drafts[place].control),
          let b = groups.firstIndex(of: drafts[place].variant),
          let found = together.comparisons.first(where: { ($0.control, $0.variant) == (a, b) }),
          let arms = drafts[place].estimate.arms
        else {
          drafts[place].row.correction = together.method
          drafts[place].row.adjustedP = .nan
          continue
        }
        var row = drafts[place].row
        row.correction = looks == nil ? together.method : "group_sequential_\(together.method)"
        let adjusted = looks?.pValue(found.adjustedPValue) ?? found.adjustedPValue
        row.adjustedP = min(1, share * adjusted)
        row.effect.method = together.method
        row.effect.pValue = found.pValue
        row.effect.statistic = found.statistic
        row.effect.standardError = found.standardError
        row.effect.degreesOfFreedom = found.degreesOfFreedom
        row.effect.differenceInterval = found.interval
        // The lift at the same number of standard errors.
        let level = arms.twoSidedTail(found.criticalValue)
        row.effect.liftInterval = arms.effect(confidence: 1 - level).liftInterval
        drafts[place].row = row
      }
    }
  }

  private func together(
    _ drafts: [Draft], _ own: [Int], groups: [Int], confidence: Double
  ) -> SimultaneousComparisons {
    let slice = drafts[own[0]].estimator.slice
    let isPlain = slice.metric.adjustment == .none && slice.clusters.isEmpty && slice.metric.kind == .mean
    let moments = groups.map { slice.arms[$0] }
    switch experiment.correction {
    case .tukey where isPlain:
      return AllPairs.tukeyKramer(moments, column: slice.outcome).comparisons(confidence: confidence)
    case .gamesHowell where isPlain:
      return AllPairs.gamesHowell(moments, column: slice.outcome).comparisons(confidence: confidence)
    case .tukey, .gamesHowell:
      // Each arm's own value, read off its comparison with the control.
      let estimates = own.map { drafts[$0] }.filter { $0.control == control }
      let first = estimates.first?.estimate.arms
      let values = [first?.control ?? .nan] + estimates.map { $0.estimate.arms?.variant ?? .nan }
      let variances =
        [first?.controlVariance ?? .nan] + estimates.map { $0.estimate.arms?.variantVariance ?? .nan }
      let degrees =
        [first?.ownDegrees.control ?? .infinity]
        + estimates.map { $0.estimate.arms?.ownDegrees.variant ?? .infinity }
      return AllPairs.gamesHowell(
        values: values, standardErrors: variances.map { $0.squareRoot() }, degreesOfFreedom: degrees
      ).comparisons(confidence: confidence)
    default:
      let arms = own.compactMap { drafts[$0].estimate.arms }
      return Dunnett(
        differences: arms.map(\.difference), standardErrors: arms.map(\.standardError),
        controlStandardErrors: arms.map { $0.controlVariance.squareRoot() },
        degreesOfFreedom: arms.map { $0.degreesOfFreedom() ?? .infinity }
      ).comparisons(confidence: confidence)
    }
  }
}

extension EstimatedArms {
  /// Of each arm's variance.
  fileprivate var ownDegrees: (control: Double, variant: Double) {
    switch reference {
    case .normal: (.infinity, .infinity)
    case .student(let both): (both, both)
    case .welch(let control, let variant): (control, variant)
    }
  }

  /// P(|T| ≥ t) of the distribution that the difference is referred to.
  fileprivate func twoSidedTail(_ t: Double) -> Double {
    let tail = degreesOfFreedom().map { StudentT(degreesOfFreedom: $0).upperTail(t) }
    return 2 * (tail ?? Normal().upperTail(t))
  }
}
