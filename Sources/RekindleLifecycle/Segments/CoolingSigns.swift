public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
internal import RekindleTables

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
    let unit: Unit
  }

  /// In what a sign is measured.
  struct Unit: Sendable, Hashable {
    let one: String
    let many: String
    let digits: Int

    init(_ many: String, one: String? = nil, digits: Int = 2) {
      self.one = one ?? many
      self.many = many
      self.digits = digits
    }

    /// Such as `0.31 of before`.
    func append(_ value: Double, to text: inout [UInt8]) {
      let start = text.count
      appendFixed(value, digits: digits, to: &text)
      let isOne = text[start...].elementsEqual("1".utf8)
      text += " ".utf8
      text += (isOne ? one : many).utf8
    }
  }

  public let signals: [Signal]
  /// Signs that these sources cannot show, with the reason.
  public let dropped: [FeatureSet.Availability.Dropped]
  /// Of each signal: whether it shows, and what is measured. `nil` for the one that is no expression.
  let flags: [FeatureDefinition?]
  let measures: [FeatureDefinition?]

  /// The sign that `Replenishment` decides: it asks each category's own cycle, of which an expression
  /// over one customer's events knows nothing.
  static let replenishment = "cooling_replenishment"
  /// In cycles.
  static let replenishmentThreshold = 1.5

  /// - Parameter schema: the sources, as for any feature set.
  public init(in schema: EventSchema) throws(Diagnostic) {
    let availability = FeatureSet.cooling.available(in: schema)
    var flags: [FeatureDefinition?] = []
    var measures: [FeatureDefinition?] = []
    var signals: [Signal] = []
    for flag in availability.kept where flag.name != FeatureSet.cooling.tally?.name {
      let known = Self.measures[flag.name] ?? (measure: flag.name, unit: Unit(""), formulas: [])
      signals.append(
        Signal(name: flag.name, threshold: flag.thresholdWords, measure: known.measure, unit: known.unit))
      guard flag.name != Self.replenishment else {
        flags.append(nil)
        measures.append(nil)
        continue
      }
      flags.append(flag)
      measures.append(
        FeatureDefinition(
          name: flag.name + " value",
          expression: try Self.firstComputable(known.formulas, in: schema)
            ?? flag.expression.measured ?? Expression(.missing)))
    }
    self.signals = signals
    self.flags = flags
    self.measures = measures
    dropped = availability.dropped
  }

  /// What a `CustomerTable` has to hold for a report.
  public var definitions: [FeatureDefinition] { (flags + measures).compactMap(\.self) }

  /// The value behind each flag: in words, its unit, and as formulas for richer and poorer sources.
  private static let measures: [String: (measure: String, unit: Unit, formulas: [String])] = [
    // Without a formula the measure is what the flag itself compares with its threshold. A formula stands
    // here only where the flag's own form is no figure: `now <= 0.5 · before` has the ratio for its value.
    "cooling_interval": (
      "the latest intervals, or the silence, in usual intervals", Unit("usual intervals"), []
    ),
    "cooling_breadth": (
      "categories of the last 90 days against the 90 before", Unit("of before"),
      ["distinct(purchase.category, last 90d) / distinct(purchase.category, between 180d and 90d ago)"]
    ),
    "cooling_spend": (
      "spend of the last 90 days against the 90 before", Unit("of before"),
      [
        "(sum(purchase.value, last 90d) - sum(refund.value, last 90d))"
          + " / (sum(purchase.value, between 180d and 90d ago) - sum(refund.value, between 180d and 90d ago))",
        "sum(purchase.value, last 90d) / sum(purchase.value, between 180d and 90d ago)",
      ]
    ),
    "cooling_points": (
      "days since points moved", Unit("days", one: "day", digits: 0), ["days_since_last(points)"]
    ),
    "cooling_tier": (
      "levels below the highest of a year, or what was held when it began",
      Unit("levels", one: "level", digits: 0), []
    ),
    "cooling_opens": (
      "open rate of the last 30 days against the 90 before", Unit("of before"),
      ["share(message, last 30d where opened) / share(message, between 120d and 30d ago where opened)"]
    ),
    "cooling_visits": (
      "visits of the last 30 days against the 30 before", Unit("of before"),
      ["count(visit, last 30d) / count(visit, between 60d and 30d ago)"]
    ),
    "cooling_coupons": (
      "latest coupons in a row that lapsed unused", Unit("coupons", one: "coupon", digits: 0),
      ["streak(coupon, last 180d where if(redeemed or expires > 0, not redeemed, missing))"]
    ),
    "cooling_discount": (
      "share of orders with a discount", Unit("of the orders"), []
    ),
    "cooling_service": (
      "longest wait for a reply, in hours", Unit("hours", one: "hour", digits: 0),
      [
        "24 * max(days_since_first(ticket, last 180d by ticket)"
          + " - coalesce(days_since_first(ticket_reply by ticket), 0))"
      ]
    ),
    "cooling_pressure": ("messages a week", Unit("a week"), ["count(message, last 28d) / 4"]),
    "cooling_replenishment": (
      "the most overdue category, in its own cycles, stock counted", Unit("cycles"), []
    ),
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
  /// threshold is a logarithm; of `a or b` the greater of the two, of `a and b` the second: the first says
  /// of whom it is asked.
  fileprivate var measured: Expression? {
    guard case .binary(let symbol, let left, let right) = node else { return nil }
    switch symbol {
    case .greater, .greaterOrEqual:
      if case .call(.log, _) = right.node { return Expression(.call(.exp, [left])) }
      return left
    case .and: return right.measured
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
