public import RekindleStatistics

/// How customers moved between classes from one date to another: counts, shares of each class that was
/// left, and their intervals.
public struct TransitionMatrix<Class: Hashable & Sendable>: Sendable {
  public struct Cell: Sendable, Hashable {
    /// `nil`: not known at the first date.
    public let from: Class?
    public let to: Class?
    public let count: Int
    /// Of all who were in `from`; NaN where nobody was.
    public let share: Double
    /// Wilson's.
    public let interval: Interval
  }

  /// The classes, in the order of rows and columns; `nil` comes last, where it occurs.
  public let classes: [Class?]
  /// `counts[i][j]`: from `classes[i]` to `classes[j]`.
  public let counts: [[Int]]
  private let confidence: Double

  /// - Parameters:
  ///   - classes: all that there are, in the order of the table.
  ///   - before, after: a class a customer, of the same customers in the same order.
  /// - Precondition: as many after as before.
  public init(classes: [Class], before: [Class?], after: [Class?], confidence: Double = 0.95) {
    precondition(before.count == after.count)
    let hasUnknown = before.contains(nil) || after.contains(nil)
    let all: [Class?] = classes.map { $0 } + (hasUnknown ? [nil] : [])
    var place: [Class?: Int] = [:]
    for (index, name) in all.enumerated() { place[name] = index }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: all.count), count: all.count)
    for (from, to) in zip(before, after) {
      if let i = place[from], let j = place[to] { counts[i][j] += 1 }
    }
    self.classes = all
    self.counts = counts
    self.confidence = confidence
  }

  /// Every cell, row by row.
  public var cells: [Cell] {
    classes.indices.flatMap { i in
      let total = counts[i].reduce(0, +)
      return classes.indices.map { j in
        let share = ProportionCounts(successes: counts[i][j], count: total)
        return Cell(
          from: classes[i], to: classes[j], count: counts[i][j], share: share.rate,
          interval: total > 0 ? share.wilson(confidence: confidence) : .undefined)
      }
    }
  }
}
