internal import Foundation
internal import RekindleCore
internal import RekindleNumerics

extension ShopSimulation {
  /// Customers a block of work.
  private static let blockSize = 128

  /// The rows of a run of customer numbers, by table, each table in time order.
  func rows(of numbers: Range<Int>, workers: Workers) -> [ShopRows] {
    let firstDay = start.daysSinceEpoch
    let law = ShopLaw(firstDay: firstDay, days: days + horizon)
    let moments = asOf.map { Int($0.daysSinceEpoch - firstDay) }
    let blocks = (numbers.count + ShopSimulation.blockSize - 1) / ShopSimulation.blockSize
    let parts = workers.map(blocks: blocks) { block -> RowsOfTables in
      let first = numbers.lowerBound + block * ShopSimulation.blockSize
      var rows = RowsOfTables()
      for number in first..<min(first + ShopSimulation.blockSize, numbers.upperBound) {
        rows = self.rows(of: number, law: law, moments: moments, adding: rows)
      }
      return rows
    }
    var joined = RowsOfTables()
    for part in parts { joined.append(part) }
    let tables = joined.tables
    return workers.map(blocks: tables.count) { tables[$0].inTimeOrder() }
  }

  /// One customer's rows, added to those of others.
  private func rows(
    of number: Int, law: ShopLaw, moments: [Int], adding rows: consuming RowsOfTables
  ) -> RowsOfTables {
    let stream = RandomStream(seed: seed).stream(UInt64(number))
    var history = CustomerHistory(number: number, days: days, law: law, stream: stream.stream(0), rows: rows)
    var truths: [(moment: Int, probability: Double)] = []
    history.live(days: days, asOf: moments) { moment, state in
      // The futures of a moment have the stream of its day, so that asking for other moments too
      // changes none of them.
      let day = moments[moment]
      let probability = TrueChurn.probability(
        of: state, from: day, horizon: horizon, law: law, stream: stream.stream(1).stream(UInt64(day)))
      truths.append((moment, probability))
    }
    var result = history.rows
    for truth in truths {
      let day = moments[truth.moment]
      // Past the end of the log nobody knows: the label is then missing.
      let label: Int64 =
        day + horizon > days
        ? ShopTable.empty
        : history.orderDays.contains { (day..<day + horizon).contains($0) } ? 0 : 1
      result.add(
        .truth, Int64(number), Int64(law.firstDay) + Int64(day),
        Int64((truth.probability * 1e6).rounded()), label)
    }
    return result
  }
}
