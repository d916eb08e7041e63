public import RekindleCore
public import RekindleEvents

/// Features that refer to one another, put in an order in which each comes after those it refers
/// to, and checked.
public struct FeatureGraph: Sendable {
  /// In an order to compute them in: as given, but a feature that is referred to comes first.
  public let definitions: [FeatureDefinition]
  /// What each feature and input gives.
  public let types: [String: ValueType]
  /// The checker that knows the features: for labels, metrics and rules beside them.
  public let checker: Checker

  /// Orders and checks features.
  /// - Parameters:
  ///   - definitions: in the order in which columns shall stand.
  ///   - schema: the kinds and attributes that there are.
  ///   - inputs: names of numbers that come from elsewhere (scores).
  ///   - sources: the texts that features were parsed from, by name, for the caret.
  /// - Throws: `RK0320` to `RK0330` for a formula, `RK0333` for a cycle, `RK0334` for a name.
  public init(
    _ definitions: [FeatureDefinition], schema: EventSchema, inputs: [String] = [],
    sources: [String: ExpressionSource] = [:]
  ) throws(Diagnostic) {
    var byName: [String: FeatureDefinition] = [:]
    for definition in definitions {
      let source = sources[definition.name]
      try FeatureGraph.checkName(definition.name, source: source)
      guard byName[definition.name] == nil, !inputs.contains(definition.name) else {
        throw Diagnostic(
          "RK0334",
          byName[definition.name] == nil
            ? "feature \"\(definition.name)\" has the name of an input"
            : "two features have the name \"\(definition.name)\"",
          at: source.map { $0.place(of: 0..<1) }, help: "rename one of them")
      }
      byName[definition.name] = definition
    }
    let order = try FeatureGraph.order(definitions, byName, sources)
    var names: [String: ValueType] = [:]
    for input in inputs { names[input] = .number }
    var populationUsers: Set<String> = []
    for definition in order {
      let source =
        sources[definition.name]
        ?? ExpressionSource(definition.expression.description, file: "feature \(definition.name)")
      let checker = Checker(schema: schema, names: names)
      names[definition.name] = try checker.check(definition.expression, as: .feature, source: source)
      try FeatureGraph.checkPopulation(definition, source, &populationUsers)
    }
    self.definitions = order
    types = names
    checker = Checker(schema: schema, names: names)
  }

  /// Lower case letters, digits and underscores, a letter first, and no word of the language.
  private static func checkName(_ name: String, source: ExpressionSource?) throws(Diagnostic) {
    let isPlain =
      name.first.map { $0.isASCII && $0.isLowercase } ?? false
      && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    guard isPlain, !Parser.reserved.contains(name) else {
      throw Diagnostic(
        "RK0334", "\"\(name)\" cannot be the name of a feature", at: source.map { $0.place(of: 0..<1) },
        notes: ["a name has lower-case letters, digits and underscores, and begins with a letter"],
        help: "rename the feature")
    }
  }

  private static func order(
    _ definitions: [FeatureDefinition], _ byName: [String: FeatureDefinition],
    _ sources: [String: ExpressionSource]
  ) throws(Diagnostic) -> [FeatureDefinition] {
    var done: Set<String> = []
    var order: [FeatureDefinition] = []
    var path: [String] = []

    func enter(_ definition: FeatureDefinition) throws(Diagnostic) {
      if done.contains(definition.name) { return }
      if let start = path.firstIndex(of: definition.name) {
        let cycle = (path[start...] + [definition.name]).joined(separator: " → ")
        let source =
          sources[definition.name]
          ?? ExpressionSource(definition.expression.description, file: "feature \(definition.name)")
        let next = start + 1 < path.count ? path[start + 1] : definition.name
        var place = 0..<1
        (try? Expression(parsing: source))?.visit {
          if case .name(next) = $0.node, let span = $0.span { place = span }
        }
        throw source.diagnostic(
          "RK0333", "features refer to one another in a circle", at: place, notes: ["circle: \(cycle)"],
          help: "write out one of the formulas where it is used")
      }
      path.append(definition.name)
      for name in definition.expression.references {
        if let referred = byName[name] { try enter(referred) }
      }
      path.removeLast()
      done.insert(definition.name)
      order.append(definition)
    }
    for definition in definitions { try enter(definition) }
    return order
  }

  /// A statistic over the population of a feature that itself needs one would have to be frozen in
  /// two rounds; it is refused.
  private static func checkPopulation(
    _ definition: FeatureDefinition, _ source: ExpressionSource, _ users: inout Set<String>
  ) throws(Diagnostic) {
    var nested: String?
    definition.expression.visit { expression in
      guard case .population(_, let operand) = expression.node else { return }
      for name in operand.references where users.contains(name) { nested = nested ?? name }
    }
    if let nested {
      throw source.diagnostic(
        "RK0329", "a population statistic of \"\(nested)\", which has one inside", at: 0..<source.text.count,
        help: "write the statistic over a formula that has none")
    }
    if definition.expression.usesPopulation
      || definition.expression.references.contains(where: users.contains)
    {
      users.insert(definition.name)
    }
  }
}
