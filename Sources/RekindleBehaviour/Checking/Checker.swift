public import RekindleCore
public import RekindleEvents

/// Finds out, before any event is read, whether an expression means something: every kind and
/// attribute exists, every operator gets what it can work with, and every window looks the way
/// its role allows.
///
/// There is no way to switch the direction rule off. A feature that saw the future would make a
/// model look good in every test and useless on the day it is needed.
public struct Checker: Sendable {
  /// What an expression is for, which decides where it may look and what it must give.
  public enum Role: Sendable, Hashable {
    /// Looks back; a number, a flag or a text.
    case feature
    /// Looks back; a flag: who belongs to the rows, which playbook rule fires.
    case eligibility
    /// Looks ahead; a flag.
    case label
    /// Looks ahead; a number or a flag.
    case metric

    public var looksAhead: Bool { self == .label || self == .metric }

    var words: String {
      switch self {
      case .feature: "a feature"
      case .eligibility: "an eligibility rule"
      case .label: "a label"
      case .metric: "a metric"
      }
    }
  }

  /// The kinds and attributes that there are.
  public let schema: EventSchema
  /// What other names stand for: features and inputs (scores), with their types.
  public let names: [String: ValueType]

  public init(schema: EventSchema, names: [String: ValueType] = [:]) {
    self.schema = schema
    self.names = names
  }

  /// Checks an expression for its role.
  /// - Parameter source: the text that it was parsed from, for the caret; without it, errors show
  ///   the canonical text.
  /// - Returns: what it gives.
  /// - Throws: `RK0320` to `RK0332`.
  @discardableResult
  public func check(_ expression: Expression, as role: Role, source: ExpressionSource? = nil)
    throws(Diagnostic) -> ValueType
  {
    // Without the text the spans mean nothing; the canonical text gives fresh ones.
    let source = source ?? ExpressionSource(expression.description)
    let expression = try Expression(parsing: source)
    var pass = CheckPass(checker: self, source: source, role: role)
    let type = try pass.type(of: expression, on: nil)
    let whole = expression.span ?? 0..<1
    if let group = type.group {
      throw source.diagnostic(
        "RK0327", "\(role.words) is one value, and this is \(type.words)", at: whole,
        help: "reduce the groups: max(…), sum(…), count(…) around what is computed by \(group)")
    }
    switch role {
    case .eligibility, .label:
      if !type.fits(.flag) {
        throw source.diagnostic(
          "RK0323", "\(role.words) is a yes or no, and this is \(type.words)", at: whole,
          help: "compare it with something, such as … >= 1")
      }
    case .metric:
      if type.scalar == .text {
        throw source.diagnostic(
          "RK0323", "a metric is a number or a flag, and this is a text", at: whole,
          help: "compare the text with something, such as … == \"a\"")
      }
    case .feature: break
    }
    if role.looksAhead, !pass.seesFuture {
      throw source.diagnostic(
        "RK0332", "\(role.words) looks ahead, and nothing here does", at: whole,
        help: "give an aggregate a window such as next 90d")
    }
    return type.scalar == .missing ? .number : type
  }
}

/// One walk over one expression.
struct CheckPass {
  let checker: Checker
  let source: ExpressionSource
  let role: Checker.Role
  var seesFuture = false

  /// - Parameter kind: the kind of event whose `where` this stands in; `nil` outside.
  mutating func type(of expression: Expression, on kind: EventSchema.Kind?) throws(Diagnostic) -> ValueType {
    let span = expression.span ?? 0..<1
    switch expression.node {
    case .number: return .number
    case .text: return .text
    case .flag: return .flag
    case .missing: return ValueType(.missing)
    case .name(let name): return try type(ofName: name, at: span, on: kind)
    case .aggregate(let aggregate):
      if let kind {
        throw source.diagnostic(
          "RK0326", "an aggregate stands inside where", at: span,
          notes: ["attributes of \(kind.name): \(nameList(of: kind))"],
          help: "test the event's own attributes there, such as value > 10")
      }
      return try type(of: aggregate, at: span)
    case .negate(let operand):
      return try expect(.number, operand, on: kind, what: "a minus sign")
    case .not(let operand): return try expect(.flag, operand, on: kind, what: "not")
    case .binary(let symbol, let left, let right):
      return try type(of: symbol, left, right, at: span, on: kind)
    case .member(let subject, let literals):
      return try type(ofMember: subject, literals, at: span, on: kind)
    case .isMissing(let subject):
      return ValueType(.flag, by: try type(of: subject, on: kind).group)
    case .call(let function, let arguments):
      return try type(of: function, arguments, at: span, on: kind)
    case .overGroups(let reduction, let operand):
      return try type(of: reduction, operand, at: span, on: kind)
    case .expectation(let expectation): return try type(of: expectation, at: span, on: kind)
    case .population(let statistic, let operand):
      return try type(of: statistic, operand, at: span, on: kind)
    }
  }

  private func type(ofName name: String, at span: Range<Int>, on kind: EventSchema.Kind?) throws(Diagnostic)
    -> ValueType
  {
    if let kind {
      if let scalar = kind.scalar(of: name) { return ValueType(scalar) }
      throw unknownAttribute(name, of: kind, at: span)
    }
    if let type = checker.names[name] {
      if role.looksAhead {
        throw source.diagnostic(
          "RK0331", "\(role.words) looks ahead, and \"\(name)\" looks back", at: span,
          help: "use only windows that look ahead, such as next 90d")
      }
      return type
    }
    let known = checker.names.keys.sorted()
    if checker.schema.kind(name) != nil {
      throw source.diagnostic(
        "RK0322", "\"\(name)\" is a kind of event, not a value", at: span,
        help: "summarise its events, such as count(\(name), \(role.looksAhead ? "next" : "last") 90d)")
    }
    throw source.diagnostic(
      "RK0322", "\"\(name)\" is neither a feature nor an input", at: span,
      hint: nearMatch(of: name, among: known).map { "did you mean \($0)?" },
      notes: known.isEmpty ? [] : ["there are: \(shortList(known))"],
      help: "fix the name, add a feature of that name, or put quotes around a text")
  }

  // MARK: - Operators

  /// The type of an operand that has to be of a scalar type; keeps its group.
  private mutating func expect(
    _ scalar: ValueType.Scalar, _ operand: Expression, on kind: EventSchema.Kind?, what: String
  ) throws(Diagnostic) -> ValueType {
    let type = try type(of: operand, on: kind)
    guard type.fits(scalar) else { throw mismatch(operand, type, wanted: scalar, what: what) }
    return ValueType(scalar, by: type.group)
  }

  private func mismatch(_ operand: Expression, _ type: ValueType, wanted: ValueType.Scalar, what: String)
    -> Diagnostic
  {
    let help =
      switch (type.scalar, wanted) {
      case (.flag, .number): "turn the flag into a number: if(\(operand), 1, 0)"
      case (.number, .flag): "compare the number with something, such as \(operand) > 0"
      case (.text, .flag): "compare the text with something, such as \(operand) == \"a\""
      default: "use \(ValueType(wanted).words) here"
      }
    return source.diagnostic(
      "RK0323", "\(what) takes \(ValueType(wanted).words), and this is \(type.words)",
      at: operand.span ?? 0..<1, help: help)
  }

  private mutating func type(
    of symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: Range<Int>,
    on kind: EventSchema.Kind?
  ) throws(Diagnostic) -> ValueType {
    let what = "\"\(symbol.rawValue)\""
    let scalar: ValueType.Scalar
    switch symbol {
    case .add, .subtract, .multiply, .divide, .less, .lessOrEqual, .greater, .greaterOrEqual:
      scalar = .number
    case .and, .or: scalar = .flag
    case .equal, .notEqual:
      let a = try type(of: left, on: kind)
      let b = try type(of: right, on: kind)
      guard a.fits(b.scalar) || b.fits(a.scalar) else {
        throw source.diagnostic(
          "RK0323", "\(a.words) is compared with \(b.words)", at: span,
          help: "compare like with like; a text stands in quotes, a flag is true or false")
      }
      return ValueType(.flag, by: try commonGroup([(left, a), (right, b)]))
    }
    let a = try expect(scalar, left, on: kind, what: what)
    let b = try expect(scalar, right, on: kind, what: what)
    return ValueType(symbol.isArithmetic ? .number : .flag, by: try commonGroup([(left, a), (right, b)]))
  }

  private mutating func type(
    ofMember subject: Expression, _ literals: [Literal], at span: Range<Int>, on kind: EventSchema.Kind?
  ) throws(Diagnostic) -> ValueType {
    let type = try type(of: subject, on: kind)
    for literal in literals {
      let scalar: ValueType.Scalar = if case .number = literal { .number } else { .text }
      guard type.scalar == scalar else {
        throw source.diagnostic(
          "RK0323", "\(type.words) is looked for in a list with \(ValueType(scalar).words), \(literal)",
          at: span,
          help: type.scalar == .flag
            ? "use the flag itself, or not and the flag" : "list only values of the same type")
      }
    }
    return ValueType(.flag, by: type.group)
  }

  private mutating func type(
    of function: Function, _ arguments: [Expression], at span: Range<Int>, on kind: EventSchema.Kind?
  ) throws(Diagnostic) -> ValueType {
    var types: [(Expression, ValueType)] = []
    var result = ValueType.Scalar.number
    switch function {
    case .log, .log1p, .exp, .sqrt, .abs, .floor, .min, .max, .clamp:
      for argument in arguments {
        types.append((argument, try expect(.number, argument, on: kind, what: function.rawValue)))
      }
    case .coalesce, .if:
      var branches = arguments
      if function == .if, let condition = arguments.first {
        types.append((condition, try expect(.flag, condition, on: kind, what: "the condition of if")))
        branches.removeFirst()
      }
      result = .missing
      for branch in branches {
        let type = try type(of: branch, on: kind)
        types.append((branch, type))
        if type.scalar == .text {
          throw mismatch(branch, type, wanted: result == .flag ? .flag : .number, what: function.rawValue)
        }
        if result == .missing {
          result = type.scalar
        } else if !type.fits(result) {
          throw mismatch(branch, type, wanted: result, what: "\(function.rawValue), by its other branch,")
        }
      }
    }
    return ValueType(result, by: try commonGroup(types))
  }

  private mutating func type(
    of reduction: GroupReduction, _ operand: Expression, at span: Range<Int>, on kind: EventSchema.Kind?
  ) throws(Diagnostic) -> ValueType {
    let type = try type(of: operand, on: kind)
    guard type.group != nil else {
      let scalarForm =
        Function(rawValue: reduction.rawValue) != nil ? ", or give \(reduction.rawValue) two values" : ""
      throw source.diagnostic(
        "RK0327", "\(reduction.rawValue) with one argument reduces groups, and this is \(type.words)",
        at: operand.span ?? span, help: "group an aggregate inside by an attribute\(scalarForm)")
    }
    if reduction != .count {
      _ = try expect(.number, operand, on: kind, what: "\(reduction.rawValue) over groups")
    }
    return .number
  }

  private mutating func type(
    of statistic: PopulationStatistic, _ operand: Expression, at span: Range<Int>, on kind: EventSchema.Kind?
  ) throws(Diagnostic) -> ValueType {
    if kind != nil || role.looksAhead {
      throw source.diagnostic(
        "RK0329", "\(statistic.rawValue) stands \(kind != nil ? "inside where" : "in \(role.words)")",
        at: span,
        help: "use it in a feature or an eligibility rule, where it is frozen at training")
    }
    if operand.usesPopulation {
      throw source.diagnostic(
        "RK0329", "a population statistic stands inside another", at: span,
        help: "take the inner one out")
    }
    let type = try type(of: operand, on: kind)
    guard type.group == nil, type.fits(.number) || type.fits(.flag) else {
      throw source.diagnostic(
        "RK0327", "\(statistic.rawValue) takes one number a customer, and this is \(type.words)",
        at: operand.span ?? span,
        help: "reduce it to one number first")
    }
    return .number
  }

  private mutating func type(of expectation: Expectation, at span: Range<Int>, on kind: EventSchema.Kind?)
    throws(Diagnostic) -> ValueType
  {
    let name = expectation.quantity.rawValue
    if kind != nil || role.looksAhead {
      throw source.diagnostic(
        "RK0329", "\(name) stands \(kind != nil ? "inside where" : "in \(role.words)")", at: span,
        notes: ["it looks at the past of the whole population, though it speaks of the days to come"],
        help: "use it in a feature or a rule that looks back")
    }
    for aggregate in expectation.aggregates { _ = try type(of: aggregate, at: span) }
    return .number
  }

  // MARK: - Groups

  private func commonGroup(_ parts: [(expression: Expression, type: ValueType)]) throws(Diagnostic) -> String?
  {
    var group: String?
    for part in parts {
      guard let own = part.type.group else { continue }
      if let group, own != group {
        throw source.diagnostic(
          "RK0327", "values by \(own) meet values by \(group)", at: part.expression.span ?? 0..<1,
          help: "group both by the same attribute, or reduce each before they meet")
      }
      group = own
    }
    return group
  }
}

extension Expression {
  /// Whether a population statistic stands in it.
  var usesPopulation: Bool {
    var found = false
    visit { if case .population = $0.node { found = true } }
    return found
  }
}

/// At most a dozen names, then how many more.
func shortList(_ names: [String]) -> String {
  let shown = names.prefix(12).joined(separator: ", ")
  return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
}
