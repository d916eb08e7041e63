internal import RekindleCore
internal import RekindleNumerics
internal import RekindleStatistics

/// Main effects, interactions and cell means of a factorial experiment, metric by metric.
extension Analyzer {
  func factorialRows() throws(Diagnostic) -> [ReportRow] {
    guard !experiment.factors.isEmpty else { return [] }
    let model = FactorialModel(factors: experiment.factors.map { .init($0.name, levels: $0.levels) })
    var rows: [ReportRow] = []
    for (place, metric) in experiment.metrics.enumerated() {
      guard let cells = cells(place, metric), cells.count(where: { $0.count > 0 }) > 1 else { continue }
      let table = try model.table(cells: cells, confidence: 1 - alpha)
      rows += effects(of: table, metric)
      rows += table.cells.map { cellRow($0, metric) }
    }
    correctEffects(&rows)
    return rows
  }

  /// Main effects of a role's metrics are one family, interactions another: adjusted as the arms are, the
  /// intervals at the levels that go with it. Corrections that know only arms leave effects to Holm.
  private func correctEffects(_ rows: inout [ReportRow]) {
    for role in [Metric.Role.primary, .secondary] {
      for method in ["main_effect", "interaction"] {
        let family = rows.indices.filter { rows[$0].role == role && rows[$0].effect.method == method }
        guard !family.isEmpty else { continue }
        let own = PValueAdjustment(rawValue: experiment.correction.rawValue) ?? .holm
        let correction: PValueAdjustment = role == .primary ? own : .benjaminiHochberg
        let adjusted = AdjustedPValues(family.map { rows[$0].effect.pValue }, by: correction)
        let confidences = adjusted.confidences(alpha: alpha)
        for (index, place) in family.enumerated() {
          let effect = rows[place].effect
          let tail = (1 - confidences[index]) / 2
          let width =
            effect.standardError
            * (effect.degreesOfFreedom.map { StudentT(degreesOfFreedom: $0).upperQuantile(tail) }
              ?? Normal().upperQuantile(tail))
          rows[place].effect.differenceInterval = Interval(
            effect.difference - width, effect.difference + width)
          rows[place].adjustedP = adjusted.adjusted[index]
          rows[place].correction = correction.rawValue
        }
      }
    }
  }

  /// What each cell's value is, by the metric's own estimator as far as cells can be taken apart.
  private func cells(_ place: Int, _ metric: Metric) -> [FactorialCell]? {
    let slice = slice(place)
    func cell(_ arm: Int, _ value: Double, _ variance: Double, _ freedom: Double?) -> FactorialCell {
      FactorialCell(
        levels: experiment.arms[arm].levels, count: slice.arms[arm].count, value: value,
        standardError: variance.squareRoot(), degreesOfFreedom: freedom)
    }
    let arms = experiment.arms.indices
    switch metric.kind {
    case .quantile: return nil
    case .proportion where metric.adjustment == .none:
      return arms.map {
        FactorialCell(
          levels: experiment.arms[$0].levels, successes: slice.arms[$0].successes(0),
          count: slice.arms[$0].count)
      }
    case .proportion where metric.adjustment == .postStratified,
      .mean where metric.adjustment == .none || metric.adjustment == .postStratified:
      return arms.map {
        FactorialCell(
          levels: experiment.arms[$0].levels, moments: slice.arms[$0], column: slice.outcome)
      }
    case .proportion, .mean:
      let parts = slice.adjustable
      let used = arms.filter { parts[$0].count > parts[$0].columnCount }
      let lin = LinAdjustment(arms: used.map { parts[$0] })
      return used.enumerated().map { index, arm in
        // The two sides of a comparison with itself: the arm's own adjusted mean.
        let own = lin.estimates(control: index, variant: index)
        return cell(arm, own.control, own.controlVariance, lin.regressions[index].degreesOfFreedom)
      }
    case .ratio(let denominator):
      let denominator = slice.column(.denominator(denominator))
      return arms.map { arm in
        let ratio = RatioLinearisation(
          slice.arms[arm], numerator: slice.outcome, denominator: denominator)
        return FactorialCell(levels: experiment.arms[arm].levels, moments: ratio.moments())
      }
    }
  }

  private func effects(of table: FactorialTable, _ metric: Metric) -> [ReportRow] {
    let terms = table.terms.flatMap { term in term.effects.map { (term: term, effect: $0) } }
    var rows = terms.map { term, effect in
      var warnings: [String] = []
      if !effect.carries.isEmpty {
        warnings.append("holds \(effect.carries.joined(separator: ", ")), too")
      }
      if let logit = effect.logit {
        warnings.append(
          "log odds \(significant(logit.coefficient, 4)) (se \(significant(logit.standardError, 3)))")
      }
      if let ratio = term.likelihoodRatio {
        warnings.append(
          "likelihood ratio \(significant(ratio.statistic, 4)) on \(ratio.degrees), p \(shownP(ratio.pValue))"
        )
      }
      let (control, variant) = sides(term, effect)
      return ReportRow(
        section: .factorial, metric: metric.name, role: metric.role, segment: "effect=\(term.name)",
        control: control.name, variant: variant.name, controlCount: control.count,
        variantCount: variant.count,
        effect: Effect(
          control: .nan, variant: .nan, difference: effect.estimate,
          standardError: effect.standardError, differenceInterval: effect.interval, lift: .nan,
          liftInterval: .undefined, method: term.factors.count == 1 ? "main_effect" : "interaction",
          degreesOfFreedom: effect.degreesOfFreedom, statistic: effect.statistic,
          pValue: effect.pValue), adjustedP: effect.pValue, sampleRatioP: sampleRatioP, warnings: warnings)
    }
    rows += table.refused.map { refusal in
      var row = emptyRow(.factorial, metric, segment: "effect=\(refusal.name)", method: "refused")
      row.warnings = [refusal.message]
      return row
    }
    let findings = table.findings.map(\.message)
    if !findings.isEmpty, !rows.isEmpty { rows[0].warnings += findings }
    return rows
  }

  /// The levels that an effect sets against each other, and how many units have them.
  private func sides(
    _ term: FactorialTable.Term, _ effect: FactorialTable.Effect
  ) -> (control: (name: String, count: Int), variant: (name: String, count: Int)) {
    guard term.factors.count == 1, let factor = term.factors.first, let level = effect.levels.first else {
      // The cells that the difference of differences adds, against those that it takes away.
      var counts = (control: 0, variant: 0)
      for (arm, cell) in experiment.arms.enumerated() {
        let own = term.factors.map { cell.levels[$0] }
        guard zip(own, effect.levels).allSatisfy({ $0 == 0 || $0 == $1 }) else { continue }
        if own.count(where: { $0 == 0 }).isMultiple(of: 2) {
          counts.variant += moments.tally.assigned[arm]
        } else {
          counts.control += moments.tally.assigned[arm]
        }
      }
      return ((term.name, counts.control), (effect.name, counts.variant))
    }
    func side(_ level: Int) -> (name: String, count: Int) {
      let count = experiment.arms.indices.filter { experiment.arms[$0].levels[factor] == level }
        .reduce(0) { $0 + moments.tally.assigned[$1] }
      return (experiment.factors[factor].levels[level], count)
    }
    return (side(0), side(level))
  }

  private func cellRow(_ cell: FactorialTable.Cell, _ metric: Metric) -> ReportRow {
    var row = emptyRow(.cell, metric, segment: "cell", method: "cell_mean")
    row.variant = cell.name
    row.variantCount = cell.count
    row.effect.variant = cell.value
    row.effect.standardError = cell.standardError
    row.effect.differenceInterval = cell.interval
    return row
  }

  private func emptyRow(
    _ section: ReportRow.Section, _ metric: Metric, segment: String, method: String
  ) -> ReportRow {
    ReportRow(
      section: section, metric: metric.name, role: metric.role, segment: segment, control: "",
      variant: "", controlCount: 0, variantCount: 0,
      effect: Effect(
        control: .nan, variant: .nan, difference: .nan, standardError: .nan,
        differenceInterval: .undefined, lift: .nan, liftInterval: .undefined, method: method,
        degreesOfFreedom: nil, statistic: .nan, pValue: .nan))
  }
}
