public import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// Runs an experiment over and over in which the truth is known, and counts how often the analysis is right.
///
/// On units: their arms are dealt again by chance, so that there is no effect but one that is injected; on
/// rates: conversions are drawn. Either way each replicate goes the way of the real thing: moments, the
/// report's own estimator, the experiment's correction, its looks. Beside the report's estimators others are
/// tried that one would fall back on.
///
/// Replicate r draws from the stream of key r: the result is the same for any number of threads.
public struct ExperimentSimulation: Sendable {
  public struct Options: Sendable, Hashable {
    public var runs: Int
    public var seed: UInt64
    /// By the metric's name, given to every arm but the control. A metric without is an A/A comparison.
    public var effects: [String: Metric.Margin]
    /// How often it is looked at, at equal steps of the units; `nil`: as the plan has it (an always-valid
    /// plan: 20 times).
    public var looks: Int?

    public init(
      runs: Int = 1000, seed: UInt64 = 1, effects: [String: Metric.Margin] = [:], looks: Int? = nil
    ) {
      self.runs = runs
      self.seed = seed
      self.effects = effects
      self.looks = looks
    }
  }

  enum Source: Sendable {
    case units(SimulationUnits, UnitDealing)
    case rates(RateDraws, units: [Int])
  }

  /// Of the permutation test: few, because its level is exact with any number, and replicates are many.
  static let permutationDraws = 199
  /// Units that permutations may move in all; a handful of seconds.
  static let permutationBudget = 3e9

  public let experiment: Experiment
  public let options: Options
  let source: Source
  let contenders: [Contender]
  let collected: [Metric]
  /// One a metric; `nil`: no effect.
  let effects: [InjectedEffect?]
  let baselines: [Double]
  /// One a metric; NaN where it says nothing.
  let skewness: [Double]
  /// Of the units that are in at each look; empty: no looks.
  let shares: [Double]
  /// Whether permutations were left out for want of time.
  let skipsPermutations: Bool

  /// Deals units again.
  /// - Throws: `RK0881` for an effect on an unknown metric, `RK0882` for numbers of runs or looks, `RK0883` for
  ///   a rate that an effect would take beyond 0 or 1.
  public init(
    dealing units: SimulationUnits, of experiment: Experiment, options: Options = Options()
  ) throws(Diagnostic) {
    var experiment = experiment
    experiment.segments = []
    let schema = UnitSchema(experiment)
    let variants = experiment.arms.count { $0.weight > 0 && $0.name != experiment.control }
    let steps = Double(options.runs) * Double(Self.permutationDraws) * Double(units.count) * Double(variants)
    let permutable = experiment.metrics.count { $0.kind == .mean }
    skipsPermutations =
      permutable > 0 && units.clusters.isEmpty && steps * Double(permutable) > Self.permutationBudget
    let outcomes = experiment.metrics.map { KnownOutcomes(of: $0, in: units, schema: schema) }
    baselines = outcomes.map(\.value)
    skewness = outcomes.map(\.skewness)
    (contenders, collected) = Contender.all(
      of: experiment, clustered: !units.clusters.isEmpty,
      smallestArm: Double(units.count) * Self.smallestWeight(experiment), permutes: !skipsPermutations)
    source = .units(units, UnitDealing(units, of: experiment))
    (self.experiment, self.options) = (experiment, options)
    effects = try Self.effects(experiment, baselines, options)
    shares = try Self.shares(experiment, options)
  }

  /// Draws conversions.
  /// - Parameters:
  ///   - rate: of the control, between 0 and 1.
  ///   - units: of all arms together; dealt by the weights as exactly as whole units can be.
  ///   - experiment: `nil`: two equal arms. Its metrics make way for one of conversion.
  /// - Throws: as above; `RK0884` for a rate or a number of units that cannot be.
  public init(
    rate: Double, lift: Double = 0, units: Int, of experiment: Experiment? = nil,
    options: Options = Options()
  ) throws(Diagnostic) {
    var experiment =
      experiment
      ?? Experiment(
        id: "rates", arms: [.init("control", weight: 0.5), .init("variant", weight: 0.5)],
        control: "control")
    guard rate > 0, rate < 1, units >= 2 * experiment.arms.count else {
      throw Diagnostic(
        "RK0884", "a rate of \(rate) in \(units) units makes no experiment",
        help: "give a rate between 0 and 1, and at least two units an arm")
    }
    experiment.segments = []
    experiment.metrics = [Metric("conversion", kind: .proportion)]
    var options = options
    if lift != 0 { options.effects = ["conversion": .relative(lift)] }
    let effects = try Self.effects(experiment, [rate], options)
    let counts = Self.counts(units, experiment)
    let rates = experiment.arms.map { $0.name == experiment.control ? rate : effects[0]?.target ?? rate }
    shares = try Self.shares(experiment, options)
    source = .rates(
      RateDraws(units: counts, rates: rates, shares: shares.isEmpty ? [1] : shares), units: counts)
    (contenders, collected) = Contender.all(
      of: experiment, clustered: false, smallestArm: Double(counts.filter { $0 > 0 }.min() ?? 0),
      permutes: false)
    (self.experiment, self.options, self.effects) = (experiment, options, effects)
    baselines = [rate]
    skewness = [.nan]
    skipsPermutations = false
  }

  private static func smallestWeight(_ experiment: Experiment) -> Double {
    experiment.arms.map(\.weight).filter { $0 > 0 }.min() ?? 0
  }

  /// Whole units by weight, the running sums rounded.
  private static func counts(_ units: Int, _ experiment: Experiment) -> [Int] {
    var (sum, before) = (0.0, 0)
    return experiment.arms.map { arm in
      sum += arm.weight
      let until = Int((Double(units) * sum).rounded())
      defer { before = until }
      return until - before
    }
  }

  private static func effects(
    _ experiment: Experiment, _ baselines: [Double], _ options: Options
  ) throws(Diagnostic) -> [InjectedEffect?] {
    guard options.runs >= 1 else {
      throw Diagnostic("RK0882", "\(options.runs) runs say nothing", help: "give --runs 1000, or more")
    }
    let names = experiment.metrics.map(\.name)
    for name in options.effects.keys.sorted() where !names.contains(name) {
      throw Diagnostic(
        "RK0881", "\"\(name)\" is not a metric of \"\(experiment.id)\"",
        hint: nearMatch(of: name, among: names).map { "did you mean \"\($0)\"?" },
        notes: ["metrics: \(names.joined(separator: ", "))"], help: "give --effect METRIC=5% or METRIC=0.01")
    }
    var effects: [InjectedEffect?] = []
    for (metric, baseline) in zip(experiment.metrics, baselines) {
      guard let size = options.effects[metric.name] else {
        effects.append(nil)
        continue
      }
      let effect = InjectedEffect(metric: metric, size: size, baseline: baseline)
      let wanted: Double
      switch size {
      case .absolute(let shift): wanted = baseline + shift
      case .relative(let lift): wanted = baseline * (1 + lift)
      }
      guard wanted.isFinite, metric.kind != .proportion || (wanted > 0 && wanted < 1) else {
        throw Diagnostic(
          "RK0883", "the effect takes \"\(metric.name)\" from \(baseline) to \(wanted)",
          help: "give an effect that leaves the rate between 0 and 1")
      }
      effects.append(effect.difference == 0 ? nil : effect)
    }
    return effects
  }

  private static func shares(_ experiment: Experiment, _ options: Options) throws(Diagnostic) -> [Double] {
    if let looks = options.looks, !(2...1000).contains(looks) {
      throw Diagnostic(
        "RK0882", "\(looks) looks make no plan", help: "look 2 to 1000 times, as in --looks 20")
    }
    func equal(_ looks: Int) -> [Double] { (1...looks).map { Double($0) / Double(looks) } }
    switch experiment.plan.looking {
    case .groupSequential(let shares, _, _): return shares
    case .alwaysValid: return equal(options.looks ?? 20)
    case .once: return options.looks.map(equal) ?? []
    }
  }

  /// Arms with units, other than the control.
  var variants: [Int] {
    experiment.arms.indices.filter { $0 != control && experiment.arms[$0].weight > 0 }
  }

  var control: Int { experiment.arms.firstIndex { $0.name == experiment.control } ?? 0 }

  /// Metrics that are looked at more than once: what moments by chunk suffice for.
  var watched: [Int] {
    if shares.isEmpty { return [] }
    if case .units(let units, _) = source, !units.clusters.isEmpty { return [] }
    return experiment.metrics.indices.filter { place in
      if case .quantile = experiment.metrics[place].kind { return false }
      return experiment.metrics[place].role != .secondary
    }
  }

  /// Runs all replicates.
  /// - Parameter progress: told how many are done, now and then.
  /// - Throws: `RK0890`, `RK0891` for a plan of looks that cannot be; what collecting the units throws.
  public func run(
    workers: Workers = Workers(1), progress: (Int) -> Void = { _ in }
  ) throws(Diagnostic) -> SimulationReport {
    let perBlock = 10
    let blocks = (options.runs + perBlock - 1) / perBlock
    var tally = SimulationTally(
      comparisons: contenders.count * variants.count, looks: watched.count * variants.count)
    let replicate = try Replicate(self)
    var done = 0
    while done < blocks {
      let wave = min(4 * workers.count, blocks - done)
      let begin = done
      let results = workers.map(blocks: wave) { index -> Result<SimulationTally, Diagnostic> in
        let first = (begin + index) * perBlock
        return replicate.run(first..<min(options.runs, first + perBlock))
      }
      for result in results { tally.add(try result.get()) }
      done += wave
      progress(min(options.runs, done * perBlock))
    }
    return SimulationReport(self, tally)
  }
}

/// What is known of a metric over all units.
private struct KnownOutcomes {
  var value = Double.nan
  var skewness = Double.nan

  init(of metric: Metric, in units: SimulationUnits, schema: UnitSchema) {
    let outcomes = units.numbers[schema.number(metric.column)]
    var denominators: [Double]?
    if case .ratio(let name) = metric.kind { denominators = units.numbers[schema.number(name)] }
    let known = outcomes.indices.filter { unit in
      outcomes[unit].isFinite && denominators?[unit].isFinite ?? true
        && (metric.matureAfterDays == nil
          || units.ages.map { $0[unit] >= Double(metric.matureAfterDays ?? 0) } ?? true)
    }
    let values = known.map { outcomes[$0] }
    guard !values.isEmpty else { return }
    let mean = values.reduce(0, +) / Double(values.count)
    switch metric.kind {
    case .proportion, .mean: value = mean
    case .ratio:
      let below = known.reduce(0) { $0 + (denominators?[$1] ?? 0) }
      value = values.reduce(0, +) / below
    case .quantile(let p): value = Quantiles(values)(p)
    }
    var (second, third) = (0.0, 0.0)
    for y in values {
      let d = y - mean
      second += d * d
      third += d * d * d
    }
    let spread = (second / Double(values.count)).squareRoot()
    skewness = third / Double(values.count) / (spread * spread * spread)
  }
}
