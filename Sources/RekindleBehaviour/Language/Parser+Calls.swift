internal import RekindleCore

/// What stands after `word (`. Three things look alike, and this is how they are told apart:
///
///     aggregate        = function "(" kind [ "." attribute ] clauses [ "," window clauses ] ")"
///     clauses          = [ "where" or ] [ "by" attribute ]
///     group reduction  = ("max" | "min" | "sum" | "mean" | "median" | "count" | "entropy") "(" or ")"
///     function         = function "(" or { "," or } ")"
///
/// For a word that could be more than one (`max`), it is an aggregate when a bare name follows that
/// is alone, or before `.`, `where`, `by` or a window; else, with one argument, a group reduction.
extension Parser {
  mutating func call(_ word: String) throws(Diagnostic) -> Expression {
    let start = index
    let scalar = Function(rawValue: word)
    let reduction = GroupReduction(rawValue: word)
    let statistic = PopulationStatistic(rawValue: word)
    if let aggregate = AggregateFunction(rawValue: word) {
      let isAmbiguous = scalar != nil || reduction != nil
      if !isAmbiguous || looksLikeAggregate(at: index + 2) {
        index += 2
        return try self.aggregate(aggregate, from: start)
      }
    }
    if let quantity = Expectation.Quantity(rawValue: word) {
      index += 2
      return try expectation(quantity, from: start)
    }
    guard scalar != nil || reduction != nil || statistic != nil else { throw unknownFunction(word) }
    index += 2
    var arguments: [Expression] = []
    if !isSign(")") {
      repeat { arguments.append(try or()) } while take(",")
    }
    try expect(")", arguments.isEmpty ? "a value" : "a comma, an operator or a closing bracket")
    let whole = span(from: start)
    if let statistic {
      guard arguments.count == 1 else {
        throw argumentCount(word, "one argument", whole, "write \(word)(an expression)")
      }
      return Expression(.population(statistic, arguments[0]), span: whole)
    }
    if let reduction, arguments.count == 1 {
      return Expression(.overGroups(reduction, arguments[0]), span: whole)
    }
    guard let scalar else {
      throw argumentCount(
        word, "one argument", whole, "write \(word)(kind.attribute, last 90d), or one grouped expression")
    }
    guard scalar.accepts(argumentCount: arguments.count) else {
      throw argumentCount(word, scalar.argumentWords, whole, "write \(scalar.example)")
    }
    return Expression(.call(scalar, arguments), span: whole)
  }

  private func argumentCount(_ word: String, _ wanted: String, _ span: Range<Int>, _ help: String)
    -> Diagnostic
  {
    source.diagnostic("RK0306", "\(word) takes \(wanted)", at: span, help: help)
  }

  private func looksLikeAggregate(at place: Int) -> Bool {
    let offset = place - index
    guard case .word(let word, let quoted) = ahead(offset).kind,
      quoted || !Parser.reserved.contains(word)
    else { return false }
    switch ahead(offset + 1).kind {
    case .sign("."), .sign(")"): return true
    case .word("where", quoted: false), .word("by", quoted: false): return true
    case .sign(","): return beginsWindow(ahead: offset + 2)
    default: return false
    }
  }

  /// A window, or what can be nothing but one gone wrong (`90d`, `lsat 90d`), to be told as one.
  private func beginsWindow(ahead offset: Int) -> Bool {
    switch (ahead(offset).kind, ahead(offset + 1).kind) {
    case (.span, _), (.word, .number), (.word, .span): true
    case (.word(let word, quoted: false), .word):
      ["last", "next", "between", "latest"].contains(word)
    default: false
    }
  }

  private func unknownFunction(_ word: String) -> Diagnostic {
    let known =
      AggregateFunction.allCases.map(\.rawValue) + Function.allCases.map(\.rawValue)
      + PopulationStatistic.allCases.map(\.rawValue) + Expectation.Quantity.allCases.map(\.rawValue)
    let otherTongues = [
      "avg": "mean", "average": "mean", "ln": "log", "std": "sd", "stddev": "sd", "stdev": "sd",
      "nunique": "distinct", "count_distinct": "distinct", "recency": "days_since_last",
      "frequency": "count", "total": "sum", "last": "latest", "exists": "any", "ifnull": "coalesce",
      "nvl": "coalesce", "case": "if", "iff": "if",
    ]
    let near = otherTongues[word.lowercased()] ?? nearMatch(of: word, among: known)
    return source.diagnostic(
      "RK0305", "there is no function \"\(word)\"", at: token.span,
      hint: near.map { "did you mean \($0)?" },
      notes: ["functions: " + Set(known).sorted().joined(separator: ", ")],
      help: near.map { "write \($0)(…)" } ?? "use one of the functions above")
  }

  // MARK: - Aggregates

  private mutating func aggregate(_ function: AggregateFunction, from start: Int) throws(Diagnostic)
    -> Expression
  {
    let kind = try name("a kind of event", help: "write such as \(function.rawValue)(purchase, last 90d)")
    var aggregate = Aggregate(function, kind)
    if take(".") { aggregate.attribute = try name("an attribute of \(kind)", help: nil) }
    try clauses(of: &aggregate)
    if take(",") {
      aggregate.window = try window()
      try clauses(of: &aggregate)
    }
    try expect(
      ")", "where, by, a window or a closing bracket",
      help: "write \(function.rawValue)(\(kind), last 90d where … by …)")
    return Expression(.aggregate(aggregate), span: span(from: start))
  }

  /// `p_none(kind, 90d)`, `expected_mean(kind.attribute)`.
  private mutating func expectation(_ quantity: Expectation.Quantity, from start: Int) throws(Diagnostic)
    -> Expression
  {
    let help = "write \(quantity.example)"
    var expectation = Expectation(quantity, try name("a kind of event", help: help))
    if quantity.needsAttribute {
      guard take(".") else { throw unexpected("the attribute whose mean is expected", help: help) }
      expectation.attribute = try name("an attribute of \(expectation.kind)", help: help)
    }
    if quantity.needsHorizon {
      guard take(",") else { throw unexpected("how far ahead to expect", help: help) }
      guard case .span(.days(let days)) = token.kind, days > 0 else {
        throw unexpected("a number of days", help: help)
      }
      index += 1
      expectation.horizon = days
    }
    try expect(")", "a closing bracket", help: help)
    return Expression(.expectation(expectation), span: span(from: start))
  }

  private mutating func clauses(of aggregate: inout Aggregate) throws(Diagnostic) {
    while true {
      let start = index
      if takeWord("where") {
        let condition = try or()
        guard aggregate.condition == nil else {
          throw source.diagnostic(
            "RK0304", "this aggregate has two conditions", at: span(from: start),
            help: "join them with and")
        }
        aggregate.condition = condition
      } else if takeWord("by") {
        let group = try name("an attribute to group by", help: nil)
        guard aggregate.group == nil else {
          throw source.diagnostic(
            "RK0304", "this aggregate has two groupings", at: span(from: start),
            help: "group by one attribute")
        }
        aggregate.group = group
      } else {
        return
      }
    }
  }

  private mutating func name(_ what: String, help: String?) throws(Diagnostic) -> String {
    guard case .word(let word, let quoted) = token.kind, quoted || !Parser.reserved.contains(word) else {
      throw unexpected(what, help: help)
    }
    index += 1
    return word
  }

  // MARK: - Windows

  private mutating func window() throws(Diagnostic) -> Window {
    let start = index
    if takeWord("last") { return .last(try length(after: "last")) }
    if takeWord("next") { return .next(try length(after: "next")) }
    if takeWord("latest") {
      guard case .number(let value) = token.kind, value >= 1, value <= 1_000_000,
        let count = Int(exactly: value)
      else {
        throw source.diagnostic(
          "RK0307", "latest takes a whole number of events, 1 or more", at: token.span,
          help: "write such as latest 8; for a length of time write last 8d")
      }
      index += 1
      return .latest(count)
    }
    if takeWord("between") {
      let from = try length(after: "between")
      guard takeWord("and") else { throw unexpected("and", help: "write between 180d and 90d ago") }
      let to = try length(after: "and")
      let isBack = takeWord("ago")
      guard isBack || takeWord("ahead") else {
        throw unexpected("ago or ahead", help: "write between 180d and 90d ago, or 7d and 97d ahead")
      }
      let isOrdered = isBack ? from.hourCount > to.hourCount : from.hourCount < to.hourCount
      guard isOrdered else {
        let swapped = "between \(to) and \(from) \(isBack ? "ago" : "ahead")"
        throw source.diagnostic(
          "RK0307", "this window ends before it begins", at: span(from: start),
          hint: from.hourCount == to.hourCount ? nil : "did you mean \(swapped)?",
          help: "write the earlier end first: \(isBack ? "180d and 90d ago" : "7d and 97d ahead")")
      }
      return isBack ? .ago(from: from, to: to) : .ahead(from: from, to: to)
    }
    let near: String? =
      if case .word(let word, _) = token.kind {
        nearMatch(of: word, among: ["last", "next", "between", "latest"])
      } else { nil }
    let isBareSpan = if case .span = token.kind { true } else { false }
    throw source.diagnostic(
      "RK0307", "a window should stand here", at: token.span,
      hint: near.map { "did you mean \($0)?" } ?? (isBareSpan ? "last or next?" : nil),
      notes: ["windows: last 90d, next 90d, between 180d and 90d ago, between 7d and 97d ahead, latest 8"],
      help: "write one of these windows, or leave it out for the whole past")
  }

  private mutating func length(after word: String) throws(Diagnostic) -> Span {
    switch token.kind {
    case .span(let span):
      index += 1
      return span
    case .number:
      let written = characters(token.span)
      throw source.diagnostic(
        "RK0307", "\(word) \(written) has no unit", at: token.span, hint: "did you mean \(written)d?",
        notes: ["units: d (calendar days), h (hours), w (7 days)"], help: "write \(word) \(written)d")
    default:
      throw unexpected("a span of time", help: "write \(word) 90d, 48h or 12w")
    }
  }
}

extension Span {
  /// Hours, a day taken as 24: the order of two spans, not their length in a calendar.
  var hourCount: Int {
    switch self {
    case .days(let days): 24 * days
    case .hours(let hours): hours
    }
  }
}

extension Function {
  func accepts(argumentCount count: Int) -> Bool {
    switch self {
    case .log, .log1p, .exp, .sqrt, .abs, .floor: count == 1
    case .min, .max: count >= 2
    case .coalesce: count >= 2
    case .clamp, .if: count == 3
    }
  }

  fileprivate var argumentWords: String {
    switch self {
    case .log, .log1p, .exp, .sqrt, .abs, .floor: "one argument"
    case .min, .max, .coalesce: "two arguments or more"
    case .clamp, .if: "three arguments"
    }
  }

  fileprivate var example: String {
    switch self {
    case .log, .log1p, .exp, .sqrt, .abs, .floor: "\(rawValue)(x)"
    case .min, .max: "\(rawValue)(a, b)"
    case .coalesce: "coalesce(x, 0)"
    case .clamp: "clamp(x, low, high)"
    case .if: "if(condition, then, else)"
    }
  }
}
