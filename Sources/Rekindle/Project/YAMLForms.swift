internal import RekindleBehaviour
internal import RekindleCore
internal import Yams

/// The forms of value that a project file knows beyond text and numbers.
extension YAMLValue {
  /// `90d`, `12w`, or a bare number of days.
  func days() throws(Diagnostic) -> Int {
    let text = try text()
    let (digits, factor): (Substring, Int) =
      switch text.last {
      case "d": (text.dropLast(), 1)
      case "w": (text.dropLast(), 7)
      default: (text[...], 1)
      }
    guard let number = Int(digits), number >= 1 else {
      throw mismatch("at least 1 day, such as 90d")
    }
    return number * factor
  }

  /// `YYYY-MM-DD`.
  func date() throws(Diagnostic) -> CivilDate {
    guard let date = CivilDate(try text()) else { throw mismatch("a date such as 2026-03-01") }
    return date
  }

  /// `0.35` or `35%`.
  func share() throws(Diagnostic) -> Double {
    let text = try text()
    let isPercent = text.hasSuffix("%")
    // Divided as it is written, so that 5% is 0.05 and not a neighbour of it.
    guard let number = Double(isPercent ? String(text.dropLast()) : text),
      (0...1).contains(isPercent ? number / 100 : number)
    else { throw mismatch("a share such as 0.35 or 35%") }
    return isPercent ? number / 100 : number
  }

  /// One character; `\t` and `tab` mean a tabulator.
  func singleCharacter() throws(Diagnostic) -> String {
    let text = try text()
    if text == "\\t" || text == "tab" { return "\t" }
    guard text.count == 1 else { throw mismatch("one character") }
    return text
  }

  /// A kind of event: lower-case letters, digits and underscores, so that expressions can name it.
  func name() throws(Diagnostic) -> String {
    let text = try text()
    let isName =
      text.first?.isLetter == true
      && text.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
      }
    guard isName else { throw mismatch("a name of lower-case letters, digits and underscores") }
    return text
  }

  /// The text as the source of an expression, so that a caret lands in the document.
  func expressionSource() throws(Diagnostic) -> ExpressionSource {
    let text = try text()
    guard let mark = node.mark else { return ExpressionSource(text, file: document.file) }
    let line = document.line(mark.line)
    // A quoted scalar's mark is at its quote, its text begins one further on; a folded or block
    // scalar does not stand in its line at all.
    let characters = Array(line ?? "")
    let quote =
      characters.indices.contains(mark.column - 1) && "\"'".contains(characters[mark.column - 1]) ? 1 : 0
    let column = mark.column + quote
    let standsThere = line.map { $0.dropFirst(column - 1).hasPrefix(text) } ?? false
    return ExpressionSource(
      text, file: document.file, line: mark.line, column: standsThere ? column : 1,
      lineText: standsThere ? line : nil)
  }
}
