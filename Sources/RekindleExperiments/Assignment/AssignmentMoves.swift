internal import RekindleCore

/// Who would move if stored units were assigned anew by the definition as it is now.
public struct AssignmentMoves: Sendable, Hashable {
  public struct Move: Sendable, Hashable {
    /// An arm, or `holdout`.
    public var from: String
    /// An arm, `holdout`, or why there would be none.
    public var to: String
    public var count: Int
  }

  /// Units stored.
  public let stored: Int
  /// Most frequent first.
  public let moves: [Move]

  /// How many would move.
  public var count: Int { moves.reduce(0) { $0 + $1.count } }

  /// - Parameters:
  ///   - from: the arm of each stored unit.
  ///   - to: what it would get now.
  init(from: CodedColumn, to: CodedColumn) {
    stored = from.codes.count
    var counts: [Pair: Int] = [:]
    for (a, b) in zip(from.codes, to.codes) { counts[Pair(from: a, to: b), default: 0] += 1 }
    moves = counts.map { pair, count in
      Move(from: from.dictionary[Int(pair.from)], to: to.dictionary[Int(pair.to)], count: count)
    }.filter { $0.from != $0.to }.sorted {
      $0.count != $1.count ? $0.count > $1.count : ($0.from, $0.to) < ($1.from, $1.to)
    }
  }

  private struct Pair: Hashable {
    let from: Int32
    let to: Int32
  }

  func refusal(_ experiment: Experiment) -> Diagnostic {
    let shown = moves.prefix(8).map { "\($0.from) → \($0.to): \($0.count)" }
    let rest = moves.dropFirst(8).reduce(0) { $0 + $1.count }
    return Diagnostic(
      "RK0822",
      "the definition has changed: \(count) of \(stored) stored units would move",
      key: "experiments.\(experiment.id)", notes: shown + (rest > 0 ? ["others: \(rest)"] : []),
      help: "undo the change, put it into a new phase of the ramp, or give the experiment a new id;"
        + " or say that stored units stay where they are")
  }
}
