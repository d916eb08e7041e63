internal import RekindleCore
internal import RekindleStatistics

extension Analyzer {
  /// Of a guardrail with a margin: the p-value of a loss of exactly the margin against a smaller one, and
  /// whether the arms are shown to be alike within it.
  ///
  /// At alpha / 2 on each side both decide as the two-sided interval does.
  func addMargin(to row: inout ReportRow, of draft: Draft) {
    guard draft.metric.role == .guardrail, let margin = draft.metric.margin, let arms = draft.estimate.arms
    else { return }
    let size: MarginTest.Margin =
      switch margin {
      case .absolute(let value): .absolute(value)
      case .relative(let share): .relative(share)
      }
    if case .relative = margin, !(arms.control > 0) {
      row.warnings.append("a relative margin needs a control above 0")
      return
    }
    do throws(Diagnostic) {
      let test = try MarginTest(
        arms, margin: size, better: draft.metric.better == .higher ? .higher : .lower)
      row.correction = "non_inferiority"
      if case .absolute(let size) = margin, draft.isPlainProportion {
        return addScoreMargin(size, to: &row, of: draft)
      }
      row.adjustedP = test.nonInferiority(alpha: alpha / 2).pValue
      let alike = test.equivalence(alpha: alpha / 2)
      if alike.verdict == .equivalent {
        row.warnings.append("equivalent within the margin, p \(shownP(alike.pValue))")
      }
    } catch {
      // A margin that is none: the other numbers stand.
      row.warnings.append(error.message)
    }
  }

  /// Of rates the score test at the margin, the same that the interval is made of: Wald's test would call
  /// arms alike whose interval reaches beyond the margin.
  private func addScoreMargin(_ margin: Double, to row: inout ReportRow, of draft: Draft) {
    let arms = draft.estimator.slice.arms
    let rates = TwoProportions(
      control: .init(successes: arms[draft.control].successes(0), count: arms[draft.control].count),
      variant: .init(successes: arms[draft.variant].successes(0), count: arms[draft.variant].count))
    let above = rates.scoreTest(difference: -margin, alternative: .greater).pValue
    let below = rates.scoreTest(difference: margin, alternative: .less).pValue
    row.adjustedP = draft.metric.better == .higher ? above : below
    if max(above, below) < alpha / 2 {
      row.warnings.append("equivalent within the margin, p \(shownP(max(above, below)))")
    }
  }
}

extension Draft {
  fileprivate var isPlainProportion: Bool {
    metric.kind == .proportion && metric.adjustment == .none && estimator.slice.clusters.isEmpty
  }
}
