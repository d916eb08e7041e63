internal import RekindleCore

/// A source definition made ready to cast with: formats compiled, zones loaded, kinds numbered.
struct SourceContract: Sendable {
  let name: String
  let definition: SourceDefinition
  /// The kinds that rows of this source can become. A row is marked with an index into this.
  let kinds: [String]
  /// Where the kind of a row comes from a column: its words, and the kind of each.
  let kindWords: WordTable
  let kindOfWord: [UInt8]
  let refundKind: UInt8?
  let time: TimeParser
  let recorded: TimeParser?
  let numbers: NumberParser
  /// Whether there is a value to read.
  let castsValue: Bool
  /// The attributes beside `value` that something asks for, and those that a row can be rejected
  /// for: whether a row is used must not depend on who asks, or training and scoring would see
  /// different rows. A category takes any text, so one that nobody asks for is passed over.
  let attributes: [SourceDefinition.Attribute]
  let attributeTimes: TimeParser
  /// A row at or after this has not happened yet.
  let until: Instant

  var key: String { "sources.\(name)" }

  /// - Parameter needed: kind → names of the attributes that are asked for; `nil` asks for all.
  init(
    name: String, definition: SourceDefinition, calendar: CivilCalendar, until: Instant?,
    needed: [String: Set<String>]?
  ) throws(Diagnostic) {
    self.name = name
    self.definition = definition
    let key = "sources.\(name)"
    var kinds: [String]
    switch definition.kind {
    case .constant(let kind):
      kinds = [kind]
      kindWords = WordTable()
      kindOfWord = []
    case .column(_, let map, _):
      kinds = Set(map.values).sorted()
      let words = map.keys.sorted()
      kindWords = WordTable(words)
      kindOfWord = words.map { word in UInt8(kinds.firstIndex(of: map[word] ?? "") ?? 0) }
    }
    if definition.value != nil, definition.negative == .refund {
      if !kinds.contains("refund") { kinds.append("refund") }
      refundKind = kinds.firstIndex(of: "refund").map { UInt8($0) }
    } else {
      refundKind = nil
    }
    guard !kinds.isEmpty, kinds.count < 250 else {
      throw Diagnostic(
        "RK0214", "source \(name) maps to \(kinds.count) kinds", key: key + ".kind",
        help: "name between 1 and 249 kinds, as in map: {buy: purchase}")
    }
    self.kinds = kinds
    func isNeeded(_ attribute: String) -> Bool {
      needed.map { needed in kinds.contains { needed[$0]?.contains(attribute) == true } } ?? true
    }
    castsValue = definition.value != nil
    attributes = definition.attributes.filter { $0.type != .category || isNeeded($0.name) }
    func parser(_ column: SourceDefinition.TimeColumn, _ key: String) throws(Diagnostic) -> TimeParser {
      var zone = calendar
      if let own = column.timeZone {
        do throws(Diagnostic) {
          zone = try CivilCalendar(timeZone: own)
        } catch {
          var error = error
          error.key = key + ".time_zone"
          throw error
        }
      }
      return TimeParser(format: try TimeFormat(column.format, key: key + ".format"), calendar: zone)
    }
    time = try parser(definition.time, key + ".time")
    recorded = try definition.recorded.map { column throws(Diagnostic) in
      try parser(column, key + ".recorded")
    }
    // A time attribute has no format of its own: it is ISO 8601.
    attributeTimes = TimeParser(format: .iso, calendar: calendar)
    self.until = until ?? .distantFuture
    func mark(_ text: String, _ key: String) throws(Diagnostic) -> UInt8 {
      guard let byte = text.utf8.first, text.utf8.count == 1, byte &- 48 >= 10 else {
        throw Diagnostic(
          "RK0212", "\"\(text)\" is not a mark within numbers", key: key, help: "use \".\" or \",\"")
      }
      return byte
    }
    let decimal = try mark(definition.decimal, key + ".decimal")
    let thousands = try definition.thousands.map { text throws(Diagnostic) in
      try mark(text, key + ".thousands")
    }
    numbers = NumberParser(decimal: decimal, thousands: thousands ?? 0)
    guard decimal != thousands else {
      throw Diagnostic(
        "RK0212", "the decimal mark and the thousands mark are both \"\(definition.decimal)\"",
        key: key + ".thousands", help: "make them differ")
    }
    guard (0...1).contains(definition.quarantineLimit) else {
      throw Diagnostic(
        "RK0214", "the quarantine limit \(definition.quarantineLimit) is not between 0 and 1",
        key: key + ".quarantine_limit", help: "0.01 is one row in a hundred")
    }
    var seen: Set<String> = definition.value == nil ? [] : ["value"]
    for attribute in definition.attributes where !seen.insert(attribute.name).inserted {
      throw Diagnostic(
        "RK0214", "source \(name) has two attributes \"\(attribute.name)\"",
        key: key + ".attributes.\(attribute.name)", help: "rename one of them")
    }
  }

  /// Every column that the definition names, with the key that names it.
  var namedColumns: [(name: String, key: String)] {
    var columns: [(String, String)] = []
    if case .column(let column, _, _) = definition.kind { columns.append((column, key + ".kind")) }
    columns.append((definition.customer, key + ".customer"))
    columns.append((definition.time.column, key + ".time"))
    if let recorded = definition.recorded { columns.append((recorded.column, key + ".recorded")) }
    if let value = definition.value { columns.append((value, key + ".value")) }
    for attribute in definition.attributes {
      columns.append((attribute.column, key + ".attributes.\(attribute.name)"))
    }
    return columns
  }
}
