internal import Foundation
internal import RekindleBehaviour
internal import RekindleTables

/// Puts reasons into words: a feature's template with the customer's values filled in, in the units
/// that people use.
///
/// Money has the shop's currency behind it, a share is a percentage, a log ratio the change that it
/// stands for. `{value}` is the feature's own value, `{name}` that of another feature in the table. A
/// part between commas that needs a missing value is left out: "last order 74 days ago, usually every
/// 31" becomes "last order 74 days ago" for a customer with a single order. Words without a value, such
/// as "has bought once only", are of a flag that holds; where it does not, "single order flag: no" is
/// said.
public struct ReasonWords: Sendable {
  private enum Piece: Sendable {
    /// And how it reads behind the number 1: " orders in a year", " order in a year".
    case text([UInt8], afterOne: [UInt8])
    case value(Values)
  }

  private struct Values: Sendable {
    var column: FeatureValues
    var unit: Unit

    /// Appends the value in words; `false` when it is missing.
    func append(_ row: Int, to text: inout [UInt8]) -> Bool {
      switch column {
      case .category(let codes, let dictionary):
        guard codes[row] >= 0 else { return false }
        text.append(contentsOf: dictionary[Int(codes[row])].utf8)
      case .flag(let values):
        guard values[row].isFinite else { return false }
        text.append(contentsOf: (values[row] > 0 ? "yes" : "no").utf8)
      case .number(let values):
        let value = values[row]
        guard value.isFinite else { return false }
        switch unit {
        case .days: appendFixed(value, digits: 0, to: &text)
        case .money(let currency):
          appendFixed(value, digits: 2, to: &text)
          text.append(contentsOf: currency)
        case .change:
          // Nobody reads logarithms: −0.69 is half.
          let change = expm1(value) * 100
          if change >= 0.5 { text.append(UInt8(ascii: "+")) }
          appendFixed(change, digits: 0, to: &text)
          text.append(UInt8(ascii: "%"))
        case .share:
          appendFixed(value * 100, digits: 0, to: &text)
          text.append(UInt8(ascii: "%"))
        case .other:
          let digits = value == value.rounded() ? 0 : abs(value) < 10 ? 2 : 1
          appendFixed(value, digits: digits, to: &text)
        }
      }
      return true
    }
  }

  /// How a number is said.
  private enum Unit: Sendable {
    case days, share, other
    /// With what stands behind an amount.
    case money([UInt8])
    /// A log ratio.
    case change

    init(_ name: String?, currency: String?) {
      switch name {
      case "days", "day": self = .days
      case "currency": self = .money(currency.map { Array(" \($0)".utf8) } ?? [])
      case "log ratio", "log ratio per interval": self = .change
      case "share": self = .share
      default: self = .other
      }
    }
  }

  private struct Template: Sendable {
    var clauses: [[Piece]]
    var fallback: [UInt8]
    /// Set where the words hold only if the flag does.
    var flag: [Double]?
    var negative: [UInt8]
  }

  private let templates: [Template]

  init(_ model: ChurnModel, _ table: FeatureTable) {
    templates = model.preparation.features.map { feature in
      let definition = model.features.first { $0.name == feature.name }
      let readable = feature.name.split(separator: "_").joined(separator: " ")
      let text = definition?.reason ?? "\(readable) {value}"
      let clauses = text.split(separator: ",", omittingEmptySubsequences: false).map { clause in
        Self.pieces(String(clause), own: feature.name, model, table)
      }
      let isPlain = !text.utf8.contains(UInt8(ascii: "{"))
      let flag: [Double]? =
        switch table.column(feature.name)?.values {
        case .flag(let values)? where isPlain: values
        case .number(let values)? where isPlain: values
        default: nil
        }
      return Template(
        clauses: clauses, fallback: Array("\(readable) not known".utf8), flag: flag,
        negative: Array("\(readable): no".utf8))
    }
  }

  /// The words for a feature (index into `preparation.features`) of a row.
  func text(feature: Int, row: Int) -> String {
    var words: [UInt8] = []
    append(feature: feature, row: row, to: &words)
    return String(decoding: words, as: UTF8.self)
  }

  /// Appends the words for a feature of a row.
  func append(feature: Int, row: Int, to words: inout [UInt8]) {
    if let value = templates[feature].flag?[row], !(value.isFinite && value != 0) {
      words.append(contentsOf: value == 0 ? templates[feature].negative : templates[feature].fallback)
      return
    }
    let start = words.count
    for clause in templates[feature].clauses {
      let clauseStart = words.count
      if clauseStart > start { words.append(UInt8(ascii: ",")) }
      var isWhole = true
      var isOne = false
      for piece in clause {
        switch piece {
        case .text(let fixed, let afterOne): words.append(contentsOf: isOne ? afterOne : fixed)
        case .value(let values):
          let valueStart = words.count
          isWhole = values.append(row, to: &words)
          isOne = words[valueStart...].elementsEqual(CollectionOfOne(UInt8(ascii: "1")))
        }
        if !isWhole { break }
      }
      if isWhole { continue }
      words.removeSubrange(clauseStart...)
      if clauseStart == start {
        // Without its first clause the rest hangs in the air.
        words.append(contentsOf: templates[feature].fallback)
        return
      }
    }
  }

  private static func pieces(
    _ clause: String, own: String, _ model: ChurnModel, _ table: FeatureTable
  ) -> [Piece] {
    var pieces: [Piece] = []
    var rest = clause[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(fixed(rest[..<open])) }
      let inside = String(rest[rest.index(after: open)..<close])
      let name = inside == "value" ? own : inside
      if let column = table.column(name) {
        let unit = model.features.first { $0.name == name }?.unit
        pieces.append(.value(Values(column: column.values, unit: Unit(unit, currency: model.currency))))
      } else {
        // A value that the table does not have is missing in every row.
        pieces.append(
          .value(
            Values(
              column: .category(codes: [Int32](repeating: -1, count: table.rowCount), dictionary: []),
              unit: .other)))
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(fixed(rest)) }
    return pieces
  }

  /// The words as they stand, and with the first of them in the singular: templates count in English.
  private static func fixed(_ text: Substring) -> Piece {
    let first = text.dropFirst().prefix { $0.isLetter }
    var one = String(text)
    let noPlurals: Set<Substring> = ["is", "was", "has", "as", "this", "plus", "minus", "versus", "less"]
    if text.first == " ", first.hasSuffix("s"), !noPlurals.contains(first) {
      let stem = first.hasSuffix("ies") ? first.dropLast(3) + "y" : first.dropLast(1)
      one = " " + stem + text.dropFirst(1 + first.count)
    }
    return .text(Array(text.utf8), afterOne: Array(one.utf8))
  }
}
