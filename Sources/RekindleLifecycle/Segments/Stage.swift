public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// Where a customer is in their life with the shop.
public enum Stage: String, Sendable, Hashable, Codable, CaseIterable {
  /// Known, and has bought nothing yet.
  case firstContact = "first_contact"
  case firstPurchase = "first_purchase"
  /// On the way from the second purchase to the habit.
  case repurchaseNurture = "repurchase_nurture"
  case loyal
  /// Silent for longer than usual.
  case dormant
  /// Silent for so long that a return would be a surprise.
  case lost
  /// Had been lost, and bought again lately.
  case wonBack = "won_back"

  public var chineseName: String {
    switch self {
    case .firstContact: "首次接触"
    case .firstPurchase: "首购"
    case .repurchaseNurture: "复购培育"
    case .loyal: "忠诚"
    case .dormant: "沉睡"
    case .lost: "流失"
    case .wonBack: "召回"
    }
  }
}

/// What makes a stage: rules that are asked in order, the first that holds decides.
///
/// The rules become one expression with one value, so that no customer can be in two stages whatever the
/// rules are. A rule that is missing for a customer does not hold.
public struct StageRules: Sendable, Hashable {
  public struct Rule: Sendable, Hashable {
    public var stage: Stage
    /// A flag that looks back.
    public var condition: Expression

    public init(_ stage: Stage, _ condition: Expression) {
      self.stage = stage
      self.condition = condition
    }
  }

  public var rules: [Rule]
  /// Of customers for whom no rule holds.
  public var otherwise: Stage

  public init(rules: [Rule], otherwise: Stage) {
    self.rules = rules
    self.otherwise = otherwise
  }

  /// The rules by number of purchase days and silence.
  ///
  /// ```
  /// first_contact       active_days(purchase) == 0
  /// lost                count(purchase, last LOST) == 0
  /// dormant             count(purchase, last DORMANT) == 0
  /// won_back            gap_last(purchase) >= LOST
  /// first_purchase      active_days(purchase) == 1
  /// repurchase_nurture  active_days(purchase) < LOYAL
  /// loyal               otherwise
  /// ```
  /// - Parameters:
  ///   - loyalFrom: the purchase day that makes a habit; the third by default, as in the grade of the
  ///     relationship.
  ///   - dormantAfter: days without a purchase.
  ///   - lostAfter: days without a purchase.
  /// - Throws: `RK0911` when the numbers do not follow one another.
  public static func standard(
    loyalFrom: Int = 3, dormantAfter: Int = 90, lostAfter: Int = 365
  ) throws(Diagnostic) -> StageRules {
    guard loyalFrom >= 2, dormantAfter > 0, lostAfter > dormantAfter else {
      throw Diagnostic(
        "RK0911",
        "stages need loyal_from ≥ 2 and 0 < dormant_after < lost_after",
        notes: ["loyal_from \(loyalFrom), dormant_after \(dormantAfter), lost_after \(lostAfter)"],
        help: "choose a longer silence for lost than for dormant")
    }
    var rules: [Rule] = []
    for (stage, text) in [
      (Stage.firstContact, "active_days(purchase) == 0"),
      (.lost, "count(purchase, last \(lostAfter)d) == 0"),
      (.dormant, "count(purchase, last \(dormantAfter)d) == 0"),
      (.wonBack, "gap_last(purchase) >= \(lostAfter)"),
      (.firstPurchase, "active_days(purchase) == 1"),
      (.repurchaseNurture, "active_days(purchase) < \(loyalFrom)"),
    ] {
      rules.append(Rule(stage, try Expression(parsing: text)))
    }
    return StageRules(rules: rules, otherwise: .loyal)
  }

  /// What a `CustomerTable` has to hold for the stages.
  ///
  /// One is whether anything at all had happened with a customer: one who is only heard of later is in no
  /// stage yet.
  public func columns(in log: EventLog) -> [FeatureDefinition] {
    let seen = log.streams.map { stream in
      Expression(
        .binary(
          .greater, Expression(.aggregate(Aggregate(.count, stream.kind))), Expression(.number(0))))
    }
    let any = seen.dropFirst().reduce(seen.first ?? Expression(.flag(false))) {
      Expression(.binary(.or, $0, $1))
    }
    return [
      FeatureDefinition(name: Self.known, expression: any),
      FeatureDefinition(name: Self.place, expression: decision),
    ]
  }

  private static let known = "is known"
  private static let place = "stage place"

  /// The stage of every customer; `nil` for who is not known by the table's moment.
  /// - Parameter table: with `columns(in:)`.
  public func stages(in table: CustomerTable) -> [Stage?] {
    let order = rules.map(\.stage) + [otherwise]
    let (known, place) = (table.column(Self.known), table.column(Self.place))
    return table.workers.map(rows: known.count) { known[$0] == 1 ? order[Int(place[$0])] : nil }
  }

  /// The stages of a log at a moment, on a table of their own.
  /// - Throws: what the evaluator throws, when a rule asks for what the log does not have.
  public func stages(
    in log: EventLog, at moment: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> [Stage?] {
    stages(in: try CustomerTable(of: columns(in: log), in: log, at: moment, workers: workers))
  }

  /// The place of the first rule that holds, as nested `if`.
  private var decision: Expression {
    var result = Expression(.number(Double(rules.count)))
    for (place, rule) in rules.enumerated().reversed() {
      let holds = Expression(.call(.coalesce, [rule.condition, Expression(.flag(false))]))
      result = Expression(.call(.if, [holds, Expression(.number(Double(place))), result]))
    }
    return result
  }
}
