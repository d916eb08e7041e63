public import RekindleBehaviour
public import RekindleCore
public import RekindleTables

/// Scored customers, column by column, in the order of the feature table.
public struct ScoreTable: Sendable {
  /// Reasons a customer.
  public static let reasonCount = 3

  public let model: ChurnModel
  /// The features that were scored: reasons take their words from it.
  public let table: FeatureTable
  public internal(set) var probabilities: [Double] = []
  public internal(set) var low: [Double] = []
  public internal(set) var high: [Double] = []
  /// `reasonCount` a row: indices into `model.preparation.features`, −1 for none.
  public internal(set) var reasonFeatures: [Int32] = []

  init(model: ChurnModel, table: FeatureTable) {
    self.model = model
    self.table = table
  }

  public var rowCount: Int { probabilities.count }

  public func band(_ row: Int) -> RiskBand { model.bands.band(probabilities[row]) }

  /// The row's reasons in words, the strongest first; at most `reasonCount`.
  public func reasons(_ row: Int, words: ReasonWords) -> [String] {
    (0..<Self.reasonCount).compactMap { rank in
      let feature = reasonFeatures[row * Self.reasonCount + rank]
      return feature < 0 ? nil : words.text(feature: Int(feature), row: row)
    }
  }

  /// Calls `body` with the bytes of the row's words for each rank, in order; none where it has fewer
  /// reasons.
  /// - Parameter buffer: room that is used again from row to row.
  package func forEachReason(
    _ row: Int, words: ReasonWords, buffer: inout [UInt8], _ body: (Int, [UInt8]) -> Void
  ) {
    for rank in 0..<Self.reasonCount {
      buffer.removeAll(keepingCapacity: true)
      let feature = reasonFeatures[row * Self.reasonCount + rank]
      if feature >= 0 { words.append(feature: Int(feature), row: row, to: &buffer) }
      body(rank, buffer)
    }
  }

  /// What writes the reasons of these rows; make it once.
  public func reasonWords() -> ReasonWords { ReasonWords(model, table) }

  /// Rows by descending probability, then customer id, then time.
  public func riskiest(_ count: Int) -> [Int] {
    Array(
      probabilities.indices.sorted { a, b in
        if probabilities[a] != probabilities[b] { return probabilities[a] > probabilities[b] }
        if table.customers[a] != table.customers[b] {
          return table.customers[a].utf8.lexicographicallyPrecedes(table.customers[b].utf8)
        }
        return table.times[a] < table.times[b]
      }.prefix(count))
  }

  /// How far these customers have moved from those that the model learnt from.
  public func drift() -> DriftReport { model.drift.report(table, probabilities: probabilities) }

  /// Rows as a result table.
  /// - Parameters:
  ///   - rows: `nil`: all, in the order of the feature table.
  ///   - calendar: in which `as_of` is written.
  public func resultTable(
    rows: [Int]? = nil, title: String? = nil, calendar: CivilCalendar = .utc
  ) -> ResultTable {
    let words = reasonWords()
    var result = ResultTable(
      title: title,
      columns: [
        .init("customer_id", alignment: .leading), .init("as_of", alignment: .leading),
        .init("churn_probability", digits: 3), .init("probability_low", digits: 3),
        .init("probability_high", digits: 3), .init("risk_band", alignment: .leading),
        .init("reason_1", alignment: .leading), .init("reason_2", alignment: .leading),
        .init("reason_3", alignment: .leading),
      ])
    for row in rows ?? Array(0..<rowCount) {
      let reasons = reasons(row, words: words)
      result.append(
        [
          .text(table.customers[row]), .text(dateText(table.times[row], calendar)),
          .number(probabilities[row]), .number(low[row]), .number(high[row]), .text(band(row).rawValue),
        ] + (0..<Self.reasonCount).map { .text($0 < reasons.count ? reasons[$0] : "") })
    }
    return result
  }
}

/// The local date of an instant, with the time of day when it is not midnight.
func dateText(_ instant: Instant, _ calendar: CivilCalendar) -> String {
  let day = calendar.day(of: instant)
  let date = CivilDate(daysSinceEpoch: day).description
  let seconds = (calendar.local(instant) - Int64(day) * 86_400_000_000) / 1_000_000
  if seconds == 0 { return date }
  func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return "\(date)T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
}
