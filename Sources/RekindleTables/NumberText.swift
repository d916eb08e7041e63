internal import Foundation

/// The shortest decimal that reads back as the same double; whole numbers without a point.
public func shortest(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
  return value.description
}

/// `value` with `digits` digits after the point, whatever the locale; never `-0`.
public func fixed(_ value: Double, digits: Int) -> String {
  var text: [UInt8] = []
  appendFixed(value, digits: digits, to: &text)
  return String(decoding: text, as: UTF8.self)
}

/// Appends what `fixed` gives, without a string between.
public func appendFixed(_ value: Double, digits: Int, to text: inout [UInt8]) {
  guard digits >= 0, digits <= 4, abs(value) < 1e11 else {
    let long = String(format: "%.*f", locale: nil, max(0, digits), value)
    let isZero = !long.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
    return text.append(contentsOf: long.utf8.dropFirst(isZero && long.hasPrefix("-") ? 1 : 0))
  }
  // The exact value is product + rest. A product that is no tie is on the same side of every tie as
  // the exact value, because ties are doubles; of a tie the rest says on which side it really is.
  let scale: Double = digits == 0 ? 1 : digits == 1 ? 10 : digits == 2 ? 100 : digits == 3 ? 1000 : 10_000
  let size = abs(value)
  let product = size * scale
  let rest = (-product).addingProduct(size, scale)
  let whole = product.rounded(.down)
  var units = UInt64(whole)
  let part = product - whole
  if part > 0.5 || part == 0.5 && (rest > 0 || rest == 0 && units & 1 == 1) { units += 1 }
  if value < 0, units > 0 { text.append(UInt8(ascii: "-")) }
  // Digits from the last, turned around in place.
  let start = text.count
  var written = 0
  repeat {
    if written == digits, digits > 0 { text.append(UInt8(ascii: ".")) }
    text.append(48 + UInt8(truncatingIfNeeded: units % 10))
    units /= 10
    written += 1
  } while units > 0 || written <= digits
  text[start...].reverse()
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
