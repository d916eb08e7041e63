internal import Foundation
internal import RekindleChurn
internal import RekindleCore
internal import RekindleEvents

extension ProjectTemplate {
  /// The project file: every setting with what it means, or why it is so.
  public func text() -> String {
    var page = CommentedYAML()
    page.comment("What `rekindle init` found: to be confirmed by a person, and by `rekindle check`.")
    page.setting(0, "rekindle", "1", "the version of this form")
    page.setting(
      0, "time_zone", timeZone,
      timeZone == "UTC"
        ? "set the shop's own, such as Europe/Berlin: days begin in it"
        : "days begin in it; times without a zone are read in it")
    page.setting(0, "# currency", "EUR", "for words only")
    page.setting(0, "sources", nil, nil)
    for source in sources { write(source, to: &page) }
    page.blank()
    page.setting(0, "features", nil, nil)
    page.setting(1, "sets", "[retail]", "built-in features, as far as the sources go; [] for none")
    page.setting(1, "# add", nil, "features of your own, or better ones under a built-in name:")
    page.setting(1, "#   orders_{7,30}d", "count(\(activity), last {}d)", "one for each window")
    page.setting(1, "# remove", "[net_365]", "features to leave out")
    page.blank()
    page.setting(0, "churn", nil, nil)
    page.setting(1, "activity", activity, "the kind of event that counts as staying")
    page.setting(
      1, "horizon", "auto", "days without it that count as having left; auto: from the intervals, printed")
    page.setting(1, "eligible", "count(\(activity), last 365d) >= 1", "who is asked about; looks back")
    page.setting(1, "label", "count(\(activity), next {horizon}) == 0", "who has left; looks ahead")
    page.setting(
      1, "# log_end", "2026-01-01", "first day of which the log knows nothing, where events alone do not tell"
    )
    page.blank()
    writeTraining(to: &page)
    return page.text
  }

  private func writeTraining(to page: inout CommentedYAML) {
    let training = TrainingSpecification()
    page.setting(0, "training", nil, nil)
    page.setting(
      1, "snapshots", "6", "dates to look from, or a list of them; the last is the out-of-time test")
    page.setting(1, "every", "30d", "how far they are apart")
    page.setting(
      1, "penalty", training.penalty.rawValue,
      TrainingSpecification.Penalty.allCases.map(\.rawValue).joined(separator: ", "))
    page.setting(1, "lambda", "auto", "its strength; auto: by cross-validation over customers and time")
    page.setting(1, "l1_ratio", "\(training.l1Ratio)", "of elastic_net: 0 is ridge, 1 is lasso")
    page.setting(1, "folds", "\(training.folds)", "of the cross-validation")
    page.setting(1, "seed", "\(training.seed)", "of everything random")
    page.setting(
      1, "preparation", training.preparation.rawValue,
      Preparation.Style.allCases.map(\.rawValue).joined(separator: ", "))
    page.blank()
    let bands = RiskBands()
    page.setting(0, "bands", nil, nil)
    page.setting(1, "high", "\(bands.high)", "the probability from which the risk is high")
    page.setting(1, "medium", "\(bands.medium)", "and from which it is medium")
  }

  private func write(_ source: Source, to page: inout CommentedYAML) {
    let sniffed = source.sniffed
    let definition = source.definition
    page.setting(
      1, source.name, nil,
      "\(sniffed.rowsSeen) rows looked at, \(sniffed.isWhole ? "all there are" : "the beginning of the file")"
    )
    page.setting(
      2, "file", CommentedYAML.scalar(source.file), "from the folder of this file; a glob or a list also")
    page.setting(2, "format", sniffed.format.rawValue, sniffed.delimiter.evidence)
    let isText = [.csv, .tsv, .whitespace].contains(sniffed.format)
    if isText {
      page.setting(2, "encoding", sniffed.encoding.finding, sniffed.encoding.evidence)
      if let delimiter = sniffed.delimiter.finding {
        page.setting(2, "delimiter", CommentedYAML.quoted(delimiter), "what separates the cells")
      }
      switch sniffed.header.finding {
      case .present: page.setting(2, "header", "true", sniffed.header.evidence)
      case .absent(let columns):
        page.setting(2, "header", "false", sniffed.header.evidence)
        page.setting(
          2, "columns", "[\(columns.map(CommentedYAML.quoted).joined(separator: ", "))]",
          "names for them, in order")
      }
    }
    if sniffed.format != .parquet {
      page.setting(2, "decimal", CommentedYAML.quoted(sniffed.decimal), "the decimal mark of its numbers")
    }
    writeKind(definition.kind, evidence: sniffed.kind.evidence, to: &page)
    page.setting(
      2, "customer", CommentedYAML.scalar(definition.customer),
      "kept as text; \(sniffed.customer?.evidence ?? "")")
    writeTime(sniffed, definition.time, to: &page)
    page.setting(
      2, "# recorded", "updated_at", "the column of when a row became known, if later than its time")
    if let value = definition.value {
      page.setting(2, "value", CommentedYAML.scalar(value), "money; \(sniffed.value?.evidence ?? "")")
    } else {
      page.setting(2, "# value", "amount", "the column of money: none found")
    }
    writeAttributes(sniffed, definition.attributes, to: &page)
    page.setting(
      2, "negative", definition.negative.rawValue,
      choices(SourceDefinition.NegativePolicy.self, "a negative value"))
    page.setting(
      2, "duplicates", definition.duplicates.rawValue,
      choices(SourceDefinition.DuplicatePolicy.self, "identical rows"))
    page.setting(
      2, "same_day", definition.sameDay.rawValue,
      choices(SourceDefinition.SameDayPolicy.self, "events of a customer's day"))
    page.setting(
      2, "quarantine_limit", "\(definition.quarantineLimit)", "the share of rows that may be put aside")
  }

  private func choices<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type, _ what: String)
    -> String
  {
    "\(what): \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
  }

  private func writeKind(
    _ kind: SourceDefinition.KindMapping, evidence: String, to page: inout CommentedYAML
  ) {
    switch kind {
    case .constant(let kind): page.setting(2, "kind", kind, evidence)
    case .column(let column, let map, let other):
      page.setting(2, "kind", nil, evidence)
      page.setting(3, "column", CommentedYAML.scalar(column), nil)
      page.setting(3, "map", nil, "the file's word, then the kind of event")
      for word in map.keys.sorted() { page.setting(4, CommentedYAML.quoted(word), map[word], nil) }
      page.setting(
        3, "other", other.rawValue, choices(SourceDefinition.OtherKinds.self, "rows with another word"))
    }
  }

  private func writeTime(
    _ sniffed: SniffedSource, _ time: SourceDefinition.TimeColumn, to page: inout CommentedYAML
  ) {
    let evidence = sniffed.time?.evidence ?? ""
    let example = sniffed.columns.first { $0.name == time.column }?.examples.first ?? ""
    guard let format = time.format else {
      let form = sniffed.format == .parquet ? "a time by its type" : "ISO 8601"
      page.setting(2, "time", CommentedYAML.scalar(time.column), "\(form), such as \(example); \(evidence)")
      return
    }
    page.setting(2, "time", nil, evidence)
    page.setting(3, "column", CommentedYAML.scalar(time.column), nil)
    page.setting(
      3, "format", CommentedYAML.quoted(format),
      "the only one that fits all rows looked at, such as \(example)")
  }

  private func writeAttributes(
    _ sniffed: SniffedSource, _ attributes: [SourceDefinition.Attribute], to page: inout CommentedYAML
  ) {
    if !attributes.isEmpty { page.setting(2, "attributes", nil, "what formulas can name beside the value") }
    for attribute in attributes {
      let column = CommentedYAML.scalar(attribute.column)
      let found = sniffed.columns.first { $0.name == attribute.column }
      let evidence = "\(found?.distinct ?? 0) different, such as \(found?.examples.first ?? "")"
      page.setting(
        3, attribute.name,
        attribute.type == .category
          ? column : "{column: \(CommentedYAML.quoted(attribute.column)), type: \(attribute.type.rawValue)}",
        "\(attribute.type.rawValue); \(evidence)")
    }
    for left in sniffed.leftOut { page.comment("left out: \(left.finding): \(left.evidence)", indent: 2) }
  }
}

/// Lines of YAML with their comments in one column.
private struct CommentedYAML {
  private static let commentColumn = 44
  private(set) var text = ""

  mutating func blank() { text += "\n" }

  mutating func comment(_ comment: String, indent: Int = 0) {
    text += String(repeating: "  ", count: indent) + "# " + CommentedYAML.oneLine(comment) + "\n"
  }

  /// - Parameter value: YAML; `nil` where lines further in follow.
  mutating func setting(_ indent: Int, _ key: String, _ value: String?, _ comment: String?) {
    var line = String(repeating: "  ", count: indent) + key + ":" + (value.map { " " + $0 } ?? "")
    if let comment {
      line += String(repeating: " ", count: max(2, CommentedYAML.commentColumn - line.count))
      line += "# " + CommentedYAML.oneLine(comment)
    }
    text += line + "\n"
  }

  /// A cell can hold anything; a comment ends with its line.
  private static func oneLine(_ text: String) -> String {
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.isWhitespace || scalar.properties.generalCategory == .control ? " " : scalar
        }))
    return clean.count > 200 ? clean.prefix(200) + "…" : clean
  }

  /// A word as it is where YAML reads it as that word, in quotes elsewhere.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.first?.isLetter == true
      && text.allSatisfy { $0.isLetter || $0.isNumber || "_-./".contains($0) }
      && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
    return isPlain ? text : quoted(text)
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      default:
        if scalar.properties.generalCategory == .control {
          result += "\\U" + String(format: "%08X", scalar.value)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
