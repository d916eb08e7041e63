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
    /// event, or an `EventClock` name (`hour`, `age` …) unless the kind has an attribute of that
    /// name.
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
    /// What a model of the population's purchase timing expects of the customer.
    case expectation(Expectation)
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

/// What every event can be asked besides its attributes, inside `where` and as an attribute
/// (`distinct(purchase.month)`). All are in the project's calendar and none is ever missing.
public enum EventClock: String, Sendable, Hashable, CaseIterable {
  /// 0 to 23.
  case hour
  /// Monday 1 to Sunday 7.
  case weekday
  /// A flag: Saturday or Sunday.
  case weekend
  /// Of the month, 1 to 31.
  case day
  /// 1 to 12.
  case month
  /// Days (of 86,400 s) from the event to the moment; negative for an event that lies ahead.
  case age
}

// What operators do, for every part of the system that computes:
//
// - Arithmetic: a missing operand makes the result missing. So does a result that is not finite
//   (division by zero, overflow): what cannot be computed is missing.
// - Comparison: missing when either side is. Texts compare by `==` and `!=` only; flags too.
// - `and`, `or`, `not`: three-valued (Kleene). `false and missing` is false, `true or missing` is
//   true, else a missing operand makes the result missing.
// - `x in [...]`: missing when x is. `x is missing` never is.
// - An attribute of type time reads as a number: days of 86,400 s from it to the moment, positive
//   when it lies behind, negative when ahead (`expires > 0`: has expired by now).
// - An attribute of type flag has no arithmetic; `if(x, 1, 0)` gives it one.
// - A number beside a grouped value is the same number in every group.

/// Scalar functions. Any missing argument makes the result missing, but for `coalesce` and the
/// branch of `if` that is not taken. A result that is not finite is missing.
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
  /// if(condition, then, else); missing where the condition is.
  case `if`
}

/// Over the groups whose value is not missing, in ascending order of the group's UTF-8 bytes
/// (sums run in that order).
///
/// The groups are the values of the `by` attribute among the events that the window and condition
/// of *any* aggregate in the grouped expression let through (`share` and `streak`, whose condition
/// lets nothing through but is asked of each: of the window); in a group where an aggregate finds
/// no event it has the value of the empty set (0 for `count`, missing for `mean`). All aggregates
/// of one grouped expression group by an attribute of the same name; of different kinds, groups of
/// the same text are the same group. Events whose `by` attribute is missing are in no group.
public enum GroupReduction: String, Sendable, Hashable, CaseIterable {
  /// Missing when there is no value.
  case max, min, mean, median
  /// 0 when there is no value.
  case sum
  /// Of a flag, the groups where it holds; of a number, those that have a value.
  case count
  /// −Σ p ln p over the shares p = v / Σv of the values v > 0; missing when there is none.
  case entropy
}

/// Over the rows whose value is not missing, summed in row order; a flag counts as 0 or 1. Missing
/// when no row has a value.
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
/// passed over, also by `latest` and `first`.
///
/// Sums run in time order from 0, left to right. A mean is sum / count. A median is the middle
/// value in ascending order, or (a + b) / 2 of the two middle ones. A standard deviation takes two
/// passes: m = mean, then √(Σ(x − m)² / (n − 1)). Sums over distinct values (`entropy`) run in
/// ascending order of the value: bytes of a text, size of a number. A result that is not finite is
/// missing.
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
  /// −Σ p ln p over the shares of the attribute's values among the events that have one; 0 for
  /// one value.
  case entropy
  /// The share of the commonest value among the events that have one.
  case topShare = "top_share"
  /// The share, among the events in the window, of those that meet the condition. Events for which
  /// the condition is missing are passed over; missing when no event is left.
  case share
  /// Whether there is one that meets the condition: a flag, false when there are none.
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
  /// event's local day to the moment's local day; missing without a gap.
  case gapPercentile = "gap_percentile"
  /// Gamma shape of the gaps by the closed-form approximation k = (3 − s + √((s − 3)² + 24 s)) / 12 s,
  /// s = ln ḡ − mean ln g, capped at 20 (also where s ≤ 0: equal gaps); missing below two gaps.
  /// Source: Minka (2002).
  case gapRegularity = "gap_regularity"
  /// 1 + Σ x ln x / ln(n + 1), the n + 1 shares x summed in time order. With s the local day of the
  /// window's first microsecond, e that of its last, and d₁ < … < dₙ the distinct days with an
  /// event, x = (d₁ − s + 1, d₂ − d₁, …, e + 1 − dₙ) / (e − s + 2). Needs a window of two ends
  /// (`last`, `next`, `between`). Source: Zhang, Bradlow, Small (2015).
  case clumpiness
  /// Local days from the first event's to the last event's; missing when there are none.
  case spanDays = "span_days"
  /// Local days from the first event's to the last that can be known: that of the microsecond before
  /// the moment; missing when there are none.
  case ageDays = "age_days"
  /// The attribute's sum over the events after the first local day with one, for each distinct day
  /// after it; missing below two days.
  case repeatMean = "repeat_mean"
  /// How many of the latest events, counted back from the last until the first that does not, meet
  /// the condition; 0 when there are none. Events for which the condition is missing are passed
  /// over.
  case streak
}

/// Which events an aggregate looks at, as seen from a moment t.
///
/// A window that looks back shows an event only if it was also recorded before t; one that looks
/// ahead shows it whenever it was recorded. Days are calendar days (`CivilCalendar.adding`), hours
/// are 3,600 s.
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
  /// The latest n events before t, of those that meet the condition (for `share` and `streak`: of
  /// all) and, where grouped, in each group; for a gap aggregate, the latest n gaps, which are
  /// those between the latest n + 1 distinct days.
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
