internal import RekindleStatistics

/// The checks of who is in the experiment, whatever was measured.
struct UnitHealth {
  let moments: ExperimentMoments
  let experiment: Experiment
  /// Those with a weight.
  let arms: [Int]
  /// Whether somebody looks every day, whatever the plan lets one see of the effects.
  let looksDaily: Bool

  var tally: UnitTally { moments.tally }
  private var units: Int { tally.assigned.reduce(0, +) }

  var checks: [HealthCheck] {
    [
      sampleRatio, mixedPhases, emptyArm, unassigned, missingIDs, crossovers, duplicates, exposure, balance,
      smallestCell,
      clusters,
    ]
    .compactMap { $0 }
  }

  func names(_ arms: [Int]) -> String { arms.map { moments.arms[$0] }.joined(separator: ", ") }

  private var emptyArm: HealthCheck? {
    let empty = arms.filter { tally.assigned[$0] == 0 }
    guard !empty.isEmpty else { return nil }
    return HealthCheck(
      "empty_arm", .fail, figures: [.init("arms", Double(empty.count))],
      "No unit is in \(names(empty)): check the assignment file, or the names of the arms.")
  }

  private var unassigned: HealthCheck? {
    guard tally.unassigned > 0 else { return nil }
    return HealthCheck(
      "unassigned", .pass, figures: [.init("rows", Double(tally.unassigned))],
      "\(shownCount(tally.unassigned, "row", ("names no arm and is", "name no arm and are"))) left out.")
  }

  private var smallestCell: HealthCheck {
    let smallest = arms.min { tally.assigned[$0] < tally.assigned[$1] }
    let count = smallest.map { tally.assigned[$0] } ?? 0
    let name = smallest.map { moments.arms[$0] } ?? "–"
    let isSmall = count > 0 && count < 100
    return HealthCheck(
      "smallest_cell", isSmall ? .warn : .pass, figures: [.init("units", Double(count))],
      "The smallest arm is \(name) with \(shownCount(count, "unit"))"
        + (isSmall ? ": intervals of means lean on the normal distribution there." : "."))
  }

  /// Of sums nobody expects ids: whoever summed had them.
  private var missingIDs: HealthCheck? {
    guard !tally.knowsUnits, !tally.isSummed else { return nil }
    return HealthCheck(
      "unit_ids", .warn,
      "The units have no ids: one that is in two arms, or comes twice, cannot be found. Add the column, or "
        + "name it in the project file: columns: {id: …}.")
  }

  private var crossovers: HealthCheck? {
    guard tally.knowsUnits else { return nil }
    let share = Double(tally.crossoverUnits) / Double(max(1, units + tally.crossovers.reduce(0, +)))
    let figures = [
      HealthCheck.Figure("units", Double(tally.crossoverUnits)), HealthCheck.Figure("share", share),
    ]
    guard tally.crossoverUnits > 0 else {
      return HealthCheck("crossovers", .pass, figures: figures, "No unit is in two arms.")
    }
    return HealthCheck(
      "crossovers", share > 0.01 ? .fail : .warn, figures: figures,
      "\(shownCount(tally.crossoverUnits, "unit", ("is", "are"))) in two arms or more "
        + "(\(examples(tally.crossoverExamples))); left out: "
        + "\(shownCount(tally.crossovers.reduce(0, +), "row"))."
        + (share > 0.01 ? " That many point to a broken assignment." : ""))
  }

  private var duplicates: HealthCheck? {
    guard tally.knowsUnits else { return nil }
    let count = tally.duplicates.reduce(0, +)
    let share = Double(count) / Double(max(1, units))
    let figures = [HealthCheck.Figure("rows", Double(count)), HealthCheck.Figure("share", share)]
    guard count > 0 else {
      return HealthCheck("duplicates", .pass, figures: figures, "No unit comes twice.")
    }
    return HealthCheck(
      "duplicates", share > 0.01 ? .fail : .warn, figures: figures,
      "\(shownCount(count, "row", ("repeats", "repeat"))) a unit (\(examples(tally.duplicateExamples))), left out."
        + (share > 0.01 ? " The file may have a row an event instead of a row a unit." : ""))
  }

  private func examples(_ ids: [String]) -> String {
    let shown = ids.prefix(3).joined(separator: ", ")
    return ids.count > 3 ? shown + ", …" : shown
  }

  private var exposure: HealthCheck? {
    guard tally.knowsExposure else { return nil }
    // An arm that has not been sent yet, such as that of a later hour, says nothing about losses.
    let waiting = arms.filter { tally.assigned[$0] > 0 && tally.unexposed[$0] == tally.assigned[$0] }
    let sent = arms.filter { !waiting.contains($0) }
    let test = HomogeneityTest(
      marked: sent.map { tally.unexposed[$0] }, of: sent.map { tally.assigned[$0] })
    let count = tally.unexposed.reduce(0, +)
    let fails = test.pValue < HealthLimit.fail
    let share = Double(count) / Double(max(1, arms.reduce(0) { $0 + tally.assigned[$1] }))
    return HealthCheck(
      "exposure", fails ? .fail : waiting.isEmpty ? .pass : .warn,
      figures: [
        .init("unexposed", Double(count)), .init("share", share), .init("p", test.pValue),
      ],
      "\(shownCount(count, "assigned unit")) (\(shownShare(share))) \(count == 1 ? "was" : "were") never exposed "
        + "and \(count == 1 ? "is" : "are") left out"
        + (fails
          ? ", and not equally often in all arms (p \(shownP(test.pValue))): what is left cannot be compared."
          : ".") + (waiting.isEmpty ? "" : " No unit of \(names(waiting)) has been exposed yet."))
  }

  private var balance: HealthCheck? {
    guard let test = BalanceTest(moments.balance, arms: arms) else { return nil }
    let verdict = verdict(test.pValue)
    let worst = test.worst.map {
      " The largest difference is in \($0.name): \(significant($0.shift, 2)) standard deviations."
    }
    return HealthCheck(
      "balance", verdict,
      figures: [
        .init("statistic", test.statistic), .init("df", test.degreesOfFreedom), .init("p", test.pValue),
      ],
      verdict == .pass
        ? "The arms are alike in their covariates (p \(shownP(test.pValue)))."
        : "The arms differ in what was known before the exposure (p \(shownP(test.pValue)))."
          + (worst ?? ""))
  }

  func verdict(_ p: Double) -> HealthCheck.Verdict {
    p < HealthLimit.fail ? .fail : p < HealthLimit.warn ? .warn : .pass
  }

  private var clusters: HealthCheck? {
    guard let metric = moments.metrics.first, !moments.clusters.isEmpty else { return nil }
    let counts = arms.map { arm in metric.clusters.count { $0[arm].count > 0 } }
    let fewest = counts.min() ?? 0
    let figures = [HealthCheck.Figure("fewest", Double(fewest))]
    if !tally.splitClusters.isEmpty {
      return HealthCheck(
        "clusters", .fail, figures: figures,
        "Clusters have units in two arms (\(examples(tally.splitClusters))): "
          + "they were not assigned as a whole.")
    }
    return HealthCheck(
      "clusters", fewest < 20 ? .warn : .pass, figures: figures,
      "The smallest arm has \(shownCount(fewest, "cluster"))"
        + (fewest < 20 ? ": below 20 the spread between clusters is known poorly." : "."))
  }
}
