internal import RekindleBehaviour
internal import RekindleTables

extension ChurnModel {
  /// The model card: what the model is for, what it learnt from, what it is worth, and when not to
  /// trust it, as Markdown for people who decide.
  public func card() -> String {
    let test = evaluation.outOfTime
    var lines = [
      "# Churn model",
      "",
      "Predicts whether a customer will churn: `\(windows.label)`, asked of customers with "
        + "`\(windows.eligible)`. Days are counted in \(timeZone).",
      "",
      "## What it is worth",
      "",
      "On the window of \(windows.test.date), which the fit never saw, \(percent(test.baseRate)) of "
        + "\(test.count) customers churned. The area under the ROC curve is \(interval(test.area)).",
    ]
    if let recency = evaluation.recency {
      let d = recency.difference
      lines += [
        "",
        "Ranking the same customers by \(recency.feature) alone gives \(interval(recency.ranking)); the model's "
          + "difference to it is \(fixed(d.difference, digits: 4)) (95 % interval \(fixed(d.low, digits: 4)) to "
          + "\(fixed(d.high, digits: 4)), paired DeLong).",
      ]
    }
    lines += ["", evaluationTable().markdown(), calibrationTable().markdown(), liftTable().markdown()]
    lines += ["## What it learnt from", ""]
    lines += windows.training.map { "- \($0.date): \($0.rows) customers, \($0.events) churned" }
    lines += [
      "",
      "\(fit.rows) rows of \(fit.customers) customers; a customer can be in several windows, so standard errors "
        + "are clustered by customer. Horizon \(windows.horizonDays) days.",
      "",
      "Objective: (1/n) Σ ℓᵢ + λ[(1 − ρ)/2 ‖β‖² + ρ‖β‖₁] on standardised columns, intercept not penalised; "
        + "penalty \(specification.penalty.rawValue), λ = \(fit.lambda), ρ = \(fit.l1Ratio). "
        + "Converged in \(fit.iterations) steps to a gradient of \(fit.gradientNorm).",
      "",
    ]
    lines += fit.notes.map { "- \($0)" }
    lines += ["", coefficientTable().markdown()]
    if specification.penalty == .ridge {
      lines += [
        "Ridge shrinks coefficients towards 0: their intervals tell the spread of the shrunken values, not "
          + "the bias.", "",
      ]
    }
    lines += ["## Features", ""]
    lines += features.map { "- `\($0.name)`: `\($0.expression)`" }
    lines += [
      "",
      "## Bounds",
      "",
      "- A probability is about customers like those it learnt from. `score` compares them by the population "
        + "stability index; from 0.25 look before acting.",
      "- Coefficients tell how churn goes together with behaviour, not what would happen if the behaviour "
        + "were changed.",
      "- Messages and coupons that the shop sent are part of the past it learnt from.",
      "",
      "Format \(format), rows \(inputFingerprint).",
      "",
    ]
    return lines.joined(separator: "\n")
  }

  private func percent(_ value: Double) -> String { fixed(value * 100, digits: 1) + " %" }

  private func interval(_ area: AreaUnderCurve) -> String {
    guard let low = area.low, let high = area.high else { return fixed(area.area, digits: 4) }
    return
      "\(fixed(area.area, digits: 4)) (95 % interval \(fixed(low, digits: 4)) to \(fixed(high, digits: 4)))"
  }
}
