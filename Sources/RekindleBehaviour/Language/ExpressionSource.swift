public import RekindleCore

/// The text of an expression and where it stands, so that an error can point at the place in the
/// file that the user wrote.
public struct ExpressionSource: Sendable, Hashable {
  public var text: String
  /// The file's name, or what the text is ("feature orders_90").
  public var file: String
  /// The line in the file on which the text begins, 1-based.
  public var line: Int
  /// The column at which it begins, 1-based, in characters.
  public var column: Int
  /// The whole line of the file; `nil` where the text itself is the line.
  public var lineText: String?

  public init(
    _ text: String, file: String = "expression", line: Int = 1, column: Int = 1, lineText: String? = nil
  ) {
    self.text = text
    self.file = file
    self.line = line
    self.column = column
    self.lineText = lineText
  }

  /// The place of some characters of the text, counted from 0.
  public func place(of span: Range<Int>) -> Diagnostic.Place {
    var lineIndex = 0
    var lineStart = 0
    for (offset, character) in text.enumerated() {
      if offset >= span.lowerBound { break }
      if character.isNewline {
        lineIndex += 1
        lineStart = offset + 1
      }
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let own = lineIndex < lines.count ? String(lines[lineIndex]) : ""
    let inLine = span.lowerBound - lineStart
    let length = max(1, min(span.count, own.count - inLine))
    guard lineIndex == 0 else {
      return .init(file: file, line: line + lineIndex, column: inLine + 1, length: length, text: own)
    }
    // Without the file's line, what stands before the text in it is unknown: the text is the line.
    return .init(
      file: file, line: line, column: inLine + (lineText == nil ? 1 : column), length: length,
      text: lineText ?? own)
  }

  /// A diagnostic that points at some characters of the text.
  func diagnostic(
    _ code: String, _ message: String, at span: Range<Int>, hint: String? = nil, notes: [String] = [],
    help: String? = nil
  ) -> Diagnostic {
    Diagnostic(code, message, at: place(of: span), hint: hint, notes: notes, help: help)
  }
}
