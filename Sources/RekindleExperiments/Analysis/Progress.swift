internal import RekindleCore
internal import RekindleStatistics

/// How far an experiment is.
struct Progress {
  /// Days until the planned end; 0 when it is over or has no end.
  let daysLeft: Int
  /// Whether it has begun, and somebody has an outcome.
  let hasData: Bool
  /// Whether decisions may be read: the end is reached, a planned look is due, or the plan lets one look at
  /// any time.
  let mayDecide: Bool
  /// Of planned looks the one that is due, by its index: the last whose share is in; `nil` before the first.
  let look: Int?
  /// Whether the end, or all that was planned, is reached.
  let isOver: Bool
  /// See ``Experiment/information(_:today:)``; NaN where the plan does not say.
  let information: Double

  init(moments: ExperimentMoments, experiment: Experiment, asOf: CivilDate?) {
    daysLeft = asOf.flatMap { experiment.daysLeft(today: $0.daysSinceEpoch, moments) } ?? 0
    let counts = zip(experiment.metrics, moments.metrics).filter { $0.0.role == .primary }
      .map { _, collected in collected.overall.reduce(0) { $0 + $1.count } }
    hasData = (counts.max() ?? 0) > 0
    let share = experiment.information(moments, today: asOf?.daysSinceEpoch)
    information = share
    // Without an end it is over when all planned units are in, or when nobody says how many those are.
    let isOpen = experiment.end == nil && asOf != nil && share < 1
    let isFull = experiment.plan.units != nil && share >= 1
    isOver = isFull || (daysLeft == 0 && !isOpen)
    switch experiment.plan.looking {
    case .alwaysValid:
      mayDecide = true
      look = nil
    case .once:
      mayDecide = isOver
      look = nil
    case .groupSequential(let shares, _, _):
      look = isOver ? shares.indices.last : shares.dropLast().lastIndex { share >= $0 - 1e-9 }
      mayDecide = look != nil
    }
  }

  /// A look before the last one.
  var isInterim: Bool { look != nil && !isOver }
}

extension Experiment {
  /// Days until everything is known: until the planned end, the first day after it, and then until the
  /// windows of the primary metrics are over, as long as some units are too young for them.
  func daysLeft(today: Int32, _ moments: ExperimentMoments) -> Int? {
    guard let end else { return nil }
    let waits = zip(metrics, moments.metrics).map { metric, collected in
      let isYoung = metric.role == .primary && collected.immature.contains { $0 > 0 }
      return isYoung ? metric.matureAfterDays ?? 0 : 0
    }
    return max(0, Int(end.daysSinceEpoch) + (waits.max() ?? 0) - Int(today))
  }

  /// The share of the planned information that is in: of the planned units those with an outcome (of the
  /// primary metric that has the fewest); where the plan does not say how many, of the planned days those
  /// that are over.
  /// - Parameter today: the first day of which nothing is known.
  /// - Returns: NaN where neither is planned.
  func information(_ moments: ExperimentMoments, today: Int32?) -> Double {
    if let planned = plan.units {
      let counts = zip(metrics, moments.metrics).filter { $0.0.role == .primary }.map { _, collected in
        collected.overall.prefix(arms.count).reduce(0) { $0 + $1.count }
      }
      return Double(counts.min() ?? 0) / Double(planned)
    }
    guard let today, let end = end?.daysSinceEpoch,
      let start = start?.daysSinceEpoch ?? moments.days.first, end > start
    else { return .nan }
    return min(1, max(0, Double(today - start) / Double(end - start)))
  }
}
