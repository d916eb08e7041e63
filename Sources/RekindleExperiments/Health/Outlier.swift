internal import RekindleStatistics

/// One unit that makes most of a difference: without it, less than half or more than one and a half of
/// the difference would be left.
///
/// ```
/// mean' = mean − (y − mean) / (n − 1),   S' = S − (y − mean)² n / (n − 1)
/// ```
/// A difference of nearly nothing is halved by anybody, so the unit must also move it by a quarter of
/// its standard error: among n units of a well-behaved distribution none does.
struct Outlier {
  let extreme: MetricMoments.Extreme
  let arm: Int
  let difference: Double
  let differenceWithout: Double
  /// Of the outcome alone, without the unit.
  let control: Moments
  let variant: Moments

  init?(_ metric: MetricMoments, control: Int, variant: Int) {
    let sides = [control, variant].map { metric.overall[$0].columns([0]) }
    guard sides.allSatisfy({ $0.count > 2 }) else { return nil }
    let means = TwoMeans(control: sides[0], variant: sides[1]).welch
    let difference = means.difference
    var found: Outlier?
    for (side, arm) in [control, variant].enumerated() {
      for extreme in [metric.largest[arm], metric.smallest[arm]].compactMap({ $0 }) {
        var parts = sides
        parts[side] = sides[side].without(extreme.value)
        let left = parts[1].means[0] - parts[0].means[0]
        let shift = abs(difference - left)
        guard shift > abs(difference) / 2, shift > means.standardError / 4,
          shift > abs(difference - (found?.differenceWithout ?? difference))
        else { continue }
        found = Outlier(
          extreme: extreme, arm: arm, difference: difference, differenceWithout: left,
          control: parts[0], variant: parts[1])
      }
    }
    guard let found else { return nil }
    self = found
  }

  private init(
    extreme: MetricMoments.Extreme, arm: Int, difference: Double, differenceWithout: Double,
    control: Moments, variant: Moments
  ) {
    self.extreme = extreme
    self.arm = arm
    self.difference = difference
    self.differenceWithout = differenceWithout
    self.control = control
    self.variant = variant
  }

  /// Who it is: the id, or the row where there are no ids.
  var name: String { extreme.unit ?? "row \(extreme.row)" }
}

extension Moments {
  /// Of one column, without one of its values.
  fileprivate func without(_ value: Double) -> Moments {
    let n = Double(count)
    let excess = value - means[0]
    return Moments(
      count: count - 1, means: [means[0] - excess / (n - 1)],
      crossProducts: [max(0, crossProducts[0] - excess * excess * n / (n - 1))])
  }
}
