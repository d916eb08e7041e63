internal import RekindleCore
internal import RekindleExperiments

/// The arms of an experiment as the project file has them: a list, shares by name, or the cells of
/// factors.
struct ExperimentDesign {
  let arms: [Experiment.Arm]
  let factors: [Experiment.Factor]
  /// Of a fraction: `copy = coupon*slot`.
  let generators: [String]

  init(_ mapping: YAMLMapping, _ value: YAMLValue) throws(Diagnostic) {
    generators = try mapping["generators"]?.texts() ?? []
    if let factors = mapping["factors"] {
      if let arms = mapping["arms"] {
        throw arms.refusal(
          "RK0603", "\(value.path) has arms and factors", help: "keep one: the arms are the factors' cells")
      }
      (self.factors, arms) = try ExperimentDesign.cells(factors, generators, key: value.path)
      return
    }
    let value = try mapping.require(
      "arms", help: "say what is compared: `arms: [control, treatment]`, or factors with their levels")
    factors = []
    arms = try value.weighted().map { Experiment.Arm($0.name, weight: $0.share) }
  }

  /// The cells of the design; a cell's weight is the product of its levels' shares, scaled where only a
  /// fraction of the cells is run.
  private static func cells(
    _ value: YAMLValue, _ generators: [String], key: String
  ) throws(Diagnostic) -> (factors: [Experiment.Factor], arms: [Experiment.Arm]) {
    var factors: [Experiment.Factor] = []
    var shares: [[Double]] = []
    for entry in try value.mapping().entries {
      let levels = try entry.value.weighted()
      factors.append(.init(entry.name, levels: levels.map(\.name)))
      shares.append(levels.map(\.share))
      let sum = shares[shares.count - 1].reduce(0, +)
      guard levels.isEmpty || abs(sum - 1) < 1e-9 else {
        throw entry.value.refusal(
          "RK0802", "the shares of the levels of \"\(entry.name)\" sum to \(sum), not to 1",
          help: "mend the shares; a list in place of a mapping has equal ones")
      }
    }
    var arms = try Experiment.Arm.factorial(factors, generators: generators, key: key)
    for index in arms.indices {
      arms[index].weight = zip(shares, arms[index].levels).reduce(1) { $0 * $1.0[$1.1] }
    }
    let sum = arms.reduce(0) { $0 + $1.weight }
    if !generators.isEmpty { for index in arms.indices { arms[index].weight /= sum } }
    return (factors, arms)
  }

  /// The arm that the others are compared with; default: the first.
  func control(_ value: YAMLValue?) throws(Diagnostic) -> String {
    try value?.text() ?? arms.first?.name ?? ""
  }

  /// `coverage: 0.5`, or `ramp:` with its steps.
  func ramp(_ mapping: YAMLMapping) throws(Diagnostic) -> [Experiment.Phase] {
    guard let steps = mapping["ramp"] else {
      return [Experiment.Phase(coverage: try mapping["coverage"]?.share() ?? 1)]
    }
    if let coverage = mapping["coverage"] {
      throw coverage.refusal(
        "RK0603", "coverage has no meaning beside a ramp, whose steps have their own",
        help: "remove one of the two")
    }
    var phases: [Experiment.Phase] = []
    for step in try steps.list() {
      let parts = try step.mapping()
      try parts.allowOnly(["coverage", "weights"])
      phases.append(
        Experiment.Phase(
          coverage: try parts.require("coverage", help: "say the share of the units: coverage: 0.1").share(),
          weights: try parts["weights"].map { (value) throws(Diagnostic) in try weights(value) }))
    }
    return phases
  }

  /// One weight an arm; an arm that is not named gets none of the new units.
  private func weights(_ value: YAMLValue) throws(Diagnostic) -> [Double] {
    var weights = [Double](repeating: 0, count: arms.count)
    for entry in try value.mapping().entries {
      guard let index = arms.firstIndex(where: { $0.name == entry.name }) else {
        let names = arms.map(\.name)
        throw entry.value.refusal(
          "RK0603", "\"\(entry.name)\" is not an arm of the experiment",
          hint: nearMatch(of: entry.name, among: names).map { "did you mean \"\($0)\"?" },
          help: "one of: \(names.joined(separator: ", "))")
      }
      weights[index] = try entry.value.share()
    }
    return weights
  }
}

extension YAMLValue {
  /// `[a, b]` with equal shares, or `{a: 0.3, b: 0.7}`.
  fileprivate func weighted() throws(Diagnostic) -> [(name: String, share: Double)] {
    if !isMapping {
      let names = try list()
      var weighted: [(name: String, share: Double)] = []
      for name in names { weighted.append((try name.text(), 1 / Double(names.count))) }
      return weighted
    }
    var weighted: [(name: String, share: Double)] = []
    for entry in try mapping().entries { weighted.append((entry.name, try entry.value.share())) }
    return weighted
  }
}
