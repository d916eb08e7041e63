internal import RekindleTables

/// 0.0086, 7.2e-05.
func shownP(_ p: Double) -> String {
  guard p.isFinite else { return "–" }
  if p >= 0.0995 { return fixed(p, digits: 2) }
  if p >= 0.000_995 { return significant(p, 2) }
  guard p > 0 else { return "below 1e-300" }
  var exponent = 0
  var mantissa = p
  while mantissa < 1 {
    mantissa *= 10
    exponent += 1
  }
  return "\(fixed(mantissa, digits: 1))e-\(exponent < 10 ? "0" : "")\(exponent)"
}

/// With so many digits that count, without an exponent.
func significant(_ value: Double, _ count: Int) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
  var digits = count - 1
  var size = abs(value)
  while size < 1, digits < 12 {
    size *= 10
    digits += 1
  }
  while size >= 10, digits > 0 {
    size /= 10
    digits -= 1
  }
  return fixed(value, digits: digits)
}

/// 1.2 %.
func shownShare(_ share: Double) -> String {
  share.isFinite ? significant(share * 100, 2) + " %" : "–"
}

/// A comma between the thousands.
func shownCount(_ count: Int) -> String {
  let digits = String(count.magnitude)
  var text = count < 0 ? "-" : ""
  for (place, digit) in digits.enumerated() {
    if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}

/// `1 unit`, `2,300 units`; with a verb, `1 unit is`, `2 units are`.
func shownCount(_ count: Int, _ noun: String, _ verb: (one: String, many: String)? = nil) -> String {
  let words = "\(shownCount(count)) \(noun)\(count == 1 ? "" : "s")"
  guard let verb else { return words }
  return "\(words) \(count == 1 ? verb.one : verb.many)"
}
