extension ResultTable {
  /// The table for a terminal: columns two spaces apart, a rule under the headings, wide characters
  /// counted as two cells, nothing in it that a terminal obeys. Ends with a line end.
  public func text() -> String {
    let headings = columns.map { harmless($0.heading) }
    let body = rows.map { row in zip(row, columns).map { harmless($0.shown(digits: $1.digits)) } }
    let widths = columns.indices.map { index in
      ([headings[index]] + body.map { $0[index] }).map(displayWidth).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { index in
        let space = String(repeating: " ", count: widths[index] - displayWidth(cells[index]))
        return columns[index].alignment == .trailing ? space + cells[index] : cells[index] + space
      }
      var text = padded.joined(separator: "  ")
      while text.hasSuffix(" ") { text.removeLast() }
      return text
    }
    var lines = title.map { [harmless($0)] } ?? []
    lines.append(line(headings))
    lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
    lines += body.map(line)
    return lines.joined(separator: "\n") + "\n"
  }
}
