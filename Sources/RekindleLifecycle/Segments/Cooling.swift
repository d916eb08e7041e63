public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// The signs that a relation cools, of every customer at a moment: which show, with the value that was
/// measured and the threshold that it passed, and since when.
public struct CoolingReport: Sendable {
  /// One of the twelve signs.
  public struct Signal: Sendable, Hashable {
    /// Of `FeatureSet.cooling`, such as `cooling_spend`.
    public let name: String
    /// When it shows, in words.
    public let threshold: String
    /// What is measured, in words; the values are of this.
    public let measure: String
  }

  /// A sign that shows.
  public struct Finding: Sendable, Hashable {
    public let customer: Int32
    /// In `signals`.
    public let signal: Int
    /// NaN where the measure cannot be computed though the sign shows.
    public let value: Double
    /// The earliest of the dates looked at from which on it has shown without a break.
    public let since: Instant
  }

  public let signals: [Signal]
  /// Signs that these sources cannot show, with the reason.
  public let dropped: [FeatureSet.Availability.Dropped]
  /// By customer, then by signal.
  public let findings: [Finding]
  /// How many signs each customer of the log shows.
  public let counts: [Int]

  /// - Parameters:
  ///   - schema: the sources, as for any feature set.
  ///   - lookBack: how many earlier dates are looked at for `since`, a week apart.
  /// - Throws: what the evaluator throws.
  public init(
    of log: EventLog, schema: EventSchema, at moment: Instant, lookBack: Int = 2,
    workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    let availability = FeatureSet.cooling.available(in: schema)
    let flags = availability.kept.filter { $0.name != FeatureSet.cooling.tally?.name }
    var measures: [FeatureDefinition] = []
    var signals: [Signal] = []
    for flag in flags {
      let known = Self.measures[flag.name] ?? (measure: flag.name, formulas: [])
      signals.append(Signal(name: flag.name, threshold: flag.thresholdWords, measure: known.measure))
      measures.append(
        FeatureDefinition(
          name: flag.name + "_value",
          expression: try Self.firstComputable(known.formulas, in: schema)
            ?? flag.expression.measured ?? Expression(.missing)))
    }
    self.signals = signals
    dropped = availability.dropped
    let everyone = log.customers.indices.map { Moment(customer: Int32($0), time: moment) }
    let constants = try Evaluator(log: log, workers: workers).populationConstants(
      of: flags + measures, at: everyone)
    let now = try CustomerColumns(
      of: flags + measures, in: log, at: everyone, constants: constants, workers: workers
    ).values
    let since = try Self.since(
      flags, now, log, moment, lookBack: lookBack, constants: constants, workers: workers)
    var findings: [Finding] = []
    var counts = [Int](repeating: 0, count: log.customers.count)
    for customer in log.customers.indices {
      for flag in flags.indices where now[flag][customer] == 1 {
        counts[customer] += 1
        findings.append(
          Finding(
            customer: Int32(customer), signal: flag, value: now[flags.count + flag][customer],
            since: since[flag * log.customers.count + customer]))
      }
    }
    self.findings = findings
    self.counts = counts
  }

  /// Since when each flag has shown: by flag, then by customer.
  ///
  /// Only customers with a flag that has not broken off are looked at a week earlier, and against the
  /// population of today: a yardstick that moved would let signs come and go by itself.
  private static func since(
    _ flags: [FeatureDefinition], _ now: [[Double]], _ log: EventLog, _ moment: Instant, lookBack: Int,
    constants: PopulationConstants, workers: Workers
  ) throws(Diagnostic) -> [Instant] {
    let count = log.customers.count
    var since = [Instant](repeating: moment, count: flags.count * count)
    var open = flags.indices.map { flag in log.customers.indices.filter { now[flag][$0] == 1 } }
    for week in 1...max(1, lookBack) where week <= lookBack {
      let earlier = log.calendar.adding(days: -7 * week, to: moment)
      let asked = flags.indices.filter { !open[$0].isEmpty }
      let customers = Set(open.joined()).sorted()
      if customers.isEmpty { break }
      var row = [Int](repeating: -1, count: count)
      for (index, customer) in customers.enumerated() { row[customer] = index }
      let then = try CustomerColumns(
        of: asked.map { flags[$0] }, in: log,
        at: customers.map { Moment(customer: Int32($0), time: earlier) }, constants: constants,
        workers: workers
      ).values
      for (column, flag) in asked.enumerated() {
        open[flag] = open[flag].filter { then[column][row[$0]] == 1 }
        for customer in open[flag] { since[flag * count + customer] = earlier }
      }
    }
    return since
  }

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
