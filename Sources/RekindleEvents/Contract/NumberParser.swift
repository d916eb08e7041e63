/// Reads decimal numbers from bytes, correctly rounded, whatever the locale.
struct NumberParser: Sendable {
  let decimal: UInt8
  /// 0 where numbers are not grouped.
  let thousands: UInt8

  init(decimal: UInt8 = UInt8(ascii: "."), thousands: UInt8 = 0) {
    self.decimal = decimal
    self.thousands = thousands
  }

  enum Outcome {
    case number(Double)
    case missing
    case rejected(RejectReason)
  }

  /// Exact powers of ten.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// A sign, up to 19 digits with at most one decimal mark, and nothing else. Up to 15 digits are an
  /// exact integer below 2⁵³, and one correctly rounded division gives the nearest double; more are
  /// divided as integers. Everything else takes the long way.
  @inline(__always)
  func parse(_ cell: Cell) -> Outcome {
    let start = cell.start
    let count = cell.count
    if count == 0 { return .missing }
    var index = 0
    let isNegative = start[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var fraction = -1
    while index < count {
      let digit = start[index] &- 48
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits &+= 1
      } else if start[index] == decimal, fraction < 0 {
        fraction = digits
      } else {
        return parseSlowly(cell)
      }
      index &+= 1
    }
    if digits == 0 || digits > 19 { return parseSlowly(cell) }
    var value = Double(mantissa)
    if digits > 15, fraction >= 0 {
      value = NumberParser.quotient(mantissa, digits &- fraction)
    } else if fraction >= 0 {
      value /= NumberParser.powers.withUnsafeBufferPointer { $0[digits &- fraction] }
    }
    return .number(isNegative ? -value : value)
  }

  /// Powers of ten below 2⁶⁴.
  private static let wholePowers: [UInt64] = (0..<20).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// The double nearest to m / 10ᵏ, for k ≤ 19: what a shortest-digits printer wrote comes back.
  ///
  /// m and 10ᵏ are shifted until their top bits are set. Then 128 bits by 64 give a quotient of 64
  /// bits, of which the first 53 are the answer; the other 11 and whether there is a remainder say
  /// how to round, ties to even. Nothing is approximate, so there is no second try.
  @inline(__always)
  private static func quotient(_ m: UInt64, _ k: Int) -> Double {
    if m == 0 { return 0 }
    let power = wholePowers.withUnsafeBufferPointer { $0[k] }
    let shift = m.leadingZeroBitCount
    let powerShift = power.leadingZeroBitCount
    let dividend = m << UInt64(shift)
    let divisor = power << UInt64(powerShift)
    // The dividend's high half must be below the divisor, for the quotient to fit.
    let isHalved = dividend >= divisor
    let halves =
      isHalved ? (high: dividend >> 1, low: dividend << 63) : (high: dividend, low: UInt64(0))
    let (quotient, remainder) = divisor.dividingFullWidth(halves)
    let rest = quotient & 0x7FF
    var significand = quotient >> 11
    if rest > 0x400 || rest == 0x400 && (remainder != 0 || significand & 1 == 1) { significand &+= 1 }
    let exponent = powerShift - shift + (isHalved ? 1 : 0) - 64 + 11
    // A power of two, made from its bits: the product is exact.
    return Double(significand) * Double(bitPattern: UInt64(1023 + exponent) << 52)
  }

  /// Spaces around, `+`, an exponent, many digits, declared groups; and the words for what is no
  /// number. The text is checked against the grammar first, because the library's own reader also
  /// takes hexadecimal and names.
  @inline(never)
  private func parseSlowly(_ cell: Cell) -> Outcome {
    let cell = cell.trimmed
    if cell.count == 0 { return .missing }
    var text: [UInt8] = []
    text.reserveCapacity(cell.count)
    var index = 0
    func peek() -> UInt8 { index < cell.count ? cell.start[index] : 0 }
    if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") {
      text.append(peek())
      index += 1
    }
    let unsigned = Cell(start: cell.start + index, count: cell.count - index)
    if unsigned.isWord("nan") || unsigned.isWord("inf") || unsigned.isWord("infinity") {
      return .rejected(.notFinite)
    }
    var digits = 0
    var group = 0
    var isGrouped = false
    while true {
      let byte = peek()
      if byte &- 48 < 10 {
        text.append(byte)
        digits += 1
        group += 1
      } else if thousands != 0, byte == thousands, digits > 0, isGrouped ? group == 3 : group <= 3 {
        isGrouped = true
        group = 0
      } else {
        break
      }
      index += 1
    }
    if isGrouped, group != 3 { return .rejected(.badNumber) }
    if peek() == decimal {
      text.append(UInt8(ascii: "."))
      index += 1
      var fraction = 0
      while peek() &- 48 < 10 {
        text.append(peek())
        fraction += 1
        index += 1
      }
      digits += fraction
      if fraction == 0 { text.append(48) }
    }
    guard digits > 0 else { return .rejected(.badNumber) }
    if peek() | 0x20 == UInt8(ascii: "e") {
      text.append(UInt8(ascii: "e"))
      index += 1
      if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") {
        text.append(peek())
        index += 1
      }
      let first = index
      while peek() &- 48 < 10 {
        text.append(peek())
        index += 1
      }
      if index == first { return .rejected(.badNumber) }
    }
    guard index == cell.count, let value = Double(String(decoding: text, as: UTF8.self)) else {
      return .rejected(.badNumber)
    }
    return value.isFinite ? .number(value) : .rejected(.notFinite)
  }
}
