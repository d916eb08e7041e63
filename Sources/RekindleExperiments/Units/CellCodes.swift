/// One way of splitting the units (a segment column, the strata, the days): the words met so far and,
/// of the batch at hand, the value of each row.
struct CellCodes: Sendable {
  private(set) var words: [String] = []
  private var places: [String: Int32] = [:]
  /// Of the batch: −1 where the value is missing.
  private(set) var codes: [Int32] = []

  /// Takes in a batch's column; `nil` is a column of missing values.
  mutating func read(_ column: CodedColumn?, rowCount: Int) {
    guard let column else {
      codes = [Int32](repeating: -1, count: rowCount)
      return
    }
    let own = column.dictionary.map { place($0) }
    codes = column.codes.map { $0 < 0 ? -1 : own[Int($0)] }
  }

  mutating func read(days: [Int32]?, rowCount: Int) {
    guard let days else {
      codes = [Int32](repeating: -1, count: rowCount)
      return
    }
    // Days come in runs; a look-up a change of day is enough.
    var last = UnitBatch.missingDay
    var code: Int32 = -1
    codes = days.map { day in
      if day != last {
        last = day
        code = day == UnitBatch.missingDay ? -1 : place(String(day))
      }
      return code
    }
  }

  private mutating func place(_ word: String) -> Int32 {
    if let place = places[word] { return place }
    let place = Int32(words.count)
    places[word] = place
    words.append(word)
    return place
  }

  /// The words' places in the order in which they are reported; what came first depends on the order of
  /// the rows, so it must not show.
  func order(numbers: Bool = false) -> [Int] {
    words.indices.sorted {
      if numbers, let a = Int32(words[$0]), let b = Int32(words[$1]) { return a < b }
      return words[$0] < words[$1]
    }
  }
}

/// The rows of a batch as the metrics see them.
struct UnitRows {
  let batch: UnitBatch
  /// 1-based number of the batch's first row among all rows read.
  let firstRow: Int
  /// The arm of each row, −1 where the row is not analysed.
  let arms: [Int32]
  let armCount: Int
  /// By way of splitting.
  let values: [[Int32]]
  /// Of each row the one in the recorded deal, −1 where it is not analysed; empty where nobody asked.
  let dealt: [Int32]

  func unit(_ row: Int) -> String? { batch.ids.map { $0[row] } }
}
