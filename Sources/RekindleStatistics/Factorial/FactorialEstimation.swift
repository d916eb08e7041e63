internal import RekindleCore
internal import RekindleNumerics

/// The effects of a factorial model from the cells' values.
///
/// ```
/// β = (X'X)⁻¹ X' m          m the cells' values, X the model's columns in the cells with units
/// ```
/// Least squares over cells, each counting once. With all cells there this is the difference of averages;
/// in a regular fraction, too. Standard errors come from the cells' own variances, not from a common one.
struct FactorialEstimation {
  let aliases: FactorialAliases
  let cells: [FactorialCell]
  let confidence: Double

  private var coding: FactorialCoding { aliases.coding }

  func table() -> FactorialTable {
    let contrasts = aliases.kept.map { coding.contrasts($0) }
    let columns = contrasts.joined().map { contrast in cells.map { coding.value(contrast, in: $0.levels) } }
    let weights = FactorialEstimation.leastSquares(columns, rows: cells.count)
    let means = LinearContrasts(
      values: cells.map { $0.value }, variances: cells.map { $0.standardError * $0.standardError },
      degrees: cells.map { $0.degreesOfFreedom ?? .infinity })
    let outside = aliases.isComplete ? [] : termsOutside()
    let logit = FactorialLogit(columns: columns, sizes: contrasts.map { $0.count }, cells: cells)

    var terms: [FactorialTable.Term] = []
    var next = 0
    for (place, term) in aliases.kept.enumerated() {
      let range = next..<(next + contrasts[place].count)
      next = range.upperBound
      let effects = zip(range, contrasts[place]).map { index, contrast in
        effect(
          contrast, weights: weights[index], means: means, outside: outside,
          logit: logit?.coefficients[index])
      }
      let joint = means.jointTest(range.map { weights[$0] })
      terms.append(
        FactorialTable.Term(
          factors: term, name: coding.name(term), effects: effects, statistic: joint.statistic,
          numeratorDegrees: joint.numerator, denominatorDegrees: joint.denominator,
          pValue: joint.pValue, likelihoodRatio: logit?.ratios[place]))
    }
    return FactorialTable(
      factors: coding.factors, confidence: confidence, terms: terms, cells: cells.map { cellRow($0) },
      refused: aliases.refused.map { refusal($0) }, findings: findings(terms, logit: logit))
  }

  /// For each column the weights of the cells in its coefficient: the rows of `(X'X)⁻¹X'`, the constant
  /// taken along and left out.
  private static func leastSquares(_ columns: [[Double]], rows: Int) -> [[Double]] {
    let all = [[Double](repeating: 1, count: rows)] + columns
    guard let factor = Cholesky(DesignColumns.gram(all)) else {
      preconditionFailure("dependent terms were refused")
    }
    let inverse = factor.inverse()
    return columns.indices.map { column in
      (0..<rows).map { i in
        var sum = 0.0
        for k in all.indices { sum += inverse[column + 1, k] * all[k][i] }
        // Rounding would make a cell part of an effect that it has no part in.
        return abs(sum) < 1e-13 ? 0 : sum
      }
    }
  }

  private func effect(
    _ contrast: FactorialCoding.Contrast, weights: [Double], means: LinearContrasts,
    outside: [(name: String, columns: [[Double]])], logit: FactorialTable.Logit?
  ) -> FactorialTable.Effect {
    let estimate = means.estimate(weights)
    let isUsable = estimate.standardError > 0
    let statistic = isUsable ? estimate.value / estimate.standardError : .nan
    let degrees = estimate.degreesOfFreedom.isFinite ? estimate.degreesOfFreedom : nil
    let law = ReferenceLaw(degreesOfFreedom: degrees)
    let reach = law.criticalValue(confidence: confidence, alternative: .twoSided) * estimate.standardError
    return FactorialTable.Effect(
      name: coding.name(contrast), levels: contrast.map { $0.level }, estimate: estimate.value,
      standardError: estimate.standardError, degreesOfFreedom: degrees, statistic: statistic,
      pValue: isUsable ? law.pValue(statistic, .twoSided) : .nan,
      interval: isUsable ? Interval(estimate.value - reach, estimate.value + reach) : .undefined,
      carries: outside.filter { $0.columns.contains { abs(DesignColumns.dot($0, weights)) > 1e-9 } }
        .map { $0.name },
      logit: logit)
  }

  /// Every term that is not in the model, refused or not asked for.
  private func termsOutside() -> [(name: String, columns: [[Double]])] {
    (1...max(1, coding.factors.count)).flatMap { coding.terms(order: $0) }
      .filter { !aliases.kept.contains($0) }
      .map { term in
        let columns = coding.contrasts(term).map { contrast in
          cells.map { coding.value(contrast, in: $0.levels) }
        }
        return (coding.name(term), columns)
      }
  }

  private func cellRow(_ cell: FactorialCell) -> FactorialTable.Cell {
    let interval: Interval
    if let successes = cell.successes {
      let z = ReferenceLaw(degreesOfFreedom: nil).criticalValue(
        confidence: confidence, alternative: .twoSided)
      interval = FactorialEstimation.wilson(successes: successes, count: cell.count, z: z)
    } else {
      let t = ReferenceLaw(degreesOfFreedom: cell.degreesOfFreedom)
        .criticalValue(confidence: confidence, alternative: .twoSided)
      interval = Interval(cell.value - t * cell.standardError, cell.value + t * cell.standardError)
    }
    return FactorialTable.Cell(
      name: coding.name(ofCell: cell.levels), levels: cell.levels, count: cell.count, value: cell.value,
      standardError: cell.standardError, interval: interval)
  }

  /// `(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)`: E. B. Wilson, 1927.
  private static func wilson(successes: Int, count: Int, z: Double) -> Interval {
    let n = Double(count)
    let p = Double(successes) / n
    let centre = p + z * z / (2 * n)
    let reach = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // At the edge the end is the edge, not what rounding leaves of it.
    return Interval(
      successes == 0 ? 0 : (centre - reach) / scale, successes == count ? 1 : (centre + reach) / scale)
  }

  private func refusal(_ refusal: FactorialAliases.Refusal) -> FactorialTable.Refusal {
    let name = coding.name(refusal.term)
    let with = refusal.with.map { coding.name($0) }
    return FactorialTable.Refusal(
      factors: refusal.term, name: name, aliasedWith: with,
      message: "\(name) cannot be told from \(with.joined(separator: ", ")) with the cells that have units")
  }

  private func findings(
    _ terms: [FactorialTable.Term], logit: FactorialLogit?
  ) -> [FactorialTable.Finding] {
    var findings: [FactorialTable.Finding] = []
    if !aliases.isComplete {
      let present = Set(cells.map { $0.levels })
      let all = coding.factors.reduce([[Int]]([[]])) { found, factor in
        found.flatMap { start in factor.levels.indices.map { start + [$0] } }
      }
      findings += all.filter { !present.contains($0) }.map { .emptyCell(coding.name(ofCell: $0)) }
    }
    findings += cells.filter { $0.count == 1 }.map { .oneUnit(coding.name(ofCell: $0.levels)) }
    if cells.allSatisfy({ $0.standardError == 0 }) { findings.append(.noVariance) }
    if let failure = logit?.failure {
      let edge = cells.filter { $0.successes == 0 || $0.successes == $0.count }
      findings.append(
        failure.code == "RK0108" || failure.code == "RK0104"
          ? .separation(edge.map { coding.name(ofCell: $0.levels) }) : .noLogit(failure.message))
    }
    var assumed: [String] = []
    for name in terms.flatMap({ $0.effects }).flatMap({ $0.carries }) where !assumed.contains(name) {
      assumed.append(name)
    }
    if !assumed.isEmpty { findings.append(.assumes(assumed)) }
    return findings
  }
}
