public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// The signs of cooling that the sources can show, with what is measured behind each.
public struct CoolingSigns: Sendable {
  /// One of the twelve signs.
  public struct Signal: Sendable, Hashable {
    /// Of `FeatureSet.cooling`, such as `cooling_spend`.
    public let name: String
    /// When it shows, in words.
    public let threshold: String
    /// What is measured, in words; the values are of this.
    public let measure: String
  }

  public let signals: [Signal]
  /// Signs that these sources cannot show, with the reason.
  public let dropped: [FeatureSet.Availability.Dropped]
  /// Of each signal: whether it shows, and what is measured.
  let flags: [FeatureDefinition]
  let measures: [FeatureDefinition]

  /// - Parameter schema: the sources, as for any feature set.
  public init(in schema: EventSchema) throws(Diagnostic) {
    let availability = FeatureSet.cooling.available(in: schema)
    flags = availability.kept.filter { $0.name != FeatureSet.cooling.tally?.name }
    var measures: [FeatureDefinition] = []
    var signals: [Signal] = []
    for flag in flags {
      let known = Self.measures[flag.name] ?? (measure: flag.name, formulas: [])
      signals.append(Signal(name: flag.name, threshold: flag.thresholdWords, measure: known.measure))
      measures.append(
        FeatureDefinition(
          name: flag.name + " value",
          expression: try Self.firstComputable(known.formulas, in: schema)
            ?? flag.expression.measured ?? Expression(.missing)))
    }
    self.signals = signals
    self.measures = measures
    dropped = availability.dropped
  }

  /// What a `CustomerTable` has to hold for a report.
  public var definitions: [FeatureDefinition] { flags + measures }

  /// The value behind each flag: in words, and as formulas for richer and poorer sources.
  private static let measures: [String: (measure: String, formulas: [String])] = [
    // Without a formula the measure is what the flag itself compares: its rhythms are drawn to the
    // population's, and a value beside another one's threshold would contradict it.
    "cooling_interval": ("the latest intervals, or the silence, in usual intervals", []),
    "cooling_breadth": (
      "categories of the last 90 days against the 90 before",
      ["distinct(purchase.category, last 90d) / distinct(purchase.category, between 180d and 90d ago)"]
    ),
    "cooling_spend": (
      "spend of the last 90 days against the 90 before",
      [
        "(sum(purchase.value, last 90d) - sum(refund.value, last 90d))"
          + " / (sum(purchase.value, between 180d and 90d ago) - sum(refund.value, between 180d and 90d ago))",
        "sum(purchase.value, last 90d) / sum(purchase.value, between 180d and 90d ago)",
      ]
    ),
    "cooling_points": ("days since points moved", ["days_since_last(points)"]),
    "cooling_tier": (
      "levels below the highest of a year", ["max(tier.level, last 365d) - latest(tier.level)"]
    ),
    "cooling_opens": (
      "open rate of the last 30 days against the 90 before",
      ["share(message, last 30d where opened) / share(message, between 120d and 30d ago where opened)"]
    ),
    "cooling_visits": (
      "visits of the last 30 days against the 30 before",
      ["count(visit, last 30d) / count(visit, between 60d and 30d ago)"]
    ),
    "cooling_coupons": (
      "latest coupons in a row that lapsed unused",
      ["streak(coupon, last 180d where if(redeemed or expires > 0, not redeemed, missing))"]
    ),
    "cooling_discount": (
      "share of orders with a discount", ["share(purchase, last 365d where discount > 0)"]
    ),
    "cooling_service": (
      "longest wait for a reply, in hours",
      [
        "24 * max(days_since_first(ticket, last 180d by ticket)"
          + " - coalesce(days_since_first(ticket_reply by ticket), 0))"
      ]
    ),
    "cooling_pressure": ("messages a week", ["count(message, last 28d) / 4"]),
    "cooling_replenishment": ("the latest category, in its own cycles", []),
  ]

  private static func firstComputable(
    _ formulas: [String], in schema: EventSchema
  ) throws(Diagnostic) -> Expression? {
    for formula in formulas {
      let expression = try Expression(parsing: formula)
      if EventRequirements(of: [expression], in: schema).missing(from: schema).isEmpty { return expression }
    }
    return nil
  }
}

extension FeatureDefinition {
  /// Of a flag of the cooling set: the words of its catalogue entry.
  fileprivate var thresholdWords: String {
    FeatureSet.cooling[name]?.rationale ?? String(describing: expression)
  }
}

extension Expression {
  /// What a flag compares with its threshold: `x` of `x >= c`, on the scale of the ratio where the
  /// threshold is a logarithm; of `a or b` the greater of the two.
  fileprivate var measured: Expression? {
    guard case .binary(let symbol, let left, let right) = node else { return nil }
    switch symbol {
    case .greater, .greaterOrEqual:
      if case .call(.log, _) = right.node { return Expression(.call(.exp, [left])) }
      return left
    case .or:
      guard let first = left.measured, let second = right.measured else { return nil }
      let none = Expression(.number(0))
      return Expression(
        .call(
          .max, [Expression(.call(.coalesce, [first, none])), Expression(.call(.coalesce, [second, none]))]))
    default: return nil
    }
  }
}
