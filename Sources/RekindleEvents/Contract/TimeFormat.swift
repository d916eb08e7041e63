package import RekindleCore

/// How the text of a time column is read.
package enum TimeFormat: Sendable, Hashable {
  /// ISO 8601: `2024-03-05`, `2024-03-05 14:03:22.5`, `T` between, `Z` or `+08:00` behind.
  case iso
  /// A count since 1970-01-01T00:00 UTC; the unit in microseconds.
  case epoch(unit: Int64)
  case pattern([Piece])

  package enum Piece: Sendable, Hashable {
    case year, shortYear, month, day, hour, halfDayHour, minute, second, fraction
    case monthName, halfDay, zone
    /// A byte that must stand there; a space stands for one or more.
    case literal(UInt8)
  }

  /// - Parameter text: `nil` for ISO 8601, `epoch_s`, `epoch_ms`, `epoch_us`, or strptime's letters.
  /// - Throws: `RK0210` where the format is not understood.
  package init(_ text: String?, key: String) throws(Diagnostic) {
    switch text {
    case nil: self = .iso
    case "epoch_s": self = .epoch(unit: 1_000_000)
    case "epoch_ms": self = .epoch(unit: 1000)
    case "epoch_us": self = .epoch(unit: 1)
    case .some(let text): self = .pattern(try TimeFormat.pieces(of: text, key: key))
    }
  }

  private static func pieces(of text: String, key: String) throws(Diagnostic) -> [Piece] {
    func failure(_ message: String) -> Diagnostic {
      Diagnostic(
        "RK0210", message, key: key,
        help: "use %Y %m %d %H %M %S %f %b %y %I %p %z, or epoch_s, epoch_ms, epoch_us")
    }
    var pieces: [Piece] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        pieces.append(.literal(byte))
        continue
      }
      guard let letter = bytes.next() else { throw failure("the time format \"\(text)\" ends in %") }
      switch letter {
      case UInt8(ascii: "Y"): pieces.append(.year)
      case UInt8(ascii: "y"): pieces.append(.shortYear)
      case UInt8(ascii: "m"): pieces.append(.month)
      case UInt8(ascii: "d"): pieces.append(.day)
      case UInt8(ascii: "H"): pieces.append(.hour)
      case UInt8(ascii: "I"): pieces.append(.halfDayHour)
      case UInt8(ascii: "M"): pieces.append(.minute)
      case UInt8(ascii: "S"): pieces.append(.second)
      case UInt8(ascii: "f"): pieces.append(.fraction)
      case UInt8(ascii: "b"): pieces.append(.monthName)
      case UInt8(ascii: "p"): pieces.append(.halfDay)
      case UInt8(ascii: "z"): pieces.append(.zone)
      case UInt8(ascii: "%"): pieces.append(.literal(letter))
      default:
        throw failure("%\(Character(UnicodeScalar(letter))) in the time format \"\(text)\" is not known")
      }
    }
    func has(_ piece: Piece) -> Bool { pieces.contains(piece) }
    guard has(.year) || has(.shortYear), has(.month) || has(.monthName), has(.day) else {
      throw failure("the time format \"\(text)\" does not name a day: it needs year, month and day")
    }
    guard has(.halfDay) == has(.halfDayHour), !(has(.hour) && has(.halfDayHour)) else {
      throw failure("the time format \"\(text)\" must have %I and %p together, or %H alone")
    }
    return pieces
  }
}
