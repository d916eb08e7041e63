internal import RekindleCore

extension AssignmentRecord {
  /// Weights of the experiment's arms as weights of the record's, which may have arms that are no more.
  func padded(_ weights: [Double]) -> [Double] {
    weights + [Double](repeating: 0, count: arms.count - weights.count)
  }

  /// Takes over what an older record of the same experiment tells; the definition stays the new one's.
  mutating func takeOver(_ old: AssignmentRecord) {
    // Arms that the definition has no more stay known, behind the others.
    let gone = old.arms.filter { !arms.contains($0) }
    arms += gone
    let places = old.arms.map { name in arms.firstIndex(of: name) }
    strata = old.strata.map { stratum in
      var moved = stratum
      moved.weights = arms.map { _ in 0 }
      moved.counts = arms.map { _ in 0 }
      for (place, index) in zip(places, stratum.weights.indices) {
        guard let place else { continue }
        moved.weights[place] = stratum.weights[index]
        moved.counts[place] = stratum.counts[index]
      }
      return moved
    }
    draws = old.draws
    holdout = old.holdout
  }

  /// Makes up for a record that is not there, of an assignment by hash: its strata are the phases.
  mutating func takeOver(_ table: AssignmentTable, _ experiment: Experiment) {
    arms += table.arms.dictionary.filter { !arms.contains($0) && $0 != UnitSchema.holdoutArm }
    let places = table.arms.dictionary.map { name in arms.firstIndex(of: name) }
    for (phase, step) in experiment.ramp.enumerated() {
      strata.append(
        Stratum(
          name: "phase \(phase + 1)", phase: phase + 1, batch: 1,
          weights: padded(experiment.weights(of: step)), counts: arms.map { _ in 0 }))
    }
    let slots = table.strata.dictionary.map { name in strata.firstIndex { $0.name == name } }
    for (arm, stratum) in zip(table.arms.codes, table.strata.codes) {
      guard let place = places[Int(arm)] else {
        holdout += 1
        continue
      }
      if stratum >= 0, let slot = slots[Int(stratum)] { strata[slot].counts[place] += 1 }
    }
    strata.removeAll { !$0.counts.contains { $0 > 0 } }
  }

  /// Adds units of a phase that were assigned by hash, and says the name of their stratum.
  ///
  /// Weights that were changed under stored units make a stratum of their own: units of one stratum had the
  /// same chances.
  mutating func add(_ counts: [Int], phase: Int, weights: [Double]) -> String {
    let weights = padded(weights)
    var batch = 1
    while true {
      let name = batch == 1 ? "phase \(phase)" : "phase \(phase)/batch \(batch)"
      guard let place = strata.firstIndex(where: { $0.name == name }) else {
        guard counts.contains(where: { $0 > 0 }) else { return name }
        strata.append(
          Stratum(name: name, phase: phase, batch: batch, weights: weights, counts: padded(counts)))
        return name
      }
      if strata[place].weights == weights {
        for (arm, count) in counts.enumerated() { strata[place].counts[arm] += count }
        return name
      }
      batch += 1
    }
  }

  private func padded(_ counts: [Int]) -> [Int] {
    counts + [Int](repeating: 0, count: arms.count - counts.count)
  }

  static func ambiguous(_ name: String) -> Diagnostic {
    Diagnostic(
      "RK0824", "the stratum name \"\(name)\" stands for two strata",
      help: "change the strata's values: phase and batch are added to them by /")
  }
}
