extension FeatureSet {
  /// The set as a Markdown table for the documentation, one row a feature: the formula for the
  /// richest sources, how the model takes it in, the expected sign on leaving, and why.
  public var markdown: String {
    var lines = [
      "| feature | formula | unit | model | sign | why |", "|---|---|---|---|---|---|",
    ]
    for entry in entries {
      let definition = entry.definition
      let cells = [
        "`\(definition.name)`", "`\(definition.expression)`", definition.unit ?? "",
        definition.transform.rawValue, entry.sign.rawValue, entry.rationale,
      ]
      lines.append("| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
