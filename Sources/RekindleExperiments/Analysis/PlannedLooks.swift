internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// The looks of a group-sequential plan, and which of them is made now.
///
/// A comparison that may stop at any look is judged by the repeated p-value: the smallest alpha at which
/// the plan, otherwise the same, would have stopped here. Such p-values are valid at all looks at once, so
/// that a family of them can be adjusted like any other, and the interval that agrees with an adjusted one
/// is taken at the nominal level that the plan has at this look for that share of alpha.
///
/// Source: C. Jennison, B. W. Turnbull, "Group Sequential Methods with Applications to Clinical Trials",
/// 2000, chapter 9; W. Maurer, F. Bretz, "Multiple testing in group sequential trials using graphical
/// approaches", Statistics in Biopharmaceutical Research 5, 2013.
struct PlannedLooks {
  let design: GroupSequentialDesign
  let look: Int

  /// - Returns: `nil` for another plan.
  init?(_ experiment: Experiment, progress: Progress) throws(Diagnostic) {
    guard case .groupSequential(let planned, let spending, let futility) = experiment.plan.looking else {
      return nil
    }
    var shares = planned
    // Fewer or more units in the end than planned: the last look spends what is left, whatever its share.
    if progress.isOver, experiment.plan.units != nil, progress.information > 0 {
      shares = planned.dropLast().filter { $0 < progress.information - 1e-6 } + [progress.information]
    }
    design = try GroupSequentialDesign(
      alpha: experiment.plan.alpha, shares: shares, spending: spending.function,
      futility: futility?.function, power: experiment.plan.power)
    look = progress.isOver ? shares.count - 1 : progress.look ?? shares.count - 1
  }

  /// The repeated p-value of one that knows nothing of looks.
  func pValue(_ p: Double) -> Double {
    guard p.isFinite else { return p }
    // The same distance from 0, as a statistic; farther than numbers reach is as good as there.
    let z = Normal().upperQuantile(max(p, 1e-280) / 2)
    return design.repeatedPValue(look: look, estimate: z, standardError: 1)
  }

  /// At which an interval is to be computed to hold at all looks with `confidence`.
  func confidence(_ confidence: Double) throws(Diagnostic) -> Double {
    guard confidence.isFinite, confidence > 0.5, confidence < 1 else { return confidence }
    let own = try GroupSequentialDesign(
      alpha: 1 - confidence, shares: design.looks.map(\.share), spending: design.spending,
      power: max(design.power, 0.6))
    // Where next to nothing may be spent yet the interval is as wide as it can be computed.
    return 1 - max(own.looks[look].nominalLevel, 1e-12)
  }
}

extension Analyzer {
  /// The estimate, interval and p-value after the stop, which take the looks into account: the plain
  /// estimate of a test that may stop early is too far from 0. None for what goes on.
  func stagewiseRows(
    _ drafts: [Draft], _ looks: PlannedLooks?, _ progress: Progress
  ) -> [ReportRow] {
    guard let looks, progress.mayDecide else { return [] }
    return drafts.compactMap { draft in
      let effect = draft.row.effect
      guard draft.metric.role == .primary, draft.row.segment == "overall", effect.standardError > 0,
        let result = looks.design.result(
          look: looks.look, estimate: effect.difference, standardError: effect.standardError)
      else { return nil }
      let statistic = effect.difference / effect.standardError
      let goesOn = abs(statistic) < looks.design.looks[looks.look].criticalValue
      if progress.isInterim, goesOn { return nil }
      var row = draft.row
      row.section = .decomposition
      row.metric += " (looks accounted for)"
      row.effect = Effect(
        control: effect.control, variant: .nan, difference: result.estimate,
        standardError: effect.standardError, differenceInterval: result.interval, lift: .nan,
        liftInterval: .undefined, method: "stagewise", degreesOfFreedom: nil, statistic: statistic,
        pValue: result.pValue)
      row.adjustedP = result.pValue
      row.correction = PValueAdjustment.none.rawValue
      row.decision = ""
      row.warnings = ["stopped at look \(looks.look + 1) of \(looks.design.looks.count)"]
      return row
    }
  }
}
