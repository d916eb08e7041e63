public import RekindleChurn
public import RekindleCore
public import RekindleEvents

extension ScoreTable {
  /// Rows that one thread words at a time.
  private static let blockRows = 4096

  /// The scores as columns of a file: `customer_id`, `as_of`, `churn_probability`, its interval,
  /// `risk_band`, and the reasons in words.
  /// - Parameter rows: which rows, in which order.
  public func outputColumns(rows: [Int], workers: Workers) -> [OutputColumn] {
    let words = reasonWords()
    let size = ScoreTable.blockRows
    let blocks = (rows.count + size - 1) / size
    let blocksOfWords = workers.map(blocks: blocks) { block in
      let part = rows[block * size..<min(rows.count, (block + 1) * size)]
      var texts = [[String]](repeating: [], count: ScoreTable.reasonCount)
      for rank in texts.indices { texts[rank].reserveCapacity(part.count) }
      var buffer: [UInt8] = []
      for row in part {
        self.forEachReason(row, words: words, buffer: &buffer) { rank, bytes in
          texts[rank].append(String(decoding: bytes, as: UTF8.self))
        }
      }
      return texts
    }
    let reasons = workers.map(blocks: ScoreTable.reasonCount) { rank in blocksOfWords.flatMap { $0[rank] } }
    let bands = RiskBand.allCases
    return [
      OutputColumn("customer_id", .text(rows.map { table.customers[$0] })),
      OutputColumn("as_of", .time(rows.map { table.times[$0] })),
      OutputColumn("churn_probability", .number(rows.map { probabilities[$0] })),
      OutputColumn("probability_low", .number(rows.map { low[$0] })),
      OutputColumn("probability_high", .number(rows.map { high[$0] })),
      OutputColumn(
        "risk_band",
        .category(
          codes: rows.map { Int32(bands.firstIndex(of: band($0)) ?? 0) }, words: bands.map(\.rawValue))),
    ]
      + (0..<ScoreTable.reasonCount).map { rank in
        OutputColumn("reason_\(rank + 1)", .text(reasons[rank]))
      }
  }
}
