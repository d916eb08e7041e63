public import RekindleCore
internal import RekindleStatistics

/// Plans an experiment: how many units each comparison needs, what the units at hand can find, when one may
/// look, how long it takes, and which question the design cannot answer. Writes nothing.
///
/// Each comparison is planned at the level that the correction leaves it were it the only effect of its
/// family (primary metrics × comparisons of one kind), with the price of the plan's looks, its covariates'
/// R² and the clusters taken into account. Proportions are planned with the score test, everything else with
/// Welch's t test. A guardrail with a margin is planned one-sided at α/2, to exclude a loss of the margin
/// when there is none.
///
/// - Throws: the definition's own faults (`RK080x`–`RK081x`); `RK0870` for a primary metric without a
///   baseline, or no metric; `RK0871` for a baseline that cannot be; `RK0872` for units that are none;
///   `RK0873` for clusters that cannot be; `RK0874` for a baseline of no metric.
public func design(_ experiment: Experiment, with input: DesignInput) throws(Diagnostic) -> DesignReport {
  try experiment.validate()
  try input.validate(for: experiment)
  var designer = Designer(experiment: experiment, input: input)
  return try designer.report()
}

/// Makes a report of a checked experiment.
struct Designer {
  let experiment: Experiment
  let input: DesignInput
  let contrasts: [PlannedContrast]
  /// The share of the units that could take part which the experiment gets.
  let reach: Double
  let unitsAtHand: Int?
  /// One a level, for a group-sequential design is work.
  private var prices: [PriceKey: LookingPrice] = [:]

  private struct PriceKey: Hashable {
    let alpha: Double
    let alternative: Alternative
  }

  init(experiment: Experiment, input: DesignInput) {
    self.experiment = experiment
    self.input = input
    contrasts = experiment.plannedContrasts()
    let layer = experiment.layer.map { $0.upper - $0.lower } ?? 1
    reach = (1 - experiment.holdout) * layer * (experiment.ramp.last?.coverage ?? 1)
    var total = input.units.map(Double.init)
    if let rate = input.unitsPerDay, let start = experiment.start, let end = experiment.end {
      let days = Double(end.daysSinceEpoch - start.daysSinceEpoch)
      total = min(total ?? .infinity, rate * days)
    }
    unitsAtHand = total.map { [reach] in Int(min($0 * reach, 1e15).rounded(.down)) }
  }

  mutating func report() throws(Diagnostic) -> DesignReport {
    var planned: [Planned] = []
    for metric in experiment.metrics {
      guard let baseline = input.baselines[metric.name] else { continue }
      for contrast in contrasts where contrast.kind == .arm || metric.role != .guardrail {
        planned.append(try plan(metric, baseline, contrast))
      }
    }
    let leading = planned.filter { isLeading($0.row) }
    let hardest = leading.max { ($0.row.units ?? 0) < ($1.row.units ?? 0) }
    let needed = hardest?.row.units
    let running = needed.map { needed in unitsAtHand.map { min($0, needed) } ?? needed } ?? unitsAtHand
    var report = DesignReport(
      experiment: experiment.id, arms: experiment.arms.map(\.name), alpha: experiment.plan.alpha,
      power: experiment.plan.power, unitsAtHand: unitsAtHand, comparisons: planned.map(\.row),
      curve: leading.flatMap { curve($0, units: running) },
      looks: hardest.map { looks($0, units: running) } ?? [], duration: duration(units: running),
      findings: [])
    report.findings = DesignReview(experiment: experiment, input: input, report: report).findings()
    return report
  }

  /// A row with what it was computed from.
  struct Planned {
    var row: PlannedComparison
    let question: DesignQuestion
    let price: LookingPrice
  }

  /// Whether the comparison decides how large the experiment is: main effects where there are factors, for
  /// every unit tells about each of them; else the arms.
  func isLeading(_ row: PlannedComparison) -> Bool {
    row.role == .primary && row.kind == (experiment.factors.isEmpty ? .arm : .mainEffect)
  }

  private mutating func plan(
    _ metric: Metric, _ baseline: MetricBaseline, _ contrast: PlannedContrast
  ) throws(Diagnostic) -> Planned {
    let margin = metric.role == .guardrail ? metric.margin : nil
    let alternative: Alternative = margin == nil ? .twoSided : .greater
    let alpha = margin == nil ? level(metric.role, contrast.kind) : experiment.plan.alpha / 2
    let question = DesignQuestion(
      contrast: contrast, metric: metric, baseline: baseline, clusters: input.clusters,
      shares: experiment.arms.map(\.weight), alpha: alpha, alternative: alternative)
    let price = try price(alpha: alpha, alternative: alternative)
    let size = size(metric, baseline)
    var row = PlannedComparison(
      metric: metric.name, role: metric.role, kind: contrast.kind, name: contrast.name,
      reference: contrast.reference, aliases: contrast.aliases, baseline: baseline.value, alpha: alpha,
      alternative: alternative, effect: question.sign * size, lift: question.lift(size), units: nil,
      armUnits: [], inflation: .nan, powerAtHand: .nan, detectable: .nan, detectableLift: .nan, days: nil)
    if size > 0 {
      let units = question.units(size, price: price)
      let single = question.power(size: size).units(effect: size, power: experiment.plan.power)
      row.inflation = units / single
      // Beyond 1e15 an arm's count is no count any more.
      if units < 1e15 {
        row.armUnits = experiment.arms.map { Int(($0.weight * units).rounded(.up)) }
        row.units = row.armUnits.reduce(0, +)
        row.days = row.units.flatMap(days)
      }
    }
    if let unitsAtHand, unitsAtHand > 0 {
      let units = Double(unitsAtHand)
      if size > 0 { row.powerAtHand = question.power(size, units: units, price: price) }
      let detectable = question.detectable(units: units, price: price)
      row.detectable = question.sign * detectable
      row.detectableLift = question.lift(detectable)
    }
    return Planned(row: row, question: question, price: price)
  }

  /// The effect to be found, or the margin, without its sign; NaN where none is stated.
  private func size(_ metric: Metric, _ baseline: MetricBaseline) -> Double {
    let stated: Metric.Margin?
    switch metric.role {
    case .primary: stated = experiment.plan.effect
    case .guardrail: stated = metric.margin
    case .secondary:
      // The plan's effect is of the primary metric; only a relative one says anything about others.
      if case .relative = experiment.plan.effect { stated = experiment.plan.effect } else { stated = nil }
    }
    return switch stated {
    case nil: .nan
    case .absolute(let size): abs(size)
    case .relative(let share): abs(share * baseline.value)
    }
  }

  private mutating func price(alpha: Double, alternative: Alternative) throws(Diagnostic) -> LookingPrice {
    let key = PriceKey(alpha: alpha, alternative: alternative)
    if let known = prices[key] { return known }
    let price = try LookingPrice(
      experiment.plan.looking, alpha: alpha, alternative: alternative, power: experiment.plan.power)
    prices[key] = price
    return price
  }

  /// α of one comparison of a family.
  private func level(_ role: Metric.Role, _ kind: PlannedComparison.Kind) -> Double {
    let alpha = experiment.plan.alpha
    let metrics = experiment.metrics.count { $0.role == role }
    let family = metrics * contrasts.count { $0.kind == kind }
    switch (role, experiment.correction) {
    case (.guardrail, _), (.primary, .none): return alpha
    case (.primary, .dunnett) where kind == .arm:
      let control = experiment.arms.filter { $0.name == experiment.control }.map(\.weight).reduce(0, +)
      let variants = experiment.arms.filter { $0.name != experiment.control && $0.weight > 0 }.map(\.weight)
      return SimultaneousLevel.dunnett(alpha / Double(metrics), control: control, variants: variants)
    case (.primary, .tukey) where kind == .arm, (.primary, .gamesHowell) where kind == .arm:
      let arms = experiment.arms.count { $0.weight > 0 }
      return SimultaneousLevel.tukey(alpha / Double(metrics), arms: arms)
    default: return SimultaneousLevel.bonferroni(alpha, comparisons: family)
    }
  }

  /// Days until that many units are in the experiment.
  func days(units: Int) -> Int? {
    guard let rate = input.unitsPerDay else { return nil }
    let days = (Double(units) / (rate * reach)).rounded(.up)
    // A million days are never.
    return days < 1e6 ? Int(days) : nil
  }
}
