import RekindleBehaviour
import RekindleEvents

/// Makes well-typed expressions over the kinds of `RandomHistories`, all looking one way.
struct RandomExpressions {
  var random: RandomSource
  var looksAhead: Bool
  /// Whether population statistics and the input `score` may occur.
  var hasContext: Bool

  static let schema = EventSchema(kinds: [
    .init(
      name: "purchase",
      attributes: [
        .init(name: "category", type: .category), .init(name: "channel", type: .category),
        .init(name: "due", type: .time), .init(name: "gift", type: .flag),
        .init(name: "quantity", type: .number), .init(name: "value", type: .number),
      ], isRecorded: true),
    .init(
      name: "visit",
      attributes: [
        .init(name: "category", type: .category), .init(name: "bought", type: .flag),
        .init(name: "seconds", type: .number),
      ]),
  ])

  static let words = ["a", "b", "c", "ü", "Z z"]

  init(seed: UInt64, looksAhead: Bool = false, hasContext: Bool = false) {
    random = RandomSource(seed: seed)
    self.looksAhead = looksAhead
    self.hasContext = hasContext
  }

  /// A number or a flag, with at least one aggregate in most cases.
  mutating func next() -> Expression {
    random.chance(0.75) ? number(3, group: nil) : flag(3, group: nil)
  }

  // MARK: - Values

  mutating func number(_ depth: Int, group: String?) -> Expression {
    if depth == 0 || random.chance(0.25) { return numberLeaf(group: group) }
    switch random.below(9) {
    case 0, 1, 2, 3:
      let symbol = random.pick([BinaryOperator.add, .subtract, .multiply, .divide])
      return Expression(
        .binary(symbol, number(depth - 1, group: group), number(depth - 1, group: either(group))))
    case 4: return Expression(.negate(number(depth - 1, group: group)))
    case 5, 6: return call(depth, group: group)
    case 7 where hasContext && group == nil:
      var inner = self
      inner.hasContext = false
      let operand = inner.number(1, group: nil)
      random = inner.random
      return Expression(.population(random.pick(PopulationStatistic.allCases), operand))
    default:
      let reduction = random.pick(GroupReduction.allCases)
      let operand =
        reduction == .count && random.chance(0.5)
        ? flag(depth - 1, group: "category") : number(depth - 1, group: "category")
      let reduced = Expression(.overGroups(reduction, operand))
      // In a grouped place something grouped has to remain beside it.
      return group == nil ? reduced : Expression(.binary(.add, reduced, aggregate(.number, group: group)))
    }
  }

  mutating func flag(_ depth: Int, group: String?) -> Expression {
    if depth == 0 {
      return group == nil && random.chance(0.2)
        ? Expression(.flag(random.chance(0.5))) : aggregate(.flag, group: group)
    }
    switch random.below(7) {
    case 0, 1, 2:
      let symbol = random.pick([
        BinaryOperator.less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual,
      ])
      return Expression(
        .binary(symbol, number(depth - 1, group: group), number(depth - 1, group: either(group))))
    case 3:
      return Expression(
        .binary(
          random.pick([.and, .or]), flag(depth - 1, group: group), flag(depth - 1, group: either(group))))
    case 4: return Expression(.not(flag(depth - 1, group: group)))
    case 5: return Expression(.isMissing(number(depth - 1, group: group)))
    default:
      guard group == nil else {
        return Expression(.member(number(depth - 1, group: group), [.number(0), .number(1), .number(-2.5)]))
      }
      let text = Expression(
        .aggregate(
          Aggregate(
            random.pick([.latest, .first]), "purchase", attribute: random.pick(["category", "channel"]),
            window: window(allowsLatest: true), where: condition())))
      switch random.below(3) {
      case 0: return Expression(.member(text, [.text(random.pick(Self.words)), .text("nowhere")]))
      case 1: return Expression(.isMissing(text))
      default:
        return Expression(
          .binary(random.pick([.equal, .notEqual]), text, Expression(.text(random.pick(Self.words)))))
      }
    }
  }

  private mutating func either(_ group: String?) -> String? {
    group == nil ? nil : (random.chance(0.6) ? group : nil)
  }

  private mutating func numberLeaf(group: String?) -> Expression {
    if group != nil || random.chance(0.75) { return aggregate(.number, group: group) }
    switch random.below(4) {
    case 0: return Expression(.missing)
    case 1 where hasContext: return Expression(.name("score"))
    default: return Expression(.number(random.pick([0, 1, 2, -1, 0.5, 7, 30, 1e-3, 1e20, -3.25])))
    }
  }

  private mutating func call(_ depth: Int, group: String?) -> Expression {
    let function = random.pick(Function.allCases)
    switch function {
    case .log, .log1p, .exp, .sqrt, .abs, .floor:
      return Expression(.call(function, [number(depth - 1, group: group)]))
    case .min, .max, .coalesce:
      var arguments = [number(depth - 1, group: group), number(depth - 1, group: either(group))]
      if random.chance(0.4) { arguments.append(number(depth - 1, group: either(group))) }
      return Expression(.call(function, arguments))
    case .clamp:
      return Expression(
        .call(
          .clamp, [number(depth - 1, group: group), Expression(.number(-1)), number(0, group: either(group))])
      )
    case .if:
      return Expression(
        .call(
          .if,
          [
            flag(depth - 1, group: group), number(depth - 1, group: either(group)),
            number(depth - 1, group: either(group)),
          ]))
    }
  }

  // MARK: - Aggregates

  private mutating func aggregate(_ wanted: ValueTypeWanted, group: String?) -> Expression {
    let kind = random.pick(["purchase", "purchase", "visit"])
    let flags = kind == "purchase" ? ["gift", "weekend"] : ["bought", "weekend"]
    let numbers =
      kind == "purchase"
      ? ["value", "value", "quantity", "due", "hour", "age", "month"] : ["seconds", "weekday", "day"]
    let texts = kind == "purchase" ? ["category", "channel"] : ["category"]
    let function: AggregateFunction
    var attribute: String?
    if wanted == .flag {
      function = random.pick([.any, .any, .latest, .first])
      if function != .any { attribute = random.pick(flags) }
    } else {
      function = random.pick(AggregateFunction.allCases.filter { $0 != .any })
      switch function {
      case .distinct, .entropy, .topShare:
        attribute = random.pick(texts + flags + numbers.filter { $0 != "due" && $0 != "age" })
      case _ where function.takesAttribute: attribute = random.pick(numbers)
      default: break
      }
    }
    let needsCondition = function.needsCondition
    return Expression(
      .aggregate(
        Aggregate(
          function, kind, attribute: attribute, window: window(allowsLatest: function != .clumpiness),
          where: needsCondition || random.chance(0.35) ? condition(on: kind) : nil, by: group)))
  }

  enum ValueTypeWanted { case number, flag }

  mutating func window(allowsLatest: Bool) -> Window {
    if looksAhead {
      if random.chance(0.5) { return .next(span()) }
      let from = 1 + random.below(30)
      return random.chance(0.7)
        ? .ahead(from: .days(from), to: .days(from + 1 + random.below(60)))
        : .ahead(from: .hours(from), to: .hours(from + 1 + random.below(60)))
    }
    switch random.below(allowsLatest ? 6 : 4) {
    case 0, 1: return .last(span())
    case 2, 3:
      let to = 1 + random.below(30)
      return random.chance(0.7)
        ? .ago(from: .days(to + 1 + random.below(60)), to: .days(to))
        : .ago(from: .hours(to + 1 + random.below(60)), to: .hours(to))
    case 4: return .life
    default: return .latest(1 + random.below(9))
    }
  }

  private mutating func span() -> Span {
    random.chance(0.75)
      ? .days(random.pick([1, 2, 7, 14, 30, 90, 365])) : .hours(random.pick([1, 24, 48, 100]))
  }

  mutating func condition(on kind: String = "purchase") -> Expression {
    func name(_ name: String) -> Expression { Expression(.name(name)) }
    func compare(_ symbol: BinaryOperator, _ left: Expression, _ value: Double) -> Expression {
      Expression(.binary(symbol, left, Expression(.number(value))))
    }
    let amount = kind == "purchase" ? "value" : "seconds"
    let truth = kind == "purchase" ? "gift" : "bought"
    switch random.below(10) {
    case 0: return compare(.greater, name(amount), random.pick([0, 5, 20]))
    case 1: return name(truth)
    case 2: return Expression(.not(name(truth)))
    case 3: return Expression(.binary(.equal, name("category"), Expression(.text(random.pick(Self.words)))))
    case 4: return Expression(.member(name("category"), [.text("a"), .text("ü"), .text("nowhere")]))
    case 5: return Expression(.isMissing(name(random.chance(0.5) ? amount : "category")))
    case 6:
      return compare(
        random.pick([.less, .greaterOrEqual]), name(random.pick(["hour", "weekday", "day", "age"])), 6)
    case 7: return Expression(.binary(random.pick([.and, .or]), condition(on: kind), condition(on: kind)))
    case 8: return name("weekend")
    default:
      return kind == "purchase"
        ? compare(.greater, name("due"), 0)
        : compare(.less, Expression(.binary(.multiply, name(amount), name("hour"))), 100)
    }
  }
}
