internal import Foundation

/// The shortest decimal that reads back as the same double; whole numbers without a point.
public func shortest(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
  return value.description
}

/// `value` with `digits` digits after the point, whatever the locale; never `-0`.
public func fixed(_ value: Double, digits: Int) -> String {
  // The formatter is where the time of a million reasons would go. Integer arithmetic gives the
  // same digits unless the scaled value is so near a half that its own rounding could decide.
  if (0..<powersOfTen.count).contains(digits), abs(value) * powersOfTen[digits] < 1e9 {
    let scaled = abs(value) * powersOfTen[digits]
    let rest = scaled - scaled.rounded(.down)
    if abs(rest - 0.5) > 1e-6 {
      return placed(Int64(scaled.rounded()), digits: digits, isNegative: value < 0)
    }
  }
  let text = String(format: "%.*f", locale: nil, max(0, digits), value)
  let isZero = !text.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
  return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
}

private let powersOfTen = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000.0]

/// `scaled` with a point before its last `digits` digits.
private func placed(_ scaled: Int64, digits: Int, isNegative: Bool) -> String {
  var text = String(scaled)
  if digits > 0 {
    if text.utf8.count <= digits {
      text = String(repeating: "0", count: digits + 1 - text.utf8.count) + text
    }
    text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
  }
  return isNegative && scaled != 0 ? "-" + text : text
}

/// Commas between the thousands of a number written with digits.
func grouped(_ number: String) -> String {
  let isNegative = number.hasPrefix("-")
  let parts = number.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
  guard let whole = parts.first else { return number }
  var result = ""
  for (index, digit) in whole.enumerated() {
    if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return (isNegative ? "-" : "") + result + (parts.count > 1 ? "." + parts[1] : "")
}
