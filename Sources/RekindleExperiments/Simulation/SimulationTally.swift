internal import RekindleStatistics

/// What some replicates came to, in counts that add up in any order and sums that are added in a fixed one.
struct SimulationTally: Sendable {
  /// Of one estimator and one comparison.
  struct Comparison: Sendable {
    var runs = 0
    /// Runs in which the estimator had no p-value: nobody converted, a constant outcome.
    var undefined = 0
    var rejected = 0
    var differenceCovered = 0
    /// Runs in which there was a lift, and so an interval of it.
    var liftRuns = 0
    var liftCovered = 0
    /// Of the estimates less the truth.
    var estimates = 0
    var sum = 0.0
    var squares = 0.0

    mutating func add(_ effect: Effect, difference: Double, lift: Double, alpha: Double) {
      runs += 1
      if effect.pValue.isNaN { undefined += 1 }
      if effect.pValue <= alpha { rejected += 1 }
      // No p and no interval: nothing was claimed, and nothing wrong.
      if effect.differenceInterval.lower.isNaN || holds(effect.differenceInterval, difference) {
        differenceCovered += 1
      }
      if !lift.isNaN, !effect.liftInterval.lower.isNaN {
        liftRuns += 1
        if holds(effect.liftInterval, lift) { liftCovered += 1 }
      }
      let error = effect.difference - difference
      guard error.isFinite else { return }
      estimates += 1
      sum += error
      squares += error * error
    }

    /// An end that meets the truth but for rounding holds it.
    private func holds(_ interval: Interval, _ truth: Double) -> Bool {
      let slack = 1e-12 * abs(truth)
      return interval.lower - slack <= truth && truth <= interval.upper + slack
    }

    mutating func add(_ other: Comparison) {
      runs += other.runs
      undefined += other.undefined
      rejected += other.rejected
      differenceCovered += other.differenceCovered
      liftRuns += other.liftRuns
      liftCovered += other.liftCovered
      estimates += other.estimates
      sum += other.sum
      squares += other.squares
    }
  }

  /// Of one metric and one comparison that is looked at several times.
  struct Looks: Sendable {
    /// A boundary, or the confidence sequence, was crossed at some look.
    var crossed = 0
    /// The test that is made for one look found something at some look.
    var plain = 0
  }

  var runs = 0
  var comparisons: [Comparison]
  var looks: [Looks]
  /// Runs with a rejection among the primary comparisons without an effect, corrected.
  var familyErrors = 0
  /// The same for crossings at any look.
  var familyCrossings = 0

  init(comparisons: Int, looks: Int) {
    self.comparisons = [Comparison](repeating: Comparison(), count: comparisons)
    self.looks = [Looks](repeating: Looks(), count: looks)
  }

  mutating func add(_ other: SimulationTally) {
    runs += other.runs
    for index in comparisons.indices { comparisons[index].add(other.comparisons[index]) }
    for index in looks.indices {
      looks[index].crossed += other.looks[index].crossed
      looks[index].plain += other.looks[index].plain
    }
    familyErrors += other.familyErrors
    familyCrossings += other.familyCrossings
  }
}
