internal import Foundation
internal import RekindleBehaviour
internal import RekindleChurn
internal import RekindleCore
internal import RekindleEvents
internal import RekindleExperiments

extension ProjectFile {
  /// Reads and checks a project file. What needs the data (columns, kinds) is checked when the
  /// data is read.
  /// - Throws: `RK0600` when there is no such file; `RK0601` when it is not YAML; `RK0602` for an
  ///   unknown or missing key; `RK0603` for a value of the wrong form; `RK03xx` from expressions.
  ///   All but the first carry the place in the file.
  public init(contentsOf path: String) throws(Diagnostic) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Diagnostic(
        "RK0600", "there is no project file at \(path)", at: .init(file: path),
        help: "write one with `rekindle init --from orders.csv`, or name another with --project")
    }
    try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
  }

  package init(text: String, path: String) throws(Diagnostic) {
    let document = try YAMLDocument(text, file: path)
    let root = try YAMLValue(document: document, node: document.root, path: "").mapping()
    try root.allowOnly([
      "rekindle", "time_zone", "currency", "sources", "features", "churn", "training", "bands",
      "experiments", "lifecycle", "outreach",
    ])
    let version = try root.require("rekindle", help: "begin the file with `rekindle: 1`")
    guard try version.text() == "1" else {
      throw version.refusal(
        "RK0603", "version \(try version.text()) of the project file is not known here",
        help: "this release reads `rekindle: 1`")
    }
    self.path = path
    places = document.places()
    timeZone = try root["time_zone"]?.text() ?? "UTC"
    do {
      _ = try CivilCalendar(timeZone: timeZone)
    } catch {
      var placed = error
      placed.place = root["time_zone"]?.place
      throw placed
    }
    currency = try root["currency"]?.text()
    experiments = try ProjectFile.experiments(root["experiments"], places)
    sources = try ProjectFile.sources(root, mayBeAbsent: !experiments.isEmpty)
    features = try FeatureChoice(root["features"])
    churn = try ChurnDefinition(root["churn"])
    let training = try root["training"]?.mapping()
    try training?.allowOnly([
      "snapshots", "every", "penalty", "lambda", "l1_ratio", "folds", "seed", "preparation",
    ])
    snapshots = try SnapshotDates(training)
    self.training = try TrainingSpecification(training)
    bands = try RiskBands(root["bands"])
    lifecycle = try LifecycleChoice(root["lifecycle"])
    outreach = try OutreachChoice(
      root["outreach"], margin: lifecycle.value.margin, experiments: experiments.map(\.experiment.id),
      places: places)
  }

  private static func experiments(
    _ value: YAMLValue?, _ places: [String: Diagnostic.Place]
  ) throws(Diagnostic) -> [ExperimentEntry] {
    var entries: [ExperimentEntry] = []
    do throws(Diagnostic) {
      for entry in try value?.mapping().entries ?? [] {
        entries.append(try ExperimentEntry(id: entry.name, entry.value))
      }
      try Experiment.validate(together: entries.map(\.experiment))
    } catch {
      guard error.place == nil, let key = error.key else { throw error }
      var located = error
      located.place = place(of: key, among: places)
      throw located
    }
    return entries
  }

  /// - Parameter mayBeAbsent: experiments alone can work on files of units.
  private static func sources(
    _ root: YAMLMapping, mayBeAbsent: Bool
  ) throws(Diagnostic) -> [NamedSource] {
    if mayBeAbsent, root["sources"] == nil { return [] }
    let value = try root.require(
      "sources", help: "add at least one source, or make them with `rekindle init --from orders.csv`")
    var sources: [NamedSource] = []
    for entry in try value.mapping().entries {
      sources.append(NamedSource(name: entry.name, definition: try SourceDefinition(entry.value)))
    }
    guard !sources.isEmpty else {
      throw value.refusal(
        "RK0602", "sources has no entry", help: "add one: `orders: {file: orders.csv, …}`")
    }
    return sources
  }
}

extension ProjectFile.FeatureChoice {
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    sets = ["retail"]
    added = []
    removed = []
    guard let mapping = try value?.mapping() else { return }
    try mapping.allowOnly(["sets", "add", "remove"])
    if let names = try mapping["sets"]?.list() {
      sets = []
      for name in names {
        let text = try name.text()
        guard FeatureSet.named(text) != nil else {
          throw name.refusal(
            "RK0603", "\"\(text)\" is not a feature set",
            hint: nearMatch(of: text, among: FeatureSet.builtIn.map(\.name)).map {
              "did you mean \"\($0)\"?"
            },
            help: "built-in sets: \(FeatureSet.builtIn.map(\.name).joined(separator: ", ")); [] for none")
        }
        sets.append(text)
      }
    }
    for entry in try mapping["add"]?.mapping().entries ?? [] {
      added += try ProjectFile.AddedFeature.parse(name: entry.name, entry.value)
    }
    for name in try mapping["remove"]?.oneOrMore() ?? [] { removed.append(try name.text()) }
  }
}

extension ProjectFile.AddedFeature {
  /// `name: formula`, or `name: {formula: …, unit: …, reason: …, transform: …}`; a templated name
  /// gives several.
  fileprivate static func parse(name: String, _ value: YAMLValue) throws(Diagnostic) -> [Self] {
    var formula = value
    var unit: String?
    var reason: String?
    var transform = FeatureDefinition.Transform.identity
    if value.isMapping {
      let mapping = try value.mapping()
      try mapping.allowOnly(["formula", "unit", "reason", "transform"])
      formula = try mapping.require("formula", help: "write `formula: count(purchase, last 90d)`")
      unit = try mapping["unit"]?.text()
      reason = try mapping["reason"]?.text()
      transform = try mapping["transform"]?.choice(of: FeatureDefinition.Transform.self) ?? .identity
    }
    let expanded = try FeatureDefinition.expanding(
      name: name, formula: try formula.expressionSource(), unit: unit, reason: reason, transform: transform)
    return expanded.map { Self(definition: $0.definition, source: $0.source) }
  }
}

extension ProjectFile.ChurnDefinition {
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    activity = "purchase"
    horizon = .auto
    guard let mapping = try value?.mapping() else { return }
    try mapping.allowOnly(["activity", "horizon", "eligible", "label", "log_end"])
    activity = try mapping["activity"]?.text() ?? activity
    if let horizon = mapping["horizon"], try horizon.text() != "auto" {
      self.horizon = .days(try horizon.days())
    }
    logEnd = try mapping["log_end"]?.date()
    eligible = try mapping["eligible"]?.expressionSource()
    label = try mapping["label"]?.expressionSource()
  }
}

extension ProjectFile.SnapshotDates {
  fileprivate init(_ training: YAMLMapping?) throws(Diagnostic) {
    guard let snapshots = training?["snapshots"], snapshots.isList else {
      self = .count(
        try training?["snapshots"]?.integer(atLeast: 2) ?? 6,
        everyDays: try training?["every"]?.days() ?? 30)
      return
    }
    if let every = training?["every"] {
      throw every.refusal(
        "RK0603", "training.every has no meaning beside a list of dates", help: "remove one of the two")
    }
    var days: [CivilDate] = []
    for date in try snapshots.list() { days.append(try date.date()) }
    guard days.count >= 2, days == days.sorted(), Set(days).count == days.count else {
      throw snapshots.refusal(
        "RK0603", "training.snapshots must be two or more dates in ascending order",
        help: "the last one is the test; the earlier ones train")
    }
    self = .given(days)
  }
}

extension TrainingSpecification {
  fileprivate init(_ training: YAMLMapping?) throws(Diagnostic) {
    self.init()
    guard let training else { return }
    penalty = try training["penalty"]?.choice(of: Penalty.self) ?? penalty
    if let lambda = training["lambda"], try lambda.text() != "auto" {
      let number = try lambda.number()
      guard number >= 0 else { throw lambda.mismatch("auto or a number of at least 0") }
      self.lambda = number
    }
    l1Ratio = try training["l1_ratio"]?.share() ?? l1Ratio
    folds = try training["folds"]?.integer(atLeast: 2) ?? folds
    seed = UInt64(try training["seed"]?.integer(atLeast: 0) ?? 1)
    preparation = try training["preparation"]?.choice(of: Preparation.Style.self) ?? preparation
  }
}

extension RiskBands {
  fileprivate init(_ value: YAMLValue?) throws(Diagnostic) {
    self.init()
    guard let value else { return }
    let mapping = try value.mapping()
    try mapping.allowOnly(["high", "medium"])
    high = try mapping["high"]?.number() ?? high
    medium = try mapping["medium"]?.number() ?? medium
    guard 0 < medium, medium < high, high < 1 else {
      throw value.refusal(
        "RK0603", "bands must have 0 < medium < high < 1", help: "such as {high: 0.6, medium: 0.3}")
    }
  }
}
