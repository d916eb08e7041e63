/// What can keep an action from a customer, in the order in which reasons are given.
public enum Guard: String, Sendable, Hashable, Codable, CaseIterable {
  /// Held out of all marketing, to measure by.
  case holdout
  case consent
  case openTicket = "open_ticket"
  case returnWindow = "return_window"
  case discountDepth = "discount_depth"
  case couponCoolOff = "coupon_cool_off"
  case discountDependence = "discount_dependence"
  case basketStretch = "basket_stretch"
  /// The experiment's arm does not get the action, or the experiment does not reach the customer.
  case experiment
  case frequency
  case quietHours = "quiet_hours"
  case capacity
  case budget
  /// The playbook says to leave the customer alone.
  case nothing
}

/// Some guards.
public struct GuardSet: Sendable, Hashable {
  private(set) var bits: UInt16 = 0

  public init() {}

  public init(_ guards: [Guard]) {
    for rule in guards { insert(rule) }
  }

  public var isEmpty: Bool { bits == 0 }

  public func contains(_ rule: Guard) -> Bool { bits & rule.bit != 0 }

  public mutating func insert(_ rule: Guard) { bits |= rule.bit }

  public mutating func remove(_ rule: Guard) { bits &= ~rule.bit }

  public mutating func formUnion(_ other: GuardSet) { bits |= other.bits }

  /// The one that is named where only one is; `nil` of none.
  public var first: Guard? {
    bits == 0 ? nil : Guard.allCases[bits.trailingZeroBitCount]
  }

  /// In the order of `Guard`.
  public var guards: [Guard] { Guard.allCases.filter(contains) }
}

extension Guard {
  fileprivate var bit: UInt16 {
    switch self {
    case .holdout: 1
    case .consent: 1 << 1
    case .openTicket: 1 << 2
    case .returnWindow: 1 << 3
    case .discountDepth: 1 << 4
    case .couponCoolOff: 1 << 5
    case .discountDependence: 1 << 6
    case .basketStretch: 1 << 7
    case .experiment: 1 << 8
    case .frequency: 1 << 9
    case .quietHours: 1 << 10
    case .capacity: 1 << 11
    case .budget: 1 << 12
    case .nothing: 1 << 13
    }
  }
}
