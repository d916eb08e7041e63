internal import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
public import RekindleOutreach
public import RekindleTables

/// A plan that has been made: who gets what, who is withheld and why, and where everybody stands.
public struct OutreachRun: Sendable {
  public let outreach: Outreach
  public let list: ActionList
  public let segments: SegmentReport
  let currency: String?
  /// A sentence for each thing that was left out.
  public let omitted: [String]

  private static let blockRows = 2048

  /// The action list as columns of a file, a row a customer who gets something.
  public func plannedColumns(workers: Workers) -> [OutputColumn] {
    columns(list.planned.count, workers) { outreach.plannedTable(list, rows: $0) }
  }

  /// Everybody who was withheld, with the one primary reason and all others.
  public func withheldColumns(workers: Workers) -> [OutputColumn] {
    columns(list.withheld.count, workers) { outreach.withheldTable(list, rows: $0) }
  }

  /// By action, by guard-rail, and in all.
  public func tables() -> [ResultTable] {
    [outreach.summary(list, currency: currency), outreach.guardSummary(list)]
  }

  public func text() -> String {
    let unit = currency.map { " \($0)" } ?? ""
    let total =
      "\(list.eligibleCount) eligible = \(list.planned.count) planned + \(list.withheld.count) withheld; "
      + "cost \(fixed(list.cost, digits: 2))\(unit), expected discount \(fixed(list.expectedDiscount, digits: 2))"
      + "\(unit)\n"
    return
      (tables().map { $0.text() } + [total] + [
        omitted.map { "left out: \($0)\n" }.joined() + outreach.notes.map { "note: \($0)\n" }.joined()
      ]).joined(
        separator: "\n")
  }

  public func json() -> String {
    "{\"as_of\":\(jsonString(outreach.calendar.text(outreach.moment))),\"eligible\":\(list.eligibleCount),"
      + "\"planned\":\(list.planned.count),\"withheld\":\(list.withheld.count),"
      + "\"cost\":\(shortest(list.cost)),\"expected_discount\":\(shortest(list.expectedDiscount)),\"actions\":\(outreach.summary(list, currency: currency).json()),"
      + "\"guards\":\(outreach.guardSummary(list).json()),"
      + "\"left_out\":[\(omitted.map(jsonString).joined(separator: ","))],"
      + "\"notes\":[\(outreach.notes.map(jsonString).joined(separator: ","))]}\n"
  }

  private func columns(
    _ count: Int, _ workers: Workers, _ table: @Sendable (Range<Int>) -> ResultTable
  ) -> [OutputColumn] {
    let size = Self.blockRows
    let parts = workers.map(blocks: (count + size - 1) / size) { block in
      table(block * size..<min(count, (block + 1) * size))
    }
    return table(0..<0).columns.enumerated().map { index, column in
      let cells = parts.lazy.flatMap { $0.rows.lazy.map { $0[index] } }
      // Words stand to the left, figures to the right.
      if column.alignment == .leading {
        return OutputColumn(
          column.name, .text(cells.map { if case .text(let text) = $0 { text } else { "" } }))
      }
      return OutputColumn(
        column.name, .number(cells.map { if case .number(let value, _) = $0 { value } else { .nan } }))
    }
  }
}
