public import RekindleCore
internal import RekindleStatistics

/// Reads off what an experiment did: a pure function of its moments.
///
/// Health is checked first. A failed check makes every decision invalid and hides no number.
///
/// The decisions of the primary metrics are one family, corrected as the experiment says (Holm by
/// default); secondary metrics are a family of their own, and so are all segments, by Benjamini and
/// Hochberg. Intervals are taken at the confidence that agrees with the adjusted p-values.
///
/// Under planned looks the last one whose share of the information is in decides, at its own level, and
/// primary metrics and guardrails may stop the experiment there; `PlannedLooks` says how.
/// - Parameter deal: that the moments were collected with.
/// - Throws: `RK0860` a method that the kind of metric does not have, `RK0861` moments that are not this
///   experiment's.
public func analyze(
  _ moments: ExperimentMoments, of experiment: Experiment, options: AnalysisOptions = AnalysisOptions(),
  deal: RecordedDeal? = nil, workers: Workers = Workers(1)
) throws(Diagnostic) -> ExperimentReport {
  try moments.check(against: experiment)
  let health = checkHealth(moments, of: experiment)
  let analyzer = Analyzer(
    moments: moments, experiment: experiment, options: options, health: health, deal: deal,
    workers: workers)
  return try analyzer.report()
}

extension ExperimentMoments {
  /// - Parameter bySegment: whether the segments must be there, too.
  func check(against experiment: Experiment, bySegment: Bool = true) throws(Diagnostic) {
    let schema = UnitSchema(experiment)
    let isSame =
      arms == schema.arms && metrics.count == experiment.metrics.count
      && (!bySegment || segments.map(\.name) == schema.segments)
      && zip(experiment.metrics, metrics).allSatisfy { $1.plan.suffices(for: $0) }
    guard isSame else {
      throw Diagnostic(
        "RK0861", "the moments are not those of the experiment \"\(experiment.id)\"",
        notes: [
          "moments: arms \(arms.joined(separator: ", ")); \(metrics.count) metrics",
          "experiment: arms \(schema.arms.joined(separator: ", ")); \(experiment.metrics.count) metrics",
        ], help: "collect them again with the definition as it is now")
    }
  }
}

struct Analyzer {
  let moments: ExperimentMoments
  let experiment: Experiment
  let options: AnalysisOptions
  let health: HealthReport
  var deal: RecordedDeal?
  var workers = Workers(1)

  var alpha: Double { experiment.plan.alpha }
  var control: Int { experiment.arms.firstIndex { $0.name == experiment.control } ?? 0 }

  /// Arms with units, other than the control.
  var variants: [Int] {
    experiment.arms.indices.filter { $0 != control && moments.tally.assigned[$0] > 0 }
  }

  /// Each arm with the control; all pairs where the correction is one of all pairs.
  var pairs: [(control: Int, variant: Int)] {
    let toControl = variants.map { (control: control, variant: $0) }
    guard experiment.correction == .tukey || experiment.correction == .gamesHowell else { return toControl }
    var all = toControl
    for (place, first) in variants.enumerated() {
      for second in variants[(place + 1)...] { all.append((control: first, variant: second)) }
    }
    return all
  }

  func report() throws(Diagnostic) -> ExperimentReport {
    var drafts = try comparisons()
    let plain = drafts
    let progress = Progress(moments: moments, experiment: experiment, asOf: options.asOf)
    let looks = try PlannedLooks(experiment, progress: progress)
    try correct(&drafts, looks)
    let judge = Judge(experiment: experiment, health: health, progress: progress)
    for place in drafts.indices {
      let complete = completed(drafts[place])
      drafts[place].row = complete
      drafts[place].row.decision = judge.decision(drafts[place])
    }
    let status = judge.status(drafts.map(\.row))
    var rows = drafts.map(\.row)
    rows += stagewiseRows(plain, looks, progress)
    rows += bestRows(plain)
    rows += try decompositions()
    rows += segmentRows(plain)
    rows += try factorialRows()
    rows += try holdoutRows()
    rows += try complianceRows()
    rows += try dayRows()
    return ExperimentReport(experiment: experiment.id, status: status, health: health, rows: rows)
  }

  // MARK: The arms' comparisons

  func slice(_ place: Int) -> MetricSlice {
    let collected = moments.metrics[place]
    return MetricSlice(
      metric: experiment.metrics[place], plan: collected.plan, arms: collected.overall,
      strata: collected.strata, clusters: collected.clusters, values: collected.values,
      stratumValues: collected.stratumValues,
      dealt: deal.flatMap { DealtValues($0, arms: moments.arms, collected.dealtValues) },
      residualProducts: collected.residualProducts)
  }

  func slice(_ place: Int, segment: Int, value: Int) -> MetricSlice {
    let collected = moments.metrics[place]
    return MetricSlice(
      metric: experiment.metrics[place], plan: collected.plan,
      arms: collected.segments[segment][value],
      values: collected.segmentValues.isEmpty ? [] : collected.segmentValues[segment][value],
      stratumValues: collected.stratumValues(segment: segment, value: value),
      dealt: deal.flatMap {
        DealtValues(
          $0, arms: moments.arms, collected.dealtValues, within: moments.dealtSegments[segment], value)
      })
  }

  private func comparisons() throws(Diagnostic) -> [Draft] {
    var drafts: [Draft] = []
    for (place, metric) in experiment.metrics.enumerated() {
      let whole = slice(place)
      for pair in pairs { drafts.append(try draft(metric, whole, segment: "overall", pair: pair)) }
      for (column, segment) in moments.segments.enumerated() {
        for (value, name) in segment.values.enumerated() {
          let part = slice(place, segment: column, value: value)
          for pair in pairs {
            drafts.append(try draft(metric, part, segment: "\(segment.name)=\(name)", pair: pair))
          }
        }
      }
    }
    return drafts
  }

  func draft(
    _ metric: Metric, _ slice: MetricSlice, segment: String, pair: (control: Int, variant: Int)
  ) throws(Diagnostic) -> Draft {
    let estimator = Estimator(slice: slice, seed: options.seed, workers: workers)
    let estimate = try estimator.estimate(
      control: pair.control, variant: pair.variant, confidence: 1 - alpha)
    return Draft(
      row: row(.comparison, metric, slice, segment: segment, pair: pair, estimate: estimate),
      metric: metric, estimator: estimator, control: pair.control, variant: pair.variant,
      confidence: 1 - alpha, estimate: estimate)
  }

  /// A row with everything that does not depend on other rows.
  func row(
    _ section: ReportRow.Section, _ metric: Metric, _ slice: MetricSlice, segment: String,
    pair: (control: Int, variant: Int), estimate: Estimate, name: String? = nil
  ) -> ReportRow {
    let place = experiment.metrics.firstIndex { $0.name == metric.name } ?? 0
    let collected = moments.metrics[place]
    let both = [pair.control, pair.variant]
    let tally = moments.tally
    let isOverall = segment == "overall"
    return ReportRow(
      section: section, metric: name ?? metric.name, role: metric.role, segment: segment,
      control: moments.arms[pair.control], variant: moments.arms[pair.variant],
      controlCount: slice.arms[pair.control].count, variantCount: slice.arms[pair.variant].count,
      effect: estimate.effect, adjustedP: estimate.effect.pValue,
      varianceReduction: estimate.varianceReduction,
      excludedCount: isOverall
        ? both.reduce(0) {
          $0 + tally.unexposed[$1] + tally.duplicates[$1] + tally.crossovers[$1] + collected.missing[$1]
            + collected.immature[$1]
        } : 0,
      cappedCount: isOverall && collected.cap != nil ? both.reduce(0) { $0 + collected.capped[$1] } : 0,
      sampleRatioP: sampleRatioP, warnings: estimate.warnings)
  }

  var sampleRatioP: Double {
    health.checks.first { $0.name == "sample_ratio" }?.figure("p") ?? .nan
  }

  // MARK: Many comparisons

  private func correct(_ drafts: inout [Draft], _ looks: PlannedLooks?) throws(Diagnostic) {
    func family(_ role: Metric.Role, overall: Bool) -> [Int] {
      drafts.indices.filter {
        drafts[$0].metric.role == role && (drafts[$0].row.segment == "overall") == overall
      }
    }
    let primary = family(.primary, overall: true)
    let secondary = family(.secondary, overall: true)
    // Guardrails have margins of their own and stay out.
    let segments = family(.primary, overall: false) + family(.secondary, overall: false)
    switch experiment.correction {
    case .dunnett, .tukey, .gamesHowell: try simultaneous(&drafts, family: primary, looks)
    case .none, .bonferroni, .holm, .hochberg, .hommel, .benjaminiHochberg:
      let method = PValueAdjustment(rawValue: experiment.correction.rawValue) ?? .holm
      try adjust(&drafts, family: primary, by: method, alpha: alpha, looks)
    }
    if let looks {
      // Guardrails stop an experiment, too: each at the level of the look.
      let confidence = try looks.confidence(1 - alpha)
      for place in family(.guardrail, overall: true) {
        try drafts[place].settle(
          adjustedP: drafts[place].row.adjustedP, confidence: confidence,
          correction: drafts[place].row.correction)
      }
    }
    if !secondary.isEmpty {
      try adjust(&drafts, family: secondary, by: .benjaminiHochberg, alpha: alpha)
    }
    if !segments.isEmpty {
      try adjust(&drafts, family: segments, by: .benjaminiHochberg, alpha: alpha)
    }
  }

  /// What can be looked at on any day, and what a prior makes of it.
  private func completed(_ draft: Draft) -> ReportRow {
    var row = draft.row
    if let valid = AlwaysValid(
      row.effect, of: draft.estimator.slice, control: draft.control, variant: draft.variant,
      plan: experiment.plan, alpha: alpha)
    {
      row.alwaysValidP = valid.pValue
      row.confidenceSequence = valid.interval
    }
    addPosterior(to: &row, of: draft)
    addMargin(to: &row, of: draft)
    return row
  }
}
