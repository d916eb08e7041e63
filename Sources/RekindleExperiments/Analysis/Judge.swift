internal import RekindleStatistics

/// Turns rows into decisions, and decisions into what to do.
struct Judge {
  let experiment: Experiment
  let health: HealthReport
  let progress: Progress

  enum Word {
    static let better = "better"
    static let worse = "worse"
    static let none = "no difference found"
    static let held = "held"
    static let broken = "broken"
    static let unclear = "unclear"
    static let invalid = "invalid"
    static let notYet = "not yet"
  }

  private var alpha: Double { experiment.plan.alpha }

  func decision(_ draft: Draft) -> String {
    if health.verdict == .fail { return Word.invalid }
    guard progress.mayDecide else { return Word.notYet }
    if draft.metric.role == .guardrail { return guardrail(draft) }
    return sign(draft)
  }

  private func sign(_ draft: Draft) -> String {
    let row = draft.row
    let isReal: Bool
    if case .alwaysValid = experiment.plan.looking {
      isReal = row.alwaysValidP <= alpha
    } else {
      isReal = row.adjustedP <= alpha
    }
    // What is not crossed at an early look may be later.
    guard isReal, row.effect.difference != 0 else {
      return progress.isInterim ? Word.notYet : Word.none
    }
    let isUp = row.effect.difference > 0
    return isUp == (draft.metric.better == .higher) ? Word.better : Word.worse
  }

  /// A guardrail holds when its whole interval is on the good side of the margin, and is broken when the
  /// whole interval is on the other side.
  private func guardrail(_ draft: Draft) -> String {
    guard let margin = draft.metric.margin else {
      return sign(draft) == Word.worse ? Word.broken : Word.held
    }
    let interval: Interval
    let limit: Double
    switch margin {
    case .absolute(let value):
      interval = draft.row.effect.differenceInterval
      limit = value
    case .relative(let share):
      interval = draft.row.effect.liftInterval
      limit = share
    }
    let isHigher = draft.metric.better == .higher
    if isHigher ? interval.lower > -limit : interval.upper < limit { return Word.held }
    if isHigher ? interval.upper < -limit : interval.lower > limit { return Word.broken }
    return Word.unclear
  }

  // MARK: What to do

  func status(_ rows: [ReportRow]) -> ExperimentReport.Status {
    if health.verdict == .fail {
      let names = health.failures.map(\.name)
      return .init(
        .healthFailed, "Health failed: \(unique(names).joined(separator: ", "))",
        nextStep: health.failures.first?.sentence ?? "")
    }
    if !progress.hasData {
      return .init(
        .noData, "No data", nextStep: "Wait for outcomes, or check that units and outcomes are joined.")
    }
    if !progress.mayDecide {
      return .init(
        .running, daysLeft.prefix(1).uppercased() + daysLeft.dropFirst(),
        nextStep: "Let it run to its planned end; an effect read before is not a decision.")
    }
    let overall = rows.filter { $0.segment == "overall" && $0.control == experiment.control }
    let variants = unique(overall.map(\.variant))
    let good = variants.filter { variant in
      let own = overall.filter { $0.variant == variant }
      return own.contains { $0.role == .primary && $0.decision == Word.better }
        && !own.contains { isHarm($0) }
    }
    if let best = best(of: good, in: overall) { return ship(best, overall) }
    if !variants.isEmpty, variants.allSatisfy({ v in overall.contains { $0.variant == v && isHarm($0) } }) {
      let harm = overall.first { isHarm($0) }
      return .init(
        .rollBack, "Roll back" + (harm.map { ": \(told($0))" } ?? ""),
        nextStep: "Give everybody \(experiment.control) again.")
    }
    if progress.isInterim, let look = progress.look {
      return .init(
        .running, "No boundary crossed at look \(look + 1), \(daysLeft)",
        nextStep: "Look again as planned.")
    }
    return review(overall)
  }

  private var daysLeft: String {
    experiment.end == nil
      ? "still running" : "about \(progress.daysLeft) day\(progress.daysLeft == 1 ? "" : "s") left"
  }

  private func isHarm(_ row: ReportRow) -> Bool {
    row.role == .primary && row.decision == Word.worse
      || row.role == .guardrail && row.decision == Word.broken
  }

  /// Of several good arms, that with the best value of the first primary metric.
  private func best(of variants: [String], in rows: [ReportRow]) -> String? {
    guard let metric = experiment.metrics.first(where: { $0.role == .primary }) else { return nil }
    func value(_ variant: String) -> Double {
      let value =
        rows.first { $0.variant == variant && $0.metric == metric.name }?.effect.difference ?? 0
      return metric.better == .higher ? value : -value
    }
    return variants.max { value($0) < value($1) }
  }

  private func ship(_ variant: String, _ rows: [ReportRow]) -> ExperimentReport.Status {
    let own = rows.filter { $0.variant == variant }
    let reasons = own.filter { $0.role == .primary && $0.decision == Word.better }.map(figures)
    let unclear = own.filter { $0.role == .guardrail && $0.decision == Word.unclear }.map(\.metric)
    guard unclear.isEmpty else {
      return .init(
        .review,
        "Review: \(variant): \(reasons.joined(separator: "; ")), but \(unclear.joined(separator: ", ")) unclear",
        nextStep: "Collect more units until the guardrail's interval is on one side of its margin.")
    }
    return .init(
      .ship, "Ship \(variant): \(reasons.joined(separator: "; "))",
      nextStep: "Roll \(variant) out, and keep a holdout to see that the effect lasts.")
  }

  private func review(_ rows: [ReportRow]) -> ExperimentReport.Status {
    let harmed = rows.filter(isHarm)
    if let harm = harmed.first {
      return .init(
        .review, "Review: \(told(harm))",
        nextStep: "Drop \(unique(harmed.map(\.variant)).joined(separator: ", ")); weigh the rest.")
    }
    guard let first = rows.first(where: { $0.role == .primary }) else {
      return .init(.review, "Review", nextStep: "Say which metric decides: role: primary.")
    }
    return .init(
      .review, "Review: no difference found in \(first.metric)",
      nextStep: "Its interval is \(span(first.effect.differenceInterval)): "
        + "if nothing in it matters, keep \(experiment.control); if something does, more units are needed.")
  }

  private func told(_ row: ReportRow) -> String { "\(row.variant): \(figures(row))" }

  private func figures(_ row: ReportRow) -> String {
    let lift = row.effect.lift
    let relative = lift.isFinite ? " (\(lift < 0 ? "" : "+")\(significant(lift * 100, 3)) %)" : ""
    return "\(row.metric) \(significant(row.effect.variant, 4)) against "
      + "\(significant(row.effect.control, 4)) of \(row.control)\(relative), p \(shownP(row.adjustedP))"
  }

  private func span(_ interval: Interval) -> String {
    "\(significant(interval.lower, 3)) to \(significant(interval.upper, 3))"
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
