internal import RekindleCore

/// Where the parts of an aggregate stand in the text, so that a caret points at the attribute that
/// is wrong and not at the whole call.
///
/// The tree keeps one span an expression; the parts of an aggregate are found again from the text
/// when, and only when, an error is to be told.
struct AggregatePlaces {
  var kind: Range<Int>
  var attribute: Range<Int>
  var window: Range<Int>
  var group: Range<Int>

  /// - Parameter whole: the span of the aggregate; every part that is not found has it.
  init(in source: ExpressionSource, whole: Range<Int>) {
    kind = whole
    attribute = whole
    window = whole
    group = whole
    var lexer = Lexer(source)
    guard let tokens = try? lexer.tokens().filter({ whole.contains($0.span.lowerBound) }),
      tokens.count > 3
    else { return }
    // Brackets around the call belong to the span of the expression.
    guard
      let open = tokens.indices.dropLast().first(where: {
        tokens[$0 + 1].kind == .sign("(") && tokens[$0].isWord
      })
    else { return }
    let first = open + 2
    guard first < tokens.count else { return }
    kind = tokens[first].span
    if first + 2 < tokens.count, tokens[first + 1].kind == .sign(".") { attribute = tokens[first + 2].span }
    var depth = 0
    var windowStart: Int?
    for index in first..<tokens.count {
      switch tokens[index].kind {
      case .sign("("), .sign("["): depth += 1
      case .sign(")"), .sign("]"):
        depth -= 1
        if depth < 0 {
          close(&windowStart, before: index, tokens)
          return
        }
      case .sign(",") where depth == 0: windowStart = index + 1
      case .word("where", quoted: false) where depth == 0: close(&windowStart, before: index, tokens)
      case .word("by", quoted: false) where depth == 0:
        close(&windowStart, before: index, tokens)
        if index + 1 < tokens.count { group = tokens[index + 1].span }
      default: break
      }
    }
  }

  private mutating func close(_ start: inout Int?, before index: Int, _ tokens: [Token]) {
    guard let first = start, first < index else { return }
    window = tokens[first].span.lowerBound..<tokens[index - 1].span.upperBound
    start = nil
  }
}

extension Token {
  fileprivate var isWord: Bool { if case .word = kind { true } else { false } }
}
