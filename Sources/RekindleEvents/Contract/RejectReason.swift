/// Why a row was quarantined. The raw value orders the checks: a row is rejected for the first.
public enum RejectReason: UInt8, Sendable, Hashable, CaseIterable {
  case raggedRow = 1
  case strayQuote, unknownKind, missingCustomer, missingTime, badTime, futureTime, badNumber
  case notFinite, negativeValue, badFlag

  /// The word that the quarantine file and the printed counts use.
  public var code: String {
    switch self {
    case .raggedRow: "ragged_row"
    case .strayQuote: "stray_quote"
    case .unknownKind: "unknown_kind"
    case .missingCustomer: "missing_customer"
    case .missingTime: "missing_time"
    case .badTime: "bad_time"
    case .futureTime: "future_time"
    case .badNumber: "bad_number"
    case .notFinite: "not_finite"
    case .negativeValue: "negative_value"
    case .badFlag: "bad_flag"
    }
  }

  /// The reason in words.
  public var explanation: String {
    switch self {
    case .raggedRow: "the row has more or fewer cells than the header"
    case .strayQuote: "text follows a closing quote"
    case .unknownKind: "the kind is not in the source's map"
    case .missingCustomer: "the customer is blank"
    case .missingTime: "the time is blank"
    case .badTime: "the time is not a time in the declared format"
    case .futureTime: "the time lies in the future"
    case .badNumber: "a number column holds something else"
    case .notFinite: "a number is NaN or infinite"
    case .negativeValue: "the value is negative and the source's policy is quarantine"
    case .badFlag: "a flag column holds something else than yes or no"
    }
  }
}
