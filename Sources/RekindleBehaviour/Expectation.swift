/// What a buy-till-you-die model expects of a customer: `p_alive(purchase)`, `p_none(purchase, 90d)`,
/// `expected_count(purchase, 90d)`, `expected_mean(purchase.value)`.
///
/// It looks back, like every feature: at the customer's history alone, through a model of the whole
/// population whose parameters are population constants, fitted once and frozen into the churn model:
///
/// ```
/// x = active_days(kind) − 1,  t_x = span_days(kind),  T = age_days(kind)        MBG/NBD, in days
/// x and m_x = repeat_mean(kind.attribute)                                        gamma-gamma
/// ```
/// Missing for a customer without an event, and for everybody where the model has no maximum of its
/// likelihood (nobody comes back, or all are alike).
public struct Expectation: Sendable, Hashable {
  public enum Quantity: String, Sendable, Hashable, CaseIterable {
    /// That the customer has not left yet. No churn score: it says nothing of how long until the next
    /// event.
    case probabilityAlive = "p_alive"
    /// That there is no event within the horizon: what a churn label asks.
    case probabilityOfNone = "p_none"
    /// Days with an event within the horizon.
    case expectedCount = "expected_count"
    /// The attribute's sum on a day with events, drawn from the customer's own mean to the population's.
    case expectedMean = "expected_mean"
  }

  public var quantity: Quantity
  /// The kind of event.
  public var kind: String
  /// Of `expectedMean`: what is summed; a number. `nil` for the others.
  public var attribute: String?
  /// In days; `nil` where the quantity has none.
  public var horizon: Int?

  public init(_ quantity: Quantity, _ kind: String, attribute: String? = nil, horizon: Int? = nil) {
    self.quantity = quantity
    self.kind = kind
    self.attribute = attribute
    self.horizon = horizon
  }

  /// What it reads of a customer's history, in the order in which it is computed with.
  var aggregates: [Aggregate] {
    let days = Aggregate(.activeDays, kind)
    guard quantity == .expectedMean else {
      return [days, Aggregate(.spanDays, kind), Aggregate(.ageDays, kind)]
    }
    return [days, Aggregate(.repeatMean, kind, attribute: attribute)]
  }

  /// The names of the model's parameters among the population constants, in the model's order.
  var constantNames: [String] {
    guard quantity == .expectedMean else {
      return ["r", "alpha", "a", "b"].map { "mbg_nbd(\(nameText(kind))).\($0)" }
    }
    let value = "\(nameText(kind)).\(nameText(attribute ?? ""))"
    return ["p", "q", "v"].map { "gamma_gamma(\(value)).\($0)" }
  }
}

extension Expectation.Quantity {
  public var needsHorizon: Bool { self == .probabilityOfNone || self == .expectedCount }
  public var needsAttribute: Bool { self == .expectedMean }

  /// How it is written.
  var example: String {
    switch self {
    case .probabilityAlive: "p_alive(purchase)"
    case .probabilityOfNone: "p_none(purchase, 90d)"
    case .expectedCount: "expected_count(purchase, 90d)"
    case .expectedMean: "expected_mean(purchase.value)"
    }
  }
}

extension Expectation: CustomStringConvertible {
  public var description: String {
    let value = attribute.map { "." + nameText($0) } ?? ""
    let ahead = horizon.map { ", \(Span.days($0))" } ?? ""
    return "\(quantity.rawValue)(\(nameText(kind))\(value)\(ahead))"
  }
}

extension Expression {
  /// The names of the population constants that stand in it, features that it refers to aside.
  public var constantNames: [String] {
    var names: [String] = []
    visit { part in
      switch part.node {
      case .population: names.append(part.description)
      case .expectation(let expectation): names += expectation.constantNames
      default: break
      }
    }
    return names
  }
}
