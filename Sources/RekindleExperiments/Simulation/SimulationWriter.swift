internal import RekindleStatistics

/// Makes the lines and the sentences of a simulation's report.
struct SimulationWriter {
  typealias Line = SimulationReport.Line

  let simulation: ExperimentSimulation
  let tally: SimulationTally

  private var experiment: Experiment { simulation.experiment }
  private var alpha: Double { experiment.plan.alpha }

  var heading: String {
    let kind = simulation.effects.contains { $0 != nil } ? "A/B" : "A/A"
    let arms = experiment.arms.filter { $0.weight > 0 }
    let total: Int
    let what: String
    switch simulation.source {
    case .units(let units, _):
      total = units.count
      what = "units dealt again"
    case .rates(_, let counts):
      total = counts.reduce(0, +)
      what = "units drawn at a rate of \(significant(simulation.baselines[0] * 100, 3)) %"
    }
    let sizes = arms.map { "\($0.name) \(shownCount(Int((Double(total) * $0.weight).rounded())))" }
    return "\(shownCount(tally.runs)) \(kind) runs, \(shownCount(total)) \(what) "
      + "(\(sizes.joined(separator: ", "))), seed \(simulation.options.seed)"
  }

  var lines: [Line] {
    var lines: [Line] = []
    let variants = simulation.variants
    for (place, contender) in simulation.contenders.enumerated() {
      for (offset, variant) in variants.enumerated() {
        lines += comparison(
          contender, variant: experiment.arms[variant].name,
          tally.comparisons[place * variants.count + offset])
      }
    }
    return lines + family + looks
  }

  private func comparison(
    _ contender: Contender, variant: String, _ found: SimulationTally.Comparison
  ) -> [Line] {
    let effect = simulation.effects[contender.place]
    let name = experiment.metrics[contender.place].name
    func line(_ measure: SimulationReport.Measure, _ promised: Double, _ count: Int, _ runs: Int) -> Line {
      Line(
        metric: name, estimator: contender.name, isOwn: contender.isOwn, variant: variant,
        measure: measure, promised: promised, count: count, of: runs)
    }
    var lines = [
      effect == nil
        ? line(.falseAlarms, alpha, found.rejected, found.runs)
        : line(.power, .nan, found.rejected, found.runs),
      line(.differenceCoverage, 1 - alpha, found.differenceCovered, found.runs),
    ]
    if found.liftRuns > 0 { lines.append(line(.liftCoverage, 1 - alpha, found.liftCovered, found.liftRuns)) }
    // A cap changes what is estimated: of the effect on the values as they are it promises nothing.
    if effect != nil, contender.metric.cap != nil {
      for index in lines.indices { lines[index].verdict = .none }
    }
    let n = Double(found.estimates)
    let bias = found.sum / n
    let error = ((found.squares - found.sum * bias) / (n - 1) / n).squareRoot()
    let truth = effect?.difference ?? 0
    lines.append(
      Line(
        metric: name, estimator: contender.name, isOwn: contender.isOwn, variant: variant,
        measure: .estimate, promised: truth, found: truth + bias, error: error,
        interval: Interval(truth + bias - 1.96 * error, truth + bias + 1.96 * error),
        runs: found.estimates, verdict: .none))
    return lines
  }

  private var family: [Line] {
    // Planned looks share alpha among them: what the last of them alone does promises nothing.
    if case .groupSequential = experiment.plan.looking { return [] }
    let primary = experiment.metrics.indices.filter { experiment.metrics[$0].role == .primary }
    guard primary.contains(where: { simulation.effects[$0] == nil }),
      primary.count * simulation.variants.count > 1
    else { return [] }
    let correction = experiment.correction
    // The false discovery rate is no more than alpha; beside true effects that says nothing of any alarm.
    let promises =
      correction != .none
      && (correction != .benjaminiHochberg || primary.allSatisfy { simulation.effects[$0] == nil })
    var line = Line(
      metric: "primary", estimator: correction.rawValue, isOwn: promises, variant: "",
      measure: .familyWise, promised: promises ? alpha : .nan, count: tally.familyErrors, of: tally.runs)
    if !promises { line.verdict = .none }
    return [line]
  }

  /// The name of the rule that looks.
  private var rule: String {
    switch experiment.plan.looking {
    case .groupSequential(_, let spending, _): spending.rawValue
    case .alwaysValid, .once: "confidence_sequence"
    }
  }

  private var looks: [Line] {
    let variants = simulation.variants
    let primaries = max(1, experiment.metrics.count { $0.role == .primary } * variants.count)
    var lines: [Line] = []
    for (position, place) in simulation.watched.enumerated() {
      let metric = experiment.metrics[place]
      for (offset, variant) in variants.enumerated() {
        let found = tally.looks[position * variants.count + offset]
        func line(_ measure: SimulationReport.Measure, _ name: String, _ promised: Double, _ count: Int)
          -> Line
        {
          Line(
            metric: metric.name, estimator: name, isOwn: measure == .anyLook,
            variant: experiment.arms[variant].name, measure: measure, promised: promised, count: count,
            of: tally.runs)
        }
        let isNull = simulation.effects[place] == nil
        let level = metric.role == .primary ? alpha / Double(primaries) : alpha
        var crossing = line(.anyLook, rule, isNull ? level : .nan, found.crossed)
        if !isNull { crossing.verdict = .none }
        lines.append(crossing)
        lines.append(line(.peeking, "one look's test", isNull ? alpha : .nan, found.plain))
      }
    }
    return lines
  }

  // MARK: Words

  func words(_ lines: [Line]) -> [String] {
    var words: [String] = []
    for (place, metric) in experiment.metrics.enumerated() {
      words.append(sentence(place, lines.filter { $0.metric == metric.name }))
    }
    for line in lines where line.measure == .familyWise {
      let correction = experiment.correction == .none ? "not corrected" : "corrected by \(line.estimator)"
      words.append(
        "All primary comparisons together, \(correction): \(share(line)) of runs had a false alarm"
          + (line.promised.isNaN ? "." : "; \(told(line))."))
    }
    words += lookWords(lines)
    let undefined = tally.comparisons.indices.filter { index in
      simulation.contenders[index / max(1, simulation.variants.count)].isOwn
        && tally.comparisons[index].undefined > 0
    }
    if let worst = undefined.max(by: { tally.comparisons[$0].undefined < tally.comparisons[$1].undefined }) {
      let contender = simulation.contenders[worst / simulation.variants.count]
      words.append(
        "In \(shownCount(tally.comparisons[worst].undefined)) runs \(contender.name) had nothing to test in "
          + "\(experiment.metrics[contender.place].name) (no variance, or an empty arm): no alarm was counted."
      )
    }
    if simulation.skipsPermutations {
      words.append(
        "The permutation test was not tried: with so many units it takes too long. Fewer --runs bring it in.")
    }
    return words
  }

  private func sentence(_ place: Int, _ lines: [Line]) -> String {
    let metric = experiment.metrics[place]
    let own = lines.filter { $0.isOwn && $0.measure != .anyLook && $0.measure != .familyWise }
    let name = own.first?.estimator ?? ""
    let bad = own.filter { $0.verdict == .doesNotHold }
    let main = worst(own.filter { $0.measure == .falseAlarms || $0.measure == .power })
    let coverage = worst(own.filter { $0.measure == .differenceCoverage })
    var text = "\(metric.name): \(name) "
    if let main, main.measure == .power {
      text +=
        "finds the effect in \(share(main)) of runs; its interval holds the truth in \(coverage.map(share) ?? "–")"
    }
    guard let first = worst(bad) else {
      guard let main else { return text + "." }
      if main.measure == .power { return text + "." }
      let safe = main.verdict == .conservative ? ", on the safe side" : ""
      return text + "holds: \(share(main)) false alarms where \(percent(alpha)) is promised\(safe)."
    }
    if main?.measure == .power {
      text += ", which does not hold"
    } else if first.measure == .falseAlarms {
      text += "does not hold: \(share(first)) false alarms where \(percent(alpha)) is promised"
    } else {
      text +=
        "does not hold: its interval has the truth in \(share(first)) where \(percent(1 - alpha)) is promised"
    }
    return text + ". " + reason(place) + instead(lines)
  }

  /// Why the usual intervals fail: skewed values in arms of unlike size.
  private func reason(_ place: Int) -> String {
    let weights = experiment.arms.map(\.weight).filter { $0 > 0 }
    let isUneven = (weights.max() ?? 1) > 1.5 * (weights.min() ?? 1)
    let skewness = simulation.skewness[place]
    guard experiment.metrics[place].kind == .mean, abs(skewness) > 2 else { return "" }
    return "The values are skewed (skewness \(significant(skewness, 2)))"
      + (isUneven
        ? " and the arms of unlike size, which no t interval stands: arms of like size would mend it. "
        : ": these are few units for a mean of such values. ")
  }

  /// The rivals that keep their word.
  private func instead(_ lines: [Line]) -> String {
    var good: [String] = []
    for name in unique(lines.filter { !$0.isOwn && $0.measure != .peeking }.map(\.estimator)) {
      let own = lines.filter { $0.estimator == name && !$0.isOwn }
      let alarms = worst(own.filter { $0.measure == .falseAlarms })
      let coverage = worst(own.filter { $0.measure == .differenceCoverage })
      guard own.contains(where: { $0.verdict == .holds || $0.verdict == .conservative }),
        !own.contains(where: { $0.verdict == .doesNotHold }), let shown = alarms ?? coverage
      else { continue }
      let rate = "\(percent(shown.found)) \(alarms == nil ? "covered" : "false alarms")"
      let how =
        name == "permutation"
        ? "method: permutation"
        : name.hasPrefix("welch (cap") ? "cap: \(Contender.rivalCap)" : "method: \(name)"
      good.append("\(name) holds (\(rate); `\(how)`)")
    }
    return good.isEmpty
      ? "None of the others tried holds either." : "Instead: " + good.joined(separator: ", ") + "."
  }

  private func lookWords(_ lines: [Line]) -> [String] {
    let looks = simulation.shares.count
    return unique(lines.filter { $0.measure == .anyLook }.map(\.metric)).compactMap { metric in
      let own = lines.filter { $0.metric == metric }
      guard let crossing = worst(own.filter { $0.measure == .anyLook }),
        let plain = worst(own.filter { $0.measure == .peeking })
      else { return nil }
      if crossing.promised.isNaN {
        return
          "\(metric), looked at \(looks) times: \(crossing.estimator) finds the effect in \(share(crossing)) of runs."
      }
      return
        "\(metric), looked at \(looks) times: \(crossing.estimator) raises a false alarm in \(share(crossing)) of "
        + "runs; \(told(crossing)). A test made for one look would in \(percent(plain.found))."
    }
  }

  /// The line that is farthest on the wrong side.
  private func worst(_ lines: [Line]) -> Line? {
    lines.max { badness($0) < badness($1) }
  }

  private func badness(_ line: Line) -> Double {
    let gap = line.promised.isNaN ? -line.found : line.found - line.promised
    switch line.measure {
    case .differenceCoverage, .liftCoverage: return -gap
    default: return gap
    }
  }

  private func told(_ line: Line) -> String {
    switch line.verdict {
    case .doesNotHold: "that does not hold the \(percent(line.promised)) promised"
    case .conservative: "that holds the \(percent(line.promised)) promised with room to spare"
    case .holds, .none: "that holds the \(percent(line.promised)) promised"
    }
  }

  private func share(_ line: Line) -> String {
    "\(percent(line.found)) (\(number(line.interval.lower)) to \(number(line.interval.upper)))"
  }

  private func percent(_ share: Double) -> String { number(share) + " %" }

  private func number(_ share: Double) -> String {
    significant(share * 100, share < 0.1 ? 2 : 3)
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
