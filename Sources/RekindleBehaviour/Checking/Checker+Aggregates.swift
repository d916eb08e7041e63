internal import RekindleCore
internal import RekindleEvents

extension CheckPass {
  mutating func type(of aggregate: Aggregate, at span: Range<Int>) throws(Diagnostic) -> ValueType {
    let name = aggregate.function.rawValue
    guard let kind = checker.schema.kind(aggregate.kind) else {
      let known = checker.schema.kinds.map(\.name)
      throw source.diagnostic(
        "RK0320", "no source gives events of kind \"\(aggregate.kind)\"", at: places(span).kind,
        hint: nearMatch(of: aggregate.kind, among: known).map { "did you mean \($0)?" },
        notes: ["kinds: \(known.isEmpty ? "none" : shortList(known))"],
        help: "fix the name, or map a source to that kind")
    }
    let result = try type(of: aggregate.attribute, asked: aggregate.function, of: kind, at: span)
    if let condition = aggregate.condition {
      let type = try type(of: condition, on: kind)
      guard type.fits(.flag) else {
        throw source.diagnostic(
          "RK0326", "where takes a yes or no, and this is \(type.words)", at: condition.span ?? span,
          help: "compare it with something, such as \(condition) == …")
      }
    } else if aggregate.function.needsCondition {
      throw source.diagnostic(
        "RK0326", "\(name) needs a condition", at: span,
        help: "say of which events: \(name)(\(kind.name), last 90d where …)")
    }
    try checkWindow(of: aggregate, at: span)
    guard let group = aggregate.group else { return result }
    try checkGroup(group, of: kind, at: span)
    guard result.scalar != .text else {
      throw source.diagnostic(
        "RK0327", "\(name) of a text by \(group) gives a text per group", at: places(span).attribute,
        help: "compute a number or a flag by group")
    }
    return ValueType(result.scalar, by: group)
  }

  private func places(_ span: Range<Int>) -> AggregatePlaces { AggregatePlaces(in: source, whole: span) }

  private func type(
    of attribute: String?, asked function: AggregateFunction, of kind: EventSchema.Kind, at span: Range<Int>
  ) throws(Diagnostic) -> ValueType {
    let name = function.rawValue
    guard function.takesAttribute else {
      if let attribute {
        throw source.diagnostic(
          "RK0324", "\(name) takes events, not an attribute of them", at: places(span).attribute,
          help: function == .count
            ? "write count(\(kind.name) where not (\(nameText(attribute)) is missing)), or distinct(\(kind.name).\(nameText(attribute)))"
            : "write \(name)(\(kind.name))")
      }
      return function == .any ? .flag : .number
    }
    guard let attribute else {
      throw source.diagnostic(
        "RK0324", "\(name) takes an attribute of \(kind.name)", at: places(span).kind,
        notes: ["attributes of \(kind.name): \(nameList(of: kind))"],
        help: "write \(name)(\(kind.name).\(kind.attributes.first?.name ?? "hour"))")
    }
    guard let scalar = kind.scalar(of: attribute) else {
      throw unknownAttribute(attribute, of: kind, at: places(span).attribute)
    }
    switch function {
    case .latest, .first: return ValueType(scalar)
    case .distinct, .entropy, .topShare:
      if kind.attribute(attribute)?.type == .time {
        throw source.diagnostic(
          "RK0325", "\(name) counts values, and \(attribute) is a time", at: places(span).attribute,
          help: "use a category, a number or a flag")
      }
      return .number
    default:
      guard scalar == .number else {
        throw source.diagnostic(
          "RK0325", "\(name) takes a number, and \(attribute) is \(ValueType(scalar).words)",
          at: places(span).attribute,
          help: scalar == .flag
            ? "write share(\(kind.name) where \(nameText(attribute))), or count with that condition"
            : "write distinct(\(kind.name).\(nameText(attribute))), or declare it a number in its source")
      }
      return .number
    }
  }

  func unknownAttribute(_ name: String, of kind: EventSchema.Kind, at span: Range<Int>) -> Diagnostic {
    let known = kind.attributes.map(\.name) + EventClock.allCases.map(\.rawValue)
    return source.diagnostic(
      "RK0321", "events of kind \"\(kind.name)\" have no attribute \"\(name)\"", at: span,
      hint: nearMatch(of: name, among: known).map { "did you mean \($0)?" },
      notes: ["attributes of \(kind.name): \(nameList(of: kind))"],
      help: "fix the name, or name the attribute in the source")
  }

  func nameList(of kind: EventSchema.Kind) -> String {
    let own = kind.attributes.map { "\($0.name) (\($0.type.rawValue))" }
    return shortList(own.isEmpty ? ["none of its own"] : own)
      + "; every event has \(EventClock.allCases.map(\.rawValue).joined(separator: ", "))"
  }

  private mutating func checkWindow(of aggregate: Aggregate, at span: Range<Int>) throws(Diagnostic) {
    if aggregate.function == .clumpiness {
      switch aggregate.window {
      case .last, .next, .ago, .ahead: break
      case .life, .latest:
        throw source.diagnostic(
          "RK0328", "clumpiness needs a window with two ends", at: places(span).window,
          help: "write clumpiness(\(aggregate.kind), last 365d)")
      }
    }
    if aggregate.window.isForward {
      guard role.looksAhead else {
        throw source.diagnostic(
          "RK0330", "\(role.words) looks back, and this window looks ahead", at: places(span).window,
          notes: ["what happens after the moment is not known when the customer is scored"],
          help: "write a window that looks back, such as last 90d")
      }
      seesFuture = true
    } else if role.looksAhead {
      throw source.diagnostic(
        "RK0331", "\(role.words) looks ahead, and this window looks back", at: places(span).window,
        help: "write a window that looks ahead, such as next 90d; a test of the past belongs to eligibility")
    }
  }

  private func checkGroup(_ group: String, of kind: EventSchema.Kind, at span: Range<Int>) throws(Diagnostic)
  {
    guard let attribute = kind.attribute(group) else {
      if EventClock(rawValue: group) == nil {
        throw unknownAttribute(group, of: kind, at: places(span).group)
      }
      throw source.diagnostic(
        "RK0327", "events cannot be grouped by \(group)", at: places(span).group,
        help: "group by a category, or compare \(group) in where")
    }
    guard attribute.type == .category else {
      throw source.diagnostic(
        "RK0327", "events are grouped by a category, and \(group) is a \(attribute.type.rawValue)",
        at: places(span).group, help: "declare \(group) a category in its source, or test it in where")
    }
  }
}

extension AggregateFunction {
  /// Whether it summarises an attribute; the others summarise the events themselves.
  public var takesAttribute: Bool {
    switch self {
    case .sum, .mean, .min, .max, .sd, .median, .distinct, .entropy, .topShare, .latest, .first, .repeatMean:
      true
    case .count, .share, .any, .daysSinceLast, .daysSinceFirst, .activeDays, .gapMean, .gapMedian, .gapSd,
      .gapLast, .gapCv, .gapSlope, .gapLengthening, .gapPercentile, .gapRegularity, .spanDays, .ageDays,
      .clumpiness, .streak:
      false
    }
  }

  /// Whether it says something about a condition, and so has to have one.
  public var needsCondition: Bool { self == .share || self == .streak }
}
