extension Expression {
  /// Calls `body` with this expression and every one inside it, conditions of aggregates included,
  /// outer before inner and left before right.
  public func visit(_ body: (Expression) -> Void) {
    body(self)
    switch node {
    case .number, .text, .flag, .missing, .name, .expectation: break
    case .aggregate(let aggregate): aggregate.condition?.visit(body)
    case .negate(let operand), .not(let operand), .member(let operand, _), .isMissing(let operand),
      .overGroups(_, let operand), .population(_, let operand):
      operand.visit(body)
    case .binary(_, let left, let right):
      left.visit(body)
      right.visit(body)
    case .call(_, let arguments):
      for argument in arguments { argument.visit(body) }
    }
  }

  /// The names it refers to outside conditions (features and inputs), in order of appearance.
  public var references: [String] {
    var found: [String] = []
    collectReferences(&found)
    return found
  }

  private func collectReferences(_ found: inout [String]) {
    switch node {
    case .name(let name): if !found.contains(name) { found.append(name) }
    case .number, .text, .flag, .missing, .aggregate, .expectation: break
    case .negate(let operand), .not(let operand), .member(let operand, _), .isMissing(let operand),
      .overGroups(_, let operand), .population(_, let operand):
      operand.collectReferences(&found)
    case .binary(_, let left, let right):
      left.collectReferences(&found)
      right.collectReferences(&found)
    case .call(_, let arguments):
      for argument in arguments { argument.collectReferences(&found) }
    }
  }

  /// This expression with every reference to a name replaced. Spans are dropped: the result stands
  /// in no text.
  public func replacing(_ name: String, with replacement: Expression) -> Expression {
    func inside(_ part: Expression) -> Expression { part.replacing(name, with: replacement) }
    switch node {
    case .name(name): return replacement
    case .number, .text, .flag, .missing, .name, .aggregate, .expectation: return Expression(node)
    case .negate(let operand): return Expression(.negate(inside(operand)))
    case .not(let operand): return Expression(.not(inside(operand)))
    case .member(let operand, let literals): return Expression(.member(inside(operand), literals))
    case .isMissing(let operand): return Expression(.isMissing(inside(operand)))
    case .overGroups(let reduction, let operand): return Expression(.overGroups(reduction, inside(operand)))
    case .population(let statistic, let operand): return Expression(.population(statistic, inside(operand)))
    case .binary(let symbol, let left, let right):
      return Expression(.binary(symbol, inside(left), inside(right)))
    case .call(let function, let arguments): return Expression(.call(function, arguments.map(inside)))
    }
  }

  /// Every aggregate in it, and every one that an expectation in it reads, in order of appearance.
  public var aggregates: [Aggregate] {
    var found: [Aggregate] = []
    visit { part in
      switch part.node {
      case .aggregate(let aggregate): found.append(aggregate)
      case .expectation(let expectation): found += expectation.aggregates
      default: break
      }
    }
    return found
  }
}
