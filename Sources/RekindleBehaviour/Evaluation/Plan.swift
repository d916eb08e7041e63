internal import RekindleCore
internal import RekindleEvents

/// What is to be computed, with everything common found once: streams are seen through *views*,
/// conditions cut *selections* out of views, *batches* summarise windows of selections into leaf
/// columns, and programs do the arithmetic on those.
struct Plan: Sendable {
  var views: [ViewPlan] = []
  var conditions: [ConditionPlan] = []
  var selections: [SelectionPlan] = []
  var batches: [BatchPlan] = []
  /// Leaves of the row program, by number.
  var leaves: [RowLeaf] = []
  var groups: [GroupPlan] = []
  var row = Program()
  var outputs: [Output] = []
  /// All texts that are compared or given out, in ascending order of their bytes: a text is
  /// computed with as its rank here.
  var texts: [String] = []

  struct Output: Sendable {
    var step: Int
    var type: ColumnType
  }
}

/// The type of a value in a program. Whatever it is, it travels as a double.
enum ColumnType: Sendable, Hashable {
  case number, flag, text
  /// The literal `missing`, which is of any type.
  case missing
}

/// One end of a window, as seen from a moment.
enum Boundary: Sendable, Hashable {
  case moment
  /// Calendar days ahead (negative: ago).
  case days(Int)
  case hours(Int)

  init(_ span: Span, sign: Int) {
    switch span {
    case .days(0), .hours(0): self = .moment
    case .days(let days): self = .days(sign * days)
    case .hours(let hours): self = .hours(sign * hours)
    }
  }

  /// About how many hours ahead; only the order matters.
  var roughHours: Int {
    switch self {
    case .moment: 0
    case .days(let days): 24 * days
    case .hours(let hours): hours
    }
  }

  func instant(from moment: Instant, _ calendar: CivilCalendar) -> Instant {
    switch self {
    case .moment: moment
    case .days(let days): calendar.adding(days: days, to: moment)
    case .hours(let hours):
      Instant(microseconds: moment.microseconds + Int64(hours) * 3_600_000_000)
    }
  }
}

/// The events of one kind, as one direction of looking sees them.
struct ViewPlan: Sendable {
  struct Key: Hashable, Sendable {
    /// Index into the log's streams.
    var stream: Int
    /// Whether it shows events that were recorded later than the moment.
    var isForward: Bool
    /// Whether what is asked of an event depends on the moment (its age), so that no two moments
    /// can share the answer.
    var isPerMoment: Bool
  }

  var key: Key
  var boundaries: [Boundary] = []
}

/// A condition on the events of a view.
struct ConditionPlan: Sendable {
  var program: Program
  var result: Int
  /// The leaves of the program.
  var loads: [EventValue]
}

/// What can be read of an event.
enum EventValue: Hashable, Sendable {
  /// Index into the stream's attributes.
  case attribute(Int)
  case clock(EventClock)
}

/// A column of a selection.
enum EventColumnPlan: Hashable, Sendable {
  case number(EventValue)
  /// A category attribute, as codes.
  case codes(Int)
  /// The outcome of a condition: 0, 1 or missing.
  case condition(Int)
}

/// The events of a view that a condition lets through.
struct SelectionPlan: Sendable {
  struct Key: Hashable, Sendable {
    var view: Int
    var condition: Int?
    /// Lets through the events for which the condition has a value, whichever.
    var isKnown = false
  }

  var key: Key
  var columns: [EventColumnPlan] = []
  var needsTimes = false
  var needsDays = false
}

/// Which events of a selection.
struct WindowPlan: Hashable, Sendable {
  enum Lower: Hashable, Sendable {
    case start
    case boundary(Int)
    /// The latest events of the selection.
    case latest(Int)
  }

  var lower: Lower
  var upper: Int
  /// How many gaps a gap function looks at.
  var gapLimit: Int?
}

/// Aggregates over the same column and window.
struct BatchPlan: Sendable {
  struct Key: Hashable, Sendable {
    var selection: Int
    /// Index into the selection's columns.
    var column: Int?
    var window: WindowPlan
  }

  var key: Key
  var members: [Member] = []

  struct Member: Hashable, Sendable {
    var function: AggregateFunction
    /// Index of the leaf column that it fills.
    var slot: Int
  }
}

enum RowLeaf: Sendable, Hashable {
  /// Index of a leaf column.
  case aggregate(slot: Int)
  /// The code of a text in a leaf column, to be turned into its rank.
  case ranked(slot: Int, selection: Int, column: Int)
  /// Index into the inputs.
  case input(Int)
  /// Index into `Plan.groups`.
  case groups(Int)
}

/// A reduction over groups: a program over (row, group) pairs.
struct GroupPlan: Sendable {
  enum Leaf: Sendable, Hashable {
    /// The n-th input of the row step: a value that is the same in every group.
    case row(Int)
    case aggregate(GroupedAggregate)
  }

  var program = Program()
  var result = 0
  var isFlag = false
  var reduction = GroupReduction.max
  var leaves: [Leaf] = []
  /// The steps of the row program that `Leaf.row` refers to.
  var inputs: [Int] = []
}

struct GroupedAggregate: Sendable, Hashable {
  var function: AggregateFunction
  var key: BatchPlan.Key
  /// The selection's column that holds the codes to group by.
  var group: Int
}
