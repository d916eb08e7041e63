internal import RekindleCore
internal import RekindleEvents

/// The distinct purchase days of every customer in each category (or product), as known at a moment.
struct GroupedDays: Sendable {
  struct Group: Sendable {
    /// In the attribute's dictionary.
    let code: Int32
    /// In `days` and `quantities`.
    let range: Range<Int>
  }

  let dictionary: [String]
  let lastDay: Int32
  /// Ascending within a group.
  let days: [Int32]
  /// Pieces bought on the day; NaN where the log does not know.
  let quantities: [Double]
  private let groups: [Group]
  private let offsets: [Int]

  /// - Throws: `RK0910` without purchases, `RK0912` when they lack the attribute.
  init(
    of log: EventLog, attribute: String, asOf: Instant, workers: Workers
  ) throws(Diagnostic) {
    guard let stream = log.stream("purchase") else { throw Occasions.noPurchases(in: log) }
    guard case .category(let codes, let dictionary) = stream.attribute(attribute)?.column else {
      throw Diagnostic(
        "RK0912", "purchases carry no category named \"\(attribute)\"",
        notes: ["attributes of purchase: " + stream.attributes.map(\.name).joined(separator: ", ")],
        help: "map a column to purchase.\(attribute)")
    }
    let amounts: [Double]? =
      if case .number(let values) = stream.attribute("quantity")?.column { values } else { nil }
    self.dictionary = dictionary
    lastDay = log.calendar.day(of: Instant(microseconds: asOf.microseconds - 1))
    let calendar = log.calendar
    let count = log.customers.count
    let size = 4096
    typealias Part = (counts: [Int], groups: [(Int32, Int)], days: [Int32], quantities: [Double])
    let parts = workers.map(blocks: (count + size - 1) / size) { block -> Part in
      var part: Part = ([], [], [], [])
      var rows: [(code: Int32, day: Int32, quantity: Double)] = []
      for customer in block * size..<min(count, (block + 1) * size) {
        rows.removeAll(keepingCapacity: true)
        for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
          guard stream.times[event] < asOf else { break }
          if let recorded = stream.recorded, recorded[event] >= asOf { continue }
          guard codes[event] != EventColumn.missingCode else { continue }
          rows.append((codes[event], calendar.day(of: stream.times[event]), amounts?[event] ?? .nan))
        }
        rows.sort { ($0.code, $0.day) < ($1.code, $1.day) }
        let before = part.groups.count
        for (index, row) in rows.enumerated() {
          let isNewGroup = index == 0 || rows[index - 1].code != row.code
          if isNewGroup { part.groups.append((row.code, 0)) }
          if isNewGroup || rows[index - 1].day != row.day {
            part.groups[part.groups.count - 1].1 += 1
            part.days.append(row.day)
            part.quantities.append(row.quantity)
          } else {
            part.quantities[part.quantities.count - 1] += row.quantity
          }
        }
        part.counts.append(part.groups.count - before)
      }
      return part
    }
    var groups: [Group] = []
    var offsets = [0]
    var start = 0
    for part in parts {
      for (code, length) in part.groups {
        groups.append(Group(code: code, range: start..<start + length))
        start += length
      }
      for own in part.counts { offsets.append(offsets[offsets.count - 1] + own) }
    }
    self.groups = groups
    self.offsets = offsets
    days = parts.flatMap(\.days)
    quantities = parts.flatMap(\.quantities)
  }

  var customerCount: Int { offsets.count - 1 }

  /// The groups of a customer, ascending by code.
  func groups(of customer: Int) -> ArraySlice<Group> { groups[offsets[customer]..<offsets[customer + 1]] }
}
