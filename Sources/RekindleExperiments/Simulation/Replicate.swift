internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// One experiment of a simulation, from the deal to what the report would say.
struct Replicate: Sendable {
  private let simulation: ExperimentSimulation
  private let experiment: Experiment
  private let variants: [Int]
  private let watched: [Int]
  /// Of the collected metrics.
  private let plans: [MomentPlan]
  /// The look that each unit is first seen at.
  private let chunks: [Int32]?
  private let lookers: [Looker]

  init(_ simulation: ExperimentSimulation) throws(Diagnostic) {
    self.simulation = simulation
    var collecting = simulation.experiment
    collecting.metrics = simulation.collected
    experiment = collecting
    variants = simulation.variants
    watched = simulation.watched
    plans = simulation.collected.map { MomentPlan($0, complied: false) }
    if case .units(let units, _) = simulation.source, !simulation.watched.isEmpty {
      var chunks = [Int32](repeating: 0, count: units.count)
      var look = 0
      for (position, unit) in units.arrival.enumerated() {
        while Double(position) >= (simulation.shares[look] * Double(units.count)).rounded(),
          look + 1 < simulation.shares.count
        { look += 1 }
        chunks[unit] = Int32(look)
      }
      self.chunks = chunks
    } else {
      chunks = nil
    }
    // As `monitor` shares alpha.
    var plan = simulation.experiment.plan
    if case .once = plan.looking { plan.looking = .alwaysValid(tunedAt: nil) }
    let metrics = simulation.experiment.metrics
    let primaries = max(1, metrics.count { $0.role == .primary } * variants.count)
    var lookers: [Looker] = []
    for place in watched {
      var metric = metrics[place]
      // Whether a boundary of no effect is crossed, not whether a margin is.
      metric.margin = nil
      for variant in variants {
        lookers.append(
          try Looker(
            metric: metric, place: place, control: simulation.control, variant: variant,
            alpha: plan.alpha / Double(metric.role == .primary ? primaries : 1), plan: plan))
      }
    }
    self.lookers = lookers
  }

  func run(_ replicates: Range<Int>) -> Result<SimulationTally, Diagnostic> {
    var tally = SimulationTally(
      comparisons: simulation.contenders.count * variants.count, looks: lookers.count)
    let root = RandomStream(seed: simulation.options.seed)
    for replicate in replicates {
      do throws(Diagnostic) {
        try one(root.stream(UInt64(replicate)), &tally)
      } catch {
        return .failure(error)
      }
    }
    return .success(tally)
  }

  private func one(_ stream: RandomStream, _ tally: inout SimulationTally) throws(Diagnostic) {
    let moments = try moments(stream)
    let confidence = 1 - experiment.plan.alpha
    var ownP: [(metric: Int, variant: Int, p: Double)] = []
    var index = 0
    for contender in simulation.contenders {
      let effect = simulation.effects[contender.place]
      for variant in variants {
        let found = try self.effect(contender, moments, variant: variant, confidence, stream)
        tally.comparisons[index].add(
          found, difference: effect?.difference ?? 0,
          lift: effect?.lift ?? (simulation.baselines[contender.place] == 0 ? .nan : 0),
          alpha: experiment.plan.alpha)
        index += 1
        if contender.isOwn, contender.metric.role == .primary {
          ownP.append((contender.place, variant, found.pValue))
        }
      }
    }
    tally.runs += 1
    if try familyError(ownP, moments) { tally.familyErrors += 1 }
    if !lookers.isEmpty { try look(moments, &tally) }
  }

  /// The sums of one deal.
  private func moments(_ stream: RandomStream) throws(Diagnostic) -> ExperimentMoments {
    let schema = UnitSchema(experiment)
    switch simulation.source {
    case .rates(let draws, _):
      return draws.moments(names: schema.arms, metrics: experiment.metrics, stream: stream)
    case .units(let units, let dealing):
      let arms = dealing(stream.stream(0))
      var numbers = units.numbers
      for (place, effect) in simulation.effects.enumerated() {
        guard let effect else { continue }
        let column = schema.number(effect.metric.column)
        var denominators: [Double]?
        if case .ratio(let name) = effect.metric.kind { denominators = units.numbers[schema.number(name)] }
        let control = Int32(simulation.control)
        effect.apply(
          to: &numbers[column], denominators: denominators, stream: stream.stream(UInt64(2 + place))
        ) { arms[$0] >= 0 && arms[$0] != control }
      }
      return try collectMoments(
        of: experiment,
        from: UnitBatches([
          units.batch(
            arms: arms, names: experiment.arms.map(\.name), numbers: numbers, chunks: chunks)
        ]))
    }
  }

  private func effect(
    _ contender: Contender, _ moments: ExperimentMoments, variant: Int, _ confidence: Double,
    _ stream: RandomStream
  ) throws(Diagnostic) -> Effect {
    let collected = moments.metrics[contender.collected]
    if contender.metric.method == "permutation" {
      let (a, b) = (collected.values[simulation.control], collected.values[variant])
      let test = PermutationTest(values: a + b, arms: a.map { _ in 0 } + b.map { _ in 1 })
      var keyed = stream.stream(1)
      return test.effect(
        draws: ExperimentSimulation.permutationDraws, seed: keyed.next(), confidence: confidence)
    }
    let slice = slice(contender.metric, collected, collected.overall)
    return try Estimator(slice: slice, seed: simulation.options.seed)
      .estimate(control: simulation.control, variant: variant, confidence: confidence).effect
  }

  private func slice(_ metric: Metric, _ collected: MetricMoments, _ arms: [Moments]) -> MetricSlice {
    MetricSlice(
      metric: metric, plan: collected.plan, arms: arms, strata: collected.strata,
      clusters: collected.clusters, values: collected.values,
      residualProducts: collected.residualProducts)
  }

  /// Whether the correction lets a primary comparison without an effect pass for one.
  private func familyError(
    _ found: [(metric: Int, variant: Int, p: Double)], _ moments: ExperimentMoments
  ) throws(Diagnostic) -> Bool {
    let alpha = experiment.plan.alpha
    switch experiment.correction {
    case .none, .bonferroni, .holm, .hochberg, .hommel, .benjaminiHochberg:
      let method = PValueAdjustment(rawValue: experiment.correction.rawValue) ?? .holm
      let adjusted = AdjustedPValues(found.map(\.p), by: method).adjusted
      return zip(found, adjusted).contains { simulation.effects[$0.metric] == nil && $1 <= alpha }
    case .dunnett, .tukey, .gamesHowell:
      // By the report's own estimators, whatever else is collected for others.
      var own = experiment
      own.metrics.replaceSubrange(
        simulation.experiment.metrics.indices, with: simulation.experiment.metrics)
      let analyzer = Analyzer(
        moments: moments, experiment: own, options: AnalysisOptions(), health: HealthReport())
      var drafts: [Draft] = []
      for (place, metric) in simulation.experiment.metrics.enumerated() where metric.role == .primary {
        for pair in analyzer.pairs {
          drafts.append(
            try analyzer.draft(metric, analyzer.slice(place), segment: "overall", pair: pair))
        }
      }
      try analyzer.simultaneous(&drafts, family: Array(drafts.indices))
      return drafts.contains { draft in
        guard draft.row.adjustedP <= alpha else { return false }
        let place = simulation.experiment.metrics.firstIndex { $0.name == draft.metric.name } ?? 0
        // All variants have the same effect: two of them do not differ.
        return simulation.effects[place] == nil || draft.control != simulation.control
      }
    }
  }

  /// Takes in the chunks one after the other, and looks after each.
  private func look(_ moments: ExperimentMoments, _ tally: inout SimulationTally) throws(Diagnostic) {
    var lookers = lookers
    var crossed = [Bool](repeating: false, count: lookers.count)
    var plain = crossed
    var seen = moments
    for place in watched {
      seen.metrics[place].overall = moments.metrics[place].overall.map { Moments(columns: $0.columnCount) }
      seen.metrics[place].strata = []
    }
    for (step, share) in simulation.shares.enumerated() {
      if let day = moments.days.firstIndex(of: Int32(step)) {
        for place in watched {
          for arm in seen.metrics[place].overall.indices {
            seen.metrics[place].overall[arm].merge(moments.metrics[place].days[day][arm])
          }
        }
      }
      for index in lookers.indices {
        let looker = lookers[index]
        let arms = seen.metrics[looker.place].overall
        guard arms[simulation.control].count > 1, arms[looker.variant].count > 1 else { continue }
        let look = try lookers[index].look(
          seen, day: CivilDate(daysSinceEpoch: Int32(step)), information: share)
        if look.verdict == .better || look.verdict == .worse { crossed[index] = true }
        if try once(looker, seen) <= looker.plan.alpha { plain[index] = true }
      }
    }
    for index in lookers.indices {
      if crossed[index] { tally.looks[index].crossed += 1 }
      if plain[index] { tally.looks[index].plain += 1 }
    }
    let isFamilyError = lookers.indices.contains {
      crossed[$0] && lookers[$0].metric.role == .primary && simulation.effects[lookers[$0].place] == nil
    }
    if isFamilyError { tally.familyCrossings += 1 }
  }

  /// The p-value of somebody who takes this look for the only one.
  private func once(_ looker: Looker, _ seen: ExperimentMoments) throws(Diagnostic) -> Double {
    var metric = looker.metric
    if metric.adjustment == .none {
      metric.method = metric.kind == .proportion ? ProportionMethod.miettinenNurminen.rawValue : nil
    }
    let collected = seen.metrics[looker.place]
    return try Estimator(slice: slice(metric, collected, collected.overall), seed: 1)
      .estimate(control: looker.control, variant: looker.variant, confidence: 0.95).effect.pValue
  }
}
