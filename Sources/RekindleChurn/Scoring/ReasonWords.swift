internal import RekindleBehaviour
internal import RekindleTables

/// Puts reasons into words: a feature's template with the customer's values filled in, in the units
/// that people use.
///
/// `{value}` is the feature's own value, `{name}` that of another feature in the table. A part between
/// commas that needs a missing value is left out: "last order 74 days ago, usually every 31" becomes
/// "last order 74 days ago" for a customer with a single order. Words without a value, such as "has
/// bought once only", are of a flag that holds; where it does not, "single order flag: no" is said.
public struct ReasonWords: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case value(Values)
  }

  private struct Values: Sendable {
    var column: FeatureValues
    var unit: String?

    /// `nil` when missing.
    func text(_ row: Int) -> String? {
      switch column {
      case .category(let codes, let dictionary): return codes[row] < 0 ? nil : dictionary[Int(codes[row])]
      case .flag(let values): return values[row].isFinite ? (values[row] > 0 ? "yes" : "no") : nil
      case .number(let values):
        let value = values[row]
        guard value.isFinite else { return nil }
        switch unit {
        case "days", "day": return fixed(value, digits: 0)
        case "currency": return fixed(value, digits: 2)
        case "share": return fixed(value * 100, digits: 0) + "%"
        default:
          if value == value.rounded() { return fixed(value, digits: 0) }
          return fixed(value, digits: abs(value) < 10 ? 2 : 1)
        }
      }
    }
  }

  private struct Template: Sendable {
    var clauses: [[Piece]]
    var readable: String
    /// Set where the words hold only if the flag does.
    var flag: [Double]?
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
      return Template(clauses: clauses, readable: readable, flag: flag)
    }
  }

  /// The words for a feature (index into `preparation.features`) of a row.
  func text(feature: Int, row: Int) -> String {
    let template = templates[feature]
    if let value = template.flag?[row] {
      if !value.isFinite { return "\(template.readable) not known" }
      if value == 0 { return "\(template.readable): no" }
    }
    var words = ""
    for clause in template.clauses {
      var text = ""
      var isWhole = true
      for piece in clause {
        switch piece {
        case .text(let fixed): text += fixed
        case .value(let values):
          guard let value = values.text(row) else {
            isWhole = false
            continue
          }
          text += value
        }
      }
      if !isWhole {
        // Without its first clause the rest hangs in the air.
        if words.isEmpty { return "\(template.readable) not known" }
        continue
      }
      words += (words.isEmpty ? "" : ",") + text
    }
    return words
  }

  private static func pieces(
    _ clause: String, own: String, _ model: ChurnModel, _ table: FeatureTable
  ) -> [Piece] {
    var pieces: [Piece] = []
    var rest = clause[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      let inside = String(rest[rest.index(after: open)..<close])
      let name = inside == "value" ? own : inside
      if let column = table.column(name) {
        let unit = model.features.first { $0.name == name }?.unit
        pieces.append(.value(Values(column: column.values, unit: unit)))
      } else {
        // A value that the table does not have is missing in every row.
        pieces.append(
          .value(
            Values(
              column: .category(codes: [Int32](repeating: -1, count: table.rowCount), dictionary: []),
              unit: nil)))
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }
}
