public import RekindleCore
internal import RekindleStatistics

/// Judges a running experiment by its moments as they were after each day, the earliest first.
///
/// | plan | what may be seen |
/// |---|---|
/// | `once` | health and progress; no effect before the planned end |
/// | group-sequential | the effect at the planned shares of the units or days, against the boundary |
/// | always-valid | the effect on every day, in a confidence sequence |
///
/// Arms and primary metrics share alpha (Bonferroni: the crossings of several boundaries have no simpler
/// law). Guardrails with a margin stop the experiment when their interval is beyond it.
/// - Throws: `RK0865` without a day, `RK0861` moments that are not this experiment's, `RK0890` and
///   `RK0891` for a plan of looks that cannot be.
public func monitor(
  _ history: [(day: CivilDate, moments: ExperimentMoments)], of experiment: Experiment
) throws(Diagnostic) -> MonitorReport {
  guard let last = history.last, let first = history.first else {
    throw Diagnostic(
      "RK0865", "there is no day to look at", help: "give units with a day of exposure")
  }
  for (_, moments) in history { try moments.check(against: experiment, bySegment: false) }
  // Days count from the first with a unit, where no start is planned.
  var planned = experiment
  planned.start = experiment.start ?? first.day
  let health = checkHealth(last.moments, of: experiment, looksDaily: true)
  let control = experiment.arms.firstIndex { $0.name == experiment.control } ?? 0
  let variants = last.moments.plannedArms(experiment).filter { $0 != control }

  let primaries = experiment.metrics.count { $0.role == .primary } * variants.count
  var lookers: [Looker] = []
  for (place, metric) in experiment.metrics.enumerated() where metric.role != .secondary {
    for variant in variants {
      let share = metric.role == .primary ? max(1, primaries) : 1
      lookers.append(
        try Looker(
          metric: metric, place: place, control: control, variant: variant,
          alpha: experiment.plan.alpha / Double(share), plan: experiment.plan))
    }
  }
  var looks: [MonitorReport.Look] = []
  for (day, moments) in history {
    let information = planned.information(moments, today: day.daysSinceEpoch + 1)
    for place in lookers.indices {
      looks.append(try lookers[place].look(moments, day: day, information: information))
    }
  }
  let daysLeft = experiment.daysLeft(today: last.day.daysSinceEpoch + 1, last.moments)
  let advice = Advisor(
    experiment: experiment, health: health, looks: looks, daysLeft: daysLeft,
    variants: variants.map { last.moments.arms[$0] }
  ).advice
  return MonitorReport(
    experiment: experiment.id, advice: advice.kind, reason: advice.reason, nextStep: advice.next,
    daysLeft: daysLeft, health: health, looks: looks)
}

/// Puts the looks into one word.
private struct Advisor {
  let experiment: Experiment
  let health: HealthReport
  let looks: [MonitorReport.Look]
  let daysLeft: Int?
  let variants: [String]

  var advice: (kind: MonitorReport.Advice, reason: String, next: String) {
    if let failure = health.failures.first {
      return (
        .review, "Health failed: \(health.failures.map(\.name).joined(separator: ", "))",
        failure.sentence
      )
    }
    // What was crossed on any day stays crossed.
    func first(_ verdict: MonitorReport.Look.Verdict, _ role: Metric.Role, _ variant: String)
      -> MonitorReport.Look?
    {
      looks.first { $0.verdict == verdict && $0.role == role && $0.variant == variant }
    }
    let broken = variants.compactMap { first(.worse, .guardrail, $0) }
    let worse = variants.compactMap { first(.worse, .primary, $0) }
    let harmed = Set((broken + worse).map(\.variant))
    let better = variants.compactMap { first(.better, .primary, $0) }
      .filter { !harmed.contains($0.variant) }
    if let look = better.first {
      return (
        .stop, "\(look.variant) is better in \(look.metric) since \(look.day): \(figures(look)).",
        "Stop, and read the report: rekindle experiment analyze."
      )
    }
    if let look = (broken + worse).first {
      if variants.allSatisfy(harmed.contains) {
        return (
          .stop, "\(look.variant) is worse in \(look.metric) since \(look.day): \(figures(look)).",
          "Stop, and roll back to \(experiment.control)."
        )
      }
      return (
        .review, "\(look.variant) is worse in \(look.metric) since \(look.day): \(figures(look)).",
        "Stop giving out \(look.variant); the other arms may go on."
      )
    }
    if !variants.isEmpty, variants.allSatisfy({ first(.futile, .primary, $0) != nil }) {
      return (
        .stop, "No arm can be expected to reach the effect worth finding.",
        "Stop, and keep \(experiment.control); going on would cost time and find nothing."
      )
    }
    if daysLeft == 0 {
      return (
        .stop, "The planned end is reached.", "Read the report: rekindle experiment analyze."
      )
    }
    return goOn
  }

  private var goOn: (kind: MonitorReport.Advice, reason: String, next: String) {
    let left = daysLeft.map { "about \($0) day\($0 == 1 ? "" : "s") left" } ?? "no planned end"
    var warned: [String] = []
    for name in health.warnings.map(\.name) where !warned.contains(name) { warned.append(name) }
    let watch = warned.isEmpty ? "" : " Watch: \(warned.joined(separator: ", "))."
    switch experiment.plan.looking {
    case .once:
      return (
        .goOn, "Healthy, \(left).",
        "The plan looks once, at the end: an effect read before is not a decision." + watch
      )
    case .groupSequential, .alwaysValid:
      return (.goOn, "Healthy, no boundary crossed, \(left).", "Look again as planned." + watch)
    }
  }

  private func figures(_ look: MonitorReport.Look) -> String {
    let interval =
      "difference \(significant(look.difference, 3)) "
      + "(\(significant(look.interval.lower, 3)) to \(significant(look.interval.upper, 3)))"
    if look.boundary.isFinite {
      return interval
        + ", statistic \(significant(look.statistic, 3)) beyond the boundary \(significant(look.boundary, 3))"
    }
    return interval + ", always-valid p \(shownP(look.alwaysValidP))"
  }

}
