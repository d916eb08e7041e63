internal import RekindleNumerics
internal import RekindleStatistics

/// One comparison of one metric, as a question to the power functions. Sizes of effects are positive; `sign`
/// says which way is better.
struct DesignQuestion {
  let contrast: PlannedContrast
  let metric: Metric
  let baseline: MetricBaseline
  let clusters: DesignInput.Clusters?
  let shares: [Double]
  let alpha: Double
  let alternative: Alternative

  /// The sign of the effect that is reported: an improvement, or for a margin the loss to be excluded.
  var sign: Double {
    let better = metric.better == .higher ? 1.0 : -1.0
    return alternative == .twoSided ? better : -better
  }

  /// Relative to the baseline; NaN where that is 0.
  func lift(_ size: Double) -> Double {
    baseline.value != 0 ? sign * size / abs(baseline.value) : .nan
  }

  /// Of the arms that are compared, as a share of all.
  var pairShare: Double {
    zip(contrast.coefficients, shares).reduce(0) { $0 + ($1.0 != 0 ? $1.1 : 0) }
  }

  /// The largest size that can be: a proportion ends at 0 and 1.
  var largest: Double {
    guard case .proportion = metric.kind else { return .infinity }
    return sign > 0 ? 1 - baseline.value : baseline.value
  }

  /// The power of one look as a function of units, for an effect of a size.
  func power(size: Double) -> ContrastPower {
    let isProportion = metric.kind == .proportion
    // A margin is excluded when nothing differs.
    let isRaised = isProportion && alternative == .twoSided
    let rates = contrast.raised.map { raised in
      min(1, max(0, baseline.value + (raised && isRaised ? sign * size : 0)))
    }
    let involved = shares.indices.filter { contrast.coefficients[$0] != 0 }
    let share = involved.reduce(0) { $0 + shares[$1] }
    let pooled = involved.reduce(0) { $0 + shares[$1] * rates[$1] } / share
    let cells = involved.map { arm in
      ContrastPower.Cell(
        coefficient: contrast.coefficients[arm], share: shares[arm], variance: variance(rate: rates[arm]),
        nullVariance: variance(rate: pooled))
    }
    return ContrastPower(
      cells: cells, alpha: alpha, alternative: alternative, test: isProportion ? .normal : .t)
  }

  func power(_ size: Double, units: Double, price: LookingPrice) -> Double {
    guard size <= largest else { return .nan }
    let single = power(size: size).power(effect: size, units: units)
    return single.isNaN ? .nan : price.power(single: single, units: units * pairShare)
  }

  /// Units of the whole experiment; infinite where the size cannot be.
  func units(_ size: Double, price: LookingPrice) -> Double {
    guard size <= largest else { return .infinity }
    let power = power(size: size)
    let first = power.units(effect: size, power: price.singleLookPower(units: .infinity))
    guard case .alwaysValid = price.looking else { return first }
    // The price depends on the units: from the units of one look outwards.
    let start = power.units(effect: size, power: price.power)
    return monotoneRoot(from: start, outwards: start) { units in
      power.power(effect: size, units: units) - price.singleLookPower(units: units * pairShare)
    }
  }

  /// The smallest size that is found; NaN where not even the largest is.
  func detectable(units: Double, price: LookingPrice) -> Double {
    let single = price.singleLookPower(units: units * pairShare)
    let gap = { (size: Double) in power(size: size).power(effect: size, units: units) - single }
    if largest < .infinity { return monotoneRoot(from: 0, to: largest, of: gap) }
    let deviation = variance(rate: baseline.value).squareRoot()
    return monotoneRoot(from: 0, outwards: deviation / units.squareRoot(), of: gap)
  }

  /// One unit's variance, after covariates and clusters.
  private func variance(rate: Double) -> Double {
    var variance = baseline.variance ?? .proportion(rate)
    if metric.kind == .proportion { variance = .proportion(rate) }
    variance = variance.adjusted(explained: baseline.explained)
    if let clusters {
      variance = variance.clustered(
        meanSize: clusters.meanSize, sizeVariation: clusters.sizeVariation,
        correlation: clusters.correlation)
    }
    return variance.perUnit
  }
}
