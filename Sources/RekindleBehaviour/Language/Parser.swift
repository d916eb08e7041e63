public import RekindleCore

extension Expression {
  /// Reads an expression.
  ///
  ///     Expression(parsing: "count(purchase, last 90d) >= 1")
  ///
  /// - Throws: `RK0301` to `RK0309`, pointing at the place.
  public init(parsing text: String) throws(Diagnostic) {
    try self.init(parsing: ExpressionSource(text))
  }

  /// Reads an expression that stands in a file.
  /// - Throws: `RK0301` to `RK0309`, pointing at the place in that file.
  public init(parsing source: ExpressionSource) throws(Diagnostic) {
    var lexer = Lexer(source)
    var parser = Parser(source: source, tokens: try lexer.tokens())
    self = try parser.whole()
  }
}

/// Recursive descent over the grammar, loosest binding first:
///
///     or          = and { "or" and }
///     and         = not { "and" not }
///     not         = "not" not | comparison
///     comparison  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum
///                       | "in" "[" literal { "," literal } "]" | "is" [ "not" ] "missing" ]
///     sum         = product { ("+" | "-") product }
///     product     = sign { ("*" | "/") sign }
///     sign        = "-" sign | primary
///     primary     = number | text | "true" | "false" | "missing" | name | "(" or ")" | call
///
/// Calls are in `Parser+Calls.swift`.
struct Parser {
  let source: ExpressionSource
  let tokens: [Token]
  var index = 0
  private var depth = 0

  /// Words that cannot be names unless they stand in back quotes.
  static let reserved: Set<String> = [
    "and", "or", "not", "in", "is", "missing", "where", "by", "true", "false",
  ]
  static let depthLimit = 100

  init(source: ExpressionSource, tokens: [Token]) {
    self.source = source
    self.tokens = tokens
  }

  mutating func whole() throws(Diagnostic) -> Expression {
    if token.kind == .end {
      throw source.diagnostic(
        "RK0304", "the expression is empty", at: 0..<1,
        help: "write such as count(purchase, last 90d)")
    }
    let expression = try or()
    guard token.kind == .end else {
      throw unexpected("the end or an operator")
    }
    return expression
  }

  // MARK: - Tokens

  var token: Token { tokens[index] }

  /// The token some places ahead; the end where there is none.
  func ahead(_ count: Int) -> Token { tokens[min(index + count, tokens.count - 1)] }

  func isSign(_ sign: String, ahead count: Int = 0) -> Bool { ahead(count).kind == .sign(sign) }

  func isWord(_ word: String, ahead count: Int = 0) -> Bool {
    ahead(count).kind == .word(word, quoted: false)
  }

  mutating func take(_ sign: String) -> Bool {
    guard isSign(sign) else { return false }
    index += 1
    return true
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard isWord(word) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ sign: String, _ what: String, help: String? = nil) throws(Diagnostic) {
    if !take(sign) { throw unexpected(what, help: help) }
  }

  /// From the start of a token to the end of the last one taken.
  func span(from start: Int) -> Range<Int> {
    tokens[start].span.lowerBound..<tokens[max(start, index - 1)].span.upperBound
  }

  func unexpected(_ wanted: String, help: String? = nil) -> Diagnostic {
    let found =
      token.kind == .end
      ? "the expression ends" : "\"\(characters(token.span))\" stands"
    return source.diagnostic(
      "RK0304", "\(found) where \(wanted) should be", at: token.span,
      help: help ?? "put \(wanted) there")
  }

  func characters(_ span: Range<Int>) -> String {
    String(source.text.dropFirst(span.lowerBound).prefix(span.count))
  }

  // MARK: - Operators

  mutating func or() throws(Diagnostic) -> Expression {
    depth += 1
    defer { depth -= 1 }
    if depth > Parser.depthLimit {
      throw source.diagnostic(
        "RK0309", "more than \(Parser.depthLimit) brackets stand inside one another", at: token.span,
        help: "name the inner parts as features of their own")
    }
    let start = index
    var left = try and()
    while takeWord("or") {
      let right = try and()
      left = Expression(.binary(.or, left, right), span: span(from: start))
    }
    return left
  }

  private mutating func and() throws(Diagnostic) -> Expression {
    let start = index
    var left = try not()
    while takeWord("and") {
      let right = try not()
      left = Expression(.binary(.and, left, right), span: span(from: start))
    }
    return left
  }

  private mutating func not() throws(Diagnostic) -> Expression {
    let start = index
    var count = 0
    while takeWord("not") { count += 1 }
    if count > Parser.depthLimit {
      throw source.diagnostic(
        "RK0309", "more than \(Parser.depthLimit) times not in a row", at: token.span,
        help: "keep one of them, or none")
    }
    var operand = try comparison()
    for place in stride(from: start + count - 1, through: start, by: -1) {
      operand = Expression(.not(operand), span: span(from: place))
    }
    return operand
  }

  private mutating func comparison() throws(Diagnostic) -> Expression {
    let start = index
    let left = try sum()
    if case .sign(let sign) = token.kind, let comparison = BinaryOperator(rawValue: sign),
      comparison.isComparison
    {
      index += 1
      let right = try sum()
      if case .sign(let second) = token.kind, BinaryOperator(rawValue: second)?.isComparison == true {
        throw source.diagnostic(
          "RK0308", "comparisons do not chain", at: token.span,
          help: "write \(left) \(sign) \(right) and \(right) \(second) …")
      }
      return Expression(.binary(comparison, left, right), span: span(from: start))
    }
    if takeWord("in") {
      let literals = try list()
      return Expression(.member(left, literals), span: span(from: start))
    }
    if takeWord("is") {
      let isNegated = takeWord("not")
      guard takeWord("missing") else { throw unexpected("missing", help: "write: is missing") }
      let test = Expression(.isMissing(left), span: span(from: start))
      return isNegated ? Expression(.not(test), span: test.span) : test
    }
    return left
  }

  private mutating func list() throws(Diagnostic) -> [Literal] {
    try expect("[", "a list", help: "write such as in [\"a\", \"b\"]")
    var literals: [Literal] = []
    repeat {
      let isNegative = take("-")
      switch token.kind {
      case .number(let value): literals.append(.number(isNegative ? -value : value))
      case .text(let text) where !isNegative: literals.append(.text(text))
      default: throw unexpected("a number or a text in quotes")
      }
      index += 1
    } while take(",")
    try expect("]", "a comma or ]")
    return literals
  }

  private mutating func sum() throws(Diagnostic) -> Expression {
    let start = index
    var left = try product()
    while true {
      let symbol: BinaryOperator
      if take("+") { symbol = .add } else if take("-") { symbol = .subtract } else { return left }
      let right = try product()
      left = Expression(.binary(symbol, left, right), span: span(from: start))
    }
  }

  private mutating func product() throws(Diagnostic) -> Expression {
    let start = index
    var left = try sign()
    while true {
      let symbol: BinaryOperator
      if take("*") { symbol = .multiply } else if take("/") { symbol = .divide } else { return left }
      let right = try sign()
      left = Expression(.binary(symbol, left, right), span: span(from: start))
    }
  }

  private mutating func sign() throws(Diagnostic) -> Expression {
    let start = index
    var count = 0
    while take("-") { count += 1 }
    if count > Parser.depthLimit {
      throw source.diagnostic(
        "RK0309", "more than \(Parser.depthLimit) signs in a row", at: token.span,
        help: "keep one of them, or none")
    }
    // A sign right before a number is part of it: -5 is a number, -(5) the negative of one.
    if count > 0, case .number(let value) = token.kind {
      index += 1
      count -= 1
      var operand = Expression(.number(-value), span: span(from: start + count))
      for place in stride(from: start + count - 1, through: start, by: -1) {
        operand = Expression(.negate(operand), span: span(from: place))
      }
      return operand
    }
    var operand = try primary()
    for place in stride(from: start + count - 1, through: start, by: -1) {
      operand = Expression(.negate(operand), span: span(from: place))
    }
    return operand
  }

  private mutating func primary() throws(Diagnostic) -> Expression {
    let start = index
    switch token.kind {
    case .number(let value):
      index += 1
      return Expression(.number(value), span: span(from: start))
    case .text(let text):
      index += 1
      return Expression(.text(text), span: span(from: start))
    case .span:
      throw source.diagnostic(
        "RK0307", "a span of time stands outside a window", at: token.span,
        help: "write it in a window, such as last \(characters(token.span))")
    case .sign("("):
      index += 1
      let inner = try or()
      try expect(")", "a closing bracket")
      return Expression(inner.node, span: span(from: start))
    case .word("true", quoted: false), .word("false", quoted: false):
      let value = isWord("true")
      index += 1
      return Expression(.flag(value), span: span(from: start))
    case .word("missing", quoted: false):
      index += 1
      return Expression(.missing, span: span(from: start))
    case .word(let word, let quoted):
      if !quoted, Parser.reserved.contains(word) { throw unexpected("a value") }
      if isSign("(", ahead: 1) { return try call(word) }
      index += 1
      if isSign("."), case .word(let attribute, _) = ahead(1).kind {
        index += 2
        throw source.diagnostic(
          "RK0304", "an attribute stands outside an aggregate", at: span(from: start),
          help: "summarise it, such as sum(\(word).\(attribute), last 90d); inside where write \(attribute)")
      }
      return Expression(.name(word), span: span(from: start))
    case .sign, .end:
      throw unexpected("a value")
    }
  }
}

extension BinaryOperator {
  var isComparison: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: true
    case .add, .subtract, .multiply, .divide, .and, .or: false
    }
  }

  var isArithmetic: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide: true
    default: false
    }
  }
}
