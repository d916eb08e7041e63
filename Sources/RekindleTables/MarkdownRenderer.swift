extension ResultTable {
  /// The table in GitHub's Markdown, its title in bold above it. Ends with a line end.
  public func markdown() -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    var lines = title.map { ["**\(escaped($0))**", ""] } ?? []
    lines.append(line(columns.map { escaped($0.heading) }))
    lines.append(line(columns.map { $0.alignment == .trailing ? "---:" : ":---" }))
    lines += rows.map { row in line(zip(row, columns).map { escaped($0.shown(digits: $1.digits)) }) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "|", "\\", "`", "*", "[", "]": result += "\\\(character)"
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case _ where character.isNewline: result += " "
      default: result.append(character)
      }
    }
    return harmless(result)
  }
}
