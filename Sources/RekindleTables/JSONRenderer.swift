internal import Foundation

extension ResultTable {
  /// The table as a JSON array of objects, one a row, keys in column order, every digit, missing
  /// cells `null`. Ends with a line end.
  public func json() -> String {
    if rows.isEmpty { return "[]\n" }
    let keys = columns.map { jsonString($0.name) }
    let objects = rows.map { row in
      let members = zip(keys, row).map { key, cell -> String in
        if case .text(let word) = cell { return "\(key): \(jsonString(word))" }
        return "\(key): \(cell.exact ?? "null")"
      }
      return "  {" + members.joined(separator: ", ") + "}"
    }
    return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }
}

/// A text as a JSON string with its quotes. Everything but quotes, backslashes and control
/// characters stays as it is.
public func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// A document that people read and programs check: JSON with sorted keys, one member a line, doubles
/// in their shortest form that reads back the same.
///
/// A number that is not finite has no place in JSON: writing one fails, so what may be missing has
/// to be an optional.
public enum JSONDocument {
  /// The bytes of `value`, ending with a line end.
  /// - Throws: the encoder's error when a number is not finite.
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .throw
    return Array(try encoder.encode(value)) + [0x0A]
  }

  /// - Throws: the decoder's error, which names the path of what is wrong.
  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}
