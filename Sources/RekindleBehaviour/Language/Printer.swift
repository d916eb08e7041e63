/// The canonical text: one space around operators, a condition and a grouping after the window,
/// double quotes, as few brackets as the grammar allows. Parsing it gives the same expression.
extension Expression: CustomStringConvertible {
  public var description: String { text(binding: .or) }

  /// How tightly the operators of the grammar bind, loosest first.
  fileprivate enum Binding: Int {
    case or, and, not, comparison, sum, product, sign, primary
  }

  /// The text, in brackets where this expression binds looser than its place asks for.
  private func text(binding wanted: Binding) -> String {
    let own = binding
    let text = bare
    return own.rawValue < wanted.rawValue ? "(\(text))" : text
  }

  private var binding: Binding {
    switch node {
    case .binary(let symbol, _, _): symbol.level
    case .not: .not
    case .member, .isMissing: .comparison
    case .negate: .sign
    case .number(let value): value < 0 ? .sign : .primary
    case .text, .flag, .missing, .name, .aggregate, .call, .overGroups, .population, .expectation:
      .primary
    }
  }

  private var bare: String {
    switch node {
    case .number(let value): return numberText(value)
    case .text(let text): return quotedText(text)
    case .flag(let value): return value ? "true" : "false"
    case .missing: return "missing"
    case .name(let name): return nameText(name)
    case .aggregate(let aggregate): return aggregate.description
    case .negate(let operand):
      // -5 reads as the number -5, so the negative of the number 5 needs brackets.
      if case .number = operand.node { return "-(\(operand.bare))" }
      return "-" + operand.text(binding: .sign)
    case .not(let operand): return "not " + operand.text(binding: .not)
    case .binary(let symbol, let left, let right):
      // Operators of one level group to the left; comparisons do not group at all.
      let level = symbol.level
      let tighter = Binding(rawValue: level.rawValue + 1) ?? .primary
      let leftText = left.text(binding: level == .comparison ? tighter : level)
      return "\(leftText) \(symbol.rawValue) \(right.text(binding: tighter))"
    case .member(let subject, let literals):
      let list = literals.map(\.description).joined(separator: ", ")
      return "\(subject.text(binding: .sum)) in [\(list)]"
    case .isMissing(let subject): return "\(subject.text(binding: .sum)) is missing"
    case .call(let function, let arguments):
      let list = arguments.map { $0.text(binding: .or) }.joined(separator: ", ")
      return "\(function.rawValue)(\(list))"
    case .overGroups(let reduction, let operand):
      // max(x) with a bare name reads as an aggregate over events of kind x.
      let inner = operand.text(binding: .or)
      if case .name = operand.node { return "\(reduction.rawValue)((\(inner)))" }
      return "\(reduction.rawValue)(\(inner))"
    case .expectation(let expectation): return expectation.description
    case .population(let statistic, let operand):
      return "\(statistic.rawValue)(\(operand.text(binding: .or)))"
    }
  }
}

extension BinaryOperator {
  fileprivate var level: Expression.Binding {
    switch self {
    case .or: .or
    case .and: .and
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: .comparison
    case .add, .subtract: .sum
    case .multiply, .divide: .product
    }
  }
}

extension Aggregate: CustomStringConvertible {
  public var description: String {
    var text = function.rawValue + "(" + nameText(kind)
    if let attribute { text += "." + nameText(attribute) }
    if window != .life { text += ", \(window)" }
    if let condition { text += " where \(condition)" }
    if let group { text += " by " + nameText(group) }
    return text + ")"
  }
}

extension Window: CustomStringConvertible {
  /// As in a formula; empty for the whole past.
  public var description: String {
    switch self {
    case .life: ""
    case .last(let span): "last \(span)"
    case .next(let span): "next \(span)"
    case .ago(let from, let to): "between \(from) and \(to) ago"
    case .ahead(let from, let to): "between \(from) and \(to) ahead"
    case .latest(let count): "latest \(count)"
    }
  }
}

extension Span: CustomStringConvertible {
  public var description: String {
    switch self {
    case .days(let days): "\(days)d"
    case .hours(let hours): "\(hours)h"
    }
  }
}

extension Literal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .number(let value): numberText(value)
    case .text(let text): quotedText(text)
    }
  }
}

/// The shortest digits that read back as the same number. The language has no word for infinity:
/// a number that is not finite is the missing one.
func numberText(_ value: Double) -> String {
  guard value.isFinite else { return "missing" }
  if let whole = Int64(exactly: value), whole.magnitude < 1_000_000_000_000_000 { return String(whole) }
  return value.description
}

func quotedText(_ text: String) -> String {
  var quoted = "\""
  for character in text.unicodeScalars {
    switch character {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    case "\r": quoted += "\\r"
    default: quoted.unicodeScalars.append(character)
    }
  }
  return quoted + "\""
}

/// A name as it is, or in back quotes where it would not read as one.
func nameText(_ name: String) -> String {
  let isPlain =
    (name.first.map { Lexer.beginsWord($0) } ?? false)
    && name.allSatisfy { Lexer.continuesWord($0) } && !Parser.reserved.contains(name)
  if isPlain { return name }
  return "`" + name.replacing("\\", with: "\\\\").replacing("`", with: "\\`") + "`"
}

extension Expression: Codable {
  /// Stored as its canonical text: a person can read it in a model file, and only what the parser
  /// accepts can come back out of one.
  public init(from decoder: any Decoder) throws {
    try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
