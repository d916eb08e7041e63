internal import RekindleTables

/// What a coupon gives.
public struct Offer: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// A share off the price, 0 < share ≤ 1.
    case share(Double)
    /// Money off an order of at least `minimum`; 0: off any order.
    case amount(Double, minimum: Double)
  }

  public var kind: Kind

  public init(_ kind: Kind) {
    self.kind = kind
  }

  /// Reads `25%`, `50` (money off) and `200-50` (50 off from 200).
  public init?(_ text: String) {
    if text.hasSuffix("%") {
      guard let percent = Double(text.dropLast()) else { return nil }
      self.init(.share(percent / 100))
    } else {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
      switch (parts.count, parts.first ?? nil, parts.last ?? nil) {
      case (1, let amount?, _): self.init(.amount(amount, minimum: 0))
      case (2, let minimum?, let amount?): self.init(.amount(amount, minimum: minimum))
      default: return nil
      }
    }
  }

  /// The spend that it asks for; 0 for none.
  public var minimum: Double {
    if case .amount(_, let minimum) = kind { minimum } else { 0 }
  }

  /// The share of the price that it gives away at most.
  ///
  /// ```
  /// share             the share itself
  /// amount, minimum   amount / minimum
  /// amount alone      amount / basket
  /// ```
  /// - Parameter basket: the customer's mean basket; NaN when it is not known.
  /// - Returns: NaN when it cannot be said.
  public func depth(basket: Double) -> Double {
    switch kind {
    case .share(let share): share
    case .amount(let amount, let minimum):
      minimum > 0 ? amount / minimum : basket > 0 ? amount / basket : .nan
    }
  }
}

extension Offer {
  /// What it takes off a basket: `share · basket`, or the amount; NaN where the basket has to be known and is
  /// not.
  func gift(basket: Double) -> Double {
    switch kind {
    case .share(let share): share * basket
    case .amount(let amount, _): amount
    }
  }
}

extension Offer: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .share(let share): percentText(share)
    case .amount(let amount, let minimum):
      minimum > 0 ? "\(shortest(minimum))-\(shortest(amount))" : shortest(amount)
    }
  }
}

/// A share as people write it: `25%`, `12.5%`.
func percentText(_ share: Double) -> String {
  // Two digits at most, so that 0.07 is not 7.000000000000001 %.
  shortest((share * 10_000).rounded() / 100) + "%"
}
