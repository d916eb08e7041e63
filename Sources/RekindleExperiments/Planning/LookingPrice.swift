internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// What looking early costs: the power that one look at the end would have to have, so that the plan has its
/// own.
///
/// With `drift` the expected statistic at the end, one look has the power Φ(drift − z). So has any other way
/// of looking a function of the drift, and the two are translated through it.
struct LookingPrice {
  let looking: Plan.Looking
  let alpha: Double
  let alternative: Alternative
  let power: Double
  /// Of one look.
  let z: Double
  let design: GroupSequentialDesign?
  private let sequence: AsymptoticConfidenceSequence?

  init(
    _ looking: Plan.Looking, alpha: Double, alternative: Alternative, power: Double
  ) throws(Diagnostic) {
    self.looking = looking
    self.alpha = alpha
    self.alternative = alternative
    self.power = power
    z = Normal().upperQuantile(alternative == .twoSided ? alpha / 2 : alpha)
    switch looking {
    case .once: (design, sequence) = (nil, nil)
    case .groupSequential(let shares, let spending, let futility):
      design = try GroupSequentialDesign(
        alpha: alpha, alternative: alternative, shares: shares, spending: spending.function,
        futility: futility?.function, power: power)
      sequence = nil
    case .alwaysValid(let units):
      design = nil
      sequence = AsymptoticConfidenceSequence(
        alpha: alpha, alternative: alternative,
        tunedAt: units.map(Double.init) ?? AsymptoticConfidenceSequence.defaultTuning)
    }
  }

  /// Standard errors that the estimate has to reach at the end.
  func criticalValue(units: Double) -> Double {
    if let design { return design.looks[design.looks.count - 1].criticalValue }
    return sequence?.criticalValue(units: units) ?? z
  }

  /// - Parameter units: of the arms that are compared; only the always-valid price depends on them.
  func singleLookPower(units: Double) -> Double {
    if let design { return Normal().cdf(design.drift - z) }
    guard let sequence else { return power }
    return Normal().cdf(sequence.criticalValue(units: units) + Normal().quantile(power) - z)
  }

  /// The plan's power where one look would have `single`.
  ///
  /// Always-valid: that of the last moment alone, for what is found before and lost again is little.
  func power(single: Double, units: Double) -> Double {
    // A power of 1 to the last digit is a drift of some eight more.
    let drift = z + min(8, max(-8, Normal().quantile(single)))
    if let design { return design.outcome(drift: drift).power }
    guard let sequence else { return single }
    return Normal().cdf(drift - sequence.criticalValue(units: units))
  }
}

extension Plan.Spending {
  /// The function of the same name.
  var function: SpendingFunction {
    switch self {
    case .obrienFleming: .obrienFleming
    case .pocock: .pocock
    }
  }
}
