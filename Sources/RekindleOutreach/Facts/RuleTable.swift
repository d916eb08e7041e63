internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleEvents

/// The rules of a playbook, the facts that are expressions, and what reasons speak of, computed in one walk
/// over the log.
struct RuleTable {
  let table: FeatureTable
  /// A row an action: whether its rule holds; where it is missing it does not.
  let rules: [[Bool]]
  /// Names of the customers' time zones; `nil` where nothing gives them.
  let zones: FeatureValues?

  /// - Parameters:
  ///   - actions: whose rules are asked.
  ///   - timeZone: gives the name of each customer's.
  ///   - features: that rules and reasons may name.
  ///   - columns: of lifecycle and scores, one value a customer.
  ///   - isAsked: for whom rules can hold; `nil`: for all.
  init(
    actions: [Action], timeZone: Expression?, features: [FeatureDefinition], columns: [FeatureColumn],
    log: EventLog, moment: Instant, isAsked: [Bool]? = nil, workers: Workers
  ) throws(Diagnostic) {
    let inputs = TextInputs(columns)
    let schema = EventSchema(of: log)
    var rules: [FeatureDefinition] = []
    var wanted: Set<String> = []
    for (place, action) in actions.enumerated() {
      let rule = FeatureDefinition(name: "rule \(place)", expression: inputs.rewritten(action.when))
      wanted.formUnion(rule.expression.references)
      wanted.formUnion(templateNames(action.reason))
      rules.append(rule)
    }
    var facts: [FeatureDefinition] = []
    for fact in FactFormula.allCases {
      for text in fact.texts {
        let expression = try Expression(parsing: text)
        guard EventRequirements(of: [expression], in: schema).missing(from: schema).isEmpty,
          (try? Checker(schema: schema).check(expression, as: .feature)) != nil
        else { continue }
        facts.append(FeatureDefinition(name: fact.rawValue, expression: expression))
        break
      }
    }
    // Before the rules, which are taken off the end.
    let zone = timeZone.map { FeatureDefinition(name: "fact time zone", expression: $0) }
    if let zone {
      wanted.formUnion(zone.expression.references)
      facts.append(zone)
    }
    let needed = features.needed(by: wanted)
    let evaluator = Evaluator(log: log, workers: workers)
    let moments = log.customers.indices.map { Moment(customer: Int32($0), time: moment) }
    // Over today's customers, as the segments have them: what a model froze is for its own score, and a
    // rule would else call one late whom the segments call not due.
    let constants = try evaluator.populationConstants(
      of: needed + rules.filter { !$0.expression.constantNames.isEmpty }, at: moments)
    var table = try evaluator.table(
      of: needed + facts + rules, at: moments, constants: constants, inputs: inputs.numbers)
    self.rules = table.columns.suffix(rules.count).map { column in
      switch column.values {
      case .flag(let values), .number(let values):
        isAsked.map { zip(values, $0).map { $0 == 1 && $1 } } ?? values.map { $0 == 1 }
      case .category(let codes, _): codes.map { _ in false }
      }
    }
    table.columns.removeLast(rules.count)
    zones = zone == nil ? nil : table.columns.removeLast().values
    table.columns += columns
    self.table = table
  }
}

/// Columns as the numbers that an evaluator takes: texts become codes, and a comparison with a text one
/// with its code.
struct TextInputs {
  private(set) var numbers: [String: [Double]] = [:]
  private var codes: [String: [String: Double]] = [:]
  private var flags: Set<String> = []

  init(_ columns: [FeatureColumn]) {
    for column in columns {
      switch column.values {
      case .number(let values): numbers[column.name] = values
      case .flag(let values):
        numbers[column.name] = values
        flags.insert(column.name)
      case .category(let values, let dictionary):
        numbers[column.name] = values.map { $0 < 0 ? .nan : Double($0) }
        codes[column.name] = Dictionary(
          dictionary.enumerated().map { ($1, Double($0)) }, uniquingKeysWith: { first, _ in first })
      }
    }
  }

  func rewritten(_ rule: Expression) -> Expression {
    func code(_ name: String, _ text: String) -> Expression {
      // No code is negative: a text that no customer has equals none.
      Expression(.number(codes[name]?[text] ?? -1))
    }
    switch rule.node {
    case .name(let name) where flags.contains(name):
      return Expression(.binary(.equal, Expression(.name(name)), Expression(.number(1))))
    case .number, .text, .flag, .missing, .name, .aggregate, .expectation: return Expression(rule.node)
    case .binary(let symbol, let left, let right):
      if case .name(let name) = left.node, codes[name] != nil, case .text(let text) = right.node {
        return Expression(.binary(symbol, Expression(.name(name)), code(name, text)))
      }
      if case .name(let name) = right.node, codes[name] != nil, case .text(let text) = left.node {
        return Expression(.binary(symbol, code(name, text), Expression(.name(name))))
      }
      return Expression(.binary(symbol, rewritten(left), rewritten(right)))
    case .member(let subject, let literals):
      guard case .name(let name) = subject.node, let known = codes[name] else {
        return Expression(.member(rewritten(subject), literals))
      }
      return Expression(
        .member(
          Expression(.name(name)),
          literals.map { literal in
            if case .text(let text) = literal { .number(known[text] ?? -1) } else { literal }
          }))
    case .negate(let operand): return Expression(.negate(rewritten(operand)))
    case .not(let operand): return Expression(.not(rewritten(operand)))
    case .isMissing(let operand): return Expression(.isMissing(rewrittenSubject(operand)))
    case .overGroups(let reduction, let operand):
      return Expression(.overGroups(reduction, rewritten(operand)))
    case .population(let statistic, let operand):
      return Expression(.population(statistic, rewritten(operand)))
    case .call(let function, let arguments): return Expression(.call(function, arguments.map(rewritten)))
    }
  }

  /// What `is missing` asks about stays the column itself.
  private func rewrittenSubject(_ operand: Expression) -> Expression {
    if case .name = operand.node { return Expression(operand.node) }
    return rewritten(operand)
  }
}

/// The names in braces of a template.
func templateNames(_ text: String) -> [String] {
  // What begins with a brace has an empty part before it.
  text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
    part.firstIndex(of: "}").map { String(part[..<$0]) }
  }
}
