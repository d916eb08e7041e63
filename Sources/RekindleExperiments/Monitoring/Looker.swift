internal import RekindleCore
internal import RekindleStatistics

/// Follows one metric of one arm through the days by the plan's rule.
struct Looker {
  let metric: Metric
  let place: Int
  let control: Int
  let variant: Int
  /// Of this comparison: the experiment's, shared among the comparisons that may stop it.
  let alpha: Double
  let plan: Plan
  private var smallestP = 1.0
  private var nextLook = 0
  private var design: GroupSequentialDesign?

  /// - Throws: `RK0890`, `RK0891` for shares or error rates that make no design.
  init(
    metric: Metric, place: Int, control: Int, variant: Int, alpha: Double, plan: Plan
  ) throws(Diagnostic) {
    self.metric = metric
    self.place = place
    self.control = control
    self.variant = variant
    self.alpha = alpha
    self.plan = plan
    if case .groupSequential(let shares, let spending, let futility) = plan.looking {
      design = try GroupSequentialDesign(
        alpha: alpha, shares: shares, spending: spending.function, futility: futility?.function,
        power: plan.power)
    }
  }

  /// - Parameter information: share of the planned units or days.
  mutating func look(
    _ moments: ExperimentMoments, day: CivilDate, information: Double
  ) throws(Diagnostic) -> MonitorReport.Look {
    let collected = moments.metrics[place]
    var look = MonitorReport.Look(
      day: day, metric: metric.name, role: metric.role, variant: moments.arms[variant],
      controlCount: collected.overall[control].count, variantCount: collected.overall[variant].count,
      information: information)
    switch plan.looking {
    case .once: return look
    case .alwaysValid:
      let slice = slice(moments)
      anyTime(try effect(slice), slice, &look)
    case .groupSequential:
      guard let design, nextLook < design.looks.count,
        information >= design.looks[nextLook].share - 1e-9
      else { return look }
      // Late for several: the last of them is the one that is made.
      while nextLook + 1 < design.looks.count, information >= design.looks[nextLook + 1].share - 1e-9 {
        nextLook += 1
      }
      planned(try effect(slice(moments)), design, &look)
      nextLook += 1
    }
    return look
  }

  private func slice(_ moments: ExperimentMoments) -> MetricSlice {
    let collected = moments.metrics[place]
    var sequential = metric
    // Exact and resampled tests have no place in a boundary of standard errors.
    sequential.method = nil
    if sequential.kind == .proportion { sequential.method = ProportionMethod.wald.rawValue }
    return MetricSlice(
      metric: metric.adjustment == .none ? sequential : metric, plan: collected.plan,
      arms: collected.overall, strata: collected.strata, clusters: collected.clusters,
      values: collected.values)
  }

  private func effect(_ slice: MetricSlice) throws(Diagnostic) -> Effect {
    try Estimator(slice: slice, seed: 1)
      .estimate(control: control, variant: variant, confidence: 1 - alpha).effect
  }

  private mutating func anyTime(
    _ effect: Effect, _ slice: MetricSlice, _ look: inout MonitorReport.Look
  ) {
    look.difference = effect.difference
    look.verdict = .open
    guard
      let valid = AlwaysValid(
        effect, of: slice, control: control, variant: variant, plan: plan, alpha: alpha)
    else { return }
    smallestP = min(smallestP, valid.pValue)
    look.alwaysValidP = smallestP
    look.interval = valid.interval
    if let limit = limit(control: effect.control) {
      look.verdict = isBeyond(limit, look.interval) ? .worse : .open
    } else if smallestP <= alpha {
      look.verdict = isGood(effect.difference) ? .better : .worse
    } else if rulesOutTheEffect(look.interval, control: effect.control) {
      look.verdict = .futile
    }
  }

  private func planned(
    _ effect: Effect, _ design: GroupSequentialDesign, _ look: inout MonitorReport.Look
  ) {
    look.difference = effect.difference
    look.verdict = .open
    guard effect.standardError > 0 else { return }
    let step = design.looks[nextLook]
    look.statistic = effect.difference / effect.standardError
    look.boundary = step.criticalValue
    look.interval = design.repeatedInterval(
      look: nextLook, estimate: effect.difference, standardError: effect.standardError)
    if let limit = limit(control: effect.control) {
      look.verdict = isBeyond(limit, look.interval) ? .worse : .open
    } else if abs(look.statistic) >= step.criticalValue {
      look.verdict = isGood(effect.difference) ? .better : .worse
    } else if abs(look.statistic) <= step.futility, design.futilitySpending != nil {
      look.verdict = .futile
    }
  }

  private func isGood(_ difference: Double) -> Bool { (difference > 0) == (metric.better == .higher) }

  /// A guardrail's margin in the unit of the metric.
  private func limit(control: Double) -> Double? {
    metric.role == .guardrail ? metric.margin.map { size($0, control: control) } : nil
  }

  private func size(_ margin: Metric.Margin, control: Double) -> Double {
    switch margin {
    case .absolute(let value): value
    case .relative(let share): share * abs(control)
    }
  }

  /// Whether the whole interval is a loss of more than the limit.
  private func isBeyond(_ limit: Double, _ interval: Interval) -> Bool {
    metric.better == .higher ? interval.upper < -limit : interval.lower > limit
  }

  /// Whether the interval leaves out every effect that would be worth finding.
  private func rulesOutTheEffect(_ interval: Interval, control: Double) -> Bool {
    guard metric.role == .primary, let worth = plan.effect else { return false }
    let size = size(worth, control: control)
    return metric.better == .higher ? interval.upper < size : interval.lower > -size
  }
}
