internal import RekindleCore
internal import RekindleEvents

extension SourceDefinition {
  /// One entry of `sources:`.
  init(_ value: YAMLValue) throws(Diagnostic) {
    let mapping = try value.mapping()
    try mapping.allowOnly([
      "file", "database", "table", "query", "format", "encoding", "header", "columns", "delimiter", "decimal",
      "thousands", "kind", "customer", "time", "recorded", "value", "attributes", "negative", "duplicates",
      "same_day", "quarantine_limit",
    ])
    self.init(
      location: try SourceDefinition.location(mapping, value),
      format: try mapping["format"]?.choice(of: Format.self),
      encoding: try mapping["encoding"]?.text() ?? "utf-8",
      header: try SourceDefinition.header(mapping),
      delimiter: try mapping["delimiter"]?.singleCharacter(),
      decimal: try mapping["decimal"]?.singleCharacter() ?? ".",
      thousands: try mapping["thousands"]?.singleCharacter(),
      kind: try SourceDefinition.kind(mapping),
      customer: try mapping.require("customer", help: "name the column that holds the customer's id").text(),
      time: try TimeColumn(try mapping.require("time", help: "name the column that holds the time")),
      recorded: try mapping["recorded"].map { (value) throws(Diagnostic) in try TimeColumn(value) },
      value: try mapping["value"]?.text(),
      attributes: try SourceDefinition.attributes(mapping["attributes"]),
      negative: try mapping["negative"]?.choice(of: NegativePolicy.self) ?? .refund,
      duplicates: try mapping["duplicates"]?.choice(of: DuplicatePolicy.self) ?? .keep,
      sameDay: try mapping["same_day"]?.choice(of: SameDayPolicy.self) ?? .keep,
      quarantineLimit: try mapping["quarantine_limit"]?.share() ?? 0.01)
  }

  private static func location(_ mapping: YAMLMapping, _ value: YAMLValue) throws(Diagnostic) -> Location {
    let database = try mapping["database"]?.text()
    if let query = mapping["query"] {
      return .query(try query.text(), database: database)
    }
    if let database {
      return .table(
        try mapping.require("table", help: "name the table, or write a query").text(), database: database)
    }
    let files = try mapping.require(
      "file", help: "say where the rows are: `file: orders.csv`, or `database:` with `table:` or `query:`")
    var paths: [String] = []
    for file in try files.oneOrMore() { paths.append(try file.text()) }
    return .files(paths)
  }

  private static func header(_ mapping: YAMLMapping) throws(Diagnostic) -> Header {
    guard let header = mapping["header"], try !header.flag() else { return .present }
    var names: [String] = []
    for name in try mapping.require("columns", help: "without a header, name the columns in order").list() {
      names.append(try name.text())
    }
    return .absent(columns: names)
  }

  private static func kind(_ mapping: YAMLMapping) throws(Diagnostic) -> KindMapping {
    let kind = try mapping.require("kind", help: "say what a row is: `kind: purchase`")
    guard kind.isMapping else { return .constant(try kind.name()) }
    let parts = try kind.mapping()
    try parts.allowOnly(["column", "map", "other"])
    var words: [String: String] = [:]
    for entry in try parts.require("map", help: "map the column's words to kinds: `{buy: purchase}`")
      .mapping().entries
    {
      words[entry.name] = try entry.value.name()
    }
    return .column(
      try parts.require("column", help: "name the column that tells the kind").text(), map: words,
      other: try parts["other"]?.choice(of: OtherKinds.self) ?? .ignore)
  }

  private static func attributes(_ value: YAMLValue?) throws(Diagnostic) -> [Attribute] {
    var attributes: [Attribute] = []
    for entry in try value?.mapping().entries ?? [] {
      if entry.value.isMapping {
        let parts = try entry.value.mapping()
        try parts.allowOnly(["column", "type"])
        attributes.append(
          Attribute(
            entry.name, column: try parts["column"]?.text() ?? entry.name,
            type: try parts["type"]?.choice(of: AttributeType.self) ?? .category))
      } else {
        attributes.append(Attribute(entry.name, column: try entry.value.text()))
      }
    }
    return attributes
  }
}

extension SourceDefinition.TimeColumn {
  fileprivate init(_ value: YAMLValue) throws(Diagnostic) {
    guard value.isMapping else {
      self.init(try value.text())
      return
    }
    let parts = try value.mapping()
    try parts.allowOnly(["column", "format", "time_zone"])
    self.init(
      try parts.require("column", help: "name the column that holds the time").text(),
      format: try parts["format"]?.text(), timeZone: try parts["time_zone"]?.text())
  }
}
