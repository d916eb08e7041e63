/// A behaviour expression: a number, a flag or a text computed from one customer's events as seen
/// from one moment.
///
/// A value: parsed once from text (`Expression(parsing:)`) or built in Swift, printed back by
/// `description`, stored as that text by `Codable`. Two expressions are equal when their meaning
/// is written the same, wherever they stood.
public struct Expression: Sendable {
  public var node: Node
  /// Where in the parsed text it stands, in characters from 0; `nil` when built in Swift.
  public var span: Range<Int>?

  public init(_ node: Node, span: Range<Int>? = nil) {
    self.node = node
    self.span = span
  }

  public indirect enum Node: Sendable, Hashable {
    case number(Double)
    case text(String)
    case flag(Bool)
    /// The missing number.
    case missing
    /// Outside `where`: another feature, a score, an input. Inside `where`: an attribute of the
    /// event, or one of the built-in `hour`, `weekday` (Monday 1), `weekend`, `day`, `month`.
    case name(String)
    case aggregate(Aggregate)
    case negate(Expression)
    case not(Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `x in ["a", "b"]` or `x in [1, 2]`.
    case member(Expression, [Literal])
    /// `x is missing`.
    case isMissing(Expression)
    case call(Function, [Expression])
    /// A reduction of a value that was computed per group: `max(days_since_last(purchase by category))`.
    case overGroups(GroupReduction, Expression)
    /// A statistic of an expression over the training population, frozen into the model:
    /// `population_median(gap_median(purchase))`.
    case population(PopulationStatistic, Expression)
  }
}

extension Expression: Hashable {
  public static func == (a: Expression, b: Expression) -> Bool { a.node == b.node }
  public func hash(into hasher: inout Hasher) { hasher.combine(node) }
}

public enum Literal: Sendable, Hashable {
  case number(Double)
  case text(String)
}

public enum BinaryOperator: String, Sendable, Hashable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case notEqual = "!="
  case and, or
}

/// Scalar functions. Any missing argument makes the result missing, but for `coalesce` and the
/// branch of `if` that is not taken.
public enum Function: String, Sendable, Hashable, CaseIterable {
  /// Natural logarithm; missing for an argument ≤ 0.
  case log
  /// ln(1 + x); missing for x ≤ −1.
  case log1p
  case exp
  /// Missing for a negative argument.
  case sqrt
  case abs
  case floor
  /// The least of two or more.
  case min
  /// The greatest of two or more.
  case max
  /// clamp(x, low, high).
  case clamp
  /// The first argument that is not missing.
  case coalesce
  /// if(condition, then, else).
  case `if`
}

public enum GroupReduction: String, Sendable, Hashable, CaseIterable {
  /// Over the groups whose value is not missing; `count` of a flag counts the groups where it
  /// holds, `count` of a number those that have a value.
  case max, min, sum, mean, median, count
}

public enum PopulationStatistic: String, Sendable, Hashable, CaseIterable {
  case mean = "population_mean"
  case median = "population_median"
}

/// A summary of the events of one kind in one window.
public struct Aggregate: Sendable, Hashable {
  public var function: AggregateFunction
  /// The kind of event.
  public var kind: String
  /// `nil` where the event itself is meant, as in `count(purchase)`.
  public var attribute: String?
  public var window: Window
  /// On the event: names are its attributes. An event for which it is missing does not count.
  public var condition: Expression?
  /// The attribute to group by; the result is then a value per group, to be reduced.
  public var group: String?

  public init(
    _ function: AggregateFunction, _ kind: String, attribute: String? = nil, window: Window = .life,
    where condition: Expression? = nil, by group: String? = nil
  ) {
    self.function = function
    self.kind = kind
    self.attribute = attribute
    self.window = window
    self.condition = condition
    self.group = group
  }
}

/// What an aggregate computes of the events that its window and condition let through, in time
/// order. "Missing" is what an empty set gives unless said otherwise. Values that are missing are
/// passed over.
///
/// Gaps are the days between neighbouring *distinct local days* with an event (two orders on one
/// day are one occasion): with days d₀ < d₁ < … < dₘ the gaps are gᵢ = dᵢ − dᵢ₋₁.
public enum AggregateFunction: String, Sendable, Hashable, CaseIterable {
  /// Events; 0 when there are none.
  case count
  /// Σ of the attribute; 0 when there are none.
  case sum
  case mean, min, max
  /// Sample standard deviation (n − 1); missing below two values.
  case sd
  case median
  /// Distinct values; 0 when there are none.
  case distinct
  /// −Σ p ln p over the shares of the attribute's values among the events; 0 for one value.
  case entropy
  /// The share of the commonest value (number of events).
  case topShare = "top_share"
  /// The share, among the events in the window, of those that meet the condition.
  case share
  /// Whether there is one: a flag, false when there are none.
  case any
  /// The attribute of the last (first) event.
  case latest, first
  /// Days from the last (first) event to the moment, fractional (86,400 s a day).
  case daysSinceLast = "days_since_last"
  case daysSinceFirst = "days_since_first"
  /// Distinct local days with an event; 0 when there are none.
  case activeDays = "active_days"
  /// Mean, median, sample sd of the gaps; the last gap.
  case gapMean = "gap_mean"
  case gapMedian = "gap_median"
  case gapSd = "gap_sd"
  case gapLast = "gap_last"
  /// gap_sd / gap_mean; missing below three gaps.
  case gapCv = "gap_cv"
  /// Theil–Sen slope of ln gᵢ on i: the median of all pairwise slopes; missing below three gaps.
  case gapSlope = "gap_slope"
  /// ln(mean of the last two gaps / median of the gaps before them); missing below four gaps.
  case gapLengthening = "gap_lengthening"
  /// (1 + #{gᵢ ≤ days since the last day}) / (number of gaps + 2), the days counted from the last
  /// event's local day to the moment's local day.
  case gapPercentile = "gap_percentile"
  /// Gamma shape of the gaps by the closed-form approximation k = (3 − s + √((s − 3)² + 24 s)) / 12 s,
  /// s = ln ḡ − mean ln g, capped at 20; missing below two gaps. Source: Minka (2002).
  case gapRegularity = "gap_regularity"
  /// 1 + Σ x ln x / ln(n + 1), x the n + 1 gaps between the window's ends and the n distinct days,
  /// as shares of the window. Needs a bounded window. Source: Zhang, Bradlow, Small (2015).
  case clumpiness
  /// How many of the latest events, counted back from the last until the first that does not, meet
  /// the condition; 0 when there are none.
  case streak
}

/// Which events an aggregate looks at, as seen from a moment t.
public enum Window: Sendable, Hashable {
  /// Everything before t.
  case life
  /// [t − span, t).
  case last(Span)
  /// [t, t + span).
  case next(Span)
  /// `between 180d and 90d ago`: [t − from, t − to), from > to.
  case ago(from: Span, to: Span)
  /// `between 7d and 97d ahead`: [t + from, t + to), from < to.
  case ahead(from: Span, to: Span)
  /// The latest n events before t; for a gap aggregate, the latest n gaps.
  case latest(Int)

  public var isForward: Bool {
    switch self {
    case .next, .ahead: true
    case .life, .last, .ago, .latest: false
    }
  }
}

/// A length of time: calendar days in the project's time zone, or hours.
public enum Span: Sendable, Hashable {
  case days(Int)
  case hours(Int)
}
