internal import RekindleStatistics

/// The checks of one metric's outcomes.
struct OutcomeHealth {
  let metric: Metric
  let moments: MetricMoments
  let experiment: Experiment
  let tally: UnitTally
  let arms: [Int]

  var checks: [HealthCheck] {
    ([immature, missing, constant, capped].compactMap { $0 }) + outliers + skewed
      + [unusedCovariates, permutedFreely].compactMap { $0 }
  }

  private func total(_ counts: [Int]) -> Int { arms.reduce(0) { $0 + counts[$1] } }

  private var immature: HealthCheck? {
    guard metric.matureAfterDays != nil else { return nil }
    let count = total(moments.immature)
    let share = Double(count) / Double(max(1, total(tally.assigned)))
    return HealthCheck(
      "immature", metric: metric.name, share > 0.5 ? .warn : .pass,
      figures: [.init("units", Double(count)), .init("share", share)],
      "\(shownCount(count, "unit")) (\(shownShare(share))) \(count == 1 ? "is" : "are") younger than the metric's window and are "
        + "left out of \(metric.name).")
  }

  private var missing: HealthCheck? {
    let count = total(moments.missing)
    guard count > 0 else { return nil }
    let measured = arms.map { moments.overall[$0].count + moments.missing[$0] }
    let test = HomogeneityTest(marked: arms.map { moments.missing[$0] }, of: measured)
    let fails = test.pValue < HealthLimit.fail
    return HealthCheck(
      "missing_outcome", metric: metric.name, fails ? .fail : test.share > 0.1 ? .warn : .pass,
      figures: [.init("units", Double(count)), .init("share", test.share), .init("p", test.pValue)],
      "\(shownCount(count, "unit")) (\(shownShare(test.share))) \(count == 1 ? "has" : "have") no \(metric.name), left out"
        + (fails
          ? ", not equally often in all arms (p \(shownP(test.pValue))): write 0 where nothing happened."
          : "."))
  }

  private var constant: HealthCheck? {
    let parts = arms.map { moments.overall[$0] }.filter { $0.count > 1 }
    guard !parts.isEmpty, parts.allSatisfy({ $0.crossProduct(0, 0) == 0 }),
      parts.allSatisfy({ $0.means[0] == parts[0].means[0] })
    else { return nil }
    if case .quantile = metric.kind { return nil }
    return HealthCheck(
      "constant_outcome", metric: metric.name, metric.role == .primary ? .fail : .warn,
      figures: [.init("value", parts[0].means[0])],
      "\(metric.name) is \(significant(parts[0].means[0], 4)) for every unit: check that it is measured.")
  }

  private var capped: HealthCheck? {
    guard let cap = moments.cap else { return nil }
    let count = total(moments.capped)
    let share = Double(count) / Double(max(1, arms.reduce(0) { $0 + moments.overall[$1].count }))
    let isBad = share > 0.05 || cap <= 0
    return HealthCheck(
      "capped", metric: metric.name, isBad ? .warn : .pass,
      figures: [.init("cap", cap), .init("units", Double(count)), .init("share", share)],
      "\(shownCount(count, "unit")) (\(shownShare(share))) \(count == 1 ? "has" : "have") more \(metric.name) than the cap of "
        + "\(significant(cap, 4))"
        + (cap <= 0 ? ", which leaves nothing of it: choose a higher share." : "."))
  }

  private var outliers: [HealthCheck] {
    guard let control = experiment.arms.firstIndex(where: { $0.name == experiment.control }) else {
      return []
    }
    // A share has no outlier; a quantile does not feel one.
    switch metric.kind {
    case .proportion, .quantile: return []
    case .mean, .ratio: break
    }
    return arms.filter { $0 != control }.compactMap { arm -> HealthCheck? in
      guard let outlier = Outlier(moments, control: control, variant: arm) else { return nil }
      let variant = experiment.arms[arm].name
      return HealthCheck(
        "outlier", metric: metric.name, .warn,
        figures: [
          .init("value", outlier.extreme.value), .init("diff", outlier.difference),
          .init("diff_without", outlier.differenceWithout),
        ],
        "Unit \(outlier.name) of \(experiment.arms[outlier.arm].name), with \(metric.name) "
          + "\(significant(outlier.extreme.value, 6)), makes most of the difference of \(variant) to "
          + "\(experiment.control): \(significant(outlier.difference, 4)) with it, "
          + "\(significant(outlier.differenceWithout, 4)) without"
          + (metric.cap == nil ? ". Set a cap." : "."))
    }
  }

  /// Of a mean that is compared by the normal distribution: whether its tail and the arms' sizes allow it.
  private var skewed: [HealthCheck] {
    guard metric.kind == .mean, metric.method != "permutation", moments.clusters.isEmpty,
      let control = experiment.arms.firstIndex(where: { $0.name == experiment.control })
    else { return [] }
    let column = moments.plan.place(.capped) ?? 0
    let thirds = moments.thirdMoments
    guard thirds.count == moments.overall.count else { return [] }
    return arms.filter { $0 != control }.compactMap { arm -> HealthCheck? in
      guard
        let skewness = Skewness(
          control: moments.overall[control], variant: moments.overall[arm], column: column,
          thirdMoments: (thirds[control], thirds[arm])),
        abs(skewness.ofDifference) > Skewness.bound
      else { return nil }
      return HealthCheck(
        "skewness", metric: metric.name, .warn,
        figures: [.init("skewness", skewness.ofDifference)],
        "The values of \(metric.name) are too skewed for arms of such sizes: an interval of "
          + "\(experiment.arms[arm].name) against \(experiment.control) misses more often than promised "
          + "(skewness of the difference \(significant(skewness.ofDifference, 2))). "
          + "Use method: permutation\(metric.cap == nil ? ", or set a cap" : "").")
    }
  }

  /// Clusters are compared by their sums, without covariates.
  private var unusedCovariates: HealthCheck? {
    guard !moments.clusters.isEmpty, metric.adjustment != .none else { return nil }
    return HealthCheck(
      "unused_covariates", metric: metric.name, .warn,
      "\(metric.name) is not adjusted by \(adjustedBy): with units in clusters there is no adjustment. "
        + "Balance the clusters when they are assigned, or leave the adjustment out.")
  }

  private var adjustedBy: String {
    metric.adjustment == .postStratified ? "strata" : metric.covariates.joined(separator: ", ")
  }

  /// The deals that were thrown away are not thrown away again.
  private var permutedFreely: HealthCheck? {
    guard metric.method == "permutation", experiment.batch?.balance != nil, moments.dealtValues.isEmpty
    else { return nil }
    return HealthCheck(
      "permutation", metric: metric.name, .warn,
      "The units were dealt until their covariates balanced, and \(metric.name) is permuted as if the "
        + "first deal had been taken: its p-value and interval are on the safe side. Analyse "
        + "the assignment with its record beside it (--dealt), or adjust for the covariates.")
  }
}
