internal import RekindleCore
internal import RekindleStatistics

/// The rows that take a comparison apart. They explain, and carry no decision.
extension Analyzer {
  /// Raw beside capped, plain beside adjusted, the difference without the one unit that makes it, and
  /// revenue as conversion times value per buyer.
  func decompositions() throws(Diagnostic) -> [ReportRow] {
    var rows: [ReportRow] = []
    for (place, metric) in experiment.metrics.enumerated() {
      let whole = slice(place)
      for pair in pairs {
        if whole.plan.place(.capped) != nil {
          var raw = whole
          raw.isRaw = true
          var row = try explained(raw, "\(metric.name) (raw)", pair)
          row.cappedCount = 0
          rows.append(row)
        }
        let isAdjusted = whole.clusters.isEmpty && (metric.method == nil || metric.usesHC2)
        if metric.adjustment != .none, isAdjusted {
          var plain = whole
          plain.metric.adjustment = .none
          plain.metric.method = nil
          rows.append(try explained(plain, "\(metric.name) (unadjusted)", pair))
        }
        if metric.kind == .mean {
          if let outlier = Outlier(moments.metrics[place], control: pair.control, variant: pair.variant) {
            rows.append(without(outlier, of: whole, pair))
          }
          if metric.role != .guardrail { rows += parts(of: whole, place: place, pair) }
        }
      }
    }
    return rows
  }

  private func explained(
    _ slice: MetricSlice, _ name: String, _ pair: (control: Int, variant: Int)
  ) throws(Diagnostic) -> ReportRow {
    let estimate = try Estimator(slice: slice, seed: options.seed)
      .estimate(control: pair.control, variant: pair.variant, confidence: 1 - alpha)
    return row(
      .decomposition, slice.metric, slice, segment: "overall", pair: pair, estimate: estimate, name: name)
  }

  private func without(
    _ outlier: Outlier, of slice: MetricSlice, _ pair: (control: Int, variant: Int)
  ) -> ReportRow {
    let two = TwoMeans(control: outlier.control, variant: outlier.variant)
    let estimate = Estimate(two.welch, confidence: 1 - alpha, findings: two.findings)
    var row = row(
      .decomposition, slice.metric, slice, segment: "overall", pair: pair, estimate: estimate,
      name: "\(slice.metric.name) (without unit \(outlier.name))")
    row.controlCount = outlier.control.count
    row.variantCount = outlier.variant.count
    row.cappedCount = 0
    return row
  }

  /// Of an outcome that is 0 for many and never below: who has any, and how much those have.
  private func parts(
    of slice: MetricSlice, place: Int, _ pair: (control: Int, variant: Int)
  ) -> [ReportRow] {
    guard let positive = slice.plan.place(.positive),
      moments.metrics[place].smallest.compactMap({ $0?.value }).allSatisfy({ $0 >= 0 })
    else { return [] }
    let sides = [pair.control, pair.variant].map { slice.arms[$0] }
    let two = TwoPartMeans(control: sides[0], variant: sides[1], value: 0, converted: positive)
    let buyers = sides.map { $0.successes(positive) }
    guard zip(sides, buyers).contains(where: { $0.count > $1 }), buyers.allSatisfy({ $0 > 1 }) else {
      return []
    }
    let shares = zip(sides, buyers).map { ProportionCounts(successes: $1, count: $0.count) }
    let share = Estimate(
      effect: TwoProportions(control: shares[0], variant: shares[1]).effect(confidence: 1 - alpha))
    func estimate(_ arms: EstimatedArms) -> Estimate {
      Estimate(arms, confidence: 1 - alpha, findings: two.findings)
    }
    let name = slice.metric.name
    let parts = [
      ("share above 0", share), ("mean of those above 0", estimate(two.valuePerConverter)),
      ("through the share", estimate(two.throughConversion)),
      ("through the mean of those above 0", estimate(two.throughValue)),
    ]
    var rows = parts.map { part, estimate in
      row(
        .decomposition, slice.metric, slice, segment: "overall", pair: pair, estimate: estimate,
        name: "\(name) (\(part))")
    }
    for index in rows.indices { rows[index].cappedCount = 0 }
    rows[1].controlCount = buyers[0]
    rows[1].variantCount = buyers[1]
    return rows
  }
}
