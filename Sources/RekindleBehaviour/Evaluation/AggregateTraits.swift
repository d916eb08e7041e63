/// What the evaluator has to have ready for an aggregate.
extension AggregateFunction {
  /// Whether `latest n` means gaps.
  var isOfGaps: Bool {
    switch self {
    case .gapMean, .gapMedian, .gapSd, .gapLast, .gapCv, .gapSlope, .gapLengthening, .gapPercentile,
      .gapRegularity:
      true
    default: false
    }
  }

  /// Whether it is computed from the distinct days alone.
  var isOfDays: Bool {
    isOfGaps || self == .activeDays || self == .spanDays || self == .ageDays || self == .clumpiness
  }

  var needsDays: Bool { isOfDays || self == .repeatMean }

  var needsTimes: Bool { self == .daysSinceLast || self == .daysSinceFirst }

  /// Whether it is computed from the values of an attribute.
  var readsAttribute: Bool { !isOfDays && !needsTimes }

  var needsAttribute: Bool {
    switch self {
    case .sum, .mean, .min, .max, .sd, .median, .distinct, .entropy, .topShare, .latest, .first, .repeatMean:
      true
    default: false
    }
  }

  /// Whether a text cannot be what it summarises.
  var needsNumbers: Bool {
    switch self {
    case .sum, .mean, .min, .max, .sd, .median, .repeatMean: true
    default: false
    }
  }

  /// Whether it counts how often values occur.
  var isOfValues: Bool { self == .distinct || self == .entropy || self == .topShare }
}
