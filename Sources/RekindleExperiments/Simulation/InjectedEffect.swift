internal import RekindleNumerics
internal import RekindleStatistics

/// A known effect that a simulation gives to every unit outside the control.
///
/// ```
/// mean, quantile   y + δ          or  y (1 + λ)
/// ratio            y + δ d        or  y (1 + λ)        d the denominator
/// proportion       p → p + δ      or  p (1 + λ)
/// ```
/// A proportion rises by converting each unit that did not with the chance (p′ − p) / (1 − p), and falls by
/// keeping each that did with the chance p′/p. δ and λ are what the metric's estimator looks for: the
/// difference and the lift.
struct InjectedEffect: Sendable {
  let metric: Metric
  let size: Metric.Margin
  /// The metric of all units as they are.
  let baseline: Double

  /// p′, kept between 0 and 1.
  var target: Double {
    let raw: Double
    switch size {
    case .absolute(let shift): raw = baseline + shift
    case .relative(let lift): raw = baseline * (1 + lift)
    }
    return metric.kind == .proportion ? min(1, max(0, raw)) : raw
  }

  var difference: Double { target - baseline }
  /// NaN for a baseline of 0.
  var lift: Double { baseline == 0 ? .nan : difference / baseline }

  /// Changes the outcomes of the units for which `isTreated`.
  func apply(
    to outcomes: inout [Double], denominators: [Double]?, stream: RandomStream, isTreated: (Int) -> Bool
  ) {
    var stream = stream
    if metric.kind == .proportion {
      let rises = target > baseline
      let chance = rises ? (target - baseline) / (1 - baseline) : 1 - target / baseline
      // A number is drawn for every unit, so that a unit's luck does not depend on others' arms.
      for unit in outcomes.indices where stream.uniform() < chance && isTreated(unit) {
        if outcomes[unit] == (rises ? 0 : 1) { outcomes[unit] = rises ? 1 : 0 }
      }
      return
    }
    switch size {
    case .relative(let lift):
      for unit in outcomes.indices where isTreated(unit) { outcomes[unit] *= 1 + lift }
    case .absolute(let shift):
      for unit in outcomes.indices where isTreated(unit) {
        outcomes[unit] += shift * (denominators?[unit] ?? 1)
      }
    }
  }
}
