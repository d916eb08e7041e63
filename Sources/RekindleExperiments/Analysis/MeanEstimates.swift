internal import RekindleCore
internal import RekindleStatistics

extension Estimator {
  /// Welch's comparison and Fieller's lift; others by name.
  func mean(control: Int, variant: Int, confidence: Double) throws(Diagnostic) -> Estimate {
    let two = TwoMeans(
      control: slice.arms[control], variant: slice.arms[variant], column: slice.outcome)
    switch slice.metric.method ?? "welch" {
    case "welch": return Estimate(two.welch, confidence: confidence, findings: two.findings)
    case "student": return Estimate(two.student, confidence: confidence, findings: two.findings)
    case "permutation":
      let test = try permutation(control, variant)
      return Estimate(
        effect: test.test.effect(
          draws: test.draws, seed: seed, confidence: confidence, workers: workers),
        warnings: test.test.findings.map(\.words))
    case "bootstrap":
      let values = try values(control, variant)
      let bootstrap = Bootstrap(control: values.control, variant: values.variant)
      return Estimate(
        effect: bootstrap.effect(seed: seed, confidence: confidence),
        warnings: bootstrap.findings.map(\.words))
    case let name:
      throw unknownMethod(name, known: ["welch", "student", "permutation", "bootstrap", "lin_hc2", "cr2"])
    }
  }

  /// Units change places within their stratum, phase and batch, as far as they carry it: there every choice
  /// of as many units for the variant was as likely, by the hash and by the deal alike. Where deals were
  /// thrown away until one balanced, they are thrown away again.
  private func permutation(
    _ control: Int, _ variant: Int
  ) throws(Diagnostic) -> (test: PermutationTest, draws: Int) {
    if let dealt = slice.dealt?.test(control: control, variant: variant) { return dealt }
    let all = try values(control, variant)
    var blocks = slice.stratumValues.map { (control: $0[control], variant: $0[variant]) }
    let placed = blocks.reduce(0) { $0 + $1.control.count + $1.variant.count }
    // Units without a stratum leave nothing to hold on to.
    if placed != all.control.count + all.variant.count { blocks = [all] }
    var (values, arms, strata): ([Double], [Int], [Int]) = ([], [], [])
    for (stratum, block) in blocks.enumerated() {
      values += block.control + block.variant
      arms += block.control.map { _ in 0 } + block.variant.map { _ in 1 }
      strata += [Int](repeating: stratum, count: block.control.count + block.variant.count)
    }
    return (
      PermutationTest(values: values, arms: arms, randomisation: .strata(strata)),
      DealtValues.usualDraws
    )
  }

  private func values(
    _ control: Int, _ variant: Int
  ) throws(Diagnostic) -> (control: [Double], variant: [Double]) {
    guard slice.values.count == slice.arms.count else {
      throw Diagnostic(
        "RK0862", "the metric \"\(slice.metric.name)\" needs the values themselves, not their sums",
        help: "analyse a file with a row a unit, or choose a metric that sums suffice for")
    }
    return (slice.values[control], slice.values[variant])
  }

  /// Σ y / Σ d by the delta method.
  func ratio(
    denominator: String, control: Int, variant: Int, confidence: Double
  ) throws(Diagnostic) -> Estimate {
    if let method = slice.metric.method, method != "delta" {
      throw unknownMethod(method, known: ["delta"])
    }
    let two = TwoRatios(
      control: slice.arms[control], variant: slice.arms[variant], numerator: slice.outcome,
      denominator: slice.column(.denominator(denominator)))
    return Estimate(two.estimates, confidence: confidence, findings: two.findings)
  }

  func quantile(
    _ p: Double, control: Int, variant: Int, confidence: Double
  ) throws(Diagnostic) -> Estimate {
    if let method = slice.metric.method, method != "quantile" {
      throw unknownMethod(method, known: ["quantile"])
    }
    let values = try values(control, variant)
    let two = TwoQuantiles(control: values.control, variant: values.variant, at: p)
    return Estimate(two.estimates, confidence: confidence, findings: two.findings)
  }

  /// The mean, the share or the ratio, adjusted by covariates.
  func adjusted(control: Int, variant: Int, confidence: Double) -> Estimate {
    if slice.metric.adjustment == .postStratified {
      return stratified(control: control, variant: variant, confidence: confidence)
    }
    let lin = slice.regressions(needed: [control, variant])
    let a = lin.arms.firstIndex(of: control) ?? 0
    let b = lin.arms.firstIndex(of: variant) ?? 0
    var estimate: Estimate
    if slice.metric.adjustment == .cuped {
      let all = slice.adjustable
      let cuped = CUPED(arms: lin.arms.map { all[$0] })
      estimate = Estimate(
        cuped.estimates(control: a, variant: b), confidence: confidence,
        findings: cuped.findings(control: a, variant: b))
      estimate.varianceReduction = cuped.varianceReduction(control: a, variant: b)
    } else {
      let adjustment = lin.adjustment
      estimate = Estimate(
        adjustment.estimates(control: a, variant: b), confidence: confidence,
        findings: adjustment.findings(control: a, variant: b))
      estimate.varianceReduction = adjustment.varianceReduction(control: a, variant: b)
    }
    return estimate
  }

  /// Lin's adjustment with the variance HC2, where the units were read for it; in parts of the units,
  /// and from sums, that of the moments.
  func heteroscedastic(control: Int, variant: Int, confidence: Double) -> Estimate {
    let lin = slice.regressions()
    guard let a = lin.arms.firstIndex(of: control), let b = lin.arms.firstIndex(of: variant),
      lin.arms.allSatisfy({ slice.residualProducts.count > $0 && !slice.residualProducts[$0].isEmpty })
    else { return adjusted(control: control, variant: variant, confidence: confidence) }
    let adjustment = lin.adjustment
    let residuals = zip(lin.arms, adjustment.regressions).map { arm, regression in
      LeveragedResiduals(
        regression, count: regression.moments.count, products: slice.residualProducts[arm])
    }
    var estimate = Estimate(
      adjustment.estimates(residuals: residuals, control: a, variant: b), confidence: confidence,
      findings: adjustment.findings(control: a, variant: b))
    let plain = TwoMeans(
      control: slice.arms[control], variant: slice.arms[variant], column: slice.outcome
    ).welch.standardError
    let ratio = (estimate.arms?.standardError ?? .nan) / plain
    estimate.varianceReduction = 1 - ratio * ratio
    return estimate
  }

  /// Means within the strata of the assignment; of a part of the units that is not split by strata, the
  /// plain means.
  private func stratified(control: Int, variant: Int, confidence: Double) -> Estimate {
    let strata = slice.strata.map {
      PostStratification.Stratum(control: $0[control], variant: $0[variant])
    }
    let filled = strata.filter { $0.control.count + $0.variant.count > 0 }
    guard !filled.isEmpty else {
      let two = TwoMeans(
        control: slice.arms[control], variant: slice.arms[variant], column: slice.outcome)
      return Estimate(two.welch, confidence: confidence, findings: two.findings)
    }
    let means = PostStratification(strata: filled, column: slice.outcome)
    var estimate = Estimate(means.estimates, confidence: confidence, findings: means.findings)
    estimate.varianceReduction = means.varianceReduction
    return estimate
  }

  /// By cluster sums: CR2. A ratio is linearised about each arm's own value.
  ///
  /// ```
  /// z = R + (y − R d) / d̄,   R = Σ y / Σ d of the arm
  /// ```
  func clustered(control: Int, variant: Int, confidence: Double) throws(Diagnostic) -> Estimate {
    if case .quantile = slice.metric.kind {
      throw Diagnostic(
        "RK0867", "the metric \"\(slice.metric.name)\" is a quantile of units in clusters",
        help: "compare a mean, a share or a ratio: there is no quantile for units assigned in clusters")
    }
    func sums(_ arm: Int) -> [ClusterSum] {
      var denominator: (column: Int, ratio: Double, mean: Double)?
      if case .ratio(let name) = slice.metric.kind {
        let place = slice.column(.denominator(name))
        let mean = slice.arms[arm].means[place]
        denominator = (place, slice.arms[arm].means[slice.outcome] / mean, mean)
      }
      return slice.clusters.map { cluster in
        let moments = cluster[arm]
        var mean = moments.means[slice.outcome]
        if let denominator, moments.count > 0 {
          mean =
            denominator.ratio
            + (mean - denominator.ratio * moments.means[denominator.column]) / denominator.mean
        }
        return ClusterSum(count: moments.count, sum: Double(moments.count) * mean)
      }
    }
    let means = ClusteredMeans(control: sums(control), variant: sums(variant))
    var estimate = Estimate(means.estimates, confidence: confidence, findings: means.findings)
    if slice.metric.adjustment != .none {
      estimate.warnings.append("not adjusted: units come in clusters")
    }
    return estimate
  }
}

extension Estimate {
  init(_ arms: EstimatedArms, confidence: Double, findings: [EstimateFinding]) {
    self.init(effect: arms.effect(confidence: confidence), arms: arms, warnings: findings.map(\.words))
  }
}
