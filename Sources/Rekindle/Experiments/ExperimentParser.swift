internal import RekindleBehaviour
internal import RekindleChurn
internal import RekindleCore
internal import RekindleExperiments

extension ExperimentEntry {
  /// One entry of `experiments:`.
  init(id: String, _ value: YAMLValue) throws(Diagnostic) {
    let mapping = try value.mapping()
    try mapping.allowOnly([
      "salt", "unit", "arms", "factors", "generators", "control", "holdout", "layer", "coverage", "ramp",
      "strata", "start", "end", "metrics", "covariates", "segments", "plan", "correction", "columns",
      "batch",
    ])
    let design = try ExperimentDesign(mapping, value)
    var formulas = FormulaColumns()
    let covariates = try formulas.columns(mapping["covariates"], as: .covariate)
    let segments = try formulas.columns(mapping["segments"], as: .segment)
    var metrics: [Metric] = []
    for entry in try mapping["metrics"]?.mapping().entries ?? [] {
      metrics.append(
        try Metric(name: entry.name, entry.value, covariates: covariates, formulas: &formulas))
    }
    key = value.path
    columns = try UnitColumns(mapping["columns"])
    self.formulas = formulas.formulas
    experiment = Experiment(
      id: id, salt: try mapping["salt"]?.text(), unit: try mapping["unit"]?.text() ?? "customer",
      arms: design.arms, factors: design.factors, generators: design.generators,
      control: try design.control(mapping["control"]),
      holdout: try mapping["holdout"]?.share() ?? 0,
      layer: try mapping["layer"].map { (value) throws(Diagnostic) in try Experiment.Layer(value) },
      ramp: try design.ramp(mapping), strata: try mapping["strata"]?.texts() ?? [],
      batch: try mapping["batch"].map { (value) throws(Diagnostic) in try Experiment.Batch(value) },
      start: try mapping["start"]?.date(), end: try mapping["end"]?.date(), metrics: metrics,
      segments: segments, plan: try Plan(mapping["plan"]),
      correction: try mapping["correction"]?.choice(of: Experiment.Correction.self) ?? .holm)
  }
}

/// The columns with a formula that were met so far.
struct FormulaColumns {
  private(set) var formulas: [ExperimentEntry.Formula] = []

  mutating func add(_ column: String, _ use: ExperimentEntry.Formula.Use, _ value: YAMLValue)
    throws(Diagnostic)
  {
    guard !formulas.contains(where: { $0.column == column }) else {
      throw value.refusal(
        "RK0603", "two formulas give the column \"\(column)\"", help: "rename one of the two")
    }
    let source = try value.expressionSource()
    formulas.append(
      .init(column: column, use: use, expression: try Expression(parsing: source), source: source))
  }

  /// `{name: formula, …}`, or the names of columns of the file of units.
  mutating func columns(
    _ value: YAMLValue?, as use: ExperimentEntry.Formula.Use
  ) throws(Diagnostic) -> [String] {
    guard let value else { return [] }
    guard value.isMapping else { return try value.texts() }
    let entries = try value.mapping().entries
    for entry in entries { try add(entry.name, use, entry.value) }
    return entries.map(\.name)
  }
}

/// What the column of a denominator that has a formula is called, after the metric's name.
private let denominatorEnding = "_denominator"

extension Metric {
  /// `{kind: mean, formula: …}`; without a formula it is a column of the file of units.
  /// - Parameter covariates: the experiment's, by name.
  fileprivate init(
    name: String, _ value: YAMLValue, covariates: [String], formulas: inout FormulaColumns
  ) throws(Diagnostic) {
    let mapping = try value.mapping()
    try mapping.allowOnly([
      "kind", "role", "formula", "column", "denominator", "at", "covariates", "adjustment", "better",
      "method", "cap", "margin", "mature_after",
    ])
    if let formula = mapping["formula"] {
      if let column = mapping["column"] {
        throw column.refusal(
          "RK0603", "\(value.path) has a formula and a column", help: "keep one: both say what it is")
      }
      try formulas.add(name, .metric, formula)
    }
    self.init(
      name, role: try mapping["role"]?.choice(of: Role.self) ?? .primary,
      kind: try Metric.kind(name, mapping, value, &formulas), column: try mapping["column"]?.text(),
      covariates: try Metric.covariates(mapping["covariates"], among: covariates),
      adjustment: try mapping["adjustment"]?.choice(of: Adjustment.self),
      better: try mapping["better"]?.choice(of: Direction.self) ?? .higher,
      method: try mapping["method"]?.text(), cap: try mapping["cap"]?.share(),
      margin: try mapping["margin"]?.margin(),
      matureAfterDays: Metric.maturity(
        declared: try mapping["mature_after"]?.days(),
        formulas: formulas.formulas.filter { $0.column == name || $0.column == name + denominatorEnding }))
  }

  /// A window is over when its last day is.
  private static func maturity(declared: Int?, formulas: [ExperimentEntry.Formula]) -> Int? {
    (formulas.map(\.expression.reach.days) + (declared.map { [$0] } ?? [])).max()
  }

  /// Without a list of the experiment's own, any column of the file of units will do.
  private static func covariates(
    _ value: YAMLValue?, among known: [String]
  ) throws(Diagnostic) -> [String] {
    var names: [String] = []
    for item in try value?.oneOrMore() ?? [] {
      let name = try item.text()
      guard known.isEmpty || known.contains(name) else {
        throw item.refusal(
          "RK0603", "\"\(name)\" is not among the covariates of the experiment",
          hint: nearMatch(of: name, among: known).map { "did you mean \"\($0)\"?" },
          help: "one of: \(known.joined(separator: ", "))")
      }
      names.append(name)
    }
    return names
  }

  private enum KindName: String, CaseIterable {
    case proportion, mean, ratio, quantile
  }

  private static func kind(
    _ name: String, _ mapping: YAMLMapping, _ value: YAMLValue, _ formulas: inout FormulaColumns
  ) throws(Diagnostic) -> Kind {
    let kind = try mapping.require("kind", help: "one of: proportion, mean, ratio, quantile")
      .choice(of: KindName.self)
    for (key, owner) in [("denominator", KindName.ratio), ("at", .quantile)] where kind != owner {
      if let stray = mapping[key] {
        throw stray.refusal(
          "RK0603", "\"\(key)\" has no meaning for a \(kind.rawValue)",
          help: "remove it, or set kind: \(owner.rawValue)")
      }
    }
    switch kind {
    case .proportion: return .proportion
    case .mean: return .mean
    case .ratio:
      let denominator = try mapping.require("denominator", help: "a ratio is a sum over a sum: say over what")
      // With a formula above the line, one stands below it too.
      guard mapping["formula"] != nil else { return .ratio(denominator: try denominator.text()) }
      let column = name + denominatorEnding
      try formulas.add(column, .metric, denominator)
      return .ratio(denominator: column)
    case .quantile:
      let at = try mapping.require("at", help: "at: 0.5 is the median")
      let share = try at.number()
      guard share > 0, share < 1 else { throw at.mismatch("a share between 0 and 1") }
      return .quantile(share)
    }
  }
}

extension UnitColumns {
  /// `{id: userid, arm: version}`.
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    self.init()
    guard let mapping = try value?.mapping() else { return }
    let places: [(key: String, place: WritableKeyPath<UnitColumns, String>)] = [
      ("id", \.id), ("arm", \.arm), ("exposed_at", \.exposedAt), ("assigned_at", \.assignedAt),
      ("opened", \.opened), ("stratum", \.stratum),
    ]
    try mapping.allowOnly(places.map(\.key))
    for (key, place) in places {
      guard let name = mapping[key] else { continue }
      self[keyPath: place] = try name.text()
      declared.insert(key)
    }
  }
}

extension Experiment.Layer {
  /// `coupons`, or `{name: coupons, from: 0, to: 0.5}`.
  fileprivate init(_ value: YAMLValue) throws(Diagnostic) {
    guard value.isMapping else {
      self.init(name: try value.text())
      return
    }
    let mapping = try value.mapping()
    try mapping.allowOnly(["name", "from", "to"])
    self.init(
      name: try mapping.require("name", help: "name the layer: experiments that name it share no unit")
        .text(), lower: try mapping["from"]?.share() ?? 0, upper: try mapping["to"]?.share() ?? 1)
  }
}

extension Experiment.Batch {
  /// `{seed: 1, balance: {covariates: [prior_28d], acceptance: 0.01, tries: 10000}}`.
  fileprivate init(_ value: YAMLValue) throws(Diagnostic) {
    self.init()
    let mapping = try value.mapping()
    try mapping.allowOnly(["seed", "balance"])
    seed = UInt64(try mapping["seed"]?.integer(atLeast: 0) ?? 1)
    guard let parts = try mapping["balance"]?.mapping() else { return }
    try parts.allowOnly(["covariates", "acceptance", "tries"])
    var balance = Experiment.Balance(
      covariates: try parts.require("covariates", help: "name what has to balance").texts())
    balance.acceptance = try parts["acceptance"]?.share() ?? balance.acceptance
    balance.tries = try parts["tries"]?.integer(atLeast: 1) ?? balance.tries
    self.balance = balance
  }
}

extension Plan {
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    self.init()
    guard let mapping = try value?.mapping() else { return }
    try mapping.allowOnly([
      "alpha", "power", "effect", "units", "looks", "spending", "futility", "monitoring", "tuned_at",
      "sequence",
    ])
    alpha = try mapping["alpha"]?.share() ?? alpha
    power = try mapping["power"]?.share() ?? power
    effect = try mapping["effect"]?.margin()
    looking = try Plan.looking(mapping)
    units = try mapping["units"]?.integer(atLeast: 2)
    sequence = try mapping["sequence"]?.choice(of: Sequence.self) ?? sequence
  }

  private enum Monitoring: String, CaseIterable {
    case once
    case alwaysValid = "always_valid"
    case groupSequential = "group_sequential"
  }

  private static func looking(_ mapping: YAMLMapping) throws(Diagnostic) -> Looking {
    let monitoring =
      try mapping["monitoring"]?.choice(of: Monitoring.self)
      ?? (mapping["looks"] == nil ? .once : .groupSequential)
    let own: [(key: String, owner: Monitoring)] = [
      ("looks", .groupSequential), ("spending", .groupSequential), ("futility", .groupSequential),
      ("tuned_at", .alwaysValid), ("sequence", .alwaysValid),
    ]
    for (key, owner) in own where owner != monitoring {
      if let stray = mapping[key] {
        throw stray.refusal(
          "RK0603", "\"\(key)\" has no meaning with monitoring: \(monitoring.rawValue)",
          help: "remove it, or set monitoring: \(owner.rawValue)")
      }
    }
    switch monitoring {
    case .once: return .once
    case .alwaysValid: return .alwaysValid(tunedAt: try mapping["tuned_at"]?.integer(atLeast: 1))
    case .groupSequential:
      let looks = try mapping.require("looks", help: "looks: [0.5, 1], or the number of equal ones")
      return .groupSequential(
        shares: try looks.lookShares(),
        spending: try mapping["spending"]?.choice(of: Spending.self) ?? .obrienFleming,
        futility: try mapping["futility"]?.choice(of: Spending.self))
    }
  }
}

extension YAMLValue {
  func texts() throws(Diagnostic) -> [String] {
    var texts: [String] = []
    for value in try oneOrMore() { texts.append(try value.text()) }
    return texts
  }

  /// `5%` of the control's value, or a number in the unit of the metric.
  fileprivate func margin() throws(Diagnostic) -> Metric.Margin {
    let text = try text()
    let isRelative = text.hasSuffix("%")
    let digits = isRelative ? text.dropLast() : text[...]
    guard let number = Double(digits.trimmed), number.isFinite, number > 0 else {
      throw mismatch("a positive number, or a percentage such as 5%")
    }
    return isRelative ? .relative(number / 100) : .absolute(number)
  }

  /// Shares of the information, ascending, the last 1; a whole number stands for that many equal steps.
  fileprivate func lookShares() throws(Diagnostic) -> [Double] {
    if !isList {
      let count = try integer(atLeast: 1)
      return (1...count).map { Double($0) / Double(count) }
    }
    var shares: [Double] = []
    for value in try list() { shares.append(try value.share()) }
    return shares
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = self
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
