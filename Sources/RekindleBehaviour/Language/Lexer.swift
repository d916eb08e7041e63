internal import RekindleCore

/// A word, number or sign of the language, and the characters it took.
struct Token: Sendable {
  enum Kind: Sendable, Hashable {
    /// A name or keyword; `quoted` when it stood in back quotes and so is a name for certain.
    case word(String, quoted: Bool)
    case number(Double)
    case span(Span)
    case text(String)
    case sign(String)
    case end
  }

  var kind: Kind
  var span: Range<Int>
}

/// Cuts the text of an expression into tokens.
///
/// Blanks, line ends and comments (`#` to the end of the line) separate tokens and are dropped.
struct Lexer {
  private let source: ExpressionSource
  private let characters: [Character]
  private var position = 0

  /// More tokens than any formula that a person writes; bounds the depth of the tree.
  static let tokenLimit = 4000

  init(_ source: ExpressionSource) {
    self.source = source
    characters = Array(source.text)
  }

  /// - Throws: `RK0301` a character that is not of the language, `RK0302` an open quote, `RK0303` a
  ///   malformed number or span, `RK0309` a text that is too long.
  mutating func tokens() throws(Diagnostic) -> [Token] {
    var tokens: [Token] = []
    while let token = try next() {
      tokens.append(token)
      if tokens.count > Lexer.tokenLimit {
        throw source.diagnostic(
          "RK0309", "the expression has more than \(Lexer.tokenLimit) words", at: token.span,
          help: "name its parts as features of their own")
      }
    }
    tokens.append(Token(kind: .end, span: characters.count..<characters.count + 1))
    return tokens
  }

  private func peek(_ ahead: Int = 0) -> Character? {
    position + ahead < characters.count ? characters[position + ahead] : nil
  }

  private mutating func next() throws(Diagnostic) -> Token? {
    while let character = peek() {
      if character == "#" {
        while let inside = peek(), !inside.isNewline { position += 1 }
      } else if character.isWhitespace {
        position += 1
      } else {
        break
      }
    }
    guard let character = peek() else { return nil }
    let start = position
    if isDigit(character) { return try number() }
    if character == "\"" || character == "'" {
      return Token(kind: .text(try quoted(by: character, what: "text")), span: start..<position)
    }
    if character == "`" {
      return Token(
        kind: .word(try quoted(by: character, what: "name"), quoted: true), span: start..<position)
    }
    if Lexer.beginsWord(character) {
      while let more = peek(), Lexer.continuesWord(more) { position += 1 }
      return Token(
        kind: .word(String(characters[start..<position]), quoted: false), span: start..<position)
    }
    return try sign(character)
  }

  private mutating func sign(_ character: Character) throws(Diagnostic) -> Token {
    let start = position
    let two = String(character) + (peek(1).map { String($0) } ?? "")
    if ["==", "!=", "<=", ">="].contains(two) {
      position += 2
      return Token(kind: .sign(two), span: start..<position)
    }
    if let meant = ["&&": "and", "||": "or", "<>": "!=", "=>": ">=", "=<": "<=", "**": nil][two] {
      throw source.diagnostic(
        "RK0301", "\"\(two)\" is not an operator", at: start..<start + 2,
        hint: meant.map { "did you mean \"\($0)\"?" },
        help: meant.map { "write \($0)" } ?? "write a product: x * x")
    }
    if "+-*/<>()[],.".contains(character) {
      position += 1
      return Token(kind: .sign(String(character)), span: start..<position)
    }
    let meant: String? =
      switch character {
      case "=": "=="
      case "!": "not"
      case "&": "and"
      case "|": "or"
      case "×": "*"
      case "÷": "/"
      case "≤": "<="
      case "≥": ">="
      case "≠": "!="
      case "−", "–": "-"
      case "“", "”", "„", "‘", "’": "\""
      case "，": ","
      case "（": "("
      case "）": ")"
      default: nil
      }
    throw source.diagnostic(
      "RK0301", "\"\(character)\" means nothing here", at: start..<start + 1,
      hint: meant.map { "did you mean \($0) ?" },
      help: meant.map { "write \($0)" } ?? "remove it, or put a name that has it in back quotes")
  }

  private mutating func quoted(by quote: Character, what: String) throws(Diagnostic) -> String {
    let start = position
    position += 1
    var text = ""
    while let character = peek() {
      position += 1
      if character == quote { return text }
      if character == "\\", let escaped = peek() {
        position += 1
        switch escaped {
        case "n": text.append("\n")
        case "t": text.append("\t")
        case "r": text.append("\r")
        default: text.append(escaped)
        }
      } else {
        text.append(character)
      }
    }
    throw source.diagnostic(
      "RK0302", "this \(what) has no closing \(quote)", at: start..<start + 1,
      help: "close it with \(quote)")
  }

  /// A number, or a span when a letter follows at once: `90d`, `48h`, `12w`.
  private mutating func number() throws(Diagnostic) -> Token {
    let start = position
    func digits() { while let digit = peek(), isDigit(digit) { position += 1 } }
    digits()
    if peek() == ".", let after = peek(1), isDigit(after) {
      position += 1
      digits()
    }
    if let e = peek(), e == "e" || e == "E" {
      let isSigned = peek(1) == "+" || peek(1) == "-"
      if let digit = peek(isSigned ? 2 : 1), isDigit(digit) {
        position += isSigned ? 2 : 1
        digits()
      }
    }
    let written = String(characters[start..<position])
    let unitStart = position
    while let more = peek(), Lexer.continuesWord(more) { position += 1 }
    let unit = String(characters[unitStart..<position])
    if unit.isEmpty {
      guard let value = Double(written), value.isFinite else {
        throw source.diagnostic(
          "RK0303", "\(written) is too large for a number", at: start..<position,
          help: "write a number below 1e308")
      }
      return Token(kind: .number(value), span: start..<position)
    }
    return Token(kind: .span(try span(written, unit, at: start..<position)), span: start..<position)
  }

  private func span(_ written: String, _ unit: String, at place: Range<Int>) throws(Diagnostic) -> Span {
    guard ["d", "h", "w"].contains(unit) else {
      let meant =
        switch unit.lowercased() {
        case "day", "days": "\(written)d"
        case "hour", "hours", "hr", "hrs": "\(written)h"
        case "week", "weeks", "wk", "wks": "\(written)w"
        case "m", "mo", "mon", "month", "months": Int(written).map { "\($0 * 30)d" } ?? "30d"
        case "y", "yr", "year", "years": Int(written).map { "\($0 * 365)d" } ?? "365d"
        default: "\(written)d"
        }
      throw source.diagnostic(
        "RK0303", "\"\(unit)\" is not a unit of time", at: place, hint: "did you mean \(meant)?",
        notes: ["units: d (calendar days), h (hours), w (7 days)"], help: "write \(meant)")
    }
    // A hundred years of hours: no window of a shop is longer, and sums of spans cannot overflow.
    guard let count = Int(written), count >= 1, count <= 876_000 else {
      throw source.diagnostic(
        "RK0303", "a span is a whole number of days, hours or weeks, from 1 to 876000", at: place,
        help: "write such as 90d, 48h or 12w")
    }
    switch unit {
    case "h": return .hours(count)
    case "w": return .days(7 * count)
    default: return .days(count)
    }
  }

  private func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  static func beginsWord(_ character: Character) -> Bool { character.isLetter || character == "_" }

  static func continuesWord(_ character: Character) -> Bool {
    character.isLetter || character == "_" || character.isWholeNumber
  }
}
