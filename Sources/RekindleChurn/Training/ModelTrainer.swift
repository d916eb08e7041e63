public import RekindleBehaviour
public import RekindleCore
internal import RekindleNumerics

/// Fits a model to labelled rows and tests it on later ones.
public struct ModelTrainer: Sendable {
  public var specification: TrainingSpecification
  public var bands: RiskBands
  /// The word for money in reasons, such as `EUR`; `nil`: none.
  public var currency: String?
  public var workers: Workers

  public init(
    specification: TrainingSpecification = TrainingSpecification(), bands: RiskBands = RiskBands(),
    currency: String? = nil, workers: Workers = Workers(1)
  ) {
    self.specification = specification
    self.bands = bands
    self.currency = currency
    self.workers = workers
  }

  /// What the rows are and where they come from: the model file keeps it.
  public struct Context: Sendable {
    public var windows: TrainingWindows
    public var constants: PopulationConstants
    public var timeZone: String
    public var schema: [SchemaKind]
    /// The feature that counts days since the last activity, for the baseline; `nil`: none.
    public var recency: String?
    public var notes: [String]

    public init(
      windows: TrainingWindows, constants: PopulationConstants = [:], timeZone: String = "UTC",
      schema: [SchemaKind] = [], recency: String? = nil, notes: [String] = []
    ) {
      self.windows = windows
      self.constants = constants
      self.timeZone = timeZone
      self.schema = schema
      self.recency = recency
      self.notes = notes
    }
  }

  /// Fits and tests.
  /// - Parameters:
  ///   - training: rows of the training windows; one customer may have several.
  ///   - test: rows of the last window.
  ///   - definitions: of all features in the tables.
  /// - Throws: `RK0401`, `RK0402` when one outcome is all there is, `RK0408` without rows, `RK0416`
  ///   for a single customer, `RK0411` to `RK0415` for a specification that does not fit the rows,
  ///   and what the regression throws (no convergence, separation).
  public func fit(
    training: LabelledRows, test: LabelledRows, definitions: [FeatureDefinition], context: Context
  ) throws(Diagnostic) -> ChurnModel {
    try specification.validate()
    for (rows, window) in [(training, "a training"), (test, "the test")] where rows.outcomes.isEmpty {
      throw Diagnostic(
        "RK0408", "no customer with a known outcome is eligible in \(window) window",
        help: "loosen churn.eligible, or check the dates")
    }
    let clusters = training.customerCodes
    guard let last = clusters.max(), last > 0 else {
      throw Diagnostic(
        "RK0416", "all training rows are of one customer", help: "a model needs customers to compare")
    }
    try requireBothClasses(training.outcomes)
    try requireBothClasses(test.outcomes)

    var notes = context.notes
    let (used, preparation) = try prepare(training, definitions, &notes)
    let design = try preparation.matrix(training.table, workers: workers)
    let y = training.outcomes.map { $0 ? 1.0 : 0 }
    let (lambda, trials) = try strength(design, y, training, &notes)
    let fit = try CoefficientFit(
      X: design, y: y, clusters: clusters, names: preparation.columns.map(\.name),
      specification: specification,
      lambda: lambda, workers: workers)
    notes += fit.notes
    if !preparation.dropped.isEmpty {
      notes.append("constant in training, left out: \(preparation.dropped.joined(separator: ", "))")
    }
    let aliased = fit.aliased.map { preparation.columns[$0].name }
    if !aliased.isEmpty {
      notes.append(
        "linear combinations of earlier columns, coefficient 0: \(aliased.joined(separator: ", "))")
    }

    let fitted = probabilities(design, fit)
    let tested = probabilities(try preparation.matrix(test.table, workers: workers), fit)
    var inSample = try Evaluation(probabilities: fitted, outcomes: training.outcomes)
    if clusters.count > Int(last) + 1 { inSample.area.withholdInterval() }
    let evaluation = ModelEvaluation(
      outOfTime: try Evaluation(probabilities: tested, outcomes: test.outcomes), inSample: inSample,
      recency: try recencyBaseline(context.recency, training, test, tested))
    return ChurnModel(
      features: Self.needed(used, among: definitions),
      constants: context.constants.mapValues { $0.isFinite ? $0 : nil }, timeZone: context.timeZone,
      windows: context.windows, specification: specification, preparation: preparation,
      fit: FitSummary(
        lambda: lambda, l1Ratio: specification.effectiveL1Ratio, rows: y.count, customers: Int(last) + 1,
        events: training.outcomes.count { $0 }, logLikelihood: fit.logLikelihood,
        nullLogLikelihood: fit.nullLogLikelihood, iterations: fit.iterations, gradientNorm: fit.gradientNorm,
        aliased: aliased, validation: trials, notes: notes),
      coefficients: fit.table(preparation),
      covariance: CovarianceMatrix(order: preparation.columns.count + 1, values: fit.covariance),
      evaluation: evaluation,
      drift: DriftReference(training.table, names: preparation.features.map(\.name), probabilities: fitted),
      schema: context.schema, bands: bands, currency: currency, inputFingerprint: training.fingerprint())
  }

  /// The features to use and their preparation; with fewer than ten events a coefficient, and no
  /// features named, the core only.
  private func prepare(
    _ training: LabelledRows, _ definitions: [FeatureDefinition], _ notes: inout [String]
  ) throws(Diagnostic) -> (used: [FeatureDefinition], preparation: Preparation) {
    var used = definitions
    if let names = specification.features {
      used = []
      for name in names {
        guard let definition = definitions.first(where: { $0.name == name }) else {
          throw Diagnostic(
            "RK0411", "the feature \"\(name)\" is not defined",
            hint: nearMatch(of: name, among: definitions.map(\.name)).map { "did you mean \"\($0)\"?" },
            help: "name features that are defined")
        }
        used.append(definition)
      }
    }
    let preparation = try Preparation(
      fitting: training.table, definitions: used, style: specification.preparation)
    let churned = training.outcomes.count { $0 }
    let events = min(churned, training.outcomes.count - churned)
    let width = preparation.columns.count
    guard events < 10 * width else { return (used, preparation) }
    let core = used.filter { specification.core.contains($0.name) }
    let tooFew = "\(events) events of the rarer outcome for \(width) coefficients (fewer than 10 each)"
    guard specification.features == nil, !core.isEmpty, core.count < used.count else {
      notes.append(tooFew)
      return (used, preparation)
    }
    let small = try Preparation(
      fitting: training.table, definitions: core, style: specification.preparation)
    notes.append(tooFew + ": only the core is used: \(core.map(\.name).joined(separator: ", "))")
    return (core, small)
  }

  private func strength(
    _ design: Matrix, _ y: [Double], _ training: LabelledRows, _ notes: inout [String]
  ) throws(Diagnostic) -> (lambda: Double, trials: [LambdaTrial]) {
    if specification.penalty == .none { return (0, []) }
    if let lambda = specification.lambda { return (lambda, []) }
    let choice = try LambdaChoice(
      design: design, y: y, rows: training, specification: specification, workers: workers)
    notes.append(choice.note)
    return (choice.lambda, choice.trials)
  }

  private func probabilities(_ design: Matrix, _ fit: CoefficientFit) -> [Double] {
    (0..<design.rows).map { row in
      var eta = fit.intercept
      for column in 0..<design.columns { eta += fit.coefficients[column] * design[row, column] }
      return logistic(eta)
    }
  }

  private func recencyBaseline(
    _ name: String?, _ training: LabelledRows, _ test: LabelledRows, _ tested: [Double]
  ) throws(Diagnostic) -> RecencyBaseline? {
    guard let name, case .number(let past)? = training.table.column(name)?.values,
      case .number(let values)? = test.table.column(name)?.values
    else { return nil }
    // Somebody who never ordered has waited longest.
    let ranks = values.map { $0.isFinite ? $0 : .greatestFiniteMagnitude }
    let ranking = try AreaUnderCurve(scores: ranks, outcomes: test.outcomes)
    return RecencyBaseline(
      feature: name, ranking: ranking,
      logistic: try? recencyEvaluation(name, past, values, training.outcomes, test.outcomes),
      difference: try AreaDifference(tested, minus: ranks, outcomes: test.outcomes))
  }

  private func recencyEvaluation(
    _ name: String, _ past: [Double], _ values: [Double], _ pastOutcomes: [Bool], _ outcomes: [Bool]
  ) throws(Diagnostic) -> Evaluation {
    let known = past.filter(\.isFinite)
    let mean = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    func column(_ values: [Double]) -> Matrix {
      Matrix(rows: values.count, columns: 1, storage: values.map { $0.isFinite ? $0 : mean })
    }
    let fit = try LogisticRegression(workers: workers).fit(
      X: column(past), y: pastOutcomes.map { $0 ? 1 : 0 }, names: [name])
    return try Evaluation(probabilities: fit.probabilities(X: column(values)), outcomes: outcomes)
  }

  /// The used features, and those that their formulas and reasons name, in the order of definition.
  private static func needed(
    _ used: [FeatureDefinition], among definitions: [FeatureDefinition]
  ) -> [FeatureDefinition] {
    var names: Set<String> = []
    func add(_ definition: FeatureDefinition) {
      guard names.insert(definition.name).inserted else { return }
      for name in definition.expression.references + definition.reasonReferences {
        if let other = definitions.first(where: { $0.name == name }) { add(other) }
      }
    }
    used.forEach(add)
    return definitions.filter { names.contains($0.name) }
  }
}

extension FeatureDefinition {
  /// The names in braces of the reason.
  var reasonReferences: [String] {
    (reason ?? "").split(separator: "{").dropFirst().compactMap { part in
      part.firstIndex(of: "}").map { String(part[..<$0]) }
    }.filter { $0 != "value" }
  }
}
