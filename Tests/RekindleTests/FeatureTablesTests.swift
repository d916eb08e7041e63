import Rekindle
import Testing

/// A table at several moments is the tables at each of them, row by row.
@Suite struct FeatureTablesTests {
  private static let day = 86_400

  /// Customer `cᵢ` buys first on day `i`, then every `i + 1` days.
  private func log() -> EventLog {
    EventLog(
      events: (0..<9).flatMap { customer in
        stride(from: customer, to: 40, by: customer + 1).map { day in
          Event(
            customer: "c\(customer)", kind: "purchase",
            time: Instant(seconds: Int64(day * Self.day + 60)),
            attributes: ["value": .number(Double(day + customer)), "category": .category("k\(day % 3)")])
        }
      })
  }

  private func features() throws -> [FeatureDefinition] {
    try [
      "n": "count(purchase, last 10d)", "spend": "sum(purchase.value, last 20d)",
      "gap": "gap_mean(purchase)", "latest": "latest(purchase.category)",
    ].sorted { $0.key < $1.key }.map {
      FeatureDefinition(name: $0.key, expression: try Expression(parsing: $0.value))
    }
  }

  /// The values of a table by customer and time, as texts.
  private func rows(_ table: FeatureTable) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    for row in 0..<table.rowCount {
      rows["\(table.customers[row]) \(table.times[row].microseconds)"] = table.columns.map { column in
        switch column.values {
        case .number(let values), .flag(let values): "\(values[row])"
        case .category(let codes, let words): codes[row] < 0 ? "" : words[Int(codes[row])]
        }
      }
    }
    return rows
  }

  @Test func severalMomentsAreEachOfThem() throws {
    let log = log()
    let features = try features()
    let times = [5, 20, 40].map { Instant(seconds: Int64($0 * Self.day)) }
    let together = try FeatureTables(
      of: features, in: log, asOf: times.reversed() + [times[0]], workers: Workers(2))
    let table = try together.table(rows: 0..<together.rowCount)
    var each: [String: [String]] = [:]
    for time in times {
      let tables = try FeatureTables(of: features, in: log, asOf: [time], workers: Workers(1))
      each.merge(rows(try tables.table(rows: 0..<tables.rowCount))) { first, _ in first }
    }
    // Five customers are known on day 5, all nine later.
    #expect(table.rowCount == 23 && each.count == 23)
    #expect(rows(table) == each)
    #expect(zip(table.customers, table.customers.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func piecesAreTheWholeTable() throws {
    let tables = try FeatureTables(
      of: try features(), in: log(), asOf: [Instant(seconds: 40 * 86_400)], workers: Workers(1))
    let next = tables.pieces()
    #expect(try next()?.map(\.count) == [9, 9, 9, 9, 9, 9])
    #expect(try next() == nil)
    // Nobody is known: the columns are told all the same.
    let empty = try FeatureTables(
      of: try features(), in: log(), asOf: [Instant(seconds: 0)], workers: Workers(1)
    ).pieces()
    #expect(try empty()?.count == 6)
    #expect(try empty() == nil)
  }
}
