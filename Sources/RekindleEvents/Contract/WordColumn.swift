/// A column that its reader delivers as words and codes, so that a rule is applied to words and not
/// to rows.
struct WordColumn {
  private let codes: [Int32]
  private let isMissing: [Bool]?
  private let words: ByteStrings

  /// - Returns: `nil` where the reader delivers something else.
  init?(_ column: RawColumn, count: Int) {
    guard case .dictionary(let codes, let words) = column.values, codes.count >= count else { return nil }
    self.codes = codes
    self.words = words
    isMissing = column.isMissing
  }

  /// The words, by their codes.
  var strings: [String] { (0..<words.count).map { words.string($0) } }

  /// The results of `body` for every word, by its code, and behind them for no word.
  func map<Result>(_ body: (Cell) -> Result) -> [Result] {
    var words = words
    words.append([])
    let cells = TextCells.of(.typed(RawColumn(.text(words))), count: words.count)
    defer { withExtendedLifetime(cells) {} }
    return (0..<words.count).map { body(cells.column[$0]) }
  }

  /// Where the results for a row stand among those of `map`.
  @inline(__always)
  func place(_ row: Int) -> Int {
    let code = Int(codes[row])
    return code < 0 || code >= words.count || isMissing?[row] == true ? words.count : code
  }
}
