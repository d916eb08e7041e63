internal import RekindleNumerics
internal import RekindleStatistics

extension UnitHealth {
  /// Whether the arms have the shares of the units that were planned.
  ///
  /// Of clusters it counts clusters, which are what was dealt. Where somebody looks every day the test may
  /// be looked at every day, too. It reads the units so far as one lot and not in the order of their
  /// exposures: its Bayes factor depends on the counts alone, and arms that differ in the time of sending
  /// are exposed on different days by design.
  var sampleRatio: HealthCheck? {
    let clusters = moments.clusters.isEmpty ? nil : moments.metrics.first?.clusters
    let counts = experiment.arms.indices.map { arm in
      clusters.map { $0.count { $0[arm].count > 0 } } ?? tally.assigned[arm]
    }
    let weights = experiment.arms.map(\.weight)
    guard counts.contains(where: { $0 > 0 }) else { return nil }
    if let phases = phaseRatio { return phases }
    let test = SampleRatio(counts: counts, weights: weights).test()
    if !test.unplannedArms.isEmpty {
      return HealthCheck(
        "sample_ratio", .fail, figures: [.init("p", test.pValue)],
        "\(names(test.unplannedArms)) should have no unit and has "
          + "\(shownCount(test.unplannedArms.reduce(0) { $0 + counts[$1] })): "
          + "the assignment did not follow the plan.")
    }
    guard arms.count > 1 else { return nil }
    guard !hasChangedWeights else {
      return HealthCheck(
        "sample_ratio", .warn, figures: [.init("statistic", test.statistic)],
        "The weights changed during the ramp, so the arms' shares cannot be tested together.")
    }
    var (p, how) = (test.pValue, test.method.rawValue)
    if looksDaily {
      var sequential = SequentialSampleRatio(weights: weights)
      sequential.observe(counts)
      (p, how) = (sequential.pValue, "always_valid")
    }
    let verdict = verdict(p)
    let shares = arms.map {
      "\(moments.arms[$0]) \(shownCount(counts[$0])) for \(shownCount(Int(test.expected[$0].rounded())))"
    }
    return HealthCheck(
      "sample_ratio", verdict,
      figures: [
        .init("statistic", test.statistic), .init("df", Double(test.degreesOfFreedom)), .init("p", p),
      ],
      verdict == .pass
        ? "The arms have the planned shares (\(how), p \(shownP(p)))."
        : "The arms do not have the planned shares: \(shares.joined(separator: ", ")) "
          + "(\(how), p \(shownP(p)))."
          + (verdict == .fail ? " Find where units are lost before reading any effect." : ""))
  }

  /// Whether units of different phases of the ramp are set against each other.
  ///
  /// An arm that had a larger share later has the customers of later days, whatever it does to them: pooled
  /// over the phases the arms differ without any effect. Only a comparison within the strata, which name the
  /// phases, is free of that.
  var mixedPhases: HealthCheck? {
    guard hasChangedWeights else { return nil }
    let arePooled = experiment.metrics.contains { $0.adjustment != .postStratified }
    let plans = experiment.ramp.map { experiment.weights(of: $0) }
    let late = experiment.arms.indices.filter { arm in plans.contains { $0[arm] == 0 } }
    guard arePooled || moments.strata.isEmpty || !late.isEmpty else {
      return HealthCheck(
        "phases", .pass, figures: [],
        "The weights changed during the ramp, and arms are compared within strata.")
    }
    return HealthCheck(
      "phases", .fail, figures: [.init("phases", Double(plans.count))],
      "The weights changed during the ramp: an arm with more of the later units differs from the others "
        + "without any effect. Analyse the units of one phase"
        + (late.isEmpty
          ? ", or compare within the assignment's strata (adjustment: post_stratified)."
          : "; \(names(late)) had no units in some."))
  }

  private var hasChangedWeights: Bool {
    Set(experiment.ramp.map { experiment.weights(of: $0) }).count > 1
  }

  /// Of a ramp whose weights changed: each phase against its own weights, as far as the strata name the
  /// phases, as an assignment's do.
  ///
  /// ```
  /// X² = Σ_phases Σ_arms (count − expected)² / expected,   Σ_phases (arms − 1) degrees of freedom
  /// ```
  private var phaseRatio: HealthCheck? {
    let plans = experiment.ramp.map { experiment.weights(of: $0) }
    guard Set(plans).count > 1 else { return nil }
    let named = moments.strata.map { phase(of: $0) }
    guard tally.byStratum.count == named.count, named.contains(where: { $0 != nil }) else { return nil }
    var counts = plans.map { $0.map { _ in 0 } }
    for (stratum, arms) in zip(named, tally.byStratum) {
      // The first phase goes without saying where there are other strata.
      let place = stratum ?? 0
      guard place < plans.count else { return nil }
      for arm in plans[place].indices { counts[place][arm] += arms[arm] }
    }
    let known = counts.reduce(0) { $0 + $1.reduce(0, +) }
    guard known == experiment.arms.indices.reduce(0, { $0 + tally.assigned[$1] }) else { return nil }
    let tests = zip(counts, plans).filter { $0.0.contains { $0 > 0 } }
      .map { SampleRatio(counts: $0, weights: $1).test() }
    let unplanned = Set(tests.flatMap(\.unplannedArms)).sorted()
    let statistic = tests.reduce(0) { $0 + $1.statistic }
    let degrees = tests.reduce(0) { $0 + $1.degreesOfFreedom }
    let p = degrees > 0 ? ChiSquared(degreesOfFreedom: Double(degrees)).upperTail(statistic) : 1
    let verdict = unplanned.isEmpty ? verdict(p) : .fail
    let found =
      unplanned.isEmpty
      ? "The arms \(verdict == .pass ? "have" : "do not have") the planned shares of each phase of the "
        + "ramp (p \(shownP(p)))."
      : "\(names(unplanned)) should have no unit in a phase of the ramp and has some."
    return HealthCheck(
      "sample_ratio", verdict,
      figures: [.init("statistic", statistic), .init("df", Double(degrees)), .init("p", p)],
      found + (verdict == .fail ? " Find where units are lost before reading any effect." : ""))
  }

  /// The 0-based phase that a stratum's name tells of: `north/phase 2`.
  private func phase(of stratum: String) -> Int? {
    for part in stratum.split(separator: "/") where part.hasPrefix("phase ") {
      if let number = Int(part.dropFirst(6)), number >= 1 { return number - 1 }
    }
    return nil
  }
}
