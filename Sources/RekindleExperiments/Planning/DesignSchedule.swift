internal import RekindleNumerics
internal import RekindleStatistics

extension Designer {
  /// Power over sizes at the planned units, and over units at the planned size.
  func curve(_ planned: Planned, units: Int?) -> [PowerPoint] {
    let size = abs(planned.row.effect.isNaN ? planned.row.detectable : planned.row.effect)
    guard let units, units > 0, size > 0 else { return [] }
    let multiples = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2]
    let overSizes = multiples.map { (size: size * $0, units: Double(units)) }
    let overUnits = multiples.filter { $0 != 1 }.map { (size: size, units: Double(units) * $0) }
    return (overSizes + overUnits).compactMap { point in
      let power = planned.question.power(point.size, units: point.units, price: planned.price)
      guard !power.isNaN else { return nil }
      return PowerPoint(
        metric: planned.row.metric, comparison: planned.row.name, units: Int(point.units.rounded()),
        effect: planned.question.sign * point.size, lift: planned.question.lift(point.size), power: power)
    }
  }

  /// When one may look, for the comparison that needs most.
  func looks(_ planned: Planned, units: Int?) -> [PlannedLook] {
    let size = abs(planned.row.effect.isNaN ? planned.row.detectable : planned.row.effect)
    let single = units.map {
      planned.question.power(size: size).power(effect: size, units: Double($0))
    }
    func look(
      _ number: Int, share: Double, critical: Double, nominal: Double, spent: Double, futility: Double,
      power: Double
    ) -> PlannedLook {
      let count = units.map { Int((Double($0) * share).rounded(.up)) }
      return PlannedLook(
        number: number, share: share, units: count, day: count.flatMap(days), criticalValue: critical,
        nominalLevel: nominal, alphaSpent: spent, futility: futility, powerSoFar: power)
    }
    let price = planned.price
    switch price.looking {
    case .once:
      return [
        look(
          1, share: 1, critical: price.z, nominal: price.alpha, spent: price.alpha, futility: .nan,
          power: single ?? .nan)
      ]
    case .groupSequential:
      guard let design = price.design else { return [] }
      let drift = single.map { price.z + min(8, Normal().quantile($0)) } ?? design.drift
      let crossing = design.outcome(drift: drift).crossing
      var power = 0.0
      return design.looks.indices.map { k in
        power += crossing[k]
        let planned = design.looks[k]
        let hasFutility = design.futilitySpending != nil && planned.futility.isFinite
        return look(
          k + 1, share: planned.share, critical: planned.criticalValue, nominal: planned.nominalLevel,
          spent: planned.alphaSpent, futility: hasFutility ? planned.futility : .nan, power: power)
      }
    case .alwaysValid:
      // Any moment will do; these show how the price falls.
      return [0.1, 0.25, 0.5, 0.75, 1].enumerated().map { index, share in
        let count = units.map { Double($0) * share } ?? .nan
        let critical = price.criticalValue(units: count * planned.question.pairShare)
        return look(
          index + 1, share: share, critical: critical, nominal: 2 * Normal().upperTail(critical),
          spent: .nan, futility: .nan,
          power: size > 0 ? planned.question.power(size, units: count, price: price) : .nan)
      }
    }
  }

  /// - Parameter units: that will be assigned.
  func duration(units: Int?) -> PlannedDuration? {
    guard let days = units.flatMap(days) else { return nil }
    let maturation =
      experiment.metrics.filter { $0.role == .primary }.compactMap(\.matureAfterDays).max() ?? 0
    return PlannedDuration(
      enrolmentDays: days, recommendedDays: (days + 6) / 7 * 7, maturationDays: maturation)
  }
}
