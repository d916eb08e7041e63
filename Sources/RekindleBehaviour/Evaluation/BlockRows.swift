internal import RekindleCore
internal import RekindleEvents

/// The moments of one block, in order of customer and time.
struct BlockRows {
  let count: Int
  let customers: UnsafePointer<Int32>
  let times: UnsafePointer<Instant>
  /// The place of each time among the distinct times that boundaries are kept for; −1 when they
  /// are not kept.
  let timePlaces: UnsafePointer<Int32>
}

/// What all blocks share.
struct EvaluationContext: Sendable {
  let plan: Plan
  let calendar: CivilCalendar
  let pointers: LogPointers
  /// The rank of each code among the plan's texts, by stream and attribute; empty where not needed.
  let ranks: [[[Double]]]
  /// The boundaries of each view at each distinct time of the moments.
  let boundaryTables: [BoundaryTable]
}

/// The instants of a view's boundaries, worked out once for each distinct time when there are few
/// (the as-of dates of a training) and on the way when there are many (exposures).
struct BoundaryTable: Sendable {
  static let limit = 4096

  let boundaries: [Boundary]
  /// The boundaries in about ascending order: a walk through the events meets them so.
  let order: [Int]
  /// `times × boundaries`, in `order`.
  let instants: [Instant]
  private let calendar: CivilCalendar

  /// - Parameter times: distinct, ascending; empty when there are too many to keep.
  init(boundaries: [Boundary], times: [Instant], calendar: CivilCalendar) {
    self.boundaries = boundaries
    self.calendar = calendar
    let order = boundaries.indices.sorted {
      (boundaries[$0].roughHours, $0) < (boundaries[$1].roughHours, $1)
    }
    self.order = order
    instants = times.flatMap { time in order.map { boundaries[$0].instant(from: time, calendar) } }
  }

  /// Writes the boundaries as seen from `time`, in `order`: for times that have no place in
  /// `instants`.
  func fill(_ out: UnsafeMutablePointer<Instant>, at time: Instant) {
    for index in order.indices { out[index] = boundaries[order[index]].instant(from: time, calendar) }
  }
}
