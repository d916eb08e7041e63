internal import RekindleCore
internal import RekindleStatistics

/// Whether segments differ at all, and each segment's effect once it has borrowed from the others.
extension Analyzer {
  /// - Parameter drafts: the comparisons, at the plan's confidence.
  func segmentRows(_ drafts: [Draft]) -> [ReportRow] {
    var rows: [ReportRow] = []
    for metric in experiment.metrics {
      for pair in pairs {
        for segment in moments.segments {
          let own = drafts.filter {
            $0.metric.name == metric.name && $0.control == pair.control && $0.variant == pair.variant
              && $0.row.segment.hasPrefix("\(segment.name)=")
          }
          guard own.count > 1 else { continue }
          let report = SegmentEffects(
            own.map {
              .init(
                $0.row.segment, effect: $0.row.effect.difference,
                standardError: $0.row.effect.standardError,
                degreesOfFreedom: $0.row.effect.degreesOfFreedom)
            }
          ).report(confidence: 1 - alpha)
          guard report.rows.count > 1 else { continue }
          rows.append(heterogeneity(report, own, name: segment.name))
          rows += report.rows.compactMap { shrunken($0, own) }
        }
      }
    }
    return rows
  }

  private func heterogeneity(_ report: SegmentReport, _ own: [Draft], name: String) -> ReportRow {
    var row = own[0].row
    row.section = .segment
    row.segment = "between \(name)"
    row.controlCount = own.reduce(0) { $0 + $1.row.controlCount }
    row.variantCount = own.reduce(0) { $0 + $1.row.variantCount }
    row.effect = Effect(
      control: .nan, variant: .nan, difference: report.mean, standardError: report.meanStandardError,
      differenceInterval: .undefined, lift: .nan, liftInterval: .undefined, method: "heterogeneity",
      degreesOfFreedom: Double(report.degrees), statistic: report.statistic, pValue: report.pValue)
    row.adjustedP = report.pValue
    row.correction = PValueAdjustment.none.rawValue
    row.varianceReduction = .nan
    row.warnings = [
      report.pValue <= alpha
        ? "the effect differs between the values of \(name)"
        : "no difference of the effect between the values of \(name) found: read the overall row"
    ]
    return row
  }

  private func shrunken(_ part: SegmentReport.Row, _ own: [Draft]) -> ReportRow? {
    guard var row = own.first(where: { $0.row.segment == part.name })?.row else { return nil }
    row.section = .segment
    row.effect = Effect(
      control: .nan, variant: .nan, difference: part.shrunken,
      standardError: part.shrunkenStandardError, differenceInterval: part.shrunkenInterval, lift: .nan,
      liftInterval: .undefined, method: "shrunken", degreesOfFreedom: nil, statistic: .nan,
      pValue: .nan)
    row.adjustedP = .nan
    row.correction = PValueAdjustment.none.rawValue
    row.varianceReduction = .nan
    row.warnings = ["drawn to the mean of all by \(significant(part.pull * 100, 2)) %"]
    return row
  }
}
