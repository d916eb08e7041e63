extension ResultTable {
  /// The table as RFC 4180 text with a header, `\n` line ends, every digit, and missing cells empty.
  ///
  /// A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, tab or
  /// carriage return) gets an apostrophe in front, unless `raw`. Numbers stay as they are.
  public func csv(raw: Bool = false) -> String {
    var text = columns.map { csvField($0.name, raw: raw) }.joined(separator: ",") + "\n"
    for row in rows {
      text +=
        row.map { cell in
          if case .text(let word) = cell { return csvField(word, raw: raw) }
          return cell.exact ?? ""
        }.joined(separator: ",") + "\n"
    }
    return text
  }
}

/// One text field of a CSV file: neutralised unless `raw`, quoted where it must be.
public func csvField(_ text: String, raw: Bool = false) -> String {
  let isFormula =
    switch text.utf8.first {
    case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D: true
    default: false
    }
  let safe = isFormula && !raw ? "'" + text : text
  let needsQuotes = safe.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
  guard needsQuotes else { return safe }
  var quoted = "\""
  for scalar in safe.unicodeScalars {
    if scalar == "\"" { quoted += "\"" }
    quoted.unicodeScalars.append(scalar)
  }
  return quoted + "\""
}
