internal import RekindleEvents

/// Finds every text that expressions can meet: literals, and the dictionaries of the categories
/// that they compare, give out or group by. In one order for all of them a text is a number, and
/// texts of different columns can be compared.
struct TextCollector {
  let log: EventLog
  private(set) var texts: Set<String> = []
  private var visited: Set<String> = []

  init(log: EventLog) { self.log = log }

  mutating func visit(_ expression: Expression, inside kind: String? = nil) {
    switch expression.node {
    case .number, .flag, .missing, .expectation: break
    case .text(let text): texts.insert(text)
    case .name(let name): if let kind { add(name, of: kind) }
    case .aggregate(let aggregate):
      if let condition = aggregate.condition { visit(condition, inside: aggregate.kind) }
      if let group = aggregate.group { add(group, of: aggregate.kind) }
      if let attribute = aggregate.attribute, aggregate.function == .latest || aggregate.function == .first {
        add(attribute, of: aggregate.kind)
      }
    case .negate(let inner), .not(let inner), .isMissing(let inner), .overGroups(_, let inner),
      .population(_, let inner):
      visit(inner, inside: kind)
    case .binary(_, let left, let right):
      visit(left, inside: kind)
      visit(right, inside: kind)
    case .member(let inner, let literals):
      visit(inner, inside: kind)
      for case .text(let text) in literals { texts.insert(text) }
    case .call(_, let arguments): for argument in arguments { visit(argument, inside: kind) }
    }
  }

  private mutating func add(_ attribute: String, of kind: String) {
    guard visited.insert("\(kind).\(attribute)").inserted else { return }
    if case .category(_, let dictionary) = log.stream(kind)?.attribute(attribute)?.column {
      texts.formUnion(dictionary)
    }
  }
}
