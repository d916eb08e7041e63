public import RekindleCore

extension Experiment {
  /// The columns of an assignment file that are not factors.
  package static let reservedColumns = [
    "customer_id", "experiment", "arm", "stratum", "probability", "assigned_at",
  ]

  /// How far a sum of weights may be from 1.
  private static let weightTolerance = 1e-9

  /// Checks that the definition can be carried out. The diagnostics carry the setting that is wrong as a
  /// dotted path from `experiments.ID` on.
  ///
  /// | code | what is wrong |
  /// |---|---|
  /// | `RK0800` | a name: id, salt, unit, stratum, segment |
  /// | `RK0801` | the arms |
  /// | `RK0802` | weights |
  /// | `RK0803` | a factor |
  /// | `RK0804` | arms that are not the cells of the factors |
  /// | `RK0805` | generators of a fraction |
  /// | `RK0806` | the control |
  /// | `RK0807` | the holdout |
  /// | `RK0808` | the layer |
  /// | `RK0809` | the ramp |
  /// | `RK0810` | start and end |
  /// | `RK0811` | the list of metrics: a name twice, no primary one |
  /// | `RK0812` | a metric |
  /// | `RK0813` | the plan |
  /// | `RK0814` | the dealing of batches |
  /// | `RK0815` | experiments that do not go together (`validate(together:)`) |
  ///
  /// An experiment without any metric passes: units can be assigned before it is settled what to look at.
  /// - Throws: the first of what is wrong.
  public func validate() throws(Diagnostic) {
    let key = "experiments.\(id)"
    try checkNames(key)
    try checkArms(key)
    try checkFactors(key)
    try checkTaking(key)
    try checkRamp(key)
    try checkBatch(key + ".batch")
    if let start, let end, end < start {
      throw Diagnostic(
        "RK0810", "the experiment ends on \(end), before its start on \(start)", key: key + ".end",
        help: "swap the dates, or mend one of them")
    }
    try validateMetrics(key)
    try plan.validate(key + ".plan")
  }

  private func checkNames(_ key: String) throws(Diagnostic) {
    for (what, name) in [("id", id), ("salt", salt), ("unit", unit)] where !isPlain(name) {
      throw Diagnostic(
        "RK0800", "\"\(name)\" cannot be the \(what) of an experiment",
        key: what == "id" ? "experiments" : key + "." + what,
        help: "use a name without line breaks, and without blanks at its ends")
    }
    for (what, names) in [("strata", strata), ("segments", segments)] {
      if let name = names.first(where: { !isPlain($0) }) {
        throw Diagnostic(
          "RK0800", "\"\(name)\" is no name of a column", key: "\(key).\(what)", help: "name a column")
      }
      if let name = firstRepeated(names) {
        throw Diagnostic(
          "RK0800", "\"\(name)\" stands twice in \(what)", key: "\(key).\(what)", help: "name it once")
      }
    }
  }

  private func checkArms(_ key: String) throws(Diagnostic) {
    let armsKey = key + (factors.isEmpty ? ".arms" : ".factors")
    let names = arms.map(\.name)
    guard arms.count >= 2 else {
      throw Diagnostic(
        "RK0801", arms.isEmpty ? "the experiment has no arm" : "\"\(names[0])\" is the only arm",
        key: armsKey, help: "an experiment compares two arms or more")
    }
    if let name = names.first(where: { !isPlain($0) }) {
      throw Diagnostic(
        "RK0801", "\"\(name)\" cannot be the name of an arm", key: armsKey,
        help: "use a name without line breaks, and without blanks at its ends")
    }
    if names.contains(UnitSchema.holdoutArm) {
      throw Diagnostic(
        "RK0801",
        "\"\(UnitSchema.holdoutArm)\" cannot be the name of an arm: units held out are listed under it",
        key: armsKey, help: "choose another name; for a control call it control")
    }
    if let name = firstRepeated(names) {
      throw Diagnostic(
        "RK0801", "the arm \"\(name)\" stands twice", key: armsKey, help: "give each arm its own name")
    }
    try checkWeights(arms.map(\.weight), key: armsKey)
    guard names.contains(control) else {
      throw Diagnostic(
        "RK0806", "the control \"\(control)\" is not an arm", key: key + ".control",
        hint: nearMatch(of: control, among: names).map { "did you mean \"\($0)\"?" },
        notes: ["arms: " + names.joined(separator: ", ")], help: "name one of the arms")
    }
  }

  private func checkWeights(_ weights: [Double], key: String) throws(Diagnostic) {
    if let place = weights.firstIndex(where: { !($0 >= 0 && $0 <= 1 + Experiment.weightTolerance) }) {
      throw Diagnostic(
        "RK0802", "the weight of \"\(arms[place].name)\" is \(weights[place])", key: key,
        help: "a weight is a share from 0 to 1")
    }
    let sum = weights.reduce(0, +)
    guard abs(sum - 1) <= Experiment.weightTolerance else {
      throw Diagnostic(
        "RK0802", "the weights sum to \(sum), not to 1", key: key,
        notes: [
          "weights: " + zip(arms, weights).map { "\($0.name) \($1)" }.joined(separator: ", ")
        ], help: "mend the weights; leave them out for equal ones")
    }
  }

  private func checkFactors(_ key: String) throws(Diagnostic) {
    let factorsKey = key + ".factors"
    if let name = firstRepeated(factors.map(\.name)) {
      throw Diagnostic(
        "RK0803", "the factor \"\(name)\" stands twice", key: factorsKey,
        help: "give each factor its own name")
    }
    for factor in factors {
      let factorKey = "\(factorsKey).\(factor.name)"
      guard isPlain(factor.name), !Experiment.reservedColumns.contains(factor.name) else {
        throw Diagnostic(
          "RK0803", "\"\(factor.name)\" cannot be the name of a factor", key: factorsKey,
          notes: ["other columns of an assignment: " + Experiment.reservedColumns.joined(separator: ", ")],
          help: "choose another name")
      }
      if let level = factor.levels.first(where: { !isPlain($0) }) {
        throw Diagnostic(
          "RK0803", "\"\(level)\" cannot be a level of \"\(factor.name)\"", key: factorKey,
          help: "use a name without line breaks, and without blanks at its ends")
      }
      if let level = firstRepeated(factor.levels) {
        throw Diagnostic(
          "RK0803", "the level \"\(level)\" of \"\(factor.name)\" stands twice", key: factorKey,
          help: "give each level its own name")
      }
      guard factor.levels.count >= 2 else {
        throw Diagnostic(
          "RK0803", "the factor \"\(factor.name)\" has \(factor.levels.isEmpty ? "no" : "only one") level",
          key: factorKey, help: "a factor varies: give it two levels or more, or leave it out")
      }
    }
    try checkCells(key)
  }

  private func checkCells(_ experimentKey: String) throws(Diagnostic) {
    let key = experimentKey + ".factors"
    guard !factors.isEmpty else {
      if let arm = arms.first(where: { !$0.levels.isEmpty }) {
        throw Diagnostic(
          "RK0804", "the arm \"\(arm.name)\" has levels, but the experiment has no factors", key: key,
          help: "write the factors down")
      }
      guard generators.isEmpty else {
        throw Diagnostic(
          "RK0805", "generators need factors", key: experimentKey + ".generators",
          help: "write the factors down, or leave the generators out")
      }
      return
    }
    let wanted = try Arm.cells(of: factors, generators: generators, key: experimentKey)
    let found = arms.map(\.levels)
    for arm in arms where !wanted.contains(arm.levels) {
      throw Diagnostic(
        "RK0804", "the arm \"\(arm.name)\" is not a cell of the design", key: key,
        help: "the arms of a design are its cells: leave them out and they are made from the factors")
    }
    for (arm, other) in zip(arms, found.indices) where found[..<other].contains(arm.levels) {
      throw Diagnostic(
        "RK0804", "the cell of the arm \"\(arm.name)\" stands twice", key: key, help: "leave one out")
    }
    if let missing = wanted.first(where: { !found.contains($0) }) {
      throw Diagnostic(
        "RK0804", "the cell \(Arm.name(ofCell: missing, of: factors)) of the design has no arm", key: key,
        help: "give it an arm, if need be with weight 0")
    }
  }

  private func checkTaking(_ key: String) throws(Diagnostic) {
    guard holdout >= 0, holdout < 1 else {
      throw Diagnostic(
        "RK0807", "a holdout of \(holdout)", key: key + ".holdout", help: "it is a share: 0 or more, below 1")
    }
    guard let layer else { return }
    guard isPlain(layer.name) else {
      throw Diagnostic(
        "RK0808", "\"\(layer.name)\" cannot be the name of a layer", key: key + ".layer",
        help: "use a name without line breaks, and without blanks at its ends")
    }
    guard layer.lower >= 0, layer.upper <= 1, layer.lower < layer.upper else {
      throw Diagnostic(
        "RK0808", "the part [\(layer.lower), \(layer.upper)) of layer \"\(layer.name)\" is none",
        key: key + ".layer", help: "give a part of [0, 1), the lower end first")
    }
  }

  private func checkBatch(_ key: String) throws(Diagnostic) {
    guard let balance = batch?.balance else { return }
    guard !balance.covariates.isEmpty, balance.covariates.allSatisfy(isPlain) else {
      throw Diagnostic(
        "RK0814", "the balance of a batch names no covariate", key: key + ".balance",
        help: "name columns, or leave the balance out")
    }
    if let name = firstRepeated(balance.covariates) {
      throw Diagnostic(
        "RK0814", "\"\(name)\" stands twice among the covariates", key: key + ".balance",
        help: "name it once")
    }
    guard balance.acceptance > 0, balance.acceptance < 1 else {
      throw Diagnostic(
        "RK0814", "an acceptance of \(balance.acceptance)", key: key + ".acceptance",
        help: "give a share above 0 and below 1, such as 0.01")
    }
    guard balance.tries >= 1 else {
      throw Diagnostic(
        "RK0814", "\(balance.tries) tries", key: key + ".tries", help: "give 1 or more")
    }
  }

  private func checkRamp(_ key: String) throws(Diagnostic) {
    let rampKey = key + ".ramp"
    guard !ramp.isEmpty else {
      throw Diagnostic(
        "RK0809", "the ramp has no phase", key: rampKey, help: "leave it out to cover everybody")
    }
    var before = 0.0
    for (index, phase) in ramp.enumerated() {
      guard phase.coverage > 0, phase.coverage <= 1 else {
        throw Diagnostic(
          "RK0809", "phase \(index + 1) of the ramp covers \(phase.coverage)", key: rampKey,
          help: "coverage is a share, above 0 and at most 1")
      }
      guard phase.coverage > before else {
        throw Diagnostic(
          "RK0809",
          "phase \(index + 1) of the ramp covers \(phase.coverage), no more than \(before) before it",
          key: rampKey,
          help: "a phase deals the units that the phases before it left; coverage can only grow")
      }
      before = phase.coverage
      guard let weights = phase.weights else { continue }
      guard weights.count <= arms.count else {
        throw Diagnostic(
          "RK0809", "phase \(index + 1) of the ramp has \(weights.count) weights for \(arms.count) arms",
          key: rampKey, help: "give one weight an arm")
      }
      try checkWeights(weights, key: rampKey)
    }
    let place = arms.firstIndex { $0.name == control }
    guard let place, ramp.contains(where: { weights(of: $0)[place] > 0 }) else {
      throw Diagnostic(
        "RK0806", "the control \"\(control)\" has weight 0, so that there is nothing to compare with",
        key: key + ".control", help: "give it a weight, or choose another control")
    }
  }
}

/// Whether a text can stand as a name in a file and in a report.
func isPlain(_ name: String) -> Bool {
  guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last else { return false }
  return !first.properties.isWhitespace && !last.properties.isWhitespace
    && !name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
}

/// The first of the names that has stood before.
func firstRepeated(_ names: [String]) -> String? {
  var seen: Set<String> = []
  return names.first { !seen.insert($0).inserted }
}
