public import RekindleCore

/// Collects the moments of an experiment's units in one reading of the source.
///
/// Memory is that of the moments, of eight to sixteen bytes a unit to find the ones that come twice, and
/// of the values of those metrics that cannot do without (quantiles, permutations, caps). The source is
/// read again where a unit came twice, where values are capped, because the cap is a quantile of all of
/// them, and where an adjustment is asked for with HC2.
///
/// The result has the same bits for any number of threads and any cut into batches, and practically
/// always for any order of the rows (`CompensatedSums` says why).
/// - Parameter deal: of a re-randomised batch whose units permutations deal again.
/// - Throws: `RK0820` units whose ids are blank, `RK0840` unknown arm, `RK0841` an infinite value, `RK0842` an outcome of a proportion that
///   is not 0 or 1, `RK0843` no unit at all, `RK0844` a source that changed between two readings, `RK0845`
///   a unit that is not in the deal or has another arm there.
public func collectMoments(
  of experiment: Experiment, from source: some UnitSource, crossovers policy: CrossoverPolicy = .exclude,
  deal: RecordedDeal? = nil, workers: Workers = Workers(1)
) throws(Diagnostic) -> ExperimentMoments {
  let schema = UnitSchema(experiment)
  let covariates = schema.numbers.filter { name in
    experiment.metrics.contains { $0.covariates.contains(name) }
  }
  var complied = false
  var isFirst = true
  var first: MomentPass?

  func pass(
    _ metrics: [(Metric, cap: Double?)], repeated: RepeatedUnits, findsRepeated: Bool,
    residuals: [ResidualSums] = []
  ) throws(Diagnostic) -> MomentPass {
    var pass: MomentPass?
    try source.forEachBatch { (batch) throws(Diagnostic) in
      if isFirst {
        complied = batch.complied != nil
        isFirst = false
      }
      if pass == nil {
        let splits = MetricCollector.Splits(segments: schema.segments.count)
        pass = MomentPass(
          schema: schema,
          metrics: metrics.map {
            MetricCollector(
              $0.0, complied: complied, cap: $0.cap, schema: schema, splits: splits,
              dealt: $0.0.method == "permutation" ? deal?.count : nil)
          }, covariates: covariates, repeated: repeated, findsRepeated: findsRepeated, deal: deal,
          workers: workers)
        for (place, sums) in residuals.enumerated() { pass?.metrics[place].residuals = sums }
      }
      try pass?.add(batch)
    }
    guard let pass else { throw InputTrouble.noUnit() }
    if let first, first.rows != pass.rows {
      throw InputTrouble.notRepeatable(first: first.rows, again: pass.rows)
    }
    return pass
  }

  let all = experiment.metrics.map { ($0, cap: Double?.none) }
  var repeated = RepeatedUnits(armCount: schema.arms.count)
  var result = try pass(all, repeated: repeated, findsRepeated: true)
  first = result
  if !result.blankIDs.isEmpty { throw InputTrouble.blankIDs(result.blankIDs, of: result.rows) }
  if let suspects = result.index?.suspects, !suspects.isEmpty {
    repeated = try RepeatedUnits(suspects: suspects, source: source, schema: schema, policy: policy)
    if !repeated.dropped.isEmpty {
      result = try pass(all, repeated: repeated, findsRepeated: false)
    }
  }
  var collectors = result.metrics
  let open = collectors.indices.filter { collectors[$0].samples }
  if !open.isEmpty {
    let caps = open.map { place in
      (collectors[place].metric, cap: collectors[place].sampleQuantile() as Double?)
    }
    let capped = try pass(caps, repeated: repeated, findsRepeated: false)
    for (place, collector) in zip(open, capped.metrics) { collectors[place] = collector }
  }
  let orders = result.orders()
  var finished = collectors.map { $0.finish(orders: orders) }
  let leveraged = collectors.indices.filter { collectors[$0].metric.usesHC2 }
  if !leveraged.isEmpty {
    let sums = leveraged.map { place in
      ResidualSums(
        MetricSlice(
          metric: collectors[place].metric, plan: finished[place].plan, arms: finished[place].overall))
    }
    let again = try pass(
      leveraged.map { (collectors[$0].metric, cap: finished[$0].cap) }, repeated: repeated,
      findsRepeated: false, residuals: sums)
    for (place, collector) in zip(leveraged, again.metrics) {
      finished[place].residualProducts = collector.residuals?.products ?? []
    }
  }
  let moments = result.finish(finished)
  guard moments.tally.assigned.contains(where: { $0 > 0 }) else { throw InputTrouble.noUnit() }
  return moments
}
