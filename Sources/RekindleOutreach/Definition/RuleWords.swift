internal import RekindleBehaviour
internal import RekindleCore

/// The values that a text of a rule can have, where they are known: a stage that does not exist holds for
/// nobody, and nobody would notice.
struct RuleWords {
  let values: [String: [String]]

  /// - Throws: `RK1014` for a comparison of a known text with what it never is.
  func check(_ rule: Expression, source: ExpressionSource?) throws(Diagnostic) {
    // Without the text the spans mean nothing; the canonical text gives fresh ones.
    let source = source ?? ExpressionSource(rule.description)
    try walk(try Expression(parsing: source), source)
  }

  private func walk(_ rule: Expression, _ source: ExpressionSource) throws(Diagnostic) {
    switch rule.node {
    // Inside an aggregate names are attributes of events.
    case .number, .text, .flag, .missing, .name, .aggregate, .expectation: return
    case .binary(let symbol, let left, let right):
      if symbol == .equal || symbol == .notEqual {
        for (name, text) in [(left, right), (right, left)] {
          if case .name(let name) = name.node, case .text(let value) = text.node {
            try check(value, of: name, at: text.span ?? 0..<1, source)
          }
        }
      }
      try walk(left, source)
      try walk(right, source)
    case .member(let subject, let literals):
      if case .name(let name) = subject.node {
        for case .text(let value) in literals {
          try check(value, of: name, at: place(of: value, in: rule.span ?? 0..<1, source), source)
        }
      }
      try walk(subject, source)
    case .negate(let operand), .not(let operand), .isMissing(let operand), .overGroups(_, let operand),
      .population(_, let operand):
      try walk(operand, source)
    case .call(_, let arguments):
      for argument in arguments { try walk(argument, source) }
    }
  }

  private func check(
    _ value: String, of name: String, at span: Range<Int>, _ source: ExpressionSource
  ) throws(Diagnostic) {
    guard let known = values[name], !known.contains(value) else { return }
    let other = values.keys.sorted().first { values[$0]?.contains(value) ?? false }
    throw Diagnostic(
      "RK1014", "\(name) is never \"\(value)\"", at: source.place(of: span),
      hint: nearMatch(of: value, among: known).map { "did you mean \"\($0)\"?" }
        ?? other.map { "\"\(value)\" is a value of \($0)" },
      notes: ["values of \(name): \(known.joined(separator: ", "))"], help: "name one of these values")
  }

  /// Literals of a list have no place of their own: where the value stands in quotes.
  private func place(of value: String, in span: Range<Int>, _ source: ExpressionSource) -> Range<Int> {
    let text = Array(source.text)
    let quoted = Array("\"\(value)\"")
    let last = min(span.upperBound, text.count) - quoted.count
    guard span.lowerBound <= last else { return span }
    return (span.lowerBound...last).first { text[$0..<$0 + quoted.count].elementsEqual(quoted) }
      .map { $0..<$0 + quoted.count } ?? span
  }
}
