internal import RekindleCore
internal import RekindleEvents

/// Makes the plan of a list of features. Equal parts, wherever they stand, become one step.
struct PlanCompiler {
  let log: EventLog
  let definitions: [String: Expression]
  let constants: PopulationConstants
  let inputs: [String]

  var plan = Plan()
  var features: [String: Typed] = [:]
  var compiling: [String] = []
  var leafNumbers: [RowLeaf: Int] = [:]
  var textRanks: [String: Int] = [:]
  var streamNumbers: [String: Int] = [:]
  var viewNumbers: [ViewPlan.Key: Int] = [:]
  var conditionNumbers: [ConditionKey: Int] = [:]
  var selectionNumbers: [SelectionPlan.Key: Int] = [:]
  var batchNumbers: [BatchPlan.Key: Int] = [:]
  var slots = 0

  struct Typed {
    var step: Int
    var type: ColumnType
  }

  struct ConditionKey: Hashable {
    var stream: Int
    var expression: Expression
  }

  /// Where an expression stands.
  enum Scope {
    case row
    /// Within a reduction over groups, by number.
    case group(Int)
    /// Within `where`, by the number of the condition and of the stream.
    case event(condition: Int, stream: Int)
  }

  /// How many leaf columns the batches fill.
  var slotCount: Int { slots }

  init(
    log: EventLog, features: [FeatureDefinition], expressions: [Expression],
    constants: PopulationConstants, inputs: [String]
  ) throws(Diagnostic) {
    self.log = log
    var definitions: [String: Expression] = [:]
    for feature in features {
      guard definitions.updateValue(feature.expression, forKey: feature.name) == nil else {
        throw Diagnostic(
          "RK0350", "two features are called \"\(feature.name)\"", help: "rename or remove one of them")
      }
    }
    self.definitions = definitions
    self.constants = constants
    self.inputs = inputs
    for (index, stream) in log.streams.enumerated() { streamNumbers[stream.kind] = index }
    var texts = TextCollector(log: log)
    for expression in expressions + features.map(\.expression) { texts.visit(expression) }
    plan.texts = texts.texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (rank, text) in plan.texts.enumerated() { textRanks[text] = rank }
    for expression in expressions {
      let value = try compile(expression, .row)
      plan.outputs.append(.init(step: value.step, type: value.type))
    }
    plan.row.allocateRegisters(results: plan.outputs.map(\.step))
    for index in plan.groups.indices {
      plan.groups[index].program.allocateRegisters(results: [plan.groups[index].result])
    }
  }

  // MARK: Expressions

  mutating func step(_ operation: Program.Operation, _ inputs: [Int] = [], _ scope: Scope) -> Int {
    switch scope {
    case .row: plan.row.step(operation, inputs)
    case .group(let group): plan.groups[group].program.step(operation, inputs)
    case .event(let condition, _): plan.conditions[condition].program.step(operation, inputs)
    }
  }

  mutating func compile(_ expression: Expression, _ scope: Scope) throws(Diagnostic) -> Typed {
    switch expression.node {
    case .number(let value): return Typed(step: constant(value, scope), type: .number)
    case .flag(let value): return Typed(step: constant(value ? 1 : 0, scope), type: .flag)
    case .text(let text): return Typed(step: constant(rank(text), scope), type: .text)
    case .missing: return Typed(step: constant(.nan, scope), type: .missing)
    case .negate(let inner):
      let value = try number(inner, scope)
      return Typed(step: step(.negate, [value.step], scope), type: .number)
    case .not(let inner):
      let value = try number(inner, scope)
      return Typed(step: step(.not, [value.step], scope), type: .flag)
    case .isMissing(let inner):
      let value = try compile(inner, scope)
      return Typed(step: step(.isMissing, [value.step], scope), type: .flag)
    case .binary(let operation, let left, let right):
      return try binary(operation, left, right, scope)
    case .member(let inner, let literals):
      let value = try compile(inner, scope)
      var bits: [UInt64] = []
      for literal in literals {
        switch (literal, value.type) {
        case (.number(let number), .number), (.number(let number), .missing): bits.append(number.bitPattern)
        case (.text(let text), .text), (.text(let text), .missing): bits.append(rank(text).bitPattern)
        default: throw mismatch(expression)
        }
      }
      return Typed(step: step(.member(bits), [value.step], scope), type: .flag)
    case .call(let function, let arguments): return try call(function, arguments, scope, expression)
    case .name(let name): return try resolve(name, scope)
    case .aggregate(let aggregate):
      switch scope {
      case .row:
        guard aggregate.group == nil else {
          throw Diagnostic(
            "RK0355", "\(expression) has a value per group where one number is needed",
            help: "put it inside max(…), sum(…) or another reduction over groups")
        }
        return try self.aggregate(aggregate, scope)
      case .group(let group):
        if aggregate.group == nil { return try broadcast(expression, into: group) }
        return try self.aggregate(aggregate, scope)
      case .event: throw notOfAnEvent(expression)
      }
    case .overGroups(let reduction, let inner):
      switch scope {
      case .row: return try overGroups(reduction, inner)
      case .group(let group): return try broadcast(expression, into: group)
      case .event: throw notOfAnEvent(expression)
      }
    case .expectation(let expectation):
      switch scope {
      case .row:
        let theta = try expectation.constantNames.map { (name) throws(Diagnostic) in try constant(named: name)
        }
        var inputs: [Int] = []
        for aggregate in expectation.aggregates { inputs.append(try self.aggregate(aggregate, scope).step) }
        return Typed(
          step: step(.expectation(expectation, theta.map(\.bitPattern)), inputs, scope), type: .number)
      case .group(let group): return try broadcast(expression, into: group)
      case .event: throw notOfAnEvent(expression)
      }
    case .population:
      return Typed(
        step: constant(try constant(named: String(describing: expression)), scope), type: .number)
    }
  }

  func constant(named name: String) throws(Diagnostic) -> Double {
    guard let value = constants[name] else {
      throw Diagnostic(
        "RK0356", "no value is known for \(name)",
        help: "compute the population's constants first; a model carries those of its training")
    }
    return value
  }

  mutating func constant(_ value: Double, _ scope: Scope) -> Int {
    step(.constant(value.bitPattern), [], scope)
  }

  func rank(_ text: String) -> Double { textRanks[text].map(Double.init) ?? .nan }

  /// A value that is not a text.
  mutating func number(_ expression: Expression, _ scope: Scope) throws(Diagnostic) -> Typed {
    let value = try compile(expression, scope)
    if value.type == .text { throw mismatch(expression) }
    return value
  }

  mutating func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ scope: Scope
  ) throws(Diagnostic) -> Typed {
    let a = try compile(left, scope)
    let b = try compile(right, scope)
    switch operation {
    case .equal, .notEqual:
      if (a.type == .text) != (b.type == .text), a.type != .missing, b.type != .missing {
        throw mismatch(a.type == .text ? right : left)
      }
    default:
      if a.type == .text { throw mismatch(left) }
      if b.type == .text { throw mismatch(right) }
    }
    let type: ColumnType =
      switch operation {
      case .add, .subtract, .multiply, .divide: .number
      default: .flag
      }
    return Typed(step: step(.binary(operation), [a.step, b.step], scope), type: type)
  }

  mutating func call(
    _ function: Function, _ arguments: [Expression], _ scope: Scope, _ whole: Expression
  ) throws(Diagnostic) -> Typed {
    guard function.arity.contains(arguments.count) else {
      throw Diagnostic(
        "RK0354", "\(function.rawValue) does not take \(arguments.count) arguments",
        help: "write \(function.rawValue) with at least \(function.arity.lowerBound)")
    }
    var values: [Typed] = []
    for argument in arguments { values.append(try compile(argument, scope)) }
    let type: ColumnType
    switch function {
    case .if: type = try common(values[1...], whole)
    case .coalesce: type = try common(values[...], whole)
    default:
      if values.contains(where: { $0.type == .text }) { throw mismatch(whole) }
      type = .number
    }
    return Typed(step: step(.call(function), values.map(\.step), scope), type: type)
  }

  func common(_ values: ArraySlice<Typed>, _ whole: Expression) throws(Diagnostic) -> ColumnType {
    var type = ColumnType.missing
    for value in values where value.type != .missing {
      if type != .missing, type != value.type { throw mismatch(whole) }
      type = value.type
    }
    return type
  }

  mutating func resolve(_ name: String, _ scope: Scope) throws(Diagnostic) -> Typed {
    switch scope {
    case .event(let condition, let stream):
      let (value, type) = try eventValue(name, of: stream)
      var loads = plan.conditions[condition].loads
      let number = loads.firstIndex(of: value) ?? loads.count
      if number == loads.count { loads.append(value) }
      plan.conditions[condition].loads = loads
      return Typed(step: step(.leaf(number), [], scope), type: type)
    case .group(let group): return try broadcast(Expression(.name(name)), into: group)
    case .row:
      if let known = features[name] { return known }
      if let expression = definitions[name] {
        guard !compiling.contains(name) else {
          throw Diagnostic(
            "RK0352", "\"\(name)\" is defined by itself",
            notes: ["the circle: " + (compiling + [name]).joined(separator: " -> ")],
            help: "break the circle")
        }
        compiling.append(name)
        let value = try compile(expression, .row)
        compiling.removeLast()
        features[name] = value
        return value
      }
      if let input = inputs.firstIndex(of: name) {
        return Typed(step: leafStep(.input(input)), type: .number)
      }
      let near = nearMatch(of: name, among: definitions.keys.sorted() + inputs)
      throw Diagnostic(
        "RK0351", "\"\(name)\" is neither a feature nor an input",
        hint: near.map { "did you mean \"\($0)\"?" }, help: "define it, or fix the name")
    }
  }

  mutating func leafStep(_ leaf: RowLeaf, _ inputs: [Int] = []) -> Int {
    let number = leafNumbers[leaf] ?? plan.leaves.count
    if number == plan.leaves.count {
      plan.leaves.append(leaf)
      leafNumbers[leaf] = number
    }
    return plan.row.step(.leaf(number), inputs)
  }

  // MARK: Groups

  mutating func overGroups(
    _ reduction: GroupReduction, _ inner: Expression
  ) throws(Diagnostic) -> Typed {
    let group = plan.groups.count
    plan.groups.append(GroupPlan())
    plan.groups[group].reduction = reduction
    let value = try number(inner, .group(group))
    plan.groups[group].result = value.step
    plan.groups[group].isFlag = value.type == .flag
    return Typed(step: leafStep(.groups(group), plan.groups[group].inputs), type: .number)
  }

  /// A row's value as a leaf of a group program.
  mutating func broadcast(_ expression: Expression, into group: Int) throws(Diagnostic) -> Typed {
    let value = try compile(expression, .row)
    let input = plan.groups[group].inputs.firstIndex(of: value.step) ?? plan.groups[group].inputs.count
    if input == plan.groups[group].inputs.count { plan.groups[group].inputs.append(value.step) }
    return Typed(step: groupLeaf(.row(input), group), type: value.type)
  }

  mutating func groupLeaf(_ leaf: GroupPlan.Leaf, _ group: Int) -> Int {
    let number = plan.groups[group].leaves.firstIndex(of: leaf) ?? plan.groups[group].leaves.count
    if number == plan.groups[group].leaves.count { plan.groups[group].leaves.append(leaf) }
    return plan.groups[group].program.step(.leaf(number))
  }

  // MARK: Texts

  /// The rank of each of a category's texts; empty when they are not asked for.
  func ranks(of attribute: EventAttribute) -> [Double] {
    guard case .category(_, let dictionary) = attribute.column else { return [] }
    if let first = dictionary.first, textRanks[first] == nil { return [] }
    return dictionary.map(rank)
  }

  // MARK: Errors

  func mismatch(_ expression: Expression) -> Diagnostic {
    Diagnostic(
      "RK0354", "\(expression) is of the wrong type here",
      help: "texts can be compared with texts by == and != and be listed after `in`, no more")
  }

  func notOfAnEvent(_ expression: Expression) -> Diagnostic {
    Diagnostic(
      "RK0354", "\(expression) stands in `where`, which asks one event",
      help: "use the event's own attributes there")
  }
}
